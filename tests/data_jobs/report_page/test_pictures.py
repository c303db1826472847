"""Thumbnails of the report."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from data_jobs.ocr.fetch import Fetcher
from data_jobs.ocr.picture_web import WebLimits
from data_jobs.report_page.pictures import WEB, thumbnail
from tests.data_jobs.web_shop import web_shop

HERE = Fetcher(WebLimits(tries=1, private_hosts=frozenset({"127.0.0.1"})))


def test_thumbnails_come_from_files_and_the_web(tmp_path: Path) -> None:
    file = io.BytesIO()
    Image.new("RGB", (50, 40), "red").save(file, "PNG")
    (tmp_path / "a.png").write_bytes(file.getvalue())
    with web_shop(file.getvalue()) as (url, _):
        shown = thumbnail(f"{url}/a.png", None, HERE)
    assert shown == thumbnail(str(tmp_path / "a.png"), "ocr_failed: x", HERE)
    assert (shown or "").startswith("data:image/jpeg;base64,")


def test_what_ocr_could_not_get_and_private_networks_are_not_asked() -> None:
    with web_shop(b"") as (url, asked):
        assert thumbnail(f"{url}/a.png", "refused_address: inside a private network", HERE) is None
        assert thumbnail(f"{url}/a.png", None, Fetcher(WEB)) is None
        assert thumbnail(f"simplecache::{url}/a.png", None, HERE) is None
        assert asked == []


def test_a_thumbnail_is_tried_once() -> None:
    with web_shop(b"") as (url, asked):
        assert thumbnail(f"{url}/503", None, Fetcher(WebLimits(5, WEB.tries, frozenset({"127.0.0.1"})))) is None
        assert asked == ["/503"]
