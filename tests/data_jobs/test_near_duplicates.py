import numpy as np
import pytest
from PIL import Image, ImageDraw

from data_jobs.look import colour_layout, perceptual_hash
from data_jobs.near_duplicates import Page, group_ids, numbers, same_page

TEXT = "316不锈钢保温杯\n弹盖直饮 单手就开\n锁温不漏 约260g\n直播价 ¥79.9"


def drawing(seed: int, size: tuple[int, int] = (400, 400)) -> Image.Image:
    random = np.random.default_rng(seed)
    image = Image.new("RGB", (400, 400), tuple(random.integers(120, 255, 3)))
    draw = ImageDraw.Draw(image)
    for _ in range(6):
        x, y, w, h = random.integers(0, 300, 4)
        draw.rectangle([x, y, x + w, y + h], fill=tuple(random.integers(0, 255, 3)))
    return image.resize(size)


def page(image_id: str, text: str = TEXT, image: Image.Image | None = None, usable: bool = True) -> Page:
    shown = image or drawing(1)
    return Page(image_id, text, colour_layout(shown), perceptual_hash(shown), shown.width * shown.height, usable)


def test_one_template_with_two_prices_is_two_pages() -> None:
    other = page("b", TEXT.replace("79.9", "99.9"))
    assert not same_page(page("a"), other)
    assert group_ids([page("a"), other]) == {"a": "a", "b": "b"}


def test_numbers_are_compared_as_they_read() -> None:
    assert numbers("原价１９９元 只要9.9") == {"199", "9.9"}
    assert not same_page(page("a", "满199减20 全店可用"), page("b", "满19减20 全店可用"))


@pytest.mark.parametrize(
    "variant",
    [
        drawing(1, (200, 200)),
        drawing(1, (400, 400)).crop((20, 20, 380, 380)),
        drawing(1).convert("L").convert("RGB").resize((410, 400)),
    ],
    ids=["resized", "cropped", "discoloured"],
)
def test_the_same_text_in_a_similar_look_is_the_same_page(variant: Image.Image) -> None:
    assert same_page(page("a"), page("b", image=variant))


def test_a_stamp_and_a_misread_letter_do_not_separate_pages() -> None:
    assert same_page(page("a"), page("b", TEXT.replace("锁温", "锁湿") + "\n禾屿生活 店铺实拍"))


def test_the_same_words_on_another_picture_are_another_page() -> None:
    assert not same_page(page("a"), page("b", image=drawing(5)))


def test_pictures_without_text_are_compared_by_their_look() -> None:
    assert same_page(page("a", ""), page("b", "", drawing(1, (300, 300))))
    assert not same_page(page("a", ""), page("b", "", drawing(2)))
    assert not same_page(page("a", ""), page("b", TEXT))


def test_a_group_is_named_after_its_largest_usable_page() -> None:
    pages = [
        page("a", image=drawing(1, (200, 200))),
        page("b"),
        page("c", TEXT + "\n店铺实拍"),
        page("d", "尺码表 M L XL"),
    ]
    assert group_ids(pages) == {"a": "b", "b": "b", "c": "b", "d": "d"}
    dropped = page("b", usable=False)
    assert group_ids([pages[0], dropped]) == {"a": "a", "b": "a"}
    assert group_ids(pages[::-1]) == group_ids(pages)
