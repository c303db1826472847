from pathlib import Path

import pytest
from PIL import Image

from data_jobs.picture import PictureError, open_picture

LIMIT = 1_000_000


def refused(path: Path) -> str:
    with pytest.raises(PictureError) as refusal:
        open_picture(str(path), LIMIT)
    return str(refusal.value)


def test_every_mode_becomes_upright_rgb(tmp_path: Path) -> None:
    for mode, name in (("CMYK", "a.jpg"), ("P", "b.png"), ("L", "c.jpg"), ("1", "d.png"), ("I;16", "e.png")):
        Image.new(mode, (40, 20)).save(tmp_path / name)
        opened = open_picture(str(tmp_path / name), LIMIT)
        assert (opened.mode, opened.size) == ("RGB", (40, 20))


def test_transparency_lies_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert open_picture(str(tmp_path / "clear.png"), LIMIT).getpixel((1, 1)) == (255, 255, 255)


def test_a_photo_taken_sideways_is_turned(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(tmp_path / "side.jpg", exif=exif)
    assert open_picture(str(tmp_path / "side.jpg"), LIMIT).size == (20, 40)


def test_the_first_frame_of_an_animation(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    assert open_picture(str(tmp_path / "moving.gif"), LIMIT).getpixel((0, 0))[0] > 200  # type: ignore[index]


def test_what_cannot_be_used_says_why(tmp_path: Path) -> None:
    (tmp_path / "zero.jpg").write_bytes(b"")
    (tmp_path / "page.jpg").write_text("<html>not found</html>")
    Image.effect_noise((200, 200), 90).save(tmp_path / "whole.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "whole.png").read_bytes()[:5000])
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    Image.new("1", (1_001, 1_000)).save(tmp_path / "large.png")
    assert refused(tmp_path / "zero.jpg") == "empty_file: 0 bytes"
    assert refused(tmp_path / "none.jpg").startswith("missing_file: ")
    assert refused(tmp_path / "page.jpg").startswith("not_a_picture: begins with 3c 68 74")
    assert refused(tmp_path / "cut.png").startswith("corrupt: ")
    assert refused(tmp_path / "bomb.png").startswith("too_many_pixels: ")
    assert refused(tmp_path / "large.png") == "too_many_pixels: 1001 x 1000, more than 1000000"
