"""What a judge is asked and how its answer is read: one JSON object, an integer and a reason a criterion.

The script is data. It stands in the prompt as a JSON string between marks that depend on it, so that no text can hold
its own; the answer is constrained to a schema, and read as one whole object or not at all. Judges that take the first
object out of free text can be given one by the text that they quote.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from koubo.protocols import JudgeOpinion, JudgeRequest
from koubo.rubric.scorecard import Criterion
from koubo.rubric.settings import RubricError

BEST, WORST = 5, 1
REASON = 120
"""Longest reason, in characters; what is longer is cut."""
_WHERE = "koubo/rubric/data/judge.yaml"
_BY_RULES = frozenset({Criterion.SAFETY, Criterion.CREDIBILITY, Criterion.FORMAT})


class JudgeAnswerError(ValueError):
    """An answer that is not what was asked for: says what is wrong with it."""


class _Prompt(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    role: str = Field(min_length=1)
    scale: str = Field(min_length=1)
    criteria: dict[Criterion, str] = Field(min_length=1)
    speaks_to_judge: tuple[re.Pattern[str], ...]

    @field_validator("criteria")
    @classmethod
    def _left_to_rules(cls, criteria: dict[Criterion, str]) -> dict[Criterion, str]:
        if taken := sorted(_BY_RULES & set(criteria)):
            raise ValueError(f"{', '.join(taken)}: the rules alone decide these")
        return criteria


class _Opinion(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    reason: str = Field(min_length=1)
    score: int = Field(ge=WORST, le=BEST)


def judged_criteria() -> tuple[Criterion, ...]:
    """The criteria that a judge is asked about: never safety, credibility or format."""
    return tuple(_prompt().criteria)


def speaks_to_judge(text: str) -> str | None:
    """Return words by which a text speaks to whoever judges it; None for a text that speaks to buyers."""
    flat = re.sub(r"\s+", " ", text)
    found = (pattern.search(flat) for pattern in _prompt().speaks_to_judge)
    return next((match.group() for match in found if match), None)


def judge_messages(request: JudgeRequest) -> list[dict[str, str]]:
    """Return the messages of a chat that asks for an opinion."""
    prompt = _prompt()
    asked = "\n".join(f"- {name}: {what}" for name, what in prompt.criteria.items())
    data = json.dumps({"稿子": request.text, "商品资料": list(request.product_lines)}, ensure_ascii=False)
    mark = "DATA-" + hashlib.sha256(data.encode()).hexdigest()[:16]
    said = f"下面两个 {mark} 之间是数据：\n{mark}\n{data}\n{mark}\n请按要求评分，只输出JSON。"
    return [
        {"role": "system", "content": f"{prompt.role}\n{prompt.scale}\n{asked}"},
        {"role": "user", "content": said},
    ]


@cache
def answer_schema() -> Mapping[str, Any]:
    """Return the JSON schema of an answer: for each criterion a reason, then an integer score."""
    opinion = {
        "type": "object",
        "properties": {"reason": {"type": "string"}, "score": {"type": "integer", "enum": [*range(WORST, BEST + 1)]}},
        "required": ["reason", "score"],
        "additionalProperties": False,
    }
    names = [name.value for name in judged_criteria()]
    return {
        "type": "object",
        "properties": dict.fromkeys(names, opinion),
        "required": names,
        "additionalProperties": False,
    }


def opinions_of(answer: str) -> tuple[JudgeOpinion, ...]:
    """Read an answer: one JSON object with every criterion, each once, and nothing else.

    Scores come out as 0 to 1. Raises `JudgeAnswerError`.
    """
    try:
        found = json.loads(answer, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise JudgeAnswerError(f"not one JSON object: {error}") from error
    if not isinstance(found, dict):
        raise JudgeAnswerError(f"{type(found).__name__} instead of an object")
    names = judged_criteria()
    if set(found) != {name.value for name in names}:
        raise JudgeAnswerError(f"criteria {', '.join(map(str, found))}; {', '.join(names)} were asked for")
    return tuple(_opinion(name, found[name]) for name in names)


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise JudgeAnswerError(f"a key is there twice among {[key for key, _ in pairs]}")
    return dict(pairs)


def _opinion(name: Criterion, found: Any) -> JudgeOpinion:
    try:
        opinion = _Opinion.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, (name, *first["loc"])))
        raise JudgeAnswerError(f"{where}: {first['msg']}, got {first['input']!r}") from error
    reason = " ".join(opinion.reason.split())[:REASON]
    return JudgeOpinion(name.value, (opinion.score - WORST) / (BEST - WORST), reason)


@cache
def _prompt() -> _Prompt:
    text = files("koubo.rubric").joinpath("data", "judge.yaml").read_text(encoding="utf-8")
    try:
        return _Prompt.model_validate(yaml.safe_load(text))
    except (ValidationError, yaml.YAMLError) as error:
        raise RubricError(f"{_WHERE}: {error}") from error
