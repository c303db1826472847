"""The command that reads lines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def run(given: bytes, *options: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "koubo.reading", *options], input=given, capture_output=True, timeout=60
    )


def test_one_object_a_line_in_order() -> None:
    done = run("这款原价199元，今天只要¥99.9，88VIP再打9.5折\n\n2件\n".encode())
    assert done.returncode == 0, done.stderr
    first, empty, last = (json.loads(line) for line in done.stdout.decode().splitlines())
    assert [s["spoken"] for s in first["spans"]] == ["一百九十九元", "九十九块九", "八八VIP", "九五折"]
    assert empty == {"text": "", "spoken": "", "spans": []}
    assert set(last["spans"][0]) == {"start", "end", "written", "spoken", "kind", "confidence"}


def test_bytes_that_are_not_utf8_do_not_stop_the_rest() -> None:
    lines = run(b"\xff9.9\xe5\x85\x83\n2023\xe5\xb9\xb4\n").stdout.decode().splitlines()
    assert json.loads(lines[0])["spoken"] == "�九块九"
    assert json.loads(lines[1])["spoken"] == "二零二三年"


def test_a_line_is_answered_before_the_next_comes() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "koubo.reading"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdin is not None and child.stdout is not None
        child.stdin.write("9.9元\n".encode())
        child.stdin.flush()
        assert json.loads(child.stdout.readline())["spoken"] == "九块九"


def test_stream_and_ssml_and_lexicon(tmp_path: Path) -> None:
    ours = tmp_path / "ours.yaml"
    ours.write_text("readings:\n  - {written: A9, spoken: 爱久}\n", encoding="utf-8")
    done = run("A9只要9.9元。买2送1".encode(), "--stream", "--ssml", "--lexicon", str(ours))
    first, second = done.stdout.decode().splitlines()
    assert '<sub alias="爱久">A9</sub>' in first and '<sub alias="九块九">9.9元</sub>' in first
    assert '<sub alias="二">2</sub>' in second
    assert run(b"", "--lexicon", str(tmp_path / "none.yaml")).returncode == 2


def test_a_line_that_is_refused_is_named_and_the_others_are_read() -> None:
    given = "9.9元\n呢件衫幾靚㗎，佢哋買咗2件嘅\n2件\n".encode()
    done = run(given)
    first, refused, last = (json.loads(line) for line in done.stdout.decode().splitlines())
    assert (first["spoken"], last["spoken"], done.returncode) == ("九块九", "两件", 1)
    assert refused["line"] == 2 and "Cantonese" in refused["error"] and "哋" in refused["error"]
    streamed = run(given, "--stream", "--ssml")
    assert streamed.stdout.decode().count("<speak") == 2 and json.loads(streamed.stderr)["line"] == 2
