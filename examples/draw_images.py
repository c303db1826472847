"""Draws the pictures of the example shop, their labels and a contact sheet.

    python -m examples.draw_images --out examples/images

The pictures are committed, so this is only needed to change them. It needs a font with Chinese glyphs
(Debian and Ubuntu: fonts-noto-cjk or fonts-wqy-zenhei), found by itself or given with --font.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from examples.drawing.book import EXAMPLES, Picture, read_pictures
from examples.drawing.files import WATERMARK, changed, contact_sheet, draw, encoded, label
from examples.drawing.fonts import FontSet, NoChineseFont, find_fonts


def draw_all(pictures: Sequence[Picture], fonts: FontSet, out: Path, labels: Path, seed: int) -> list[Image.Image]:
    """Writes every picture under `out` and the ground truth to `labels`; variants come after their originals."""
    out.mkdir(parents=True, exist_ok=True)
    drawn: dict[str, Image.Image] = {}
    rows: dict[str, dict[str, object]] = {}
    for picture in pictures:
        if picture.variant_of is None:
            sheet = draw(picture, fonts, seed)
            image, lines, topic = sheet.image, sheet.lines, str(picture.content["topic"])
        else:
            original = rows[picture.variant_of]
            image = changed(drawn[picture.variant_of], str(picture.change), fonts)
            lines, topic = list(original["lines"]), str(original["topic"])  # type: ignore[call-overload]
            lines += [WATERMARK] if picture.change == "watermarked" else []
        drawn[picture.image_id] = image
        rows[picture.image_id] = dict(label(picture, lines, topic))
        (out / picture.image_id).write_bytes(encoded(image, picture))
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows.values())
    labels.write_text(text, encoding="utf-8")
    return list(drawn.values())


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; 2 when there is no usable font."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--font", type=Path, help="a .ttf, .otf or .ttc with Chinese glyphs; searched for by default")
    parser.add_argument("--out", type=Path, default=EXAMPLES / "images", help="folder of the pictures")
    parser.add_argument("--labels", type=Path, default=EXAMPLES / "labels.jsonl", help="file of the ground truth")
    parser.add_argument("--contact-sheet", type=Path, default=EXAMPLES / "contact_sheet.jpg")
    parser.add_argument("--seed", type=int, default=0, help="another seed moves the decoration, not the text")
    flags = parser.parse_args(arguments)
    try:
        fonts = find_fonts(flags.font)
    except NoChineseFont as error:
        print(error, file=sys.stderr)
        return 2
    images = draw_all(read_pictures(), fonts, flags.out, flags.labels, flags.seed)
    contact_sheet(images).save(flags.contact_sheet, quality=78)
    print(f"{len(images)} pictures in {flags.out}, ground truth in {flags.labels}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
