import pytest

from data_jobs.clustering.page_filters import FilterLimits, filter_reason

LIMITS = FilterLimits(overlong=5, tiny_print=0.018, min_letters=2)


def test_an_ordinary_page_passes() -> None:
    assert filter_reason(LIMITS, 750, 1200, [("标题", 60), ("保温杯 316不锈钢", 28), ("* 实验室数据", 9)], None) is None


@pytest.mark.parametrize(
    ("height", "lines", "error", "reason"),
    [
        (9000, [("正文", 28)], None, "overlong: 12.0 times as tall as wide, more than 5"),
        (
            1000,
            [("标题", 40), ("成分水甘油丁二醇泛醇", 10)],
            None,
            "tiny_print: 83% of it lower than 13 px, 1.8% of 750 px",
        ),
        (1000, [], None, "unreadable: too little text, 0 letters of at least 2"),
        (0, [], "corrupt: truncated", "unreadable: corrupt: truncated"),
    ],
)
def test_each_filter_says_why(height: int, lines: list[tuple[str, float]], error: str | None, reason: str) -> None:
    assert filter_reason(LIMITS, 750, height, lines, error) == reason


def test_a_page_with_a_legible_message_keeps_its_small_print() -> None:
    lines = [("纸般质感，健康阅读", 44.0), ("The movement of the market and other words on a screen " * 4, 8.0)]
    assert filter_reason(LIMITS, 847, 1239, lines, None) is None


def test_letters_around_a_logo_are_not_a_message() -> None:
    reason = filter_reason(LIMITS, 800, 800, [("HUAWEI", 15.0), ("omeoomnooptub leica", 10.0)], None)
    assert str(reason).startswith("tiny_print: ")


def test_print_on_a_banner_is_measured_by_its_height() -> None:
    assert filter_reason(LIMITS, 1920, 480, [("轻奢品牌 心动好价", 24.0)], None) is None
