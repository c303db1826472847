"""Group and filter pictures after OCR: near duplicates, topical neighbourhoods, what to keep, what comes first.

  python -m data_jobs.cluster_images --ocr /data/ocr --understood /data/understood --images /data/pictures \\
      --out /data/clusters

--ocr is the output folder of data_jobs.ocr_images, --understood that of data_jobs.understand_images, --images what
both were made from.

Every picture gives one row: image_id, cluster_id (topical neighbourhood), group_id (the best picture of its near
duplicates), topic, keep, reason, priority. Pictures are dropped, each with its reason, as unreadable, overlong,
tiny_print or redundant (not the best of its group). Pictures whose numbers differ never share a group: one template
with two prices is two offers.

A picture that OCR has read and that cannot be fetched now (unreachable, web_missing, refused_address, ...) is not
dropped: it is judged by its text, is in no cluster or group, and is in _errors/ with the reason; run the job again.
Hosts in a private network are named in --private-hosts here too, as for data_jobs.ocr_images.

What each topic is worth is a table to edit: copy data_jobs/clustering/priorities.yaml and give it as --priorities. The
same input gives the same output.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar

import polars as pl
import ray
from pydantic import Field

from data_jobs.actor_pool import map_rows
from data_jobs.clustering.described_pages import DESCRIBED, DescribePages, DescribeTask
from data_jobs.clustering.distributed_kmeans import RoundTask
from data_jobs.clustering.fingerprint import FINGERPRINT
from data_jobs.clustering.grouped_pages import Groups, group_ids
from data_jobs.clustering.page_filters import FilterLimits
from data_jobs.clustering.priorities import PRIORITIES_FILE, load_priorities
from data_jobs.clustering.topical_clusters import topical_clusters
from data_jobs.job import (
    AbsolutePath,
    ErrorRow,
    JobError,
    JobReport,
    clear_exit,
    join,
    make_folder,
    write_errors,
    write_table,
)
from data_jobs.manifest import read_manifest
from data_jobs.ocr.web_settings import WebSettings
from data_jobs.progress import Progress
from data_jobs.schemas import CLUSTERS, OCR, UNDERSTOOD, read_table
from data_jobs.session import connect

NO_CLUSTER = -1


class ClusterSettings(WebSettings):
    """Settings of the job; what is not given comes from the profile."""

    job: ClassVar[str] = "data_jobs.cluster_images"

    ocr: AbsolutePath = Field(description="Output folder of data_jobs.ocr_images.")
    understood: AbsolutePath = Field(description="Output folder of data_jobs.understand_images.")
    images: AbsolutePath = Field(description="The folder or table of pictures that was read.")
    out: AbsolutePath = Field(description="Folder for the result.")
    priorities: AbsolutePath = Field(PRIORITIES_FILE, description="Priority of each topic, 1 first.")
    overlong: float = Field(5.0, gt=0, description="Pages more than this many times as tall as wide are dropped.")
    tiny_print: float = Field(
        0.018,
        ge=0,
        description="Print lower than this share of the width is not legible; with too little else, dropped.",
    )
    min_letters: int = Field(2, ge=0, description="Pages with fewer letters and digits are dropped as unreadable.")
    clusters_max: int = Field(20, ge=1, description="Clusters at most; how many is chosen by silhouette.")
    sample: int = Field(1000, ge=2, description="Pages that the number of clusters is chosen on.")
    look_weight: float = Field(2.0, ge=0, description="Weight of a page's look in its vector; its text has weight 1.")
    actors: int = Field(1, ge=1, description="Actors that describe pages.")
    num_cpus: float = Field(1, ge=0, description="Logical CPUs an actor reserves.")
    threads: int = Field(1, ge=1, description="Threads of an actor.")
    batch_size: int = Field(16, ge=1, description="Pages an actor is given at a time.")
    max_pixels: int = Field(50_000_000, ge=1, description="Larger pictures are not opened.")
    kmeans_device: str = Field("cpu", description="What k-means runs on: cpu (numpy) or a torch device such as cuda.")
    kmeans_gpus: float = Field(0, ge=0, description="GPUs a task of a k-means round reserves; 0.25 puts four on one.")
    kmeans_resources: dict[str, float] = Field({}, description="Ray resources it reserves: which nodes it may run on.")
    kmeans_rows: int = Field(100_000, ge=1, description="Vectors of a block at most: what bounds a worker's memory.")


def cluster_pictures(settings: ClusterSettings) -> dict[str, Any]:
    """Run the job on the Ray cluster of this process; returns its report.

    Raises:
        JobError: no OCR or UNDERSTOOD table, pictures that are in one only, or a priority table that is wrong.
    """
    report = JobReport(settings.job, settings=settings.model_dump(mode="json"))
    priorities = load_priorities(settings.priorities)
    pages, topics = _pages(settings), _topics(settings)
    make_folder(settings.out)
    connect(settings.profile)
    described = _describe(settings, pages)
    opened = _fetch(described, ["opened", "unseen", "reason", *FINGERPRINT])
    shown = opened.filter("opened")
    rows = settings.kmeans_rows
    task = RoundTask(settings.kmeans_device, rows, 1, settings.kmeans_gpus, settings.kmeans_resources)
    labels, places = topical_clusters(described, shown["image_id"], settings.sample, settings.clusters_max, rows, task)
    fingerprints = shown.select(list(FINGERPRINT))
    groups = group_ids(fingerprints, settings.max_pixels, settings.web) if len(shown) else Groups({}, {})
    table = _table(opened.select("image_id", "reason"), topics, labels, groups.best, priorities)
    write_table(join(settings.out, "part-0.parquet"), table)
    report.more["kmeans_tasks"] = dict(sorted(places.items()))
    return _finish(settings, table, report, _unseen(opened, groups))


def _pages(settings: ClusterSettings) -> pl.DataFrame:
    """The OCR rows, each with the address of its picture."""
    columns = ["image_id", "lines", "text", "width", "height", "error"]
    ocr = read_table(settings.ocr, OCR, "data_jobs.ocr_images", columns)
    manifest, _ = read_manifest(settings.images)
    return ocr.join(manifest.select("image_id", "path"), on="image_id", how="left", maintain_order="left")


def _topics(settings: ClusterSettings) -> dict[str, str]:
    """Topic of every picture of the OCR table."""
    made_by = "data_jobs.understand_images"
    topics = dict(read_table(settings.understood, UNDERSTOOD, made_by, ["image_id", "topic"]).iter_rows())
    ids = read_table(settings.ocr, OCR, "data_jobs.ocr_images", ["image_id"])["image_id"].to_list()
    missing = [image_id for image_id in ids if image_id not in topics]
    if missing:
        lacks = f"lacks {len(missing)} of the {len(ids)} pictures of --ocr, such as {missing[0]}"
        raise JobError(f"--understood {settings.understood}: {lacks}; run python -m {made_by} again")
    return topics


def _describe(settings: ClusterSettings, pages: pl.DataFrame) -> ray.data.Dataset:
    """DESCRIBED rows of all pages, kept in the cluster's object store."""
    task = DescribeTask(
        embedder=settings.models.embedder,
        threads=settings.threads,
        limits=FilterLimits(settings.overlong, settings.tiny_print, settings.min_letters),
        max_pixels=settings.max_pixels,
        look_weight=settings.look_weight,
        web=settings.web,
    )
    ray.data.DataContext.get_current().execution_options.preserve_order = True  # the same blocks, the same bits
    described = map_rows(pages, DescribePages, task, settings, settings.batch_size)
    return _kept(described, Progress("cluster_images: described", len(pages)))


def _kept(dataset: ray.data.Dataset, progress: Progress) -> ray.data.Dataset:
    """The dataset run once, its blocks left where they were made; only their sizes come here."""
    blocks = []
    for bundle in dataset.iter_internal_ref_bundles():
        blocks += bundle.block_refs
        progress.add(bundle.num_rows())
    return ray.data.from_arrow_refs(blocks)


def _fetch(described: ray.data.Dataset, columns: list[str]) -> pl.DataFrame:
    """These DESCRIBED columns of all pages, sorted by image_id."""
    batches = described.select_columns(columns).iter_batches(batch_size=None, batch_format="pyarrow")
    schema = pl.Schema({name: DESCRIBED[name] for name in columns})
    return pl.concat([pl.DataFrame(pl.from_arrow(batch)).cast(schema) for batch in batches]).sort("image_id")


def _table(
    reasons: pl.DataFrame,
    topics: Mapping[str, str],
    labels: Mapping[str, int],
    groups: Mapping[str, str],
    priorities: Mapping[str, int],
) -> pl.DataFrame:
    """The CLUSTERS rows of all pages."""
    rows = []
    for image_id, reason in reasons.iter_rows():
        best, topic = groups.get(image_id, image_id), topics[image_id]
        why = reason or (f"redundant: {best} is the best of its group" if best != image_id else None)
        label = labels.get(image_id, NO_CLUSTER)
        rows.append((image_id, label, best, topic, why is None, why, priorities[topic]))
    return pl.DataFrame(rows, schema=CLUSTERS, orient="row")


def _unseen(described: pl.DataFrame, groups: Groups) -> dict[str, str]:
    """Why a picture that OCR has read could not be opened now, by image_id: `reason: detail; what follows`."""
    rows = described.select("image_id", "unseen").drop_nulls().iter_rows()
    by_text = {image_id: f"{error}; judged by its text alone, in no group or cluster" for image_id, error in rows}
    once = {image_id: f"{error}; not compared a second time" for image_id, error in sorted(groups.unseen.items())}
    return once | by_text


def _finish(
    settings: ClusterSettings, table: pl.DataFrame, report: JobReport, unseen: Mapping[str, str]
) -> dict[str, Any]:
    report.count("pictures", len(table))
    report.count("kept", int(table["keep"].sum()))
    report.count("groups", table["group_id"].n_unique())
    report.count("clusters", table.filter(pl.col("cluster_id") != NO_CLUSTER)["cluster_id"].n_unique())
    for topic, number in sorted(Counter(table["topic"].to_list()).items()):
        report.count(f"topic_{topic}", number)
    dropped = table.drop_nulls("reason").select("image_id", "reason")
    for _, reason in dropped.iter_rows():
        report.error(reason)
    for why in unseen.values():
        report.error(why)
    unreadable = dropped.filter(pl.col("reason").str.starts_with("unreadable"))
    errors = [*unreadable.iter_rows(), *unseen.items()]
    write_errors(settings.out, [ErrorRow(settings.ocr, i, "picture", i, why) for i, why in errors])
    return report.finish(settings.out)


def main() -> None:
    """Command line: exits with 2 and a message where the job cannot start."""
    with clear_exit(ClusterSettings.job):
        cluster_pictures(ClusterSettings.from_cli())


if __name__ == "__main__":
    main()
