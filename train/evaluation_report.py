"""What an evaluation says: shares with intervals by chooser, by kind and where the rules hardly know; its files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from koubo.dataset.decisions import Decision
from koubo.dataset.rows import write_errors, write_jsonl
from koubo.reading import lead
from koubo.reading.prompts import CLOSE, OPEN
from train.choosers import RULES, UNTRAINED, WETEXT, Verdicts
from train.comparing import Interval, Paired, Share, bootstrap
from train.confusion import Confusion, confusion, picture
from train.evaluation_set import EvaluationSet, gold_kind

THIN = (0.3, 0.5, 0.9, 0.95)
"""Leads of the rules' first reading (shares, 0 to 1) below which spans are reported on their own."""
BASELINES = (RULES, WETEXT, UNTRAINED)
"""Choosers that the others are compared with."""
Judged = Mapping[str, Verdicts]
"""Chooser -> what it did with the set."""


@dataclass(frozen=True, slots=True)
class ThinReport:
    """Spans of which the rules' lead is thin: the share right, and the comparison with the rules there."""

    spans: Share
    against_rules: Paired


@dataclass(frozen=True, slots=True)
class ChooserReport:
    """One chooser on a set.

    `spans` has the interval of Wilson, as if spans were independent; `resampled` is the one by sentence. A sentence
    counts for each kind of which it holds a decision. `thin` goes by the lead below which it counts.
    """

    spans: Share
    resampled: Interval
    sentences: Share
    spans_by_kind: dict[str, Share]
    sentences_by_kind: dict[str, Share]
    thin: dict[str, ThinReport]
    against: dict[str, Paired]
    confusion: Confusion


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """All choosers on one set; `about` says what was judged and with which settings."""

    about: dict[str, Any]
    choosers: dict[str, ChooserReport]

    def to_json(self) -> str:
        """The report as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"

    def table(self) -> str:
        """The report as lines of text, a chooser each."""
        head = (
            f"{'chooser':<10} {'spans right':>12} {'share [95%]':>22} {'sentences':>10} {'mended/broken':>14} {'p':>8}"
        )
        thin = "".join(f" {f'<{least}':>9}" for least in THIN)
        return "\n".join([head + thin, *(_line(name, one) for name, one in self.choosers.items())])


def report_of(judged: EvaluationSet, verdicts: Judged, about: Mapping[str, Any]) -> EvaluationReport:
    """Count and compare; `verdicts` holds the rules' own among the others."""
    counts = {"rows": judged.file, "texts": len(judged.texts), "decisions": len(judged.decisions)}
    known = {**counts, "errors": len(judged.errors), **about}
    return EvaluationReport(known, {name: _chooser_report(judged, verdicts, name) for name in verdicts})


def write_report(report: EvaluationReport, judged: EvaluationSet, verdicts: Judged, out: Path) -> None:
    """Write `report.json`, `outcomes.jsonl`, `wrong.tsv`, `errors.jsonl` and a confusion picture for each chooser."""
    write_errors(out, judged.errors)
    lines = list(outcomes(judged, verdicts))
    write_jsonl(out / "outcomes.jsonl", lines)
    (out / "wrong.tsv").write_text(_wrong(lines, list(verdicts)), encoding="utf-8")
    for name, chooser in report.choosers.items():
        title = f"{name} on {judged.file}: kinds taken"
        (out / f"confusion-{name}.svg").write_text(picture(chooser.confusion, title), encoding="utf-8")
    (out / "report.json").write_text(report.to_json(), encoding="utf-8")


def outcomes(judged: EvaluationSet, verdicts: Judged) -> Iterator[dict[str, Any]]:
    """One record a decision: where it stands, its options, what each chooser said and whether that was right."""
    for number, text in enumerate(judged.texts):
        for place, decision in enumerate(text.decisions):
            said = {name: one.answers[number][place] for name, one in verdicts.items()}
            yield {
                "row": text.row,
                "text": decision.text,
                "start": decision.choice.start,
                "end": decision.choice.end,
                "kind": gold_kind(decision).value,
                "margin": round(lead(decision.choice.options), 4),
                "options": [option.spoken for option in decision.choice.options],
                "accepted": list(decision.accepted),
                "chosen": {name: answer.reading for name, answer in said.items()},
                "right": {name: answer.right for name, answer in said.items()},
            }


def _chooser_report(judged: EvaluationSet, verdicts: Judged, name: str) -> ChooserReport:
    own = verdicts[name]
    kinds = sorted({gold_kind(decision).value for decision in judged.decisions})
    right = own.right
    others = [baseline for baseline in BASELINES if baseline in verdicts and baseline != name]
    return ChooserReport(
        spans=Share.of([one for text in right for one in text]),
        resampled=bootstrap([sum(text) for text in right], [len(text) for text in right]),
        sentences=Share.of(own.sentences),
        spans_by_kind={kind: _spans_of_kind(judged, own, kind) for kind in kinds},
        sentences_by_kind={kind: _sentences_of_kind(judged, own, kind) for kind in kinds},
        thin={str(least): _thin(judged, own, verdicts[RULES], least) for least in THIN},
        against={baseline: Paired.of(right, verdicts[baseline].right) for baseline in others},
        confusion=confusion(judged, own),
    )


def _kept(right: Sequence[Sequence[bool]], keep: Sequence[Sequence[bool]]) -> list[list[bool]]:
    """The outcomes that are kept, text by text."""
    return [
        [one for one, kept in zip(own, wanted, strict=True) if kept] for own, wanted in zip(right, keep, strict=True)
    ]


def _spans_of_kind(judged: EvaluationSet, own: Verdicts, kind: str) -> Share:
    keep = [[gold_kind(decision).value == kind for decision in text.decisions] for text in judged.texts]
    return Share.of([one for text in _kept(own.right, keep) for one in text])


def _sentences_of_kind(judged: EvaluationSet, own: Verdicts, kind: str) -> Share:
    pairs = zip(judged.texts, own.sentences, strict=True)
    return Share.of([right for text, right in pairs if any(gold_kind(d).value == kind for d in text.decisions)])


def _thin(judged: EvaluationSet, own: Verdicts, rules: Verdicts, least: float) -> ThinReport:
    keep = [[_is_thin(decision, least) for decision in text.decisions] for text in judged.texts]
    new, old = _kept(own.right, keep), _kept(rules.right, keep)
    return ThinReport(Share.of([one for text in new for one in text]), Paired.of(new, old))


def _is_thin(decision: Decision, least: float) -> bool:
    return lead(decision.choice.options) < least


def _line(name: str, one: ChooserReport) -> str:
    low, high = one.resampled
    share = f"{one.spans.value:.4f} [{low:.4f} {high:.4f}]"
    rules = one.against.get(RULES)
    against = f"{f'{rules.mended}/{rules.broken}':>14} {rules.p:>8.2g}" if rules else f"{'':>14} {'':>8}"
    thin = "".join(f" {f'{t.spans.right}/{t.spans.total}':>9}" for t in one.thin.values())
    spans = f"{one.spans.right}/{one.spans.total}"
    return f"{name:<10} {spans:>12} {share:>22} {one.sentences.value:>10.4f} {against}{thin}"


def _wrong(lines: Sequence[Mapping[str, Any]], names: Sequence[str]) -> str:
    """The spans that some chooser got wrong, to be read: the span marked, what is accepted, what each one said."""
    rows = ["\t".join(["row", "kind", "margin", "text", "accepted", *names])]
    for line in lines:
        if not all(line["right"].values()):
            accepted = [option for option, good in zip(line["options"], line["accepted"], strict=True) if good]
            said = [_said(line["chosen"][name], line["right"][name]) for name in names]
            rows.append(
                "\t".join([str(line["row"]), line["kind"], str(line["margin"]), _marked(line), *accepted[:1], *said])
            )
    return "\n".join(rows) + "\n"


def _said(reading: str | None, right: bool) -> str:
    """A reading as a cell: nothing where it is right, so that the mistakes stand out."""
    if right:
        return ""
    return "(text changed)" if reading is None else _one_line(reading) or "(silent)"


def _marked(line: Mapping[str, Any]) -> str:
    text, start, end = line["text"], line["start"], line["end"]
    return _one_line(f"{text[:start]}{OPEN}{text[start:end]}{CLOSE}{text[end:]}")


def _one_line(text: str) -> str:
    return " ".join(text.split())
