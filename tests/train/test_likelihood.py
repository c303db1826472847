"""A candidate's likelihood is what training counts, whatever stands beside it in the batch."""

from __future__ import annotations

from typing import Any

import pytest

from tests.train.tiny_model import tiny_model

pytestmark = pytest.mark.train

PROMPTS = ["仅售«88»块\n读作：", "本店尊享«88»VIP，还有很多很多的话要说\n读作："]
CANDIDATES = ["八十八", "八八", "八", "", "八十八元"]
Tiny = tuple[Any, Any]


@pytest.fixture(scope="module")
def tiny() -> Tiny:
    return tiny_model()


def trl_likelihood(tiny: Any, prompt: str, completion: str) -> float:
    """Minus the loss of TRL's trainer on the one row, times the tokens it counts."""
    import torch
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    model, tokenizer = tiny
    rows = Dataset.from_list([{"prompt": prompt, "completion": completion}])
    arguments = SFTConfig(report_to=[], use_cpu=True, bf16=False, gradient_checkpointing=False, disable_tqdm=True)
    trainer = SFTTrainer(model=model, args=arguments, train_dataset=rows, processing_class=tokenizer)
    batch = trainer.data_collator([trainer.train_dataset[0]])
    with torch.inference_mode():
        loss = model(input_ids=batch["input_ids"], labels=batch["labels"]).loss.item()
    return -loss * int((batch["labels"][:, 1:] != -100).sum())


def test_the_likelihood_is_what_trl_trains(tiny: Tiny, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from train.likelihood import CandidateScorer

    monkeypatch.chdir(tmp_path)  # TRL writes beside where it stands
    scored = CandidateScorer(*tiny).likelihoods([(PROMPTS[0], CANDIDATES)])[0]
    for candidate, likelihood in list(zip(CANDIDATES, scored, strict=True))[:3]:
        assert likelihood == pytest.approx(trl_likelihood(tiny, PROMPTS[0], candidate), abs=1e-3)


def test_neighbours_padding_and_shared_beginnings_change_nothing(tiny: Tiny) -> None:
    from train.likelihood import CandidateScorer

    together = CandidateScorer(*tiny).likelihoods([(prompt, CANDIDATES) for prompt in PROMPTS])
    small = CandidateScorer(*tiny, batch_tokens=1)
    for prompt, scored in zip(PROMPTS, together, strict=True):
        alone = [small.likelihoods([(prompt, [candidate])])[0][0] for candidate in CANDIDATES]
        assert scored == pytest.approx(alone, abs=1e-4)
    assert len({round(s, 3) for s in together[0]}) == len(CANDIDATES)


def test_an_adapter_counts(tiny: Tiny) -> None:
    import torch
    from peft import LoraConfig, get_peft_model

    from train.likelihood import CandidateScorer

    model, tokenizer = tiny_model()
    (plain,) = CandidateScorer(model, tokenizer).likelihoods([(PROMPTS[0], CANDIDATES)])
    lora = LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False)
    torch.manual_seed(1)
    wrapped = get_peft_model(model, lora)
    (adapted,) = CandidateScorer(wrapped, tokenizer).likelihoods([(PROMPTS[0], CANDIDATES)])
    assert adapted != pytest.approx(plain, abs=1e-3)
    (merged,) = CandidateScorer(wrapped.merge_and_unload(), tokenizer).likelihoods([(PROMPTS[0], CANDIDATES)])
    assert merged == pytest.approx(adapted, abs=1e-3)


def test_a_prompt_longer_than_the_window_is_refused(tiny: Tiny) -> None:
    from train.likelihood import CandidateScorer

    with pytest.raises(ValueError, match="window of 512"):
        CandidateScorer(*tiny).likelihoods([("八" * 600, ["八"])])


def test_a_token_over_the_boundary_is_counted_for_all_candidates_alike() -> None:
    from train.candidate_tree import plant

    tree = plant([1, 2, 3], [[1, 2, 3, 4, 9], [1, 2, 34, 9]])
    assert tree.trunk == 2 and tree.paths == [[(1, 3), (2, 4), (3, 9)], [(1, 34), (4, 9)]]
