from data_jobs.understanding.sentences import sentences
from tests.koubo.catalog.printed import line


def texts(*lines: dict[str, object]) -> list[str]:
    return [one.text for one in sentences(lines)]


def test_print_that_runs_on_is_one_sentence() -> None:
    assert texts(
        line("这款水杯采用双层玻璃，隔热不", top=0), line("烫手。冬天也能", top=24), line("随手拿", top=48)
    ) == ["这款水杯采用双层玻璃，隔热不烫手。", "冬天也能", "随手拿"]


def test_headings_bullets_and_columns_do_not_run_on() -> None:
    heading = line("一杯热水陪你一整个冬天", height=40)
    bullets = line("·双层玻璃不会烫手的杯身", top=60), line("·防漏杯盖", top=84)
    aside = line("另一栏里说的是别的东西了", top=108), line("离得远", left=900, top=132)
    assert texts(heading, *bullets, *aside) == [
        "一杯热水陪你一整个冬天",
        "·双层玻璃不会烫手的杯身",
        "·防漏杯盖",
        "另一栏里说的是别的东西了",
        "离得远",
    ]


def test_a_short_heading_goes_on_after_a_comma_and_a_label_starts_anew() -> None:
    assert texts(line("这块屏幕，"), line("好吸睛", top=24)) == ["这块屏幕，好吸睛"]
    assert len(texts(line("品名：纯棉单面背心一套两件"), line("货号：B2390", top=24))) == 2


def test_a_sentence_that_stands_there_twice_counts_once() -> None:
    assert texts(line("防漏杯盖"), line("防漏杯盖", top=100)) == ["防漏杯盖"]
