"""The report of the experiments: tables in Markdown, learning curves, a confusion picture, a record of all figures."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from train.choosers import RULES, UNTRAINED, Verdicts, by_scores
from train.comparing import Paired, Share, bootstrap
from train.confusion import confusion
from train.confusion import picture as confusion_picture
from train.cross_fitting import Knobs, averaged, where_thin, with_rules
from train.evaluation_report import ChooserReport, report_of
from train.evaluation_set import NO_OPTION, EvaluationSet
from train.learning_curves import picture as curves_picture
from train.metrics import read_metrics
from train.trial_scores import Bench, same_texts
from train.trials import METHODS, NAMES, Form, Method, Trial

THIN = "0.9"
PACKAGES = ("torch", "transformers", "trl", "peft", "ray", "deepspeed", "wetext")
PAIRS: tuple[tuple[Method, Method], ...] = (("generic", "plain"), ("hard", "plain"), ("dpo", "hard"), ("dpo", "plain"))
"""Methods that are compared with each other: what each step adds."""
Judged = dict[str, Verdicts]


@dataclass(slots=True)
class Results:
    """The verdicts of every chooser on a form's texts, and the knobs that were tuned on the other half."""

    judged: EvaluationSet
    verdicts: Judged
    knobs: dict[str, Knobs] = field(default_factory=dict)


def write(bench: Bench, out: Path) -> None:
    """Write README.md, record.json, curves-FORM.svg and confusion.svg into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    results = {form: _results(bench, form) for form in bench.settings.forms}
    reports = {form: report_of(r.judged, r.verdicts, {}).choosers for form, r in results.items()}
    for form in results:
        (out / f"curves-{form}.svg").write_text(_curves(bench, form), encoding="utf8")
    best = _best(reports.get("choice", {}))
    if best:
        own = results["choice"]
        counts = confusion(own.judged, own.verdicts[best])
        title = f"{best}: accepted and chosen kinds"
        (out / "confusion.svg").write_text(confusion_picture(counts, title), encoding="utf8")
    record = _record(bench, results, reports)
    (out / "record.json").write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf8")
    (out / "README.md").write_text("\n".join(_page(bench, results, reports, best)), encoding="utf8")


def _results(bench: Bench, form: Form) -> Results:
    base = bench.baselines()
    if form == "choice":
        results = Results(bench.judged, {**base, UNTRAINED: bench.untrained(form)})
        _add_choices(bench, results)
        return results
    judged = {name: same_texts(bench.judged, bench.rewritten, one) for name, one in base.items()}
    judged[UNTRAINED] = bench.untrained(form)
    first = bench.settings.seeds[0]
    judged |= {NAMES[method]: bench.verdicts(Trial(form, method, first)) for method in METHODS}
    return Results(bench.rewritten, judged)


def _add_choices(bench: Bench, results: Results) -> None:
    """Every method alone, with the rules, in the cascade; and the mean of the seeds of the repeated methods."""
    first = bench.settings.seeds[0]
    for method in METHODS:
        likelihoods = bench.likelihoods(Trial("choice", method, first))
        results.verdicts[NAMES[method]] = by_scores(results.judged, likelihoods)
        _add_tuned(results, NAMES[method], likelihoods)
    for method in bench.settings.repeated if len(bench.settings.seeds) > 1 else ():
        runs = [bench.likelihoods(Trial("choice", method, seed)) for seed in bench.settings.seeds]
        name = f"{NAMES[method]}, {len(runs)} seeds averaged"
        results.verdicts[name] = by_scores(results.judged, averaged(runs))
        _add_tuned(results, name, averaged(runs))


def _add_tuned(results: Results, name: str, likelihoods: Any) -> None:
    found = results.judged.decisions
    for how, tuned in (("with the rules", with_rules), ("cascade", where_thin)):
        scores, results.knobs[f"{name}, {how}"] = tuned(found, likelihoods)
        results.verdicts[f"{name}, {how}"] = by_scores(results.judged, scores)


def _best(reports: Mapping[str, ChooserReport]) -> str | None:
    """The chooser with a model that gets most spans right."""
    models = {name: one for name, one in reports.items() if name not in (RULES, "wetext", UNTRAINED)}
    return max(models, key=lambda name: models[name].spans.right, default=None)


def _curves(bench: Bench, form: Form) -> str:
    first = bench.settings.seeds[0]
    folders = {NAMES[method]: bench.settings.out / Trial(form, method, first).name for method in METHODS}
    curves = {
        name: [(e["step"], e["loss"]) for e in read_metrics(folder) if "loss" in e] for name, folder in folders.items()
    }
    return curves_picture(curves, f"{form}: training loss, seed {first}")


def _record(
    bench: Bench, results: Mapping[Form, Results], reports: Mapping[Form, Mapping[str, ChooserReport]]
) -> dict[str, Any]:
    return {
        "settings": bench.settings.model_dump(mode="json", exclude={"rows", "out", "report"}),
        "evaluation_sha256": bench.digest,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        "machine": {"processor": platform.machine(), "system": platform.system()},
        "seeds": {NAMES[m]: _seed_shares(bench, m) for m in bench.settings.repeated if "choice" in results},
        "results": {
            form: {name: {**asdict(one), "tuned": results[form].knobs.get(name)} for name, one in reports[form].items()}
            for form in results
        },
    }


def _seed_shares(bench: Bench, method: Method) -> dict[str, float]:
    judged = {seed: bench.verdicts(Trial("choice", method, seed)) for seed in bench.settings.seeds}
    return {str(seed): round(Share.of(_flat(one.right)).value, 4) for seed, one in judged.items()}


def _flat(right: Sequence[Sequence[bool]]) -> list[bool]:
    return [one for text in right for one in text]


def _page(
    bench: Bench,
    results: Mapping[Form, Results],
    reports: Mapping[Form, Mapping[str, ChooserReport]],
    best: str | None,
) -> Iterator[str]:
    yield "# Experiments: four ways to teach reading\n"
    yield _about(bench)
    for form, result in results.items():
        yield f"## {'Choice in the lattice' if form == 'choice' else 'Free rewriting'}\n"
        yield from _table(form, result, reports[form])
        yield from _compared(bench, form, result)
        yield f"\n![Training loss](curves-{form}.svg)\n"
        if form == "choice":
            yield from _by_source(bench, result)
            yield from _by_seed(bench)
    if best and "choice" in results:
        yield from _by_kind(reports["choice"], best)


def _about(bench: Bench) -> str:
    settings, judged = bench.settings, bench.judged
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    rewritten = (
        f"; rewriting on {len(bench.rewritten.decisions)} of them in {len(bench.rewritten.texts)} sentences"
        if "rewrite" in settings.forms
        else ""
    )
    return (
        f"Written by `python -m train.experiments`, profile {settings.profile}, base model `{settings.models.writer}`, "
        f"seeds {', '.join(map(str, settings.seeds))}.\n"
        f"Judged on {len(judged.decisions)} kept-out spans that context decides, in {len(judged.texts)} sentences"
        f"{rewritten}.\n"
        f"{packages}. All figures: [record.json](record.json).\n\n"
        "Intervals are 95%, by resampling sentences. *Mended / broken* are spans right by one only, against the rules; "
        "p is the exact sign test of sentences. DPO adds steps to the run of the hard cases, and no run adds as many "
        "steps of SFT, so what it adds is not told from longer training.\n"
    )


def _table(form: Form, result: Results, reports: Mapping[str, ChooserReport]) -> Iterator[str]:
    last = " text changed |" if form == "rewrite" else ""
    yield f"| chooser | spans right | sentences | thin spans (below {THIN}) | mended / broken | p by sentence |{last}"
    yield "|---|---|---|---|---|---|" + ("---|" if last else "")
    for name, one in reports.items():
        low, high = one.resampled
        thin, against = one.thin[THIN].spans, one.against.get(RULES)
        versus = f"{against.mended} / {against.broken} | {against.p_sentences:.2g}" if against else " | "
        changed = f" {_changed(result.verdicts[name]):.3f} |" if last else ""
        yield (
            f"| {name} | {one.spans.value:.4f} [{low:.4f}, {high:.4f}] | {one.sentences.value:.4f} | "
            f"{thin.right} of {thin.total} | {versus} |{changed}"
        )


def _changed(verdicts: Verdicts) -> float:
    """The share of spans that have no candidate in their place, since the text was changed or cut off."""
    answers = [answer for text in verdicts.answers for answer in text]
    return sum(answer.taken == NO_OPTION for answer in answers) / max(len(answers), 1)


def _compared(bench: Bench, form: Form, result: Results) -> Iterator[str]:
    """What each step adds: over all seeds where both methods have them, by resampling sentences."""
    yield "\n| what is added | seeds | difference in spans right | mended / broken | p by sentence (first seed) |"
    yield "|---|---|---|---|---|"
    for new, old in PAIRS:
        seeds = bench.seeds_of(form, new, old)
        pairs = [(bench.verdicts(Trial(form, new, seed)), bench.verdicts(Trial(form, old, seed))) for seed in seeds]
        yield f"| {NAMES[new]} after {NAMES[old]} | {len(seeds)} | {_difference(result.judged, pairs)} |"


def _difference(judged: EvaluationSet, pairs: Sequence[tuple[Verdicts, Verdicts]]) -> str:
    """The cells about pairs of runs, one a seed."""
    each = [Paired.of(new.right, old.right) for new, old in pairs]
    gained = [sum(sum(new.right[i]) - sum(old.right[i]) for new, old in pairs) for i in range(len(judged.texts))]
    sizes = [len(pairs) * len(text.decisions) for text in judged.texts]
    low, high = bootstrap(gained, sizes)
    flips = f"{sum(p.mended for p in each)} / {sum(p.broken for p in each)}"
    return f"{sum(gained) / sum(sizes):+.4f} [{low:+.4f}, {high:+.4f}] | {flips} | {each[0].p_sentences:.2g}"


def _by_source(bench: Bench, result: Results) -> Iterator[str]:
    files = sorted(set(bench.sources.values()))
    yield "### By where the sentences are from\n"
    yield "| chooser | " + " | ".join(files) + " |"
    yield "|---|" + "---|" * len(files)
    for name, verdicts in result.verdicts.items():
        yield f"| {name} | " + " | ".join(_of_file(bench, verdicts, file) for file in files) + " |"
    yield ""


def _of_file(bench: Bench, verdicts: Verdicts, file: str) -> str:
    pairs = zip(bench.judged.texts, verdicts.right, strict=True)
    kept = [right for text, right in pairs if bench.sources[text.row] == file]
    low, high = bootstrap([sum(one) for one in kept], [len(one) for one in kept])
    return f"{Share.of(_flat(kept)).value:.4f} [{low:.3f}, {high:.3f}]"


def _by_seed(bench: Bench) -> Iterator[str]:
    yield "### By seed, the model alone\n"
    yield "| method | " + " | ".join(map(str, bench.settings.seeds)) + " |"
    yield "|---|" + "---|" * len(bench.settings.seeds)
    for method in bench.settings.repeated:
        yield f"| {NAMES[method]} | " + " | ".join(f"{v:.4f}" for v in _seed_shares(bench, method).values()) + " |"
    yield ""


def _by_kind(reports: Mapping[str, ChooserReport], best: str) -> Iterator[str]:
    rules, own = reports[RULES].spans_by_kind, reports[best].spans_by_kind
    yield f"## By kind: the rules, and {best}\n"
    yield "It is the one that got most of these spans right: its luckiest. Intervals as if spans were independent.\n"
    yield "| kind accepted | spans | rules | model |"
    yield "|---|---|---|---|"
    for kind in sorted(own, key=lambda kind: -own[kind].total):
        shares = f"{rules[kind].value:.3f} | {own[kind].value:.3f} [{own[kind].low:.3f}, {own[kind].high:.3f}]"
        yield f"| {kind} | {own[kind].total} | {shares} |"
    yield "\n![Confusion](confusion.svg)\n"
