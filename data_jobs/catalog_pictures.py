"""The pictures that a catalogue names, as a manifest for OCR: files beside its tables, and URIs."""

from __future__ import annotations

import io

import polars as pl

from data_jobs.job import JobError, join, local_folder, write_bytes
from koubo.catalog.errors import CatalogError
from koubo.catalog.headers import HeaderMapping
from koubo.catalog.tables import load_catalog

MANIFEST = "_pictures.jsonl"


def write_catalog_manifest(catalog: str, mapping: str | None, out: str) -> str | None:
    """Write the manifest (`image_id`, `path`; each picture once) into `out`; its address, or None without pictures.

    The id of a picture is what the products table calls it, without a leading slash.

    Raises:
        JobError: the catalogue cannot be read.
    """
    folder = local_folder(catalog, "catalog")
    try:
        headers = None if mapping is None else HeaderMapping.from_file(local_folder(mapping, "mapping"))
        products = load_catalog(folder, headers).products
    except CatalogError as error:
        raise JobError(str(error)) from error
    named = list(dict.fromkeys(image for product in products for image in product.images))
    if not named:
        return None
    places = [image if "://" in image else str(folder / image) for image in named]
    buffer = io.BytesIO()
    pl.DataFrame({"image_id": [image.lstrip("/") for image in named], "path": places}).write_ndjson(buffer)
    write_bytes(join(out, MANIFEST), buffer.getvalue())
    return join(out, MANIFEST)
