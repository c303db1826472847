"""Text that arrives in pieces."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from koubo.reading import Lexicon, ReadingStream, read, stream

TEXT = st.lists(
    st.sampled_from(
        [
            "9.9元",
            "。",
            "！",
            "2件",
            "满199-20",
            "\n",
            "2023年",
            "1",
            "-",
            "5天",
            "ml",
            "GB/T 2",
            "】",
            "小金瓶2.0",
            "?",
            "，",
            "好",
        ]
    ),
    max_size=20,
).map("".join)


@settings(max_examples=500, deadline=None)
@given(TEXT, st.lists(st.integers(0, 60), max_size=8))
def test_chunking_never_changes_the_reading(text: str, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[a:b] for a, b in itertools.pairwise(places)]
    lexicon = Lexicon({"小金瓶2.0": "小金瓶二代"})
    readings = list(stream(pieces, lexicon=lexicon))
    whole = read(text, lexicon.pins(text))
    assert "".join(r.text for r in readings) == text
    assert "".join(r.spoken for r in readings) == whole.spoken
    assert [s.spoken for r in readings for s in r.spans] == [s.spoken for s in whole.spans]


def test_a_sentence_is_read_as_soon_as_it_ends() -> None:
    running = ReadingStream()
    assert running.feed("只要9.") is None
    ready = running.feed("9元！买2")
    assert ready is not None and ready.spoken == "只要九块九！"
    rest = running.feed("送1") or running.close()
    assert rest is not None and rest.spoken == "买二送一"
    assert running.close() is None
