"""The list of pictures to draw, read from pictures.yaml and checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

EXAMPLES = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: what to draw (`template`, `palette`, `content`), or which one to change (`variant_of`, `change`)."""

    image_id: str
    product_id: str | None
    content: Mapping[str, Any]
    variant_of: str | None = None
    change: str | None = None

    @property
    def seed_name(self) -> str:
        """Pictures drawn as another differ from it in their content only, never in their random layout."""
        return str(self.content.get("drawn_as", self.image_id))

    @property
    def expected(self) -> str:
        """What a reading and clustering pipeline should make of it: keep, or the reason why not."""
        return "redundant" if self.variant_of else str(self.content.get("expected", "keep"))


def read_pictures(path: Path = EXAMPLES / "pictures.yaml") -> list[Picture]:
    """Reads the list; the product of a picture is the one whose catalogue row names it.

    Raises ValueError for a picture listed twice, or a variant of one that is not drawn.
    """
    owners = _owners(EXAMPLES / "catalog" / "products.jsonl")
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    ids = [row["id"] for row in rows]
    for row in rows:
        if ids.count(row["id"]) > 1:
            raise ValueError(f"{path.name}: picture {row['id']} is listed twice")
        if "variant_of" in row and row["variant_of"] not in ids:
            raise ValueError(f"{path.name}: {row['id']} is a variant of {row['variant_of']}, which is not listed")
    return [Picture(row["id"], owners.get(row["id"]), row, row.get("variant_of"), row.get("change")) for row in rows]


def _owners(products: Path) -> dict[str, str]:
    rows = [json.loads(line) for line in products.read_text(encoding="utf-8").splitlines()]
    return {image: row["id"] for row in rows for image in row["images"]}
