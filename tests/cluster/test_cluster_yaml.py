from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]


@pytest.fixture
def config() -> dict[str, Any]:
    from ray.autoscaler._private.util import prepare_config

    written: dict[str, Any] = yaml.safe_load((ROOT / "cluster.yaml").read_text(encoding="utf8"))
    prepared: dict[str, Any] = prepare_config(written)
    return prepared


def test_rays_own_validator_accepts_the_cluster_file(config: dict[str, Any]) -> None:
    from ray.autoscaler._private.util import validate_config

    validate_config(config)


def test_every_group_asks_for_an_image_of_its_own_extra(config: dict[str, Any]) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]["optional-dependencies"]
    for group in ("ocr", "serve", "train"):
        node = config["available_node_types"][group]
        assert node["docker"]["worker_image"].startswith(f"REGISTRY/koubo-{group}:")
        assert f"gpu-{group}" in extras
        assert node["resources"]["GPU"] >= 1
        assert node["resources"][group] >= 1


def test_no_work_lands_on_the_head(config: dict[str, Any]) -> None:
    assert config["available_node_types"][config["head_node_type"]]["resources"]["CPU"] == 0
