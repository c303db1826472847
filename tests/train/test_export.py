"""Models are published whole or not at all, and only where they do in every role as well as what is in service."""

from __future__ import annotations

import json
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from cluster.models import resolve
from koubo.reading import lattice
from koubo.versions import CURRENT, current, verify, versions
from tests.train.byte_model import save_byte_model
from train.base_model import fingerprint
from train.export import CANARY, SHOP, ExportSettings, export
from train.export_room import check_disk, room_running_out
from train.lineage import Lineage
from train.settings import TrainError

pytestmark = pytest.mark.train
TEXTS = ("机身只有1.2kg", "整箱3.6kg发货", "这袋米2.5kg", "净重0.8kg的罐子", "一箱5.5kg", "哑铃7.5kg一对")
"""Their readings, 公斤 and 千克, are equally long, so that models by chance differ in them."""
ONE, OTHER = 5, 1
"""Seeds of adapters that prefer 公斤 throughout, and 千克."""


def checkpoint_of(base: Path, folder: Path, seed: int) -> Path:
    """A checkpoint as training leaves it: an adapter with weights by chance, its lineage, and the run's record."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(seed)
    lora = LoraConfig(r=4, lora_alpha=256, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False)
    get_peft_model(AutoModelForCausalLM.from_pretrained(base), lora).save_pretrained(folder / "checkpoint-3")
    Lineage("sft", 3, f"folder:{base}", fingerprint(base)).write(folder / "checkpoint-3")
    (folder / "run.json").write_text(json.dumps({"task": "sft", "rows": "5eed" * 16, "seed": seed}), encoding="utf8")
    return folder / "checkpoint-3"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = save_byte_model(tmp_path_factory.mktemp("base"))
    (folder / "LICENSE.txt").write_text("Terms of the base.", encoding="utf8")
    return folder


@pytest.fixture(scope="module")
def checkpoint(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoint_of(base, tmp_path_factory.mktemp("run"), ONE)


def canary_for(merged: Path, file: Path, right: bool) -> Path:
    """Rows of which a model gets every one right, or every one wrong."""
    from koubo.reading.prompts import mark
    from train.base_model import load_model, load_tokenizer, open_base
    from train.likelihood import CandidateScorer

    opened = open_base(f"folder:{merged}")
    scorer = CandidateScorer(load_model(opened, "float32").eval(), load_tokenizer(opened))
    rows = []
    for text in TEXTS:
        choice = next(c for c in lattice(text) if len(c.options) > 1)
        spoken = [o.spoken for o in choice.options]
        ((*scores,),) = scorer.likelihoods([(mark(text, choice.start, choice.end), spoken)])
        best = spoken[scores.index(max(scores))]
        accepted = [best] if right else [one for one in spoken if one != best]
        rows.append({"text": text, "spans": [{"s": choice.written, "accept": accepted}]})
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf8")
    return file


@pytest.fixture(scope="module")
def canaries(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Rows that the model of `checkpoint` gets right, and the same rows with the other readings accepted."""
    folder = tmp_path_factory.mktemp("canaries")
    export(settings(checkpoint, out=folder / "merged"))
    good, bad = (canary_for(folder / "merged", folder / f"{right}.jsonl", right) for right in (True, False))
    return good, bad


def settings(checkpoint: Path, **values: Any) -> ExportSettings:
    return ExportSettings.model_validate({"checkpoint": checkpoint, "dtype": "float32", **values})


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def test_a_published_model_is_in_service_with_its_card_and_scores(
    checkpoint: Path, canaries: tuple[Path, Path], tmp_path: Path
) -> None:
    card = tmp_path / "rows.md"
    card.write_text("# Rows\n\n## Sources\nOur own.", encoding="utf8")
    root = tmp_path / "models"
    given = {"publish": root, "roles": ["choice"], "canary": canaries[0], "data_card": card}
    folder = export(settings(checkpoint, out=tmp_path / "out", **given))
    assert resolve(f"published:{root}") == folder == current(root)
    meta = verify(folder).meta
    assert meta["roles"] == {"choice": {"accuracy": 1.0, "right": 6, "count": 6}}
    assert meta["rows"] == "5eed" * 16 and meta["base_fingerprint"] in (folder / "README.md").read_text("utf8")
    said = (folder / "README.md").read_text("utf8")
    for words in ("accuracy 1.000 (6 of 6)", "5eed5eed", "LICENSE.txt", "train.sft", "published:ROOT", "### Sources"):
        assert words in said, words
    assert left_in(root) == {CURRENT, folder.name} and left_in(tmp_path) == {"models", "out", "rows.md"}
    assert (tmp_path / "out" / "README.md").read_text("utf8") == said


def test_a_model_below_the_floor_is_refused_and_leaves_nothing(
    checkpoint: Path, canaries: tuple[Path, Path], tmp_path: Path
) -> None:
    root = tmp_path / "models"
    with pytest.raises(TrainError, match=r"choice: accuracy 0\.000 \(0 of 6\) is below the least of 0\.85"):
        export(settings(checkpoint, publish=root, roles=["choice"], canary=canaries[1], out=tmp_path / "out"))
    assert left_in(root) == set() and left_in(tmp_path) == {"models"}


def test_a_model_worse_than_the_one_in_service_on_the_same_rows_is_refused(
    base: Path, checkpoint: Path, canaries: tuple[Path, Path], tmp_path: Path
) -> None:
    root, given = tmp_path / "models", {"roles": ["choice"], "floor": 0}
    first = export(settings(checkpoint, publish=root, canary=canaries[1], **given))
    assert verify(first).meta["roles"]["choice"]["accuracy"] == 0
    other = checkpoint_of(base, tmp_path / "other", OTHER)
    # Its own manifest says 0; on these rows it is all right, and that is what counts.
    with pytest.raises(TrainError, match=r"below 1\.000 of the model in service"):
        export(settings(other, publish=root, canary=canaries[0], **given))
    assert current(root) == first and left_in(root) == {CURRENT, first.name}
    second = export(settings(other, publish=root, canary=canaries[0], tolerance=1, **given))
    assert current(root) == second != first and versions(root) == sorted([first.name, second.name])


def test_a_role_that_nobody_would_fill_any_more_is_named(
    checkpoint: Path, canaries: tuple[Path, Path], tmp_path: Path
) -> None:
    given = {"publish": tmp_path, "canary": canaries[0], "floor": 0}
    first = export(settings(checkpoint, roles=["choice", "rewrite"], **given))
    assert set(verify(first).meta["roles"]) == {"choice", "rewrite"}
    with pytest.raises(TrainError, match="also fills rewrite"):
        export(settings(checkpoint, roles=["choice"], **given))
    assert current(tmp_path) == first


@contextmanager
def limited(what: int, most: int) -> Iterator[None]:
    before = resource.getrlimit(what)
    resource.setrlimit(what, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(what, before)


def test_a_disk_that_is_full_leaves_the_model_in_service(
    base: Path, checkpoint: Path, canaries: tuple[Path, Path], tmp_path: Path
) -> None:
    given = {"publish": tmp_path / "models", "roles": ["choice"], "canary": canaries[0], "floor": 0, "tolerance": 1}
    first = export(settings(checkpoint, **given))
    other = checkpoint_of(base, tmp_path / "other", OTHER)
    # A limit on the size of a file stands in for a full disk: both fail in the middle of a write.
    with limited(resource.RLIMIT_FSIZE, 1 << 16), pytest.raises(TrainError, match="a file grew too large"):
        export(settings(other, **given))
    assert current(tmp_path / "models") == first and left_in(tmp_path / "models") == {CURRENT, first.name}
    verify(first)
    with pytest.raises(TrainError, match=r"the merged model takes about 1024\.0 GiB, and .* GiB free; make room"):
        check_disk(tmp_path, 1 << 40, "the merged model")


def test_too_little_memory_is_told_before_anything_is_written(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 24000000 kB\nMemAvailable: 64 kB\n", encoding="ascii")
    monkeypatch.setattr("train.free_space.MEMINFO", meminfo)  # the kernel's own file, on a machine without memory
    with pytest.raises(TrainError, match=r"merging folder:.* takes about 0\.0 GiB of memory, and 0\.0 GiB are free"):
        export(settings(checkpoint, out=tmp_path / "out"))
    assert left_in(tmp_path) == {"meminfo"}


def test_memory_that_runs_out_in_the_middle_is_told_in_plain_words(tmp_path: Path) -> None:
    import torch

    with pytest.raises(TrainError, match="out of memory"), room_running_out(tmp_path):
        torch.empty(1 << 50)


def test_a_checkpoint_of_another_base_model_is_refused(base: Path, checkpoint: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    other = tmp_path / "other"
    shutil.copytree(base, other)
    model = AutoModelForCausalLM.from_pretrained(base)
    model.model.embed_tokens.weight.data += 1
    model.save_pretrained(other)
    with pytest.raises(TrainError, match="is another model"):
        export(settings(checkpoint, base=str(other), publish=tmp_path / "models", roles=["choice"]))
    assert left_in(tmp_path) == {"other"}


def test_a_canary_with_a_broken_row_tests_nothing(checkpoint: Path, tmp_path: Path) -> None:
    broken = tmp_path / "canary.jsonl"
    broken.write_text('{"text": "只要99元", "spans": [{"s": "98元", "accept": ["九十八元"]}]}\n', encoding="utf8")
    with pytest.raises(TrainError, match=r"canary\.jsonl, row 1, spans\.0\.s: is not in the text"):
        export(settings(checkpoint, publish=tmp_path / "models", roles=["choice"], canary=broken))


def test_a_writer_is_tried_on_products_of_a_shop(checkpoint: Path, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    first, _ = (SHOP / "products.jsonl").read_text("utf8").split("\n", 1)
    (shop / "products.jsonl").write_text(first + "\n", encoding="utf8")
    with pytest.raises(TrainError, match=r"write: usable 0\.000 \(0 of \d\) is below the least of 0\.3"):
        export(settings(checkpoint, publish=tmp_path / "models", roles=["write"], shop=shop))


def test_the_projects_own_rows_are_decided_by_context_and_cover_what_shops_say() -> None:
    from koubo.dataset.decisions import decisions
    from koubo.dataset.rows import read_lines

    found, errors = decisions(read_lines(CANARY, "canary"), CANARY.name)
    assert not errors and len(found) >= 60
    assert {"price", "cardinal", "digits", "sale_day", "model_code"} <= {d.choice.options[0].kind for d in found}


@pytest.mark.parametrize(
    ("values", "words"),
    [({}, "give --out, --publish or both"), ({"publish": "/models"}, "name the --roles"), ({"out": "x"}, "relative")],
)
def test_a_bad_setting_stops_at_start_up(values: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        settings(Path("/run"), **values)
