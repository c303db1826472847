"""Every kind, by example: what a host says."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from koubo.reading import Kind, read

_FILE = Path(__file__).with_name("examples_page.py")
_SPEC = spec_from_file_location("examples_page", _FILE)
assert _SPEC and _SPEC.loader
EXAMPLES = module_from_spec(_SPEC)
_SPEC.loader.exec_module(EXAMPLES)
ROWS = EXAMPLES.rows()


@pytest.mark.parametrize(("kind", "written", "spoken"), ROWS, ids=[row[1] for row in ROWS])
def test_reads_as_a_host_would(kind: str, written: str, spoken: str) -> None:
    reading = read(written)
    assert reading.spoken == spoken
    assert reading.spans[0].kind is Kind(kind)


def test_the_page_of_examples_is_made_of_these_rows() -> None:
    assert EXAMPLES.PAGE.read_text(encoding="utf-8") == EXAMPLES.page(), (
        "run python tests/koubo/reading/examples_page.py"
    )


def test_every_kind_has_an_example() -> None:
    assert {row[0] for row in ROWS} == {kind.value for kind in Kind} - {Kind.LEXICON.value}


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("这款原价199元，今天只要¥99.9，88VIP再打9.5折", "这款原价一百九十九元，今天只要九十九块九，八八VIP再打九五折"),
        ("88块拿下，88VIP更省", "八十八块拿下，八八VIP更省"),
        ("趁618活动下单，618件起批", "趁六一八活动下单，六百一十八件起批"),
        ("第2件半价，买2件更划算，买2送1", "第二件半价，买两件更划算，买二送一"),
        ("重量：600G，内存16G", "重量：六百克，内存十六G"),
        ("粉丝3w，功率35w电机", "粉丝三万，功率三十五瓦电机"),
        ("苹果5s，充电5s", "苹果五s，充电五秒"),
        ("满199-20，20-30岁", "满一百九十九减二十，二十到三十岁"),
        ("比例1:10，9:10开播", "比例一比十，九点十分开播"),
        ("3年质保，2023年新款，08年的老店", "三年质保，二零二三年新款，零八年的老店"),
    ],
)
def test_context_decides(written: str, spoken: str) -> None:
    assert read(written).spoken == spoken
