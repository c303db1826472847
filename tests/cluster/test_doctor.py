from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from cluster.__main__ import main
from cluster.checks import Check, machine
from cluster.checks.running import cluster_checks
from cluster.checks.sources import source_checks
from cluster.settings import Models, load_profile

NOBODY = "http://127.0.0.1:9"
ANSWERS: dict[str, object] = {
    "/v1/models": {"data": [{"id": "qwen"}]},
    "/api/version": {"ray_version": "2.0.0"},
    "/api/serve/applications/": {
        "applications": {
            "koubo": {
                "status": "UNHEALTHY",
                "message": "",
                "deployments": {"Facts": {"status": "UNHEALTHY", "message": "snapshot gone"}},
            }
        }
    },
    "/api/prometheus_health": {"result": True},
    "/api/grafana_health": {"result": True},
}


class Routes(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = self.path in ANSWERS and self.headers.get("Authorization") in (None, "Bearer sk-1")
        self.send_response(200 if known else 404)
        self.end_headers()
        self.wfile.write(json.dumps(ANSWERS.get(self.path)).encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    http = HTTPServer(("127.0.0.1", 0), Routes)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


def levels(models: Models) -> dict[str, tuple[str, str]]:
    return {check.what: (check.level, str(check)) for check in source_checks(models)}


def test_this_machine_is_fit_and_no_cluster_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    by_name = {check.what: check for check in machine.machine_checks(load_profile("laptop"))}
    for name in ("python", "packages", "torch", "opencv"):
        assert by_name[name].level == "ok", by_name[name]
    assert [check.level for check in cluster_checks(NOBODY, must_run=False)] == ["warn"]
    assert main(["doctor", "--address", NOBODY]) == 1
    assert "fail  ray" in capsys.readouterr().out


def test_missing_and_wrong_packages_are_named_with_versions() -> None:
    found = machine._wrong(["koubo-is-not-there==1", "pydantic<1", "pydantic>=2"])
    assert found[0] == "koubo-is-not-there is not installed"
    assert found[1].startswith("pydantic is 2.")
    assert len(found) == 2


def test_a_broken_opencv_tells_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "cv2.py").write_text("raise ImportError('libGL.so.1: cannot open shared object file')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    check = machine._opencv()
    assert (check.level, "libGL.so.1" in check.finding, "libgl1" in check.advice) == ("fail", True, True)


def test_model_sources_are_judged_without_making_them(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOUBO_CACHE", str(tmp_path))
    monkeypatch.setenv("KOUBO_ENDPOINT_KEY", "sk-1")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    found = levels(Models(ocr="package:rapidocr", writer=f"openai:{server}/v1#qwen", embedder="hub:no/such"))
    assert found["ocr"][0] == "ok"
    assert "made at first use" in found["ocr"][1]
    assert found["writer"][0] == "ok"
    assert found["embedder"][0] == "fail"
    assert "HF_HUB_OFFLINE" in found["embedder"][1]
    assert levels(Models(ocr="folder:/no/such", writer="hub:a/b", embedder="hub"))["ocr"][0] == "fail"
    assert list(tmp_path.iterdir()) == []


def test_an_endpoint_with_another_model_or_a_wrong_key_is_seen(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KOUBO_ENDPOINT_KEY", raising=False)
    source = f"openai:{server}/v1#llama"
    assert levels(Models(ocr="hub", writer=source, embedder="hub"))["writer"][0] == "warn"
    monkeypatch.setenv("KOUBO_ENDPOINT_KEY", "sk-2")
    level, words = levels(Models(ocr="hub", writer=source, embedder="hub"))["writer"]
    assert (level, "KOUBO_ENDPOINT_KEY" in words) == ("fail", True)


def test_a_cluster_of_another_ray_with_a_sick_application_fails(server: str) -> None:
    found = {check.what: check for check in cluster_checks(server, must_run=True)}
    assert found["ray"].level == "fail"
    assert "2.0.0" in found["ray"].finding
    assert found["serve"].level == "fail"
    assert "Facts: snapshot gone" in found["serve"].finding
    assert found["charts"].level == "ok"


def test_an_unknown_profile_stops_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--profile", "phone"]) == 2
    assert "gpu, laptop" in capsys.readouterr().err


def test_a_line_reads_level_what_finding_advice() -> None:
    assert str(Check("warn", "memory", "3 GiB", "close something")) == "warn  memory       3 GiB: close something"
