"""Group, sort and filter pictures after OCR: near duplicates, topics, neighbourhoods, what to keep, what comes first.

  python -m data_jobs.cluster_images --ocr /data/ocr --images /data/pictures --out /data/clusters

--ocr is the output folder of data_jobs.ocr_images, --images what that was given.

Every picture gives one row: image_id, cluster_id (topical neighbourhood), group_id (the best picture of its near
duplicates), topic, keep, reason, priority. Pictures are dropped, each with its reason, as unreadable, overlong,
tiny_print or redundant (not the best of its group). Pictures whose texts hold different numbers never share a group.

What tells a topic and what each topic is worth are tables to edit: copy data_jobs/topics.yaml and
data_jobs/priorities.yaml and give them as --topics and --priorities. The same input gives the same output.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

import numpy as np
import polars as pl
import ray
from numpy.typing import NDArray
from pydantic import Field

from cluster.settings import JobSettings
from data_jobs.described_pages import DESCRIBED, DescribePages, DescribeTask
from data_jobs.distributed_kmeans import fit_dataset
from data_jobs.job import AbsolutePath, ErrorRow, JobReport, clear_exit, join, make_folder, write_errors, write_table
from data_jobs.kmeans import Vectors, choose, nearest
from data_jobs.manifest import read_manifest
from data_jobs.near_duplicates import Page, group_ids
from data_jobs.page_filters import FilterLimits
from data_jobs.progress import Progress
from data_jobs.schemas import CLUSTERS, OCR, read_table
from data_jobs.session import connect, thread_limits
from data_jobs.topics import PRIORITIES_FILE, TOPICS_FILE, load_priorities, load_topics

NO_CLUSTER = -1


class ClusterSettings(JobSettings):
    """Settings of the job; what is not given comes from the profile."""

    job: ClassVar[str] = "data_jobs.cluster_images"

    ocr: AbsolutePath = Field(description="Output folder of data_jobs.ocr_images.")
    images: AbsolutePath = Field(description="The folder or table of pictures that was read.")
    out: AbsolutePath = Field(description="Folder for the result.")
    topics: AbsolutePath = Field(TOPICS_FILE, description="Words and patterns of each topic.")
    priorities: AbsolutePath = Field(PRIORITIES_FILE, description="Priority of each topic, 1 first.")
    overlong: float = Field(5.0, gt=0, description="Pages more than this many times as tall as wide are dropped.")
    tiny_print: float = Field(
        0.018, ge=0, description="Dropped if half its print is lower than this share of its width."
    )
    min_letters: int = Field(2, ge=0, description="Pages with fewer letters and digits are dropped as unreadable.")
    clusters_max: int = Field(20, ge=1, description="Clusters at most; how many is chosen by silhouette.")
    sample: int = Field(1000, ge=2, description="Pages that the number of clusters is chosen on.")
    look_weight: float = Field(0.5, ge=0, description="Weight of a page's look in its vector; its text has weight 1.")
    actors: int = Field(1, ge=1, description="Actors that describe pages.")
    num_cpus: float = Field(1, ge=0, description="Logical CPUs an actor reserves.")
    threads: int = Field(1, ge=1, description="Threads of an actor.")
    batch_size: int = Field(16, ge=1, description="Pages an actor is given at a time.")
    max_pixels: int = Field(50_000_000, ge=1, description="Larger pictures are not opened.")


def cluster_pictures(settings: ClusterSettings) -> dict[str, Any]:
    """Run the job on the Ray cluster of this process; returns its report.

    Raises:
        JobError: no OCR table, no pictures, or a topic or priority table that is wrong.
    """
    report = JobReport(settings.job, settings=settings.model_dump(mode="json"))
    priorities = load_priorities(settings.priorities)
    pages = _with_paths(settings)
    make_folder(settings.out)
    connect(settings.profile)
    described = _describe(settings, pages)
    readable = described.filter(~pl.col("reason").fill_null("").str.starts_with("unreadable"))
    labels = _clusters(settings, readable)
    groups = group_ids([_page(row) for row in readable.iter_rows(named=True)])
    table = _table(described, labels, groups, priorities)
    write_table(join(settings.out, "part-0.parquet"), table)
    return _finish(settings, table, report)


def _with_paths(settings: ClusterSettings) -> pl.DataFrame:
    """The OCR rows, each with the address of its picture."""
    ocr = read_table(settings.ocr, OCR, "data_jobs.ocr_images")
    manifest, _ = read_manifest(settings.images)
    return ocr.join(manifest.select("image_id", "path"), on="image_id", how="left", maintain_order="left")


def _describe(settings: ClusterSettings, pages: pl.DataFrame) -> pl.DataFrame:
    """DESCRIBED rows of all pages, sorted by image_id."""
    limits = FilterLimits(settings.overlong, settings.tiny_print, settings.min_letters)
    task = DescribeTask(
        embedder=settings.models.embedder,
        threads=settings.threads,
        topics=load_topics(settings.topics),
        limits=limits,
        max_pixels=settings.max_pixels,
        look_weight=settings.look_weight,
    )
    blocks = [block.to_arrow() for block in pages.iter_slices(settings.batch_size)]
    described = ray.data.from_arrow(blocks).map_batches(
        DescribePages,
        fn_constructor_args=(task,),
        batch_size=settings.batch_size,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(size=min(settings.actors, len(blocks))),
        num_cpus=settings.num_cpus,
        runtime_env={"env_vars": thread_limits(settings.threads)},
    )
    progress, parts = Progress("cluster_images: described", len(pages)), []
    for batch in described.iter_batches(batch_size=None, batch_format="pyarrow"):
        parts.append(pl.DataFrame(pl.from_arrow(batch)).cast(DESCRIBED))
        progress.add(len(parts[-1]))
    return pl.concat(parts).sort("image_id")


def _clusters(settings: ClusterSettings, readable: pl.DataFrame) -> dict[str, int]:
    """Cluster of every readable page. k is chosen on a sample here; the fit over all pages runs on the cluster."""
    if readable.is_empty():
        return {}
    vectors = _matrix(readable["vector"])
    started = choose(_sample(vectors, settings.sample), settings.clusters_max)
    rows = max(settings.batch_size, len(readable) // 1000)
    blocks = [block.to_arrow() for block in readable.select("vector").iter_slices(rows)]
    centroids, _ = fit_dataset(ray.data.from_arrow(blocks), started)
    return _numbered(readable["image_id"].to_list(), nearest(vectors, centroids))


def _matrix(column: pl.Series) -> Vectors:
    return np.stack([np.asarray(vector, np.float32) for vector in column])


def _sample(vectors: Vectors, size: int) -> Vectors:
    """Rows spread evenly over the table: the same for the same input."""
    return vectors[np.unique(np.linspace(0, len(vectors) - 1, min(size, len(vectors))).astype(int))]


def _numbered(image_ids: list[str], labels: NDArray[np.int64]) -> dict[str, int]:
    """Clusters numbered from 0 in the order of their first page, so that numbers do not depend on the seeds."""
    names: dict[int, int] = {}
    return {i: names.setdefault(int(label), len(names)) for i, label in zip(image_ids, labels, strict=True)}


def _page(row: dict[str, Any]) -> Page:
    return Page(
        row["image_id"],
        row["text"],
        np.asarray(row["look"], np.float32),
        row["hash"],
        row["pixels"],
        row["reason"] is None,
    )


def _table(
    described: pl.DataFrame, labels: dict[str, int], groups: dict[str, str], priorities: dict[str, int]
) -> pl.DataFrame:
    """The CLUSTERS rows of all pages."""
    rows = []
    for image_id, topic, reason in described.select("image_id", "topic", "reason").iter_rows():
        best = groups.get(image_id, image_id)
        why = reason or (f"redundant: {best} is the best of its group" if best != image_id else None)
        label = labels.get(image_id, NO_CLUSTER)
        rows.append((image_id, label, best, topic, why is None, why, priorities[topic]))
    return pl.DataFrame(rows, schema=CLUSTERS, orient="row")


def _finish(settings: ClusterSettings, table: pl.DataFrame, report: JobReport) -> dict[str, Any]:
    report.count("pictures", len(table))
    report.count("kept", int(table["keep"].sum()))
    report.count("groups", table["group_id"].n_unique())
    report.count("clusters", table.filter(pl.col("cluster_id") != NO_CLUSTER)["cluster_id"].n_unique())
    for topic, number in sorted(Counter(table["topic"].to_list()).items()):
        report.count(f"topic_{topic}", number)
    dropped = table.drop_nulls("reason").select("image_id", "reason")
    for _, reason in dropped.iter_rows():
        report.error(reason)
    unreadable = dropped.filter(pl.col("reason").str.starts_with("unreadable"))
    write_errors(settings.out, [ErrorRow(settings.ocr, i, "picture", i, why) for i, why in unreadable.iter_rows()])
    return report.finish(settings.out)


def main() -> None:
    """Command line: exits with 2 and a message where the job cannot start."""
    with clear_exit(ClusterSettings.job):
        cluster_pictures(ClusterSettings.from_cli())


if __name__ == "__main__":
    main()
