"""The pages that rules doubt: a model is asked about them, and what of its answers holds goes into the parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import ray

from data_jobs.job import ErrorRow, JobReport
from data_jobs.progress import Progress
from data_jobs.understanding.asking import Asking
from data_jobs.understanding.page_answer import AnswerRefused, parse_answer, with_answer
from data_jobs.understanding.understood_parts import ANSWER, all_rows, answers, replace_rows, write_answers


def doubtful(pages: pl.DataFrame, out: str, doubt: float) -> pl.DataFrame:
    """Those of `pages` (see `understood_parts.with_keys`) that rules decided and doubt.

    Args:
        doubt: pages whose topic is less sure are in doubt; 1 takes all that have text.
    """
    rows = all_rows(out).filter(pl.col("method") == "rules")
    unsure = rows if doubt >= 1 else rows.filter(pl.col("confidence") < doubt)
    return pages.join(unsure.select("image_id"), on="image_id", how="semi").filter(pl.col("text") != "")


def unanswered(pages: pl.DataFrame, out: str) -> pl.DataFrame:
    """Those of `pages` that no answer is kept for."""
    return pages.filter(~pl.col("key").is_in([*answers(out)]))


def ask_about(pages: pl.DataFrame, out: str, asking: Asking, report: JobReport) -> None:
    """Ask, and keep the answers as they come. A model that cannot be had costs its answers, not the job."""
    from data_jobs.understanding.ask_model import ask  # loads ray.data.llm, which a job without a model need not have

    progress, answered = Progress("understand_images: asked", len(pages)), 0
    try:
        blocks = [block.to_arrow() for block in pages.select("image_id", "key", "text").iter_slices(asking.batch)]
        for batch in ask(ray.data.from_arrow(blocks), asking).iter_batches(batch_size=None, batch_format="pyarrow"):
            table = pl.DataFrame(pl.from_arrow(batch))
            answered += _keep(out, table, report)
            progress.add(len(table))
    except Exception as error:  # of the engine or its actors
        print(f"understand_images: the model failed, rules stand: {type(error).__name__}: {error!s:.300}", flush=True)
        report.error("model_failed")
    report.count("asked_now", len(pages))
    report.count("unanswered", len(pages) - answered)


def _keep(out: str, table: pl.DataFrame, report: JobReport) -> int:
    """Keep the answers of a batch; count its errors. Returns how many answers there were."""
    for error in table.filter(pl.col("answer") == "")["error"]:
        report.error(error or "no_answer")
    said = table.filter(pl.col("answer") != "").select(list(ANSWER)).cast(ANSWER)
    write_answers(out, said)
    return len(said)


def put_answers(pages: pl.DataFrame, out: str, ocr: str) -> tuple[int, list[ErrorRow]]:
    """Put what holds of the kept answers into the rows of `pages`; gives how many rows changed, and the refusals."""
    made = _Answered({page["image_id"]: page for page in pages.iter_rows(named=True)}, answers(out), ocr)
    return replace_rows(out, made), made.refusals


@dataclass(slots=True)
class _Answered:
    """Makes the row of a page from its row by rules and its answer, and notes what is refused."""

    pages: Mapping[str, Mapping[str, Any]]
    said: Mapping[str, str]
    ocr: str
    refusals: list[ErrorRow] = field(default_factory=list)

    def __call__(self, row: Mapping[str, Any]) -> Mapping[str, Any] | None:
        page = self.pages.get(row["image_id"])
        if page is None or page["key"] not in self.said:
            return None
        try:
            new, refused = with_answer(row, page, parse_answer(self.said[page["key"]]))
        except AnswerRefused as error:
            self._refuse(page, f"answer_refused: {error}")
            return None
        for why, count in sorted(refused.items()):
            self._refuse(page, f"{why}: {count}")
        return new | {"made_from": page["key"]}

    def _refuse(self, page: Mapping[str, Any], reason: str) -> None:
        self.refusals.append(ErrorRow(self.ocr, page["image_id"], "answer", self.said[page["key"]][:200], reason))
