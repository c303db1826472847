import json
from pathlib import Path

import pytest

from benchmarks.page_text import Tally, compared, labelled
from benchmarks.text_scores import score


def test_a_label_without_its_picture_is_named(tmp_path: Path) -> None:
    labels = tmp_path / "labels.jsonl"
    labels.write_text(json.dumps({"image_id": "a.png", "lines": ["x"]}) + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"labels\.jsonl, row 1: image_id 'a\.png': no such file"):
        labelled(labels, tmp_path)
    labels.write_text('{"image_id": "a.png"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="row 1: needs image_id and lines"):
        labelled(labels, tmp_path)


def test_differences_are_paired_by_picture_and_leave_out_what_one_side_lacks() -> None:
    label = ["甲乙", "丙丁"]
    plain = Tally([score(label, "甲乙丙丁"), score(label, "丙丁甲乙"), score(label, "")])
    ours = Tally([score(label, "甲乙丙丁"), score(label, "甲乙丙丁"), score(label, "甲乙丙丁")])
    order = compared({"plain": plain, "ours": ours}, "tau")
    assert (order["plain"], order["ours"], order["difference"], order["pictures"]) == (0, 1, 1, 2)
    assert compared({"plain": plain, "ours": ours}, "f1")["difference"] == pytest.approx(1 / 3, abs=1e-4)
    assert compared({"plain": ours, "ours": ours}, "f1")["interval"] == [0, 0]
