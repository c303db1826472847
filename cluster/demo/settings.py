"""The main job, end to end: pictures and tables in, spoken scripts out.

Starts a local Ray cluster with its dashboard, reads and sorts the pictures, builds and publishes the graph, deploys the
Serve application of the profile with its language model, asks it for scripts, changes a price, and writes a report.

    python -m cluster.demo
    python -m cluster.demo --catalog /data/shop --images /data/shop/pictures
    python -m cluster.demo --writer "openai:http://127.0.0.1:11434/v1#qwen2.5:7b"
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from pydantic import Field, field_validator

from cluster.settings import JobSettings

ROOT = Path(__file__).parents[2]


class DemoSettings(JobSettings):
    """Settings of the demo."""

    job: ClassVar[str] = "cluster.demo"

    catalog: Path = Field(ROOT / "examples" / "catalog", description="Folder with the catalogue's tables.")
    images: Path = Field(ROOT / "examples" / "images", description="Folder with the catalogue's pictures.")
    out: Path = Field(ROOT / "out" / "demo", description="Folder for the tables, the scripts and the report.")
    products: int = Field(3, ge=1, le=20, description="How many products to write scripts for.")
    seconds: int = Field(60, ge=10, le=600, description="Length of a script, seconds of speech.")
    writer: str | None = Field(
        None, description="Model source of the writer instead of the profile's, such as openai:URL#MODEL."
    )
    port: int = Field(8000, ge=1024, le=65535, description="Port of the HTTP routes; the next free one if it is taken.")
    keep: bool = Field(False, description="Leave the cluster and the routes up at the end.")

    @field_validator("catalog", "images")
    @classmethod
    def _folder(cls, path: Path) -> Path:
        if not path.is_dir():
            raise ValueError(f"{path.absolute()} is not a folder")
        return path.resolve()

    @field_validator("out")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.absolute()

    @property
    def material(self) -> Path:
        """The folder of what the jobs write: tables, snapshots, and their report."""
        return self.out / "material"
