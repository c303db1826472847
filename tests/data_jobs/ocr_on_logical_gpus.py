"""Runs `ocr_images` with the gpu profile's actors on two logical GPUs and an engine on the CPU.

Only what a machine without GPUs lacks is changed: engine, device, models. What an actor reserves stays the profile's.
"""

from __future__ import annotations

import sys
from pathlib import Path

import ray

from cluster.settings import load_profile
from data_jobs.ocr_images import OcrSettings, ocr_pictures

ON_CPU = {"engine": "onnxruntime", "device": "cpu", "recognition_batch": 1, "models_from": "package:rapidocr"}


def main(images: str, out: str) -> None:
    """As many actors as fit; each is warm before the first picture, so that all of them are in the report."""
    gpu = load_profile("gpu").jobs["data_jobs.ocr_images"]
    small = {name: OcrSettings.model_fields[name].default for name in ("detection", "recognition")}
    ray.init(address="local", num_cpus=16, num_gpus=2, object_store_memory=200_000_000, log_to_driver=False)
    fit = int(2 / gpu["num_gpus"])
    ray.data.DataContext.get_current().wait_for_min_actors_s = 300
    actors = dict.fromkeys(("actors_min", "actors_max", "actors_initial"), fit)
    ocr_pictures(OcrSettings(profile="gpu", images=images, out=out, **{**gpu, **ON_CPU, **small, **actors}))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    main(*sys.argv[1:])
