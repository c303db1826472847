"""Is a number or an offer ever spoken that was not true? 10,000 renders and replies while a shop changes.

    python -m benchmarks.truth                               10,000 renders and replies, 500 products
    python -m benchmarks.truth --renders 400 --products 60   a quick look
    python -m benchmarks.truth --out docs/benchmarks         writes truth.md and truth.json as well

The check is tests/truth: it reads spoken sentences back with a parser of its own and holds each number, by what it
claims to be, against a plain model of the shop at the version that the script names. It shares nothing with rendering.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import threading
import time
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from koubo.catalog.live import NewPrice
from koubo.catalog.live_sqlite import SqliteLiveStore
from tests.truth.campaign import Outcome, by_kind, run

SEED = 0
POLL_S = 0.2
"""How often a replica looks for changed live values, by default (`serve_apps.settings`: live_poll_s)."""
LOST = ("without its opening", "without its price", "without its closing", "sections that dangle")
CLAIMS = {
    "not_after": "sentences: how long they hold",
    "no quantity": "numerals that count nothing (看一眼)",
    "title or brief": "content: title or selling point",
    "answer": "content: answer",
    "review": "content: review",
    "attribute": "content: attribute, unlabelled",
    "paid": "到手价",
    "paid: several pieces": "到手一共, several pieces",
    "现价 from": "现价 … 起",
    "页面价 from": "页面价 … 起",
    "list_price": "划线价",
    "saving": "比划线价省",
    "sku_note": "不同规格价格不一样",
    "stock": "库存还有",
    "in_stock": "现在有货",
    "sold_out": "已经卖完了",
    "no_activity": "现在没有活动",
    "gifts": "赠品有的",
    "deadline": "优惠到 … 结束",
    "activity": "活动",
    "member_price": "会员价",
    "flash_price": "限时价",
    "coupon": "领券 … 减",
    "threshold_discount": "满 … 减",
    "quantity_discount": "满 … 件打 … 折, 直接打 … 折",
    "group_buy": "拼团每件减",
    "gift": "买 … 送, 下单就送",
}


PAGE = """# Is what is spoken true?

Written by `python -m benchmarks.truth --out docs/benchmarks` on {date}: {cores} cores, Python {python}, load average
{load_before:.1f} before, {load_after:.1f} after.

A made shop of {products} products, of seven families, with SKUs of one price and of several; {renders:,} renders of
stored scripts, {changes:,} prices, stocks and promotions changed meanwhile; rendered for now, and for a second before,
at and after promotions start or end. `tests/truth` reads every spoken sentence back and holds each
number, by what it claims to be, against a plain model of the shop at the version in `as_of`; so it does with
{replies:,} replies to viewers' comments about the product, several pieces or one option of it ({answered:,} answered,
the others honestly left open). **{false} sentences were false.** A number or a word of offers that it can put no
meaning to would count as false.

| claim | held against the shop: in scripts | in replies |
|---|---|---|
{claims}

Of {sentences} sentences spoken, {sentences_rewritten} stood in for others or were shortened; {sentences_dropped} were
dropped. Scripts without their opening: {without_its_opening}; without a price: {without_its_price}; without a call to
buy: {without_its_closing}. Sections that begin as if going on from something lost: {sections_that_dangle}.
{renders_per_s} renders/s in one process.

How soon a change is seen once it was acknowledged, in ms:

| by | p50 | p95 | max |
|---|---|---|---|
{waits}
"""


def told(outcome: Outcome) -> None:
    """Say how far it is."""
    if outcome.renders % 1_000 == 0:
        print(f"{outcome.renders} renders, {len(outcome.failed)} false", file=sys.stderr, flush=True)


def delays(folder: Path, changes: int = 200) -> dict[str, list[float]]:
    """Seconds from the acknowledgement of a change until it is seen: in the process that wrote it, whose view is asked
    for, and by one that looks every POLL_S."""
    writer, other = SqliteLiveStore(folder / "live.sqlite"), SqliteLiveStore(folder / "live.sqlite")
    seen: dict[int, float] = {}
    done = threading.Event()

    def follow() -> None:
        while not done.wait(POLL_S):
            version = other.view().version
            now = time.perf_counter()
            for older in range(max(seen, default=0) + 1, version + 1):
                seen[older] = now

    follower = threading.Thread(target=follow)
    follower.start()
    own, told = [], {}
    for number in range(changes):
        version = writer.apply([NewPrice("p", None, Decimal(number + 1))], "benchmark")
        told[version] = time.perf_counter()
        assert writer.view().version >= version
        own.append(time.perf_counter() - told[version])
        time.sleep(0.01 + (number % 7) / 100)
    time.sleep(3 * POLL_S)
    done.set()
    follower.join()
    writer.close()
    other.close()
    return {"own": sorted(own), "polled": sorted(seen[version] - at for version, at in told.items())}


def report_of(outcome: Outcome, waits: dict[str, list[float]], products: int) -> dict[str, Any]:
    """Everything that was measured, as plain values."""
    return {
        "renders": outcome.renders,
        "products": products,
        "replies": outcome.replies,
        "answered": outcome.answered,
        "changes": outcome.changes,
        "false": len(outcome.failed),
        "examples": [{**asdict(one.fault), "at": one.at.isoformat()} for one in outcome.failed[:10]],
        "claims": dict(by_kind(outcome.report.checked)),
        "replied": dict(by_kind(outcome.replied.checked)),
        "whole": {
            name: outcome.whole[name] for name in ("sentences", "sentences dropped", "sentences rewritten", *LOST)
        },
        "renders_per_s": round(outcome.renders / outcome.render_s, 1),
        "seen_after_ms": {name: _spread(found) for name, found in waits.items()},
    }


def _spread(found: list[float]) -> dict[str, float]:
    return {
        "p50": round(1000 * found[len(found) // 2], 2),
        "p95": round(1000 * found[len(found) * 95 // 100], 2),
        "max": round(1000 * found[-1], 2),
    }


def page(report: dict[str, Any]) -> str:
    """The report as Markdown."""
    replied = report["replied"]
    claims = "\n".join(
        f"| {CLAIMS.get(kind, kind)} | {report['claims'].get(kind, 0):,} | {replied.get(kind, 0):,} |"
        for kind in dict.fromkeys([*report["claims"], *replied])
    )
    names = {"own": "the process that wrote", "polled": f"another, which looks every {POLL_S} s"}
    waits = "\n".join(
        f"| {names[by]} | {wait['p50']} | {wait['p95']} | {wait['max']} |"
        for by, wait in report["seen_after_ms"].items()
    )
    return PAGE.format(**{**report, **report["machine"], "claims": claims, "waits": waits}, **_words(report["whole"]))


def _words(whole: dict[str, int]) -> dict[str, str]:
    """The counts of what became of sentences and parts, by names that a template can hold."""
    return {name.replace(" ", "_"): f"{count:,}" for name, count in whole.items()}


def main() -> int:
    """Run and print; with --out, write the page and its values."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.truth", description=__doc__.splitlines()[0])
    parser.add_argument("--renders", type=int, default=10_000, help="how many renders in all")
    parser.add_argument("--products", type=int, default=500, help="products of the shop")
    parser.add_argument("--out", type=Path, help="folder for truth.md and truth.json")
    options = parser.parse_args()
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load_before": os.getloadavg()[0]}
    with tempfile.TemporaryDirectory() as folder:
        waits = delays(Path(folder))
    outcome = run(options.renders, options.products, SEED, mined=True, told=told)
    report = report_of(outcome, waits, options.products)
    report["date"] = datetime.now(UTC).isoformat(timespec="minutes")
    report["machine"] = {**machine, "load_after": os.getloadavg()[0]}
    print(page(report))
    if options.out:
        (options.out / "truth.md").write_text(page(report), encoding="utf8")
        text = json.dumps(report, ensure_ascii=False, indent=1)
        (options.out / "truth.json").write_text(text + "\n", encoding="utf8")
    return 1 if report["false"] else 0


if __name__ == "__main__":
    sys.exit(main())
