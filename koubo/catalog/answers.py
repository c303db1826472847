"""Which facts answer a viewer's comment: 什么材质的, 能机洗吗, 多久发货.

A comment is looked at in three ways, and a fact's score, 0 to 1, is that of the best of them:
- its *topics*, by the words of data/answers.yaml: a fact with a label, a kind, or a word of the topic answers it;
- a *label*, a value or a unit of the product that the comment names itself: 降噪深度多少, 有紫色吗, 多少支的;
- a *question* that was answered before: how many character bigrams the two share (Dice's coefficient), and a topic that
  both have.
Where nothing reaches LEAST, nothing answers: a host who is asked what no fact tells must not make it up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import yaml

from koubo.catalog.facts import Fact, FactKind
from koubo.protocols import Embedder

TOPICS = Path(__file__).parent / "data" / "answers.yaml"
LEAST = 0.5
"""Score below which a fact answers nothing."""
UNVERIFIED = 0.85
"""Times the score of what only a picture says."""
_LABELLED = frozenset({FactKind.ATTRIBUTE, FactKind.IMAGE_ATTRIBUTE, FactKind.IMAGE_CLAIM})
_TELLING = frozenset({FactKind.SELLING_POINT, FactKind.NAME, FactKind.IMAGE_CLAIM, FactKind.ATTRIBUTE})
_NAMED = frozenset({FactKind.ATTRIBUTE, FactKind.IMAGE_ATTRIBUTE, FactKind.SKU_PRICE})
_FILLER = re.compile(r"[吗呢啊呀吧哦哈嘛么了的是这个那有没不请问主播可以能会要\s，。？！,.?!~～]+")
_UNIT = re.compile(r"(?:多少|几)([支针片层档抽件双包瓶码度根寸斤克升米色款种组条粒颗袋盒])")
_SEPARATORS = re.compile(r"[/、,，;；\s*|+]+")


@dataclass(frozen=True, slots=True)
class Answer:
    """A fact that answers a comment: how well (LEAST to 1), and why, in the words that matched."""

    fact: Fact
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class Topic:
    """What viewers ask about; see data/answers.yaml."""

    name: str
    asks: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    kinds: frozenset[FactKind] = frozenset()
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Topics:
    """All topics by name, one expression that finds their words, the longest first, and words that mean others."""

    by_name: Mapping[str, Topic]
    names_of: Mapping[str, frozenset[str]]
    words: re.Pattern[str]
    alike: Mapping[str, str]

    def asked(self, comment: str) -> frozenset[str]:
        """Names of the topics that a comment asks about."""
        found = (self.names_of[match.group().casefold()] for match in self.words.finditer(comment))
        return frozenset().union(*found)


def load_topics(path: Path) -> Topics:
    """Read topics from a YAML file.

    Raises:
        ValueError: an unknown key or kind of facts, or words that are no list; names the file and the topic.
    """
    document = yaml.safe_load(path.read_text(encoding="utf8"))
    known = {kind.value for kind in FactKind}
    topics: dict[str, Topic] = {}
    for name, fields in document["topics"].items():
        if wrong := fields.keys() - {"asks", "labels", "kinds", "values"}:
            raise ValueError(f"{path}: topic {name}: unknown {', '.join(sorted(wrong))}")
        if any(not isinstance(words, list) for words in fields.values()):
            raise ValueError(f"{path}: topic {name}: write lists of words")
        if wrong := set(fields.get("kinds", ())) - known:
            raise ValueError(f"{path}: topic {name}: no kinds of facts: {', '.join(sorted(wrong))}")
        kinds = frozenset(FactKind(kind) for kind in fields.pop("kinds", ()))
        texts = {key: tuple(str(word) for word in words) for key, words in fields.items()}
        topics[name] = Topic(name, **texts, kinds=kinds)
    names: dict[str, set[str]] = {}
    for topic in topics.values():
        for word in topic.asks:
            names.setdefault(word.casefold(), set()).add(topic.name)
    longest_first = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))), re.IGNORECASE)
    return Topics(topics, {w: frozenset(n) for w, n in names.items()}, longest_first, document.get("alike", {}))


@cache
def default_topics() -> Topics:
    """The topics of the package."""
    return load_topics(TOPICS)


def answers(facts: Iterable[Fact], comment: str, n: int = 3, topics: Topics | None = None) -> tuple[Answer, ...]:
    """The n facts that answer a comment best, the best first; empty where nothing answers.

    Args:
        facts: of one product: those of a snapshot, or those of a LiveProduct, whose prices are today's.
        comment: what a viewer wrote.
        topics: other than those of the package.
    """
    asked = _Asked(comment, topics or default_topics())
    scored = (_scored(fact, asked) for fact in facts)
    found = [answer for answer in scored if answer is not None and answer.score >= LEAST]
    return tuple(sorted(found, key=lambda one: (-one.score, one.fact.priority, one.fact.id))[:n])


async def reranked(found: Sequence[Answer], comment: str, embedder: Embedder) -> tuple[Answer, ...]:
    """The same answers by the mean of their scores and of their meaning's nearness to the comment (cosine)."""
    if not found:
        return ()
    texts = [comment, *(f"{answer.fact.label} {answer.fact.value}" for answer in found)]
    vectors = await embedder.embed(texts)
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    near = (unit[1:] @ unit[0]).tolist()
    scored = [replace(one, score=(one.score + cosine) / 2) for one, cosine in zip(found, near, strict=True)]
    return tuple(sorted(scored, key=lambda one: (-one.score, one.fact.priority, one.fact.id)))


class _Asked:
    """A comment, as facts are compared with it."""

    def __init__(self, comment: str, topics: Topics) -> None:
        self.topics = topics
        self.text = " ".join([comment, *(said for word, said in topics.alike.items() if word in comment)]).casefold()
        self.names = topics.asked(self.text)
        self.bigrams = _bigrams(self.text)
        self.units = frozenset(_UNIT.findall(self.text))


def _bigrams(text: str) -> frozenset[str]:
    plain = _FILLER.sub("", text)
    return frozenset(plain[place : place + 2] for place in range(len(plain) - 1)) or frozenset([plain] if plain else [])


def _scored(fact: Fact, asked: _Asked) -> Answer | None:
    ways = [_by_question(fact, asked)] if fact.kind is FactKind.QUESTION_ANSWER else [_by_name(fact, asked)]
    ways += [_by_topic(fact, asked, asked.topics.by_name[name]) for name in sorted(asked.names)]
    score, why = max(ways, key=lambda way: way[0])
    trusted = UNVERIFIED if fact.kind in (FactKind.IMAGE_ATTRIBUTE, FactKind.IMAGE_CLAIM) else 1.0
    return Answer(fact, min(1.0, score) * trusted, why) if score else None


def _by_topic(fact: Fact, asked: _Asked, topic: Topic) -> tuple[float, str]:
    """A label answers best, the first of the topic's labels before the later ones; then the kind; then a word.

    A label or a value that shares more with the comment than the topic answers better.
    """
    if fact.kind in topic.kinds:
        return 0.85, f"{topic.name}：{fact.label}"
    if fact.kind in _LABELLED:
        for place, label in enumerate(topic.labels):
            if label in fact.label:
                more = 0.1 * bool(_named_value(fact, asked)) + 0.15 * bool(asked.bigrams & _bigrams(fact.label))
                return (0.8 if label == fact.label else 0.7) - 0.01 * place + more, f"{topic.name}：{fact.label}"
    if fact.kind in _TELLING or fact.kind is FactKind.QUESTION_ANSWER:
        for word in topic.values:
            if word in fact.value:
                return 0.55 if fact.kind is not FactKind.NAME else 0.5, f"{topic.name}：{word}"
    return 0.0, ""


def _by_name(fact: Fact, asked: _Asked) -> tuple[float, str]:
    """A comment that names the label (降噪深度多少, 袖子长吗), the value (有紫色吗), or the unit (多少支的).

    Where the comment asks about a topic besides, the label alone is less sure: 鞋底多厚 asks how thick it is.
    """
    if fact.kind not in _NAMED:
        return 0.0, ""
    label = fact.label.casefold()
    if fact.kind is not FactKind.SKU_PRICE and len(label) >= 2:
        if label in asked.text:
            return (0.75 if asked.names else 0.9), fact.label
        if re.search(".?".join(map(re.escape, label)), asked.text):
            return 0.65, fact.label
        if unit := next((unit for unit in asked.units if re.search(rf"\d{unit}", fact.value)), ""):
            return 0.6, unit
    named = _named_value(fact, asked)
    return (0.55, named) if named else (0.0, "")


def _named_value(fact: Fact, asked: _Asked) -> str:
    """The part of a value (of a SKU, of its name) that stands in the comment."""
    said = fact.label if fact.kind is FactKind.SKU_PRICE else fact.value
    parts = (part for part in _SEPARATORS.split(said.casefold()) if len(part) >= 2)
    return next((part for part in parts if part in asked.text), "")


def _by_question(fact: Fact, asked: _Asked) -> tuple[float, str]:
    """How near the question is that was answered: shared bigrams, and a topic that both ask about."""
    question = fact.label.casefold()
    theirs = _bigrams(question)
    total = len(theirs) + len(asked.bigrams)
    alike = 2 * len(theirs & asked.bigrams) / total if total else 0.0
    shared = asked.topics.asked(question) & asked.names
    return min(1.0, alike + 0.5 * bool(shared)), f"问过：{fact.label}"
