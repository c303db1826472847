"""Labelled readings: a text with, for spans of it, the readings that people accept.

Two JSON Lines forms are read:

    {"text": "有400元以下的吗", "spans": [{"s": "400元", "accept": ["四百元", "四百块"]}]}
    {"text": "厚198页", "spoken": ["厚一百九十八页"],
     "tags": [{"start": 1, "end": 4, "written": "198", "tag": "CARDINAL"}]}   (on one line)

Spans of the first form stand in the order of the text. In the second only the tagged places differ between `text` and
`spoken`, which is how each span finds its reading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class LabelError(ValueError):
    """A label that cannot be used: `field` and `value` say which, the message why."""

    def __init__(self, field: str, value: object, reason: str) -> None:
        """Keep field and value beside the reason."""
        super().__init__(reason)
        self.field, self.value = field, repr(value)


@dataclass(frozen=True, slots=True)
class Label:
    """The accepted readings of `text[start:end]`, the preferred one first."""

    start: int
    end: int
    accepted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A written text and its labels in order.

    `loose`: the labels were taken from a fully spoken sentence, which does not tell 两 from 二 and the like.
    """

    text: str
    labels: tuple[Label, ...]
    loose: bool = False

    def accepted(self, start: int, end: int) -> tuple[str, ...]:
        """The accepted readings of any span, composed from the labels inside it or cut out of the label around it.

        Raises:
            LabelError: no label touches the span, or one overlaps it without either holding the other.
        """
        touching = [label for label in self.labels if label.start < end and start < label.end]
        if not touching:
            raise LabelError("span", self.text[start:end], "has no label")
        if all(start <= label.start and label.end <= end for label in touching):
            return self._composed(start, end, touching)
        if len(touching) == 1 and touching[0].start <= start and end <= touching[0].end:
            return self._cut_out(start, end, touching[0])
        raise LabelError("span", self.text[start:end], "overlaps a label without holding it")

    def _composed(self, start: int, end: int, labels: list[Label]) -> tuple[str, ...]:
        pieces: list[tuple[str, ...]] = []
        at = start
        for label in labels:
            pieces += [(self.text[at : label.start],), label.accepted]
            at = label.end
        return tuple("".join(parts) for parts in product(*pieces, (self.text[at:end],)))

    def _cut_out(self, start: int, end: int, label: Label) -> tuple[str, ...]:
        before, after = self.text[label.start : start], self.text[end : label.end]
        inner = [
            spoken[len(before) : len(spoken) - len(after)]
            for spoken in label.accepted
            if spoken.startswith(before) and spoken.endswith(after) and len(spoken) > len(before) + len(after)
        ]
        if not inner:
            raise LabelError("span", self.text[start:end], f"cannot be told apart inside {label.accepted}")
        return tuple(inner)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Span(_Strict):
    s: str = Field(min_length=1)
    accept: tuple[str, ...] = Field(min_length=1)


class _Spans(_Strict):
    text: str = Field(min_length=1)
    spans: tuple[_Span, ...]
    id: str = ""
    source: str = ""
    kind: str = ""


class _Tag(_Strict):
    start: int = Field(ge=0)
    end: int
    written: str
    tag: str


class _Tags(_Strict):
    text: str = Field(min_length=1)
    spoken: tuple[str, ...] = Field(min_length=1)
    tags: tuple[_Tag, ...]


def parse_labels(line: str) -> LabelledText:
    """Read one line of either form.

    Raises:
        LabelError: not JSON, a field that is missing or wrong, a span that is not in the text.
    """
    form = _Tags if '"tags"' in line else _Spans
    try:
        record = form.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        raise LabelError(".".join(map(str, first["loc"])) or "line", first.get("input"), first["msg"]) from error
    return _from_tags(record) if isinstance(record, _Tags) else _from_spans(record)


def _from_spans(record: _Spans) -> LabelledText:
    labels: list[Label] = []
    at = 0
    for number, span in enumerate(record.spans):
        start = record.text.find(span.s, at)
        if start < 0:
            raise LabelError(f"spans.{number}.s", span.s, f"is not in the text after character {at}")
        at = start + len(span.s)
        labels.append(Label(start, at, span.accept))
    return LabelledText(record.text, tuple(labels))


def _from_tags(record: _Tags) -> LabelledText:
    at, pattern = 0, ""
    for number, tag in enumerate(record.tags):
        if tag.start < at or record.text[tag.start : tag.end] != tag.written or not tag.written:
            raise LabelError(f"tags.{number}", tag.written, f"does not stand at {tag.start}..{tag.end} of the text")
        pattern += re.escape(record.text[at : tag.start]) + "(.+?)"
        at = tag.end
    pattern += re.escape(record.text[at:])
    matches = [re.fullmatch(pattern, spoken, re.DOTALL) for spoken in record.spoken]
    readings = [match.groups() for match in matches if match]
    if not readings:
        raise LabelError("spoken", record.spoken[0], "differs from the text outside the tags")
    spans = zip(record.tags, zip(*readings, strict=True), strict=True) if record.tags else ()
    labels = tuple(Label(tag.start, tag.end, tuple(dict.fromkeys(spoken))) for tag, spoken in spans)
    return LabelledText(record.text, labels, loose=True)
