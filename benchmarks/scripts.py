"""Slotted scripts beside the same model writing freely from the same brief: what is true, when it is written and later.

    python -m benchmarks.scripts --products 100 --catalog /data/shop         100 products, an hour on two cores
    python -m benchmarks.scripts --products 5                                a quick look, on the example catalogue
    python -m benchmarks.scripts --products 100 --profile gpu --catalog ...  a large model, with a GPU
    python -m benchmarks.scripts ... --out docs/benchmarks                   writes scripts.json and scripts.md too

Both sides are asked for the same product, one after the other, alone on the machine, by one vLLM engine. Ours is
composed section by section, with the check and the choice of the application, and rendered. Each text is held against
the shop as it is when it was written, and as it is an hour later: the promotion ended, every other price went up. Ours
is rendered again, the free text is what it is. Intervals are bootstraps over products (95%).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.changing_shop import LATER, WRITTEN_AT, ChangingShop, changing_shop
from benchmarks.free_writing import write_freely
from cluster.models import resolve
from cluster.sentence_encoder import AsyncEncoder, SentenceEncoder
from cluster.writers import Sampling
from data_jobs.write_scripts import WriteSettings
from data_jobs.writing.engine_writer import EngineWriter
from koubo.catalog.store import CatalogView
from koubo.reading import read
from koubo.rubric.amounts import amounts
from koubo.rubric.pick import verdicts
from koubo.rubric.score import score, scored
from koubo.rubric.scorecard import Criterion, Scorecard, ScoredScript
from koubo.script.brief import Brief, BriefRequest, make_brief
from koubo.script.compose import Budget, Completed, ComposedSection, Verdict, compose
from koubo.script.exemplars import OWN_LINES, Exemplars, load_exemplars
from koubo.script.pace import pace_of
from koubo.script.plan import SectionPlan, plan
from koubo.script.render import render
from koubo.script.script import Script

ROOT = Path(__file__).parents[1]
SECONDS = 60
RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Measured:
    """One text at one moment; counts are of findings, the rest shares, seconds or tokens.

    `wrong` are prices that are no price of the product then, `untraced` other numbers without a fact, `unsupported`
    attributes without one, `stale` amounts of the promotion that ended, `unlawful` breaches of advertising law.
    """

    product: str
    wrong: int
    untraced: int
    unsupported: int
    stale: int
    unlawful: int
    coverage: float
    distinct: tuple[float, float, float]
    length_error: float
    total: float


@dataclass(frozen=True, slots=True)
class Timed:
    """Seconds until the first sentence could be spoken, until all was there, and tokens that the engine wrote."""

    first_sentence_s: float
    seconds: float
    tokens: int


@dataclass(frozen=True, slots=True)
class Written:
    """One product's text by one side: as it is spoken when written and later, and what it took."""

    now: Measured
    later: Measured
    timed: Timed
    text: str
    text_later: str
    by_model: float


class Bench:
    """The engine, the encoder and the shop that both sides share."""

    def __init__(self, settings: WriteSettings, shop: ChangingShop) -> None:
        for name, value in settings.engine.env_vars.items():
            os.environ[name] = value
        sampling = Sampling(settings.style, settings.temperature, settings.constrained)
        self.settings, self.shop = settings, shop
        self.writer = EngineWriter(str(resolve(str(settings.source))), settings.engine.kwargs, sampling)
        self.embedder = AsyncEncoder(SentenceEncoder(settings.models.embedder, settings.threads))
        self.exemplars = Exemplars(load_exemplars(OWN_LINES), self.embedder)
        self.budget = Budget(settings.candidates, settings.section_timeout_s, settings.max_tokens)

    def brief(self, product_id: str, view: CatalogView, at: datetime) -> Brief:
        """The brief of a product in the shop as it is at a moment."""
        return make_brief(view.product(product_id, at), BriefRequest(product_id=product_id, seconds=SECONDS))

    async def pick(self, brief: Brief, section: SectionPlan, completed: Sequence[Completed]) -> Sequence[Verdict]:
        """The application's choice among candidates."""
        return await verdicts(self.embedder, brief, section, completed)


async def slotted(bench: Bench, product_id: str) -> Written:
    """Our side: composed once, rendered twice."""
    shop = bench.shop
    brief = bench.brief(product_id, shop.before, WRITTEN_AT)
    started, tokens, first = time.perf_counter(), bench.writer.tokens, 0.0
    sections: list[ComposedSection] = []
    composing = compose(brief, plan(brief), bench.writer, bench.pick, bench.exemplars, budget=bench.budget)
    async for section in composing:
        first = first or time.perf_counter() - started
        sections.append(section)
    timed = Timed(first, time.perf_counter() - started, bench.writer.tokens - tokens)
    script = Script(product_id, brief, 0, tuple(sections), WRITTEN_AT)
    now = render(script, shop.before.product(product_id, WRITTEN_AT), WRITTEN_AT, read)
    later = render(script, shop.after.product(product_id, LATER), LATER, read)
    asked = [section for section in sections if section.reason != "by_design"]
    return Written(
        now=_measured(bench, product_id, scored(now), shop.before, WRITTEN_AT),
        later=_measured(bench, product_id, scored(later), shop.after, LATER),
        timed=timed,
        text=now.written,
        text_later=later.written,
        by_model=sum(section.source == "model" for section in asked) / max(1, len(asked)),
    )


async def free(bench: Bench, product_id: str) -> Written:
    """The peer: one text, which nothing renders again."""
    shop = bench.shop
    brief = bench.brief(product_id, shop.before, WRITTEN_AT)
    done = await write_freely(bench.writer, brief, bench.settings.style, bench.settings.temperature, seed=0)
    text = ScoredScript.plain(done.text or "。", read(done.text or "。").spoken)
    return Written(
        now=_measured(bench, product_id, text, shop.before, WRITTEN_AT),
        later=_measured(bench, product_id, text, shop.after, LATER),
        timed=Timed(done.first_sentence_s, done.seconds, done.tokens),
        text=done.text,
        text_later=done.text,
        by_model=1.0,
    )


def _measured(bench: Bench, product_id: str, text: ScoredScript, view: CatalogView, at: datetime) -> Measured:
    brief = bench.brief(product_id, view, at)
    card = score(text, brief)
    found = [evidence.rule for evidence in card[Criterion.CREDIBILITY].evidence]
    length = pace_of(brief.request.persona).seconds(text.spoken)
    return Measured(
        product=product_id,
        wrong=found.count("wrong_price"),
        untraced=found.count("untraced_number"),
        unsupported=found.count("unsupported_claim"),
        stale=_stale(bench, product_id, text.written, brief),
        unlawful=sum(e.note.startswith("unsafe") for e in card[Criterion.SAFETY].evidence),
        coverage=_coverage(card),
        distinct=(_distinct(text.written, 1), _distinct(text.written, 2), _distinct(text.written, 3)),
        length_error=abs(length - SECONDS) / SECONDS,
        total=card.total,
    )


def _stale(bench: Bench, product_id: str, text: str, brief: Brief) -> int:
    """Amounts of the product's promotion that the text names although no promotion and no price has them now."""
    before = bench.shop.before.product(product_id, WRITTEN_AT)
    gone = {a.value for p in before.promotions for a in amounts(str(p.model_dump(mode="json")))}
    known = {a.value for words in (*brief.available.values(), *(f.value for f in brief.facts)) for a in amounts(words)}
    return sum(a.money and a.value in gone - known for a in amounts(text))


def _coverage(card: Scorecard) -> float:
    """Share of the product's points that are said."""
    said = [evidence.rule for evidence in card[Criterion.TARGETED_SELLING_POINTS].evidence]
    points = said.count("said") + said.count("not_said")
    return said.count("said") / points if points else 1.0


def _distinct(text: str, n: int) -> float:
    runs = [text[i : i + n] for i in range(len(text) - n + 1)]
    return len(set(runs)) / len(runs) if runs else 0.0


Number = Callable[[Written], float]
FIGURES: dict[str, Number] = {
    "wrong prices, when written": lambda one: one.now.wrong,
    "wrong prices, an hour later": lambda one: one.later.wrong,
    "amounts of the ended promotion, an hour later": lambda one: one.later.stale,
    "numbers without a fact": lambda one: one.now.untraced,
    "attributes without a fact": lambda one: one.now.unsupported,
    "breaches of advertising law": lambda one: one.now.unlawful,
    "texts with a wrong price or number, when written": lambda one: float(one.now.wrong + one.now.untraced > 0),
    "texts with a wrong price or number, an hour later": lambda one: float(one.later.wrong + one.later.untraced > 0),
    "share of the product's points said": lambda one: one.now.coverage,
    "distinct-1": lambda one: one.now.distinct[0],
    "distinct-2": lambda one: one.now.distinct[1],
    "distinct-3": lambda one: one.now.distinct[2],
    "length error, share of 60 s": lambda one: one.now.length_error,
    "rubric's total": lambda one: one.now.total,
    "seconds to the first sentence": lambda one: one.timed.first_sentence_s,
    "seconds to the whole script": lambda one: one.timed.seconds,
    "tokens written": lambda one: one.timed.tokens,
    "sections that the model opened": lambda one: one.by_model,
}


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean, and its bootstrap interval over products (95%)."""
    drawn = np.random.default_rng(0).choice(np.asarray(values, float), (RESAMPLES, len(values))).mean(axis=1)
    return float(np.mean(values)), float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975))


async def run(bench: Bench) -> dict[str, list[Written]]:
    """Both sides of every product, in turn; the one that goes first changes."""
    sides = {"slotted": slotted, "free": free}
    done: dict[str, list[Written]] = {name: [] for name in sides}
    for number, product in enumerate(bench.shop.products):
        for name in sorted(sides, reverse=number % 2 == 1):
            done[name].append(await sides[name](bench, product.id))
        print(f"benchmarks.scripts: {number + 1}/{len(bench.shop.products)} products", flush=True)
    return done


def record(settings: WriteSettings, done: dict[str, list[Written]]) -> dict[str, Any]:
    """All figures, with what they were measured on."""
    figures = {
        label: {name: interval([float(of(one)) for one in texts]) for name, texts in done.items()}
        for label, of in FIGURES.items()
    }
    return {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": {"processor": platform.processor() or platform.machine(), "cores": os.cpu_count()},
        "versions": {name: version(name) for name in ("torch", "transformers")},
        "model": settings.source,
        "style": settings.style,
        "products": len(done["slotted"]),
        "figures": figures,
        "texts": {name: [asdict(one) for one in texts] for name, texts in done.items()},
    }


def as_markdown(measured: dict[str, Any]) -> str:
    """The record as a page."""
    lines = [
        f"| {label} | {_said(sides['slotted'])} | {_said(sides['free'])} |"
        for label, sides in measured["figures"].items()
    ]
    return f"""# Slotted scripts beside free writing

Written by `python -m benchmarks.scripts --out docs/benchmarks` on {measured["at"]}: {measured["products"]} products,
{SECONDS} s each, {measured["model"]} ({measured["style"]} prompts), {measured["machine"]["cores"]} cores, one script
at a time. Free is the same model writing the whole script from the same brief, prices and offers included. An hour
later the promotion has ended and every other price went up; the slotted script is rendered again. Mean a script, with
a 95% bootstrap interval over products.

| | slotted | free |
|---|---|---|
{chr(10).join(lines)}

Numbers, prices and attributes are judged by the rubric's credibility (`koubo/rubric/credibility.py`) against the facts
of that moment.
"""


def _said(figure: Sequence[float]) -> str:
    mean, low, high = figure
    return f"{mean:.3g} ({low:.3g} to {high:.3g})"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=5, help="how many")
    parser.add_argument("--catalog", type=Path, nargs="+", default=[], help="catalogues after the example one")
    parser.add_argument("--profile", default="laptop", help="machine class: its writer and engine")
    parser.add_argument("--writer", help="model source instead of the profile's")
    parser.add_argument("--style", choices=("completion", "chat", "trained"), help="form of the prompt")
    parser.add_argument("--out", type=Path, help="folder for scripts.json and scripts.md")
    given = parser.parse_args()
    chosen = {name: value for name in ("writer", "style") if (value := getattr(given, name)) is not None}
    settings = WriteSettings.of_profile(given.profile, snapshots="/none", out="/none", **chosen)
    shop = changing_shop([ROOT / "examples" / "catalog", *given.catalog], given.products)
    measured = record(settings, asyncio.run(_measure(settings, shop)))
    print(as_markdown(measured))
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        (given.out / "scripts.json").write_text(json.dumps(measured, ensure_ascii=False, indent=1), encoding="utf8")
        (given.out / "scripts.md").write_text(as_markdown(measured), encoding="utf8")


async def _measure(settings: WriteSettings, shop: ChangingShop) -> dict[str, list[Written]]:
    return await run(Bench(settings, shop))


if __name__ == "__main__":
    main()
