import numpy as np
import pytest

from data_jobs.understanding.sentences import Sentence
from data_jobs.understanding.summary import LONGEST, candidates, summarize
from data_jobs.understanding.topics import load_topics


def vectors(*rows: list[float]) -> np.ndarray:
    made = np.array(rows, np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def test_large_print_first_then_what_is_not_alike_in_reading_order() -> None:
    found = [
        Sentence(text, height)
        for text, height in (("甲说轻便", 20), ("标题大字", 60), ("甲说很轻便", 20), ("丁说防水", 20))
    ]
    near = vectors([1, 0.1, 0], [1, 1, 0.5], [1, 0.1, 0], [0, 0.2, 1])
    assert summarize(found, near, 20) == "甲说轻便\n标题大字\n丁说防水"


def test_a_summary_is_bounded_and_of_whole_sentences() -> None:
    found = [Sentence(str(n) * 40, 20) for n in range(5)]
    lines = summarize(found, vectors(*np.eye(5).tolist()), 20).split("\n")
    assert len(lines) == 2
    assert sum(map(len, lines)) <= LONGEST
    assert set(lines) <= {one.text for one in found}


def test_nothing_to_say_is_an_empty_summary() -> None:
    assert summarize([], np.zeros((0, 3), np.float32), 20) == ""


@pytest.mark.parametrize(
    ("text", "topic", "taken"),
    [
        ("亲肤透气不闷热", "selling_point", True),
        ("到手价只要九块九", "promotion", False),
        ("全店满199减20", "promotion", True),
        ("全店满199减20", "selling_point", False),
        ("颜色以实物为准", "other", False),
        ("产品展示", "other", False),
        ("PRODUCT SHOW 正面", "other", False),
        ("长" * 61, "usage", False),
    ],
)
def test_what_may_be_taken(text: str, topic: str, taken: bool) -> None:
    assert bool(candidates([Sentence(text, 20)], load_topics().silent, topic)) is taken
