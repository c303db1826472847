import pytest

from data_jobs.page_filters import FilterLimits, filter_reason

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
            "tiny_print: half of it at most 10 px on 750 px, below 1.8%",
        ),
        (1000, [], None, "unreadable: too little text, 0 letters of at least 2"),
        (0, [], "corrupt: truncated", "unreadable: corrupt: truncated"),
    ],
)
def test_each_filter_says_why(height: int, lines: list[tuple[str, float]], error: str | None, reason: str) -> None:
    assert filter_reason(LIMITS, 750, height, lines, error) == reason
