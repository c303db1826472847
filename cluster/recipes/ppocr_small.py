"""PP-OCRv6 small, detection and recognition, from the `rapidocr` wheel to folders for PaddleOCR's onnxruntime engine.

PaddleOCR wants `inference.onnx` and `inference.yml` for each model. The wheel carries the first; the second is written
here with the values of the models' own configurations (PaddleOCR, configs/det and configs/rec of PP-OCRv6). The
character list comes from the metadata of the recognition model.
"""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

DECODE = {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}}


def build(folder: Path) -> None:
    """Write `PP-OCRv6_small_det/` and `PP-OCRv6_small_rec/` into `folder`.

    Raises:
        FileNotFoundError: the rapidocr package or one of its models is absent.
    """
    models = _wheel_models()
    detection, recognition = folder / "PP-OCRv6_small_det", folder / "PP-OCRv6_small_rec"
    for target, name in ((detection, "PP-OCRv6_det_small.onnx"), (recognition, "PP-OCRv6_rec_small.onnx")):
        target.mkdir()
        shutil.copyfile(models / name, target / "inference.onnx")
    _write_config(detection, _detection_config())
    _write_config(recognition, _recognition_config(_characters(recognition / "inference.onnx")))


def _wheel_models() -> Path:
    spec = find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("package rapidocr is not installed: pip install rapidocr")
    return Path(spec.submodule_search_locations[0]) / "models"


def _characters(model: Path) -> list[str]:
    from onnxruntime import InferenceSession

    metadata = InferenceSession(model, providers=["CPUExecutionProvider"]).get_modelmeta().custom_metadata_map
    return str(metadata["character"]).split("\n")


def _detection_config() -> dict[str, Any]:
    normalize = {"mean": [0.485, 0.456, 0.406], "order": "hwc", "scale": "1./255.", "std": [0.229, 0.224, 0.225]}
    return {
        "Global": {"model_name": "PP-OCRv6_small_det"},
        "PreProcess": {
            "transform_ops": [
                DECODE,
                {"DetResizeForTest": {"resize_long": 960}},
                {"NormalizeImage": normalize},
                {"ToCHWImage": None},
                {"KeepKeys": {"keep_keys": ["image", "shape"]}},
            ]
        },
        "PostProcess": {
            "name": "DBPostProcess",
            "thresh": 0.2,
            "box_thresh": 0.45,
            "max_candidates": 1000,
            "unclip_ratio": 1.4,
        },
    }


def _recognition_config(characters: list[str]) -> dict[str, Any]:
    keep = ["image", "label_ctc", "label_gtc", "length", "valid_ratio"]
    return {
        "Global": {"model_name": "PP-OCRv6_small_rec"},
        "PreProcess": {
            "transform_ops": [
                DECODE,
                {"MultiLabelEncode": {"gtc_encode": "NRTRLabelEncode"}},
                {"RecResizeImg": {"image_shape": [3, 48, 320]}},
                {"KeepKeys": {"keep_keys": keep}},
            ]
        },
        "PostProcess": {"name": "CTCLabelDecode", "character_dict": characters},
    }


def _write_config(folder: Path, config: dict[str, Any]) -> None:
    text = yaml.safe_dump(config, allow_unicode=True, sort_keys=False)
    (folder / "inference.yml").write_text(text, encoding="utf8")
