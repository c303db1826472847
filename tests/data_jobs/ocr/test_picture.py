import io
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from data_jobs.ocr.fetch import Fetcher
from data_jobs.ocr.picture import PictureError, decode, disguise
from data_jobs.ocr.picture_web import WebLimits

LIMIT = 1_000_000
NOISE = Image.effect_noise((200, 200), 90)
ENDINGS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF", "bmp": "BMP", "tif": "TIFF"}


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def refused(content: bytes, path: str = "a.jpg", limit: int = LIMIT) -> str:
    with pytest.raises(PictureError) as refusal:
        decode(content, path, limit)
    return str(refusal.value)


def test_every_mode_becomes_upright_rgb(tmp_path: Path) -> None:
    for mode, name in (("CMYK", "a.jpg"), ("P", "b.png"), ("L", "c.jpg"), ("1", "d.png"), ("I;16", "e.png")):
        Image.new(mode, (40, 20)).save(tmp_path / name)
        opened = Fetcher(WebLimits()).open(str(tmp_path / name), LIMIT)
        assert (opened.mode, opened.size) == ("RGB", (40, 20))


def test_transparency_lies_on_white() -> None:
    clear = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    palette = Image.new("P", (4, 4), 0)
    palette.putpalette([0, 0, 0, 255, 0, 0])
    for content in (encoded(clear, "PNG"), encoded(palette, "PNG", transparency=0)):
        assert decode(content, "a.png", LIMIT).image.getpixel((1, 1)) == (255, 255, 255)


def test_sixteen_bits_keep_their_greys() -> None:
    grey = Image.fromarray(np.array([[255 * 256, 128 * 256]], np.uint16))
    opened = decode(encoded(grey, "PNG"), "a.png", LIMIT)
    assert (opened.image.getpixel((0, 0)), opened.image.getpixel((1, 0))) == ((255,) * 3, (128,) * 3)
    assert opened.notes == ("deep_colour: mode I;16, reduced to 8 bits",)


def test_a_photo_taken_sideways_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = decode(encoded(Image.new("RGB", (40, 20)), "JPEG", exif=exif), "side.jpg", LIMIT)
    assert (picture.image.size, picture.notes) == ((20, 40), ())


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0nonsense", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*" + b"\xff" * 60]
)
def test_broken_exif_costs_no_picture(exif: bytes) -> None:
    picture = decode(encoded(Image.new("RGB", (40, 20), "red"), "JPEG", exif=exif), "a.jpg", LIMIT)
    assert picture.image.size == (40, 20)


def test_an_absurd_colour_profile_costs_no_picture() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (srgb, b"nonsense" * 500, b"\0" * 10):
        for kind in ("JPEG", "PNG", "WEBP"):
            content = encoded(Image.new("RGB", (8, 8), "red"), kind, icc_profile=profile)
            assert decode(content, f"a.{kind.lower()}", LIMIT).image.getpixel((1, 1))[0] > 200  # type: ignore[index]


def test_a_cut_off_picture_is_corrupt_and_never_half_of_one() -> None:
    colour = Image.merge("RGB", [NOISE] * 3)
    for suffix, kind in ENDINGS.items():
        for options in ({}, {"progressive": True}) if kind == "JPEG" else ({},):
            whole = encoded(colour, kind, **options)
            pixels = decode(whole, f"a.{suffix}", LIMIT).image.tobytes()
            refusals = set()
            for tenth in range(1, 10):
                try:
                    picture = decode(whole[: len(whole) * tenth // 10], f"a.{suffix}", LIMIT)
                except PictureError as error:
                    refusals.add(str(error).split(":")[0])
                else:
                    assert picture.image.tobytes() == pixels, (kind, options, tenth)
            assert refusals == {"corrupt"}, (kind, options)


def test_the_first_frame_of_an_animation() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    for suffix, kind in (("gif", "GIF"), ("webp", "WEBP"), ("png", "PNG")):
        content = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        picture = decode(content, f"moving.{suffix}", LIMIT)
        red, _, blue = picture.image.getpixel((0, 0))  # type: ignore[misc]
        assert red > 200 > 100 > blue
        assert picture.notes == ("animated: only its first frame was read",)
    pages = decode(encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:]), "a.tiff", LIMIT)
    assert pages.notes == ("several_pages: only its first page was read",)


def test_colours_for_print_are_noted() -> None:
    picture = decode(encoded(Image.new("CMYK", (8, 8)), "JPEG"), "a.jpg", LIMIT)
    assert picture.notes == ("cmyk: colours for print, converted to RGB",)


def test_a_disguise_is_noted_whatever_the_address() -> None:
    content = encoded(Image.new("RGB", (8, 8)), "WEBP")
    for path in ("/data/a.jpg", "https://img.example/a.JPG?x=1.webp", "s3://shop/a.jpeg"):
        assert decode(content, path, LIMIT).notes[0].startswith("disguised: named .jp")
        assert decode(content, path, LIMIT).notes == (disguise(content, path),)
    for path in ("/data/a.webp", "https://img.example/a", "/data/a.img"):
        assert decode(content, path, LIMIT).notes == ()
    assert disguise(b"<html>", "a.jpg") is None


def test_what_cannot_be_used_says_why() -> None:
    assert refused(b"") == "empty_file: 0 bytes"
    assert refused(b"<html>not found</html>").startswith("not_a_picture: begins with 3c 68 74")
    assert refused(encoded(Image.new("1", (20_000, 20_000)), "PNG")).startswith("too_many_pixels: ")
    assert refused(encoded(Image.new("1", (1_001, 1_000)), "PNG")) == "too_many_pixels: 1001 x 1000, more than 1000000"
    with pytest.raises(PictureError, match="missing_file"):
        Fetcher(WebLimits()).open("/none/a.jpg", LIMIT)


def test_a_bomb_in_a_text_chunk_is_not_inflated() -> None:
    bomb = PngImagePlugin.PngInfo()
    bomb.add(b"zTXt", b"Comment\0\0" + zlib.compress(b"0" * 200_000_000))
    content = encoded(Image.new("RGB", (8, 8)), "PNG", pnginfo=bomb)
    assert len(content) < 1_000_000
    assert refused(content).startswith("corrupt: ")
