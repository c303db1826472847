"""Finding a font with Chinese glyphs and opening it at a size."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

FONT_PACKAGES = "fonts-noto-cjk or fonts-wqy-zenhei"
_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts", "/Library/Fonts")
_SANS = ("NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "SourceHanSansSC-Regular.otf", "wqy-zenhei.ttc")
_SIMPLIFIED_CHINESE_FACES = ("Noto Sans CJK SC", "Noto Serif CJK SC")


class NoChineseFont(RuntimeError):
    """No usable font with Chinese glyphs; the message says which package to install or which flag to give."""


@dataclass(frozen=True, slots=True)
class FontSet:
    """Font files by weight; where a family has a single weight, all three point at the same file."""

    regular: Path
    bold: Path
    serif: Path

    def at(self, size: int, weight: str = "regular") -> ImageFont.FreeTypeFont:
        """Opens the face of `weight` (regular, bold, serif) at `size` pixels."""
        return _open(str(getattr(self, weight)), size)


def find_fonts(font: Path | None = None) -> FontSet:
    """Takes `font` (a .ttf, .otf or .ttc) or looks in the usual folders.

    Raises NoChineseFont when there is none, or when the font given cannot draw Chinese.
    """
    regular = font or _first_installed()
    if regular is None:
        raise NoChineseFont(f"No font with Chinese glyphs found: install {FONT_PACKAGES}, or give --font PATH.")
    if not regular.is_file():
        raise NoChineseFont(f"--font {regular}: no such file. Install {FONT_PACKAGES}, or give another path.")
    fonts = FontSet(regular, _sibling(regular, "Regular", "Bold"), _sibling(regular, "Sans", "Serif", "Bold"))
    if not _draws_chinese(fonts.at(32)):
        raise NoChineseFont(f"--font {regular}: it has no Chinese glyphs. Install {FONT_PACKAGES}.")
    return fonts


def _first_installed() -> Path | None:
    for name in _SANS:
        for folder in _FOLDERS:
            found = sorted(Path(folder).expanduser().rglob(name)) if Path(folder).expanduser().is_dir() else []
            if found:
                return found[0]
    return None


def _sibling(font: Path, old: str, new: str, weight: str = "") -> Path:
    """The file beside `font` whose name has `new` for `old`; `font` itself where there is none."""
    name = font.name.replace(old, new)
    if weight:
        name = name.replace("Regular", weight)
    other = font.with_name(name)
    return other if other.is_file() else font


@lru_cache(maxsize=512)
def _open(path: str, size: int) -> ImageFont.FreeTypeFont:
    """A collection (.ttc) holds one face a language; the simplified Chinese one is taken where it is named so."""
    for index in range(10 if path.endswith(".ttc") else 1):
        try:
            face = ImageFont.truetype(path, size, index=index)
        except OSError:
            break
        if face.getname()[0] in _SIMPLIFIED_CHINESE_FACES:
            return face
    return ImageFont.truetype(path, size)


def _draws_chinese(face: ImageFont.FreeTypeFont) -> bool:
    """A font without a glyph draws the same box for any character."""
    return bytes(face.getmask("价")) != bytes(face.getmask("质"))
