"""Speech into sentences: where a recognizer wrote no marks, pauses, particles and openers say where one ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from koubo.voices.transcripts import Cue, Speech

PAUSE = 0.35
"""Seconds of silence that end a sentence."""
SHORTEST = 8
"""Letters below which a clause does not stand alone, if the next belongs to the same breath."""
LONGEST = 36
"""Letters after which a sentence is closed at the next clause."""
_PARTICLES = "啊呀吧呢吗嘛啦哦了哈喽"
_OPENERS = re.compile(
    r"^(?:那(?!么|个|种|些|样)|然后|来[，来]|所以|但是|如果|家人们|姐妹们|宝宝们|宝贝们|朋友们|大家|咱们|今天|现在|这个|这款|你看|看一下|还有|另外|而且|"
    r"只是|就是说|对你|主播|一号链接|直接|新进|刚进|喜欢|想要|再提醒|点击|打开|它)"
)
_MARKED = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*")
_END = {"!": "！", "?": "？", "；": "。", ";": "。"}
_CLAUSE = re.compile(r"[，,]+\s*|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its marks; `start` and `end` are seconds, None where the speech has no times."""

    text: str
    start: float | None = None
    end: float | None = None


def sentences_of(speech: Speech) -> list[Sentence]:
    """The sentences of a stretch of speech, in order."""
    return list(_timed(speech.cues)) if speech.cues else [Sentence(text) for text in _written(speech.text)]


def letters(text: str) -> int:
    """Letters and hanzi of a text."""
    return len(re.findall(r"\w", text))


def _timed(cues: Sequence[Cue]) -> Iterator[Sentence]:
    """Cues are breaths: joined until a pause, a final particle, an opener or the length ends the sentence."""
    run: list[Cue] = []
    for cue in (c for c in cues if c.text):
        if run and _ends(run, cue):
            yield _joined(run)
            run = []
        run.append(cue)
    if run:
        yield _joined(run)


def _ends(run: Sequence[Cue], following: Cue) -> bool:
    length = sum(letters(cue.text) for cue in run)
    if following.start - run[-1].end >= PAUSE or length + letters(following.text) > LONGEST:
        return True
    return length >= SHORTEST and (run[-1].text[-1] in _PARTICLES or _OPENERS.match(following.text) is not None)


def _joined(run: Sequence[Cue]) -> Sentence:
    text = "，".join("".join(cue.text.split()) for cue in run)
    return Sentence(text + ("？" if text[-1] in "吗" else "。"), run[0].start, run[-1].end)


def _written(text: str) -> Iterator[str]:
    """Sentences of a written text; a run-on of commas is cut where a breath would be."""
    for found in _MARKED.finditer(text):
        whole = found.group().strip()
        mark = whole[-1] if whole and whole[-1] in "。！？!?；;" else "。"
        clauses = [
            re.sub(r"\s+", "", clause) for clause in _CLAUSE.split(whole.rstrip("。！？!?；;")) if clause.strip()
        ]
        parts = list(_breaths(clauses))
        for place, part in enumerate(parts):
            yield part + (_END.get(mark, mark) if place == len(parts) - 1 else "。")


def _breaths(clauses: Sequence[str]) -> Iterator[str]:
    """Clauses grouped into sentences: a short text is one; a longer one is cut at particles and openers."""
    if sum(map(letters, clauses)) <= LONGEST:
        yield from ("，".join(clauses),) if clauses else ()
        return
    run: list[str] = []
    for clause in clauses:
        length = sum(map(letters, run))
        natural = bool(run) and (run[-1][-1] in _PARTICLES or _OPENERS.match(clause) is not None)
        if run and (length + letters(clause) > LONGEST or (length >= SHORTEST and natural)):
            yield "，".join(run)
            run = []
        run.append(clause)
    if run:
        yield "，".join(run)
