"""What a review says of each aspect, clause by clause: polarity with negation, contrast, wishes and questions.

The words are those of the lexicon; the rules are the usual ones of lexicon-based opinion mining (Taboada et al. 2011,
"Lexicon-Based Methods for Sentiment Analysis", Computational Linguistics 37(2)) for Chinese, where there are no spaces
and a negator stands close before what it turns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from koubo.voices.lexicon import AGAIN, WHOLE, Lexicon, Token

NEAR = 2
"""Characters that may stand between a negator and the opinion that it turns, small words aside."""
FAR = 8
"""The same after words such as 没有想象."""
_BREAK = re.compile(r"[，,。；;！!？?~～…\n\r\t]+|[.:：]{1,}(?!\d)|\s+")
_LEADING = frozenset({"degree", "negator", "excess"})
_SMALL = _LEADING | {"between"}
_PARTICLES = frozenset(["", *"的了啊吧呢哦呀啦哈嘛得地极到死多点些很又和也都还就但而且、～~!！.。）)啵喔噢哒呵"])
_CLOSERS = frozenset(["", *"的了啊吧呢哦呀啦哈嘛、～~!！.。）)啵喔噢哒"])
_NOT = {"没": "没有", "无": "没有", "未": "没有"}
_ENDS = frozenset("。！!？?；;…\n~～")


@dataclass(frozen=True, slots=True)
class Opinion:
    """An opinion of an aspect: 1 or -1, the words of it without degree (不起球, 手感好), its place.

    `slight`: a reservation, such as 有点薄.
    """

    aspect: str
    polarity: int
    words: str
    start: int
    end: int
    slight: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a text between two breaks (`start`, `end`: characters) and what it says.

    `asked` are the aspects that it is in doubt about (不知道会不会起球). `contrast`: it begins a turn (但是).
    `question`: it ends in a question mark or particle; what stands in a question is no opinion. `reproach`: it blames
    without an opinion of anything (居然). `wish`: something in it is wished or supposed.
    """

    start: int
    end: int
    opinions: tuple[Opinion, ...]
    asked: tuple[str, ...]
    contrast: bool
    question: bool
    reproach: bool
    wish: bool


def clauses_of(text: str, lexicon: Lexicon) -> list[Clause]:
    """The clauses of a text in order, each with its opinions."""
    found: list[Clause] = []
    waiting: list[Token] = []
    for start, end, mark in _parts(text):
        tokens = lexicon.tokens(text[start:end])
        clause = _Reader(text[start:end], start, tokens, waiting, lexicon.loose).read(mark)
        found.append(clause)
        waiting = [] if clause.opinions or mark in _ENDS else [t for t in tokens if t.entry.terms]
    return found


def asked_aspects(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The aspects that a buyer's question is about: what it names, or the words that carry an aspect (会起球吗)."""
    return _aspects_named(lexicon.tokens(text))


def _aspects_named(tokens: Sequence[Token]) -> tuple[str, ...]:
    named = [token.entry.terms[0] for token in tokens if token.entry.terms]
    named += [next(iter(token.entry.opinions)) for token in tokens if token.entry.opinions]
    return tuple(dict.fromkeys(aspect for aspect in named if aspect not in (WHOLE, AGAIN)))


def _parts(text: str) -> Iterator[tuple[int, int, str]]:
    """Start and end of each clause, and the mark after it."""
    start = 0
    for found in _BREAK.finditer(text):
        if found.start() > start:
            yield start, found.start(), found.group()[0]
        start = found.end()
    if start < len(text):
        yield start, len(text), ""


class _Reader:
    """Reads one clause."""

    def __init__(
        self, text: str, offset: int, tokens: Sequence[Token], waiting: Sequence[Token], loose: frozenset[str]
    ) -> None:
        self.text = text
        self.offset = offset
        self.tokens = tokens
        self.waiting = waiting
        self.loose = loose
        self.roles: frozenset[str] = frozenset().union(*(token.entry.roles for token in tokens))
        self.since = 0  # the first token after the last opinion

    def read(self, mark: str) -> Clause:
        question = mark in ("？", "?") or self.text.endswith(("吗", "么", "呢"))
        said = [] if question else list(self._opinions())
        asked = _aspects_named(self.tokens) if "doubt" in self.roles else ()
        return Clause(
            start=self.offset,
            end=self.offset + len(self.text),
            opinions=tuple(said),
            asked=asked,
            contrast="contrast" in self.roles,
            question=question,
            reproach="reproach" in self.roles,
            wish="wish" in self.roles,
        )

    def _opinions(self) -> Iterator[Opinion]:
        suspended = False
        for place, token in enumerate(self.tokens):
            suspended = suspended or bool(token.entry.roles & {"wish", "doubt"})
            if suspended or not token.entry.opinionated or not self._stands(place):
                continue
            judged = self._judge(place)
            if judged is not None and not self._taken_back(place, *judged):
                yield from self._said(place, *judged)
                self.since = place + 1
            suspended = "compare" in token.entry.roles

    def _stands(self, place: int) -> bool:
        """Whether the word is an opinion by itself here and no part of another: not 小 in 小楼, nor 可以 in 可以洗."""
        token, before, after = self.tokens[place], *self._beside(place)
        if after is not None and self._serves(token, after):
            return False
        rest = self.text[token.end : token.end + 1]
        if "closing" in token.entry.roles or len(token.word) > 1:
            return "closing" not in token.entry.roles or rest in _CLOSERS
        led = before is not None and before.end == token.start and bool(before.entry.roles & _LEADING)
        return led or rest in _PARTICLES or (after is not None and after.start == token.end)

    def _taken_back(self, place: int, aspects: tuple[str, ...], polarity: int) -> bool:
        """Whether a fault is called small (噪音不大), or sending back only denied (不能退): no praise either."""
        if polarity > 0:
            return False
        after = self._beside(place)[1]
        if AGAIN in aspects and self._negators(place):
            return True
        mild = after is not None and "mild" in after.entry.roles and self._gap(self.tokens[place].end, place + 1) <= 1
        return mild and bool(self.tokens[place].entry.opinions)

    def _beside(self, place: int) -> tuple[Token | None, Token | None]:
        before = self.tokens[place - 1] if place else None
        return before, self.tokens[place + 1] if place + 1 < len(self.tokens) else None

    @staticmethod
    def _serves(token: Token, after: Token) -> bool:
        """Whether the word only strengthens or turns the next one."""
        reach = NEAR if "negator" in token.entry.roles else 0
        return bool(token.entry.roles & _LEADING) and after.entry.opinionated and after.start - token.end <= reach

    def _judge(self, place: int) -> tuple[tuple[str, ...], int] | None:
        """Aspects and polarity of a token before negation; None where it is no opinion here."""
        entry = self.tokens[place].entry
        terms = self._terms(place)
        if entry.sizes and self._excess(place):
            return self._too_much(place, terms)
        if fitting := [a for a in terms if a in entry.fits]:
            return terms if entry.general else tuple(fitting), entry.fits[fitting[0]]
        if entry.opinions:
            return self._own(place, terms)
        if entry.general:
            return terms or (WHOLE,), entry.general
        return None

    def _too_much(self, place: int, terms: tuple[str, ...]) -> tuple[tuple[str, ...], int] | None:
        """有点薄: of the term's aspect, or of the measure's own where it stands alone. 不太大 is no praise."""
        sizes = self.tokens[place].entry.sizes
        named = next((a for a in terms if a in sizes), None)
        alone = not terms and self._gap(0, place) <= NEAR
        if self._negators(place) or not (named or alone):
            return None
        return (named or sizes[0],), -1

    def _own(self, place: int, terms: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
        """An opinion that carries its aspect takes the one that a term close before names."""
        opinions = self.tokens[place].entry.opinions
        shared = [a for a in terms if a in opinions]
        if shared:
            return (shared[0],), opinions[shared[0]]
        own = next(iter(opinions))
        polarity = opinions[own]
        free = own in self.loose and terms and self._close_term(place)
        return ((terms[-1],) if free else (own,)), polarity

    def _close_term(self, place: int) -> bool:
        """Whether only small words stand between the last term and this token."""
        before = [t for t in self.tokens[self.since : place] if t.entry.terms]
        return bool(before) and self._gap(before[-1].end, place) <= 1

    def _terms(self, place: int) -> tuple[str, ...]:
        """The aspects of the terms that an opinion may be of."""
        return tuple(dict.fromkeys(t.entry.terms[0] for t in self._named(place)))

    def _named(self, place: int) -> list[Token]:
        """Terms before the token since the last opinion, else just after it, else left open by the clause before."""
        token = self.tokens[place]
        before = [t for t in self.tokens[self.since : place] if t.entry.terms]
        after = [t for t in self.tokens[place + 1 :] if t.entry.terms and t.start - token.end <= NEAR][:1]
        return before or after or ([] if self.since else list(self.waiting))

    def _excess(self, place: int) -> bool:
        token = self.tokens[place]
        before = self.tokens[place - 1] if place else None
        return before is not None and before.end == token.start and "excess" in before.entry.roles

    def _gap(self, end: int, place: int) -> int:
        """Characters between a place of the text and a token that belong to no small word or term."""
        covered = sum(
            t.end - t.start for t in self.tokens[:place] if t.start >= end and (t.entry.roles & _SMALL or t.entry.terms)
        )
        return self.tokens[place].start - end - covered

    def _negators(self, place: int) -> list[Token]:
        found = []
        for token in self.tokens[self.since : place]:
            reach = FAR if "far" in token.entry.roles else NEAR
            if token.entry.roles & {"negator", "far"} and self._gap(token.end, place) <= reach:
                found.append(token)
        return found

    def _said(self, place: int, aspects: tuple[str, ...], polarity: int) -> Iterator[Opinion]:
        token, negators = self.tokens[place], self._negators(place)
        start = negators[0].start if negators else token.start
        excess = self.tokens[place - 1].word if polarity < 0 and self._excess(place) else ""
        words = (_NOT.get(negators[0].word[0], "不") if negators else "") + excess + token.word
        turned = polarity * (-1) ** len(negators)
        names = {t.entry.terms[0]: t.word for t in self._named(place)}
        for aspect in aspects:
            name = "" if aspect in token.entry.opinions else names.get(aspect, "")
            yield Opinion(aspect, turned, name + words, self.offset + start, self.offset + token.end, bool(excess))
