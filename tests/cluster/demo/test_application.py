"""The demo deploys the profile's own Serve YAML, with its places and writer."""

from __future__ import annotations

from pathlib import Path

from cluster.demo.application import application_config


def test_places_and_port_are_the_demos(tmp_path: Path) -> None:
    config = application_config("laptop", tmp_path / "snapshots", tmp_path / "state", None, 8123)
    arguments = config["applications"][0]["args"]
    assert config["http_options"]["port"] == 8123
    assert (arguments["snapshots"], arguments["state"]) == (str(tmp_path / "snapshots"), str(tmp_path / "state"))
    assert arguments["writer"]["engine"]


def test_an_endpoint_takes_the_place_of_the_engine(tmp_path: Path) -> None:
    source = "openai:http://127.0.0.1:9/v1#qwen"
    config = application_config("laptop", tmp_path, tmp_path, source, 8123)
    writer = config["applications"][0]["args"]["writer"]
    assert writer["source"] == source
    assert writer["style"] == "chat"
    assert "engine" not in writer
