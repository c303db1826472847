import numpy as np
import pytest
from PIL import Image, ImageDraw

from data_jobs.clustering.look import look


def apple(colour: str, at: int = 60) -> Image.Image:
    image = Image.new("RGB", (300, 400), "white")
    ImageDraw.Draw(image).ellipse([at, at, at + 160, at + 160], fill=colour)
    return image


def test_a_look_has_length_one_and_survives_size_and_place() -> None:
    red = look(apple("red"))
    assert np.linalg.norm(red) == pytest.approx(1, abs=1e-5)
    for other in (apple("red", 100), apple("red").resize((900, 1200)), apple("red").crop((20, 20, 290, 380))):
        assert red @ look(other) > 0.98


def test_another_colour_is_another_look() -> None:
    assert look(apple("red")) @ look(apple("blue")) < 0.9
