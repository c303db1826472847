"""The clustering job with the gpu profile's settings on logical GPUs, its engine on the CPU."""

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from data_jobs.job import write_table
from data_jobs.schemas import OCR, UNDERSTOOD
from tests.data_jobs.example_tables import EXAMPLES, labels, ocr_row, understood_row

RUN = """
import sys
import ray
from data_jobs.cluster_images import ClusterSettings, cluster_pictures

ray.init(address="local", num_cpus=8, num_gpus=2, resources={"train": 1}, include_dashboard=False,
         object_store_memory=200_000_000, log_to_driver=False)
cluster_pictures(ClusterSettings.from_cli(sys.argv[1:]))
"""


@pytest.mark.ray
def test_rounds_of_the_gpu_profile_run_on_its_gpus(tmp_path: Path) -> None:
    shown = [label for label in labels() if str(label["image_id"]).startswith(("s0", "h0"))]
    write_table(str(tmp_path / "ocr" / "part-0.parquet"), pl.DataFrame(map(ocr_row, shown), schema=OCR))
    topics = [understood_row(str(label["image_id"]), str(label["topic"])) for label in shown]
    write_table(str(tmp_path / "understood" / "part-0.parquet"), pl.DataFrame(topics, schema=UNDERSTOOD))
    flags = ["--profile", "gpu", "--kmeans-device", "cpu", "--kmeans-rows", "5", "--batch-size", "20"]
    folders = {"ocr": tmp_path / "ocr", "understood": tmp_path / "understood", "out": tmp_path / "out"}
    flags += [part for name, folder in folders.items() for part in (f"--{name}", str(folder))]
    command = [sys.executable, "-c", RUN, *flags, "--images", str(EXAMPLES / "images")]
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent), "RAY_AUTH_MODE": "disabled"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads((tmp_path / "out" / "_report.json").read_text())
    places = report["kmeans_tasks"]
    assert places and all(" GPU " in place for place in places)
    assert report["counts"]["pictures"] == len(shown)
