"""Pages whose pictures have to be fetched a second time, after OCR."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from data_jobs.clustering.described_pages import DescribeTask, describe
from data_jobs.clustering.keypoints import KeypointFinder
from data_jobs.clustering.page_filters import FilterLimits
from data_jobs.ocr.fetch import Fetcher
from data_jobs.ocr.picture_web import WebLimits
from tests.data_jobs.drawn_pages import drawing, ocr_lines
from tests.data_jobs.web_shop import web_shop

HERE = WebLimits(tries=1, private_hosts=frozenset({"127.0.0.1"}))


@pytest.fixture
def shop() -> Iterator[tuple[str, list[str]]]:
    file = io.BytesIO()
    drawing(1).save(file, "PNG")
    with web_shop(file.getvalue()) as served:
        yield served


def described(path: str | None, web: WebLimits = HERE, error: str | None = None) -> dict[str, Any]:
    limits = FilterLimits(overlong=5, tiny_print=0.001, min_letters=2)
    task = DescribeTask("", 1, limits, 10_000_000, 2.0, web)
    width, height = (None, None) if error else drawing(1).size
    page = {"image_id": "a", "path": path, "width": width, "height": height, "error": error, "text": ""}
    page["lines"] = [] if error else ocr_lines()
    return describe(page, np.zeros(4, np.float32), task, KeypointFinder(), Fetcher(web))


def test_a_page_from_the_web_is_looked_at(shop: tuple[str, list[str]]) -> None:
    row = described(f"{shop[0]}/a.png")
    assert (row["opened"], row["unseen"], row["reason"]) == (True, None, None)
    assert row["width"] == drawing(1).width and shop[1] == ["/a.png"]


def test_a_page_that_cannot_be_fetched_now_is_judged_by_its_text(shop: tuple[str, list[str]]) -> None:
    for status, reason in {503: "unreachable", 404: "web_missing", 403: "no_permission"}.items():
        row = described(f"{shop[0]}/{status}")
        assert (row["opened"], row["unseen"].split(":")[0], row["reason"]) == (False, reason, None)


def test_addresses_are_checked_as_for_ocr(shop: tuple[str, list[str]]) -> None:
    for path in (f"{shop[0]}/a.png", f"simplecache::{shop[0]}/a.png"):
        row = described(path, WebLimits(tries=1))
        assert (row["opened"], row["unseen"].split(":")[0]) == (False, "refused_address")
    assert shop[1] == []


def test_a_picture_that_is_gone_or_broken_is_unreadable(shop: tuple[str, list[str]], tmp_path: Any) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    for path, reason in {
        str(tmp_path / "a.png"): "not_a_picture",
        "/none.png": "missing_file",
        None: "missing_file",
    }.items():
        row = described(path)
        assert row["unseen"] is None and row["reason"].startswith(f"unreadable: {reason}: ")
    unread = described(f"{shop[0]}/a.png", error="unreachable: HTTP 503 (3 tries)")
    assert (unread["unseen"], unread["reason"]) == (None, "unreadable: unreachable: HTTP 503 (3 tries)")
    assert shop[1] == []
