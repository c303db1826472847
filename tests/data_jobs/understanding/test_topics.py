import json
from pathlib import Path

import pytest
import yaml

from benchmarks.topics import run
from data_jobs.job import JobError
from data_jobs.ocr_images import OcrSettings, ocr_pictures
from data_jobs.schemas import TOPICS
from data_jobs.understanding.topics import (
    TOPICS_FILE,
    choose,
    load_topics,
    scores,
)

DOCS = Path(__file__).parents[3] / "docs"
ENOUGH = 0.85


def topic(*lines: str, heading: str = "") -> str:
    table = load_topics()
    printed = [*([(heading, 60.0)] if heading else []), *((line, 24.0) for line in lines)]
    return choose(table, "\n".join(text for text, _ in printed), scores(table, printed, {})).topic


@pytest.mark.parametrize(
    ("expected", "heading", "lines"),
    [
        ("size_chart", "尺码表", ["尺码 衣长 胸围", "M 68 108", "单位：cm"]),
        ("specifications", "产品参数", ["材质：100%棉", "净重：约1.5kg", "执行标准：GB/T 22796"]),
        ("promotion", "全店满199减20", ["活动时间以商品页面为准", "去逛逛"]),
        ("certificate", "检验报告", ["报告编号 CX-0318", "样品名称：防晒乳", "结论：合格"]),
        ("usage", "怎么涂才够", ["STEP 1", "取一元硬币大", "STEP 2", "五点涂抹"]),
        ("after_sales", "售后说明", ["7天无理由", "签收后7天内可退换", "运费说明"]),
        ("brand_story", "品牌故事", ["我们相信，好东西值得慢慢做。"]),
        ("selling_point", "软底小白鞋", ["久站不累脚", "单只约320g", "¥149"]),
        ("other", "", ["午后 有风"]),
    ],
)
def test_each_topic_from_its_words(expected: str, heading: str, lines: list[str]) -> None:
    assert topic(*lines, heading=heading) == expected


def test_what_a_page_is_called_counts_more_than_a_word_in_it() -> None:
    assert topic("品名：连体衣", "甲醛含量：≤20mg/kg", heading="检验合格证") == "certificate"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["PRODUCT SHOW", "产品展示", "正面 | Front"], "other"),
        (["模特展示", "由于灯光及显示器原因，颜色以实物为准"], "other"),
        (["海军蓝", "紫红色", "深灰色", "更多颜色"], "other"),
        (["VERSATILE, CASUAL AND COMFORTABLE", "NEW"], "other"),
        (["面料展示", "棉质亲肤细腻，舒适耐磨"], "selling_point"),
    ],
)
def test_headings_colours_remarks_and_latin_say_nothing(lines: list[str], expected: str) -> None:
    assert topic(*lines) == expected


def test_a_title_alone_in_its_line_is_a_heading_in_any_size() -> None:
    assert topic("不知道怎么选的朋友看过来", "穿着舒服自在", heading="大字招牌在此") == "selling_point"
    assert topic("HOW TO 怎么选", "穿着舒服自在", heading="大字招牌在此") == "size_chart"


def test_words_count_less_on_a_long_page() -> None:
    words = ["内存够大", "处理器很快", "续航久的电池容量", "多种机型"]
    assert topic(*words) == "specifications"
    assert topic(*words, *("这台电脑陪你走过许多地方" + "看一路风景" * 3 for _ in range(40))) == "selling_point"


def test_confidence_falls_where_another_topic_is_near() -> None:
    table = load_topics()
    sure = choose(table, "尺码表", scores(table, [("尺码表", 60.0), ("胸围 衣长 肩宽", 24.0)], {}))
    torn = choose(table, "尺码表", scores(table, [("尺码表", 60.0), ("退换货 运费说明 售后", 60.0)], {}))
    assert sure.confidence > 0.9
    assert 0.5 <= torn.confidence < 0.7


def test_the_documented_figures_are_those_that_were_measured() -> None:
    measured = json.loads((DOCS / "benchmarks" / "topics.json").read_text(encoding="utf8"))
    rules, told = measured["accuracy"]["rules"], (DOCS / "pictures.md").read_text(encoding="utf8")
    assert all(row["strict"] >= ENOUGH for row in rules.values())
    for name in ("all", "held-out half"):
        assert f"{rules[name]['strict']:.3f}" in told
    for figure in ("precision", "recall"):
        assert f"{measured['attributes'][figure]:.3f}" in told


@pytest.mark.trouble
@pytest.mark.ocr
def test_topics_of_real_pictures(shared_data: Path, tmp_path: Path, ray_cluster: str) -> None:
    ocr_pictures(OcrSettings(images=str(shared_data / "images"), out=str(tmp_path)))
    rules = run(tmp_path)["accuracy"]["rules"]
    assert rules["all"]["pictures"] >= 120
    assert all(rules[name]["strict"] >= ENOUGH for name in ("all", "held-out half", "with text"))


def test_meaning_decides_where_no_word_does() -> None:
    table = load_topics()
    lines = [("挑一双合脚的鞋，从量脚开始", 24.0)]
    assert (
        choose(table, lines[0][0], scores(table, lines, {"size_chart": 0.3 + table.meaning_above})).topic
        != "size_chart"
    )
    assert choose(table, lines[0][0], scores(table, lines, {"size_chart": 1.3})).topic == "size_chart"


def test_the_tables_of_the_project_name_every_topic_once() -> None:
    assert sorted(load_topics(TOPICS_FILE).topics) == sorted(TOPICS)


def test_a_wrong_table_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "topics.yaml"
    words = yaml.safe_load(Path(TOPICS_FILE).read_text())
    words["topics"]["usage"]["patterns"] = ["("]
    path.write_text(yaml.safe_dump(words))
    with pytest.raises(JobError, match=r"topics.usage.patterns"):
        load_topics(str(path))
