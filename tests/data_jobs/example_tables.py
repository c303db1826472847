"""Rows of the OCR and UNDERSTOOD tables of the example shop's pictures, made from their labels."""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image

EXAMPLES = Path(__file__).parents[2] / "examples"


def ocr_row(label: dict[str, object]) -> dict[str, object]:
    """An OCR row from a picture's label: its lines one below the other, in letters of 3% of the width."""
    image_id, texts = str(label["image_id"]), list(label["lines"])  # type: ignore[call-overload]
    error = "corrupt: image file is truncated" if label["expected"] == "corrupt" else None
    width, height = (None, None) if error else Image.open(EXAMPLES / "images" / image_id).size
    size = 0.03 * (width or 0) if label["expected"] != "tiny_print" else 9.0
    lines = []
    for number, text in enumerate([] if error else texts):
        left, top = int(0.05 * width), int(0.08 * width + 1.5 * size * number)
        right, bottom = int(left + size * len(text)), int(top + size)
        box = [[left, top], [right, top], [right, bottom], [left, bottom]]
        lines.append({"text": text, "box": box, "score": 0.9, "height": size})
    text = "" if error else "\n".join(texts)
    return {"image_id": image_id, "lines": lines, "text": text, "width": width, "height": height, "error": error}


def understood_row(image_id: str, topic: str) -> dict[str, object]:
    """The row of a picture that was sorted by rules and states nothing."""
    empty = {"summary": "", "statements": [], "error": None}
    return {"image_id": image_id, "topic": topic, "confidence": 0.9, "method": "rules", **empty}


def labels() -> list[dict[str, object]]:
    return [json.loads(line) for line in (EXAMPLES / "labels.jsonl").read_text(encoding="utf8").splitlines()]
