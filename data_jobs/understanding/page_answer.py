"""Holds a model's answer to the page that it is about: what is not there word by word is refused, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from data_jobs.understanding.page_question import AnsweredStatement, PageAnswer
from data_jobs.understanding.understood_pages import statement_rows
from koubo.catalog.deal_words import price_or_deal, unnamed_amount
from koubo.catalog.facts import FactKind
from koubo.catalog.page_facts import Statement, attribute, claim, deals_by_line, statements_of_page
from koubo.catalog.page_lines import PageLine, page_lines, rows_of
from koubo.catalog.page_pairs import is_label

MODEL_CONFIDENCE = 0.8
"""Of a topic that a model gave: it says no probability. Above the doubt that it was asked for, below certainty."""


class AnswerRefused(ValueError):
    """An answer that is not of the form asked for."""


def parse_answer(text: str) -> PageAnswer:
    """Read an answer; words around its JSON object are left out.

    Raises:
        AnswerRefused: no JSON object, a topic that is none, or a field missing, unknown or too long.
    """
    try:
        return PageAnswer.model_validate_json(text[text.find("{") : text.rfind("}") + 1])
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "answer"
        raise AnswerRefused(f"{where}: {first['msg']}") from error


def with_answer(
    row: Mapping[str, Any], page: Mapping[str, Any], answer: PageAnswer
) -> tuple[dict[str, Any], Counter[str]]:
    """The row (schemas.UNDERSTOOD) of a page with what of a model's answer holds, and how much was refused, by reason.

    Args:
        row: the page's row by rules, which stands for what the answer does not give.
        page: the OCR row.
    """
    refused: Counter[str] = Counter()
    given = statements_of_page(page["lines"], answer.topic)
    found = _held(answer.statements, page, given, refused)
    summary = _summary(answer, page, refused) or row["summary"]
    new = {
        "topic": answer.topic,
        "confidence": max(MODEL_CONFIDENCE, row["confidence"]) if answer.topic == row["topic"] else MODEL_CONFIDENCE,
        "summary": summary,
        "statements": statement_rows([*given, *found]),
        "method": "model",
    }
    return {**row, **new}, refused


def _summary(answer: PageAnswer, page: Mapping[str, Any], refused: Counter[str]) -> str:
    """The lines of the summary that stand on the page and name no price, nor a deal unless the page is of deals."""
    kept = []
    for said in dict.fromkeys(map(str.strip, answer.summary)):
        deal = price_or_deal(said)
        if not said or said not in page["text"]:
            refused["summary_not_on_page"] += 1
        elif deal == "价格" or (deal and answer.topic != "promotion"):
            refused["summary_of_price"] += 1
        else:
            kept.append(said)
    return "\n".join(kept)


def _held(
    answered: Sequence[AnsweredStatement], page: Mapping[str, Any], given: Sequence[Statement], refused: Counter[str]
) -> list[Statement]:
    """The statements that quote a row of the page and are not among those the rules gave."""
    rows = [[*row] for row in rows_of(page_lines(page["lines"]))]
    deals = deals_by_line(page["lines"])
    known = {(said.label, said.value) for said in given}
    lines = {said.line for said in given if said.kind is FactKind.IMAGE_CLAIM}
    found: list[Statement] = []
    for said in answered:
        cells = _quoted(said.quote, rows)
        if reason := _refusal(said, cells, page["text"]):
            refused[reason] += 1
            continue
        new = _statement(said, cells, deals)
        if (new.label, new.value) not in known and not (new.kind is FactKind.IMAGE_CLAIM and new.line in lines):
            known.add((new.label, new.value))
            found.append(new)
    return found


def _quoted(quote: str, rows: Sequence[Sequence[PageLine]]) -> Sequence[PageLine]:
    """The line, or else the row, that reads exactly so but for spaces; empty where none does."""
    wanted = _packed(quote)
    cells = ([cell] for row in rows for cell in row)
    return next((one for one in (*cells, *rows) if _packed("".join(line.text for line in one)) == wanted), [])


def _refusal(said: AnsweredStatement, cells: Sequence[PageLine], text: str) -> str | None:
    if not cells:
        return "quote_not_on_page"
    if not said.value.strip() or _packed(said.value) not in _packed(said.quote):
        return "value_not_in_quote"
    if not is_label(said.label.strip()) or _packed(said.label) not in _packed(text):
        return "label_not_on_page"
    return None


def _statement(said: AnsweredStatement, cells: Sequence[PageLine], deals: Mapping[int, str]) -> Statement:
    """An attribute; a claim where its row, or what the model makes of it, speaks of a price or a deal."""
    deal = next((deals[cell.number] for cell in cells if cell.number in deals), None)
    deal = deal or price_or_deal(f"{said.label} {said.value}")
    if not deal and unnamed_amount(said.label, said.value):
        deal = "价格"
    return claim(deal, cells) if deal else attribute(said.label.strip(), said.value.strip(), cells)


def _packed(text: str) -> str:
    return "".join(text.split())
