"""Safety: what the law forbids is found with its article, what only looks like it is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from koubo.rubric.safety import RuleError, find_breaches, load_rules, rules
from koubo.rubric.score import score
from koubo.rubric.scorecard import ScoredScript

ROWS = [
    line.split("|", 1)
    for line in (Path(__file__).parent / "safety_sentences.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
REAL = Path(__file__).parents[4] / "shared" / "data" / "live" / "real_scripts.json"


def unsafe(text: str) -> bool:
    return any(breach.severity == "unsafe" for breach in find_breaches(text))


def test_precision_and_recall_on_our_own_sentences() -> None:
    wrong = [(label, text) for label, text in ROWS if unsafe(text) != (label == "unsafe")]
    missed = [text for label, text in wrong if label == "unsafe"]
    marked = [text for label, text in wrong if label == "fine"]
    found = sum(label == "unsafe" for label, _ in ROWS) - len(missed)
    assert found / (found + len(missed)) >= 0.95, missed
    assert found / (found + len(marked)) >= 0.95, marked


def test_every_rule_names_its_law() -> None:
    for rule in rules():
        assert "《" in rule.law or "平台规则" in rule.law, rule.id
        assert rule.note


@pytest.mark.skipif(not REAL.exists(), reason=f"real scripts are not here: {REAL}")
def test_a_real_script_with_medical_claims_is_unsafe_with_the_article() -> None:
    texts = {row["title"]: row["text"] for row in json.loads(REAL.read_text(encoding="utf-8"))["scripts"]}
    title = next(title for title in texts if "银螺胶囊" in title)
    card = score(ScoredScript.plain(texts[title]))
    assert not card.safe
    assert any("《广告法》第十七条" in evidence.rule for evidence in card["safety"].evidence)
    assert all(score(ScoredScript.plain(text)).safe for other, text in texts.items() if other != title)


def test_a_broken_rule_file_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "safety.yaml"
    path.write_text("- {id: a, law: 《广告法》第九条, severity: unsafe, note: n, patterns: ['(']}\n", encoding="utf-8")
    with pytest.raises(RuleError, match="rule a"):
        load_rules(path)
    path.write_text("- {id: a, law: 《广告法》第九条, severity: fatal, note: n, patterns: [x]}\n", encoding="utf-8")
    with pytest.raises(RuleError, match="severity"):
        load_rules(path)
