from data_jobs.ocr.font_ratio import body_height, font_ratios
from data_jobs.ocr.text_line import TextLine


def line(text: str, height: int) -> TextLine:
    return TextLine(text, ((0, 0), (300, 0), (300, height), (0, height)), 0.9)


def test_letters_decide_what_body_print_is_not_lines() -> None:
    headings = [line("新品", 60), line("热卖", 60), line("特价", 60)]
    lines = [*headings, line("这是一段很长的正文说明文字", 24), line("纯棉面料亲肤透气可机洗", 24)]
    assert body_height(lines) == 24
    assert font_ratios(lines) == [2.5, 2.5, 2.5, 1.0, 1.0]


def test_pages_without_letters_have_no_body() -> None:
    assert body_height([]) == 0 and font_ratios([]) == []
    assert font_ratios([line("一", 0), line("二", 0)]) == [1.0, 1.0]
