"""Does a long stream repeat itself? Openings, closings and returning products of a planned stream, all held together.

    python -m benchmarks.stream_variety                                   the example shop, three hours
    python -m benchmarks.stream_variety --tables FOLDER ...               with products of other tables, up to 30
    python -m benchmarks.stream_variety --out docs/benchmarks             writes stream_variety.json, .md and .svg too

The stream is planned twice: with fresh words for every turn (koubo.script.stream), and, to compare, the same turns each
on its own with its position as seed. Alike is measured between all pairs: the Jaccard index of three-character runs and
the longest run of characters shared, slots aside; the Jaccard index of the texts as they read, with names and prices;
and, as an extra, the cosine of sentence embeddings.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cluster.sentence_encoder import SentenceEncoder
from cluster.settings import load_profile
from koubo.catalog.facts import Fact
from koubo.catalog.live import EMPTY
from koubo.catalog.records import Product, Promotion
from koubo.catalog.review_facts import facts_of_aspects
from koubo.catalog.store import CatalogView
from koubo.catalog.table_facts import facts_of
from koubo.catalog.tables import Catalog, load_catalog
from koubo.script.brief import make_brief
from koubo.script.likeness import all_pairs, jaccard, runs_of
from koubo.script.plan import Planner
from koubo.script.rundown import Rundown, make_rundown
from koubo.script.stream import StreamPlan, plan_stream
from koubo.script.stream_request import FlashSale, StreamRequest
from koubo.script.timeline import timeline
from koubo.voices.mining import mine_catalog

ROOT = Path(__file__).parents[1]
START = datetime.fromisoformat("2026-11-24T19:00:00+08:00")
PRODUCTS = 30
BINS = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.01)


@dataclass(frozen=True, slots=True)
class Tables:
    """Catalogue tables as a source of products: no snapshot is published."""

    products: Mapping[str, Product]
    known: Mapping[str, tuple[Fact, ...]]
    promotions: tuple[Promotion, ...]
    version: str = "tables"

    def product(self, product_id: str) -> Product:
        """See `ProductSource`."""
        return self.products[product_id]

    def facts(self, product_id: str) -> tuple[Fact, ...]:
        """See `ProductSource`."""
        return self.known[product_id]

    def promotions_of(self, product_id: str) -> list[Promotion]:
        """See `ProductSource`."""
        return [p for p in self.promotions if p.product_ids is None or product_id in p.product_ids]


def tables(folders: Sequence[Path]) -> Tables:
    """Read up to PRODUCTS products, those of the first folder first; promotions are the first folder's."""
    products: dict[str, Product] = {}
    known: dict[str, tuple[Fact, ...]] = {}
    catalogs = [load_catalog(folder, None) for folder in folders]
    for catalog in catalogs:
        for product in catalog.products[: PRODUCTS - len(products)]:
            products[product.id], known[product.id] = product, _facts(catalog, product)
    return Tables(products, known, tuple(catalogs[0].promotions))


def _facts(catalog: Catalog, product: Product) -> tuple[Fact, ...]:
    reviews = tuple(review for review in catalog.reviews if review.product_id == product.id)
    mined = mine_catalog(replace(catalog, products=(product,), reviews=reviews))
    facts = (*facts_of(product, catalog.questions), *facts_of_aspects(product.id, mined.get(product.id, ())))
    return tuple(sorted(facts, key=lambda fact: (fact.priority, fact.id)))


def stream(shop: Tables, hours: float, seconds: int, seed: int) -> tuple[StreamPlan, Rundown, float]:
    """Plan a stream of the shop's products; with it its rundown, and the CPU seconds that choosing words took."""
    ids = tuple(shop.products)
    sales = (FlashSale(product_id=ids[0], at=START.replace(hour=20)),)
    request = StreamRequest(
        product_ids=ids,
        starts_at=START,
        hours=hours,
        seconds=seconds,
        seed=seed,
        personas=("热情", "亲切"),
        flash_sales=sales,
    )
    view = CatalogView(shop, EMPTY)
    rundown = make_rundown(request, {one: view.product(one, START) for one in ids}, shop.promotions)
    lives = [view.product(turn.product_id, turn.at) for turn in rundown.turns]
    before = time.process_time()
    plan = plan_stream(request, rundown, lives)
    return plan, rundown, time.process_time() - before


@dataclass(frozen=True, slots=True)
class Spoken:
    """A script of a stream: slotted opening, closing and whole text, and each as it reads."""

    product_id: str
    slotted: tuple[str, str, str]
    filled: tuple[str, str, str]
    error: float


def scripts(shop: Tables, plan: StreamPlan, searched: bool) -> Iterator[Spoken]:
    """Plan every script of a stream: with the seeds chosen for it, or each on its own with its position as seed."""
    view = CatalogView(shop, EMPTY)
    for entry in plan.entries:
        live = view.product(entry.turn.product_id, entry.turn.at)
        brief = make_brief(live, entry.request)
        seed = entry.request.seed if searched else entry.position
        sections = Planner(brief).plan(seed).sections
        whole = "".join(section.planned for section in sections)
        slotted = (sections[0].planned, sections[-1].planned, whole)
        filled = tuple(map(brief.filled, slotted))
        error = sum(section.seconds for section in sections) / entry.turn.seconds - 1
        yield Spoken(entry.turn.product_id, slotted, (filled[0], filled[1], filled[2]), error)


def spread(values: Sequence[float]) -> dict[str, float]:
    """Maximum, 95th percentile, mean."""
    found = np.asarray(values if len(values) else [0.0])
    return {
        "max": round(float(found.max()), 3),
        "p95": round(float(np.percentile(found, 95)), 3),
        "mean": round(float(found.mean()), 3),
    }


def ends(said: Sequence[Spoken], place: int, encoder: SentenceEncoder) -> dict[str, Any]:
    """How alike the openings (place 0) or closings (1) are, over all pairs."""
    pairs = all_pairs(one.slotted[place] for one in said)
    filled = [runs_of(one.filled[place]) for one in said]
    shares = [pair.share for pair in pairs]
    counts = np.histogram(shares, BINS)[0]
    bins = zip(BINS, BINS[1:], counts, strict=False)
    return {
        "pairs": len(pairs),
        "share": spread(shares),
        "run": spread([len(pair.run) for pair in pairs]),
        "share with names and prices": spread([jaccard(a, b) for a, b in combinations(filled, 2)]),
        "cosine": spread(_cosines(encoder.encode([one.filled[place] for one in said]))),
        "word for word": len(said) - len({one.slotted[place] for one in said}),
        "histogram": {f"{low:g} to {min(high, 1):g}": int(number) for low, high, number in bins},
    }


def returns(said: Sequence[Spoken], encoder: SentenceEncoder) -> dict[str, Any]:
    """How alike the whole scripts of one product are that the stream tells more than once."""
    pairs = [(a, b) for a, b in combinations(range(len(said)), 2) if said[a].product_id == said[b].product_id]
    vectors = encoder.encode([one.filled[2] for one in said])
    whole = [runs_of(one.slotted[2]) for one in said]
    return {
        "pairs": len(pairs),
        "share": spread([jaccard(whole[a], whole[b]) for a, b in pairs]),
        "cosine": spread([float(vectors[a] @ vectors[b]) for a, b in pairs]),
    }


def _cosines(vectors: NDArray[np.float32]) -> list[float]:
    above = np.triu_indices(len(vectors), 1)
    return [float(value) for value in (vectors @ vectors.T)[above]]


def run(shop: Tables, hours: float, seconds: int, seed: int) -> tuple[dict[str, Any], StreamPlan]:
    """Measure one stream; returns the report and its plan."""
    plan, _, cpu = stream(shop, hours, seconds, seed)
    encoder = SentenceEncoder(load_profile("laptop").models.embedder, 1)
    report: dict[str, Any] = {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "products": len(shop.products),
        "hours": hours,
        "seconds a script": seconds,
        "scripts": len(plan.entries),
        "planning cpu s": round(cpu, 1),
        "bound": {"share": plan.most_alike, "run": plan.longest_shared},
        "over the bound": sum(bool(entry.over_bound) for entry in plan.entries),
        "seeds tried": sum(entry.tried for entry in plan.entries),
    }
    for name, searched in (("stream", True), ("each on its own", False)):
        said = list(scripts(shop, plan, searched))
        report[name] = {
            "openings": ends(said, 0, encoder),
            "closings": ends(said, 1, encoder),
            "returns": returns(said, encoder),
            "length error": spread([abs(one.error) for one in said]),
        }
    return report, plan


def as_markdown(report: dict[str, Any], longer: dict[str, Any] | None, given: argparse.Namespace) -> str:
    """The report as a page."""
    more = f"; and products of {', '.join(folder.name for folder in given.tables)}" if given.tables else ""
    bound, error = report["bound"], report["stream"]["length error"]
    lines = [
        "# Does a long stream repeat itself?",
        "",
        f"Written by `python -m benchmarks.stream_variety` on {report['date']}: the example shop{more}; "
        f"{report['hours']:g} hours, {report['products']} products, {report['scripts']} scripts of "
        f"{report['seconds a script']} s (flash sales and last calls are shorter). Choosing the words took "
        f"{report['planning cpu s']} s of CPU, {report['seeds tried']} seeds.",
        "",
        f"**Bound**: two openings, or two closings, share at most {bound['share']:g} of their three-character runs "
        f"and no run of more than {bound['run']} characters, slots aside. Over it: **{report['over the bound']}** of "
        f"{report['scripts']} scripts.",
        "",
        "![Who when](stream_variety.svg)",
        "",
        "All pairs. `share`: Jaccard index of three-character runs of the host's own words; `as read`: the same with "
        "names and prices in; `run`: longest run of characters shared; `cosine`: of sentence embeddings.",
        "",
        "| | pairs | share max / p95 / mean | as read max / p95 | run max / p95 | cosine max / p95 | word for word |",
        "|---|---|---|---|---|---|---|",
        *(_row(f"{end}, {name}", report[name][end]) for end in _ENDS for name in _NAMES),
        "",
        "| pairs by share | " + " | ".join(report["stream"]["openings"]["histogram"]) + " |",
        "|---|" + "---|" * (len(BINS) - 1),
        *(_bins(f"{end}, {name}", report[name][end]["histogram"]) for end in _ENDS for name in _NAMES),
        "",
        "A product that returns, its whole scripts held together (facts and prices are said again, in other words):",
        "",
        "| | pairs | share max / p95 / mean | cosine max / mean |",
        "|---|---|---|---|",
        *(_return(name, report[name]["returns"]) for name in _NAMES),
        "",
        f"Length: {error['mean']:.1%} off on average, {error['max']:.1%} at most.",
        *(_longer(longer) if longer is not None else ()),
    ]
    return "\n".join(lines) + "\n"


def _longer(longer: dict[str, Any]) -> list[str]:
    opened, closed = longer["stream"]["openings"], longer["stream"]["closings"]
    return [
        "",
        f"{longer['hours']:g} hours, {longer['scripts']} scripts: {longer['over the bound']} over the bound; share at "
        f"most {opened['share']['max']:g} (openings) and {closed['share']['max']:g} (closings), run "
        f"{opened['run']['max']:g} and {closed['run']['max']:g}; {longer['planning cpu s']} s of CPU.",
    ]


def _bins(name: str, histogram: dict[str, int]) -> str:
    return f"| {name} | " + " | ".join(map(str, histogram.values())) + " |"


_ENDS = ("openings", "closings")
_NAMES = ("stream", "each on its own")


def _row(name: str, found: dict[str, Any]) -> str:
    share, read, shared, cosine = (found[key] for key in ("share", "share with names and prices", "run", "cosine"))
    return (
        f"| {name} | {found['pairs']:,} | {share['max']:g} / {share['p95']:g} / {share['mean']:g} "
        f"| {read['max']:g} / {read['p95']:g} | {shared['max']:g} / {shared['p95']:g} "
        f"| {cosine['max']:g} / {cosine['p95']:g} | {found['word for word']} |"
    )


def _return(name: str, found: dict[str, Any]) -> str:
    share, cosine = found["share"], found["cosine"]
    return (
        f"| {name} | {found['pairs']} | {share['max']:g} / {share['p95']:g} / {share['mean']:g} "
        f"| {cosine['max']:g} / {cosine['mean']:g} |"
    )


def main() -> int:
    """Command line; returns 1 where a script of the stream is over the bound."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=Path, nargs="*", default=[], help="folders of further tables")
    parser.add_argument("--hours", type=float, default=3.0, help="length of the stream")
    parser.add_argument("--seconds", type=int, default=180, help="length of an ordinary script")
    parser.add_argument("--seed", type=int, default=0, help="of the stream")
    parser.add_argument("--longer", type=float, help="measure a stream of so many hours as well")
    parser.add_argument("--out", type=Path, help="folder for stream_variety.json, .md and .svg")
    given = parser.parse_args()
    shop = tables([ROOT / "examples/catalog", *given.tables])
    report, plan = run(shop, given.hours, given.seconds, given.seed)
    longer = run(shop, given.longer, given.seconds, given.seed)[0] if given.longer else None
    page = as_markdown(report, longer, given)
    print(page)
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        text = json.dumps(report | ({"longer": longer} if longer else {}), ensure_ascii=False, indent=1)
        (given.out / "stream_variety.json").write_text(text + "\n", encoding="utf-8")
        (given.out / "stream_variety.md").write_text(page, encoding="utf-8")
        (given.out / "stream_variety.svg").write_text(timeline(plan), encoding="utf-8")
    return 1 if report["over the bound"] else 0


if __name__ == "__main__":
    sys.exit(main())
