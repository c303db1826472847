"""PaddleOCR as this project uses it: one predictor, one thread pool, text lines out."""

from __future__ import annotations

import ctypes
import gc
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from data_jobs.ocr.text_line import TextLine


@dataclass(frozen=True, slots=True)
class PaddleConfig:
    """Which models run on which engine. Everything that changes what is read is here.

    `folder` holds a folder for each model name; empty lets PaddleOCR download its models by their names.
    `max_side` is the longer side, in pixels, that the detector sees; `threads` counts CPU threads of one predictor.
    `recognition_batch` lines are recognized together, padded to the longest of them. On a CPU that padding is work and
    makes words run together: one at a time takes four fifths of the time. A GPU wants many.
    """

    detection: str
    recognition: str
    folder: str = ""
    engine: str = "onnxruntime"
    device: str = "cpu"
    threads: int = 1
    max_side: int = 960
    recognition_batch: int = 1
    recycle_after: int = 1000
    min_score: float = 0.5


@dataclass(slots=True)
class PaddleReader:
    """Reads pictures; makes its predictor anew after `recycle_after` pictures, since PaddleOCR 3 and its arenas grow.

    Not safe to use from two threads.
    """

    config: PaddleConfig
    _predictor: Any = field(default=None, init=False)
    _read: int = field(default=0, init=False)
    recycles: int = field(default=0, init=False)

    def warm(self) -> None:
        """Load the models and read an empty picture, so that the first real one is not the slow one."""
        self._predictor = _make_predictor(self.config)
        self._predictor.predict(np.full((64, 64, 3), 255, np.uint8))

    def lines(self, image: Image.Image) -> list[TextLine]:
        """Text lines of an RGB picture in the detector's order, those below `min_score` left out.

        Where the engine fails the predictor is made anew and asked once more: one that ran out of memory stays broken.
        """
        if self._predictor is None or self._read >= self.config.recycle_after:
            self._recycle()
        self._read += 1
        bgr = np.ascontiguousarray(np.asarray(image)[:, :, ::-1])
        try:
            result = self._predictor.predict(bgr)[0]
        except Exception:
            self._recycle()
            result = self._predictor.predict(bgr)[0]
        return _text_lines(result, self.config.min_score)

    def _recycle(self) -> None:
        self._predictor, self._read = None, 0
        self.recycles += 1
        gc.collect()
        _give_memory_back()
        self.warm()


def _give_memory_back() -> None:
    """Return freed memory to the system: glibc would keep the holes that an engine's many arrays leave."""
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _make_predictor(config: PaddleConfig) -> Any:
    os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")  # else it asks hubs at every start
    from paddleocr import PaddleOCR

    engines = {
        "onnxruntime": {"intra_op_num_threads": config.threads, "inter_op_num_threads": 1},
        "paddle_static": {"run_mode": "paddle", "cpu_threads": config.threads},
    }
    return PaddleOCR(
        text_detection_model_name=config.detection,
        text_detection_model_dir=_model_folder(config, config.detection),
        text_recognition_model_name=config.recognition,
        text_recognition_model_dir=_model_folder(config, config.recognition),
        text_recognition_batch_size=config.recognition_batch,
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
        text_det_limit_side_len=config.max_side,
        text_det_limit_type="max",
        engine=config.engine,
        device=config.device,
        engine_config=engines,
    )


def _model_folder(config: PaddleConfig, name: str) -> str | None:
    return str(Path(config.folder) / name) if config.folder else None


def _text_lines(result: Any, min_score: float) -> list[TextLine]:
    found = zip(result["rec_texts"], result["rec_polys"], result["rec_scores"], strict=True)
    return [
        TextLine(text.strip(), _corners(polygon), float(score))
        for text, polygon, score in found
        if text.strip() and score >= min_score
    ]


def _corners(polygon: Any) -> Any:
    return tuple((int(x), int(y)) for x, y in polygon)
