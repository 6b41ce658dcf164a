"""A training run: its loss, its rate, and that it can be killed."""

from __future__ import annotations

import gzip
import json
import random
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertForQuestionAnswering

from tests.tiny_tokenizer import VOCABULARY, tiny_tokenizer
from training import train
from training.examples import Window
from training.questions import SOURCES
from training.train import batches, collate, padded_length, parameter_groups, rate_at, shared_norm_loss


def window(length: int, *, votes: dict[int, float] | None = None) -> Window:
    """A question of two tokens and a context."""
    chosen = {} if votes is None else votes
    return Window(np.arange(length, dtype=np.uint16), 4, chosen, chosen)


def test_the_loss_of_one_window_is_cross_entropy_over_its_context_and_no_answer() -> None:
    """By hand: starts 1, 2, 0 and ends 0, 1, 3 of the context against 0.5 at the first token."""
    logits = torch.tensor([[[0.5, 9.0, 1.0, 2.0, 0.0, 9.0]], [[0.5, 9.0, 0.0, 1.0, 3.0, 9.0]]])
    context = torch.tensor([[False, False, True, True, True, False]])
    votes = torch.zeros(2, 1, 6)
    votes[0, 0, 3] = votes[1, 0, 4] = 1.0
    batch = {"context": context, "votes": votes, "members": torch.tensor([[0]])}
    starts = np.log(np.exp([0.5, 1.0, 2.0, 0.0]).sum()) - 2.0
    ends = np.log(np.exp([0.5, 0.0, 1.0, 3.0]).sum()) - 3.0
    assert shared_norm_loss(logits, batch).item() == pytest.approx((starts + ends) / 2, abs=1e-5)
    silent = {**batch, "votes": torch.zeros(2, 1, 6)}
    starts, ends = starts + 2.0 - 0.5, ends + 3.0 - 0.5
    assert shared_norm_loss(logits, silent).item() == pytest.approx((starts + ends) / 2, abs=1e-5)


def test_windows_of_a_question_share_one_normalisation() -> None:
    """Each counts from its own first token, so a constant in all logits of one changes nothing."""
    logits = torch.randn(2, 2, 6, generator=torch.Generator().manual_seed(0))
    context = torch.tensor([[False, False, True, True, True, False]] * 2)
    votes = torch.zeros(2, 2, 6)
    votes[0, 0, 2] = votes[1, 0, 3] = 1.0
    both = {"context": context, "votes": votes, "members": torch.tensor([[0, 1]])}
    loss = shared_norm_loss(logits, both)
    moved = logits + torch.tensor([0.0, 5.0])[None, :, None]
    torch.testing.assert_close(shared_norm_loss(moved, both), loss)
    options = torch.cat([torch.zeros(2, 1), (logits - logits[:, :, :1])[:, :, 2:5].flatten(1)], 1)
    torch.testing.assert_close(loss, torch.nn.functional.cross_entropy(options, torch.tensor([1, 2])))


def test_a_batch_marks_contexts_votes_and_groups() -> None:
    groups = [[window(10, votes={5: 1.0}), window(8)], [window(33)]]
    batch = collate(groups)
    assert batch["ids"].shape == (3, 64)
    assert batch["mask"].sum(1).tolist() == [10, 8, 33]
    assert batch["context"][1].nonzero().flatten().tolist() == [4, 5, 6]
    assert batch["types"][1, :9].tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 0]
    assert batch["votes"].nonzero().tolist() == [[0, 0, 5], [1, 0, 5]]
    assert batch["members"].tolist() == [[0, 1], [2, -1]]
    assert batch["group"].tolist() == [0, 0, 1]


def test_batches_keep_to_the_budget_and_every_group_is_in_one() -> None:
    rng = random.Random(0)
    groups = [[window(rng.randrange(6, 200)) for _ in range(rng.choice((1, 1, 3)))] for _ in range(300)]
    steps = batches(groups, 1024, 2, rng)
    assert all(len(step) == 2 for step in steps)
    seen = [group for step in steps for batch in step for group in batch]
    assert len({id(group) for group in seen}) == len(seen)
    made = [batch for step in steps for batch in step]
    assert all(sum(map(len, one)) * max(map(padded_length, one)) <= 1024 for one in made)
    assert len(groups) - len(seen) <= 16, "at most one batch, where the last step has too few"


def test_the_rate_rises_stays_and_falls_to_nothing() -> None:
    rates = [rate_at(step, 1000, warmup=100, fall=0.4) for step in range(1001)]
    assert rates[:2] == pytest.approx([0.01, 0.02])
    assert set(rates[99:600]) == {1.0}
    assert rates[800] == pytest.approx(0.5)
    assert rates[1000] == 0
    assert rates[600:] == sorted(rates[600:], reverse=True)


def tiny_base(folder: Path) -> Path:
    """A base model of one layer and an alphabet."""
    folder.mkdir()
    config = BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=320,
    )
    torch.manual_seed(0)
    tensors = BertForQuestionAnswering(config).bert.state_dict(prefix="bert.")
    save_file(tensors, folder / "model.safetensors")
    config.save_pretrained(folder)
    tiny_tokenizer(max_tokens=320).backend_tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def tiny_data(folder: Path) -> Path:
    """Forty questions in one file; the others are empty."""
    (folder / "train").mkdir(parents=True)
    for source in SOURCES:
        with gzip.open(folder / "train" / f"{source}.jsonl.gz", "wt", encoding="utf-8") as lines:
            for number in range(40 if source == "squad_train" else 0):
                row = {
                    "id": str(number),
                    "title": f"Mill {number}",
                    "question": "who built the mill?",
                    "context": f"mill {number} was built by anna.",
                    "answers": {"text": ["anna"], "answer_start": [len(f"mill {number} was built by ")]},
                }
                lines.write(json.dumps(row) + "\n")
    return folder


def test_lower_layers_learn_more_slowly_and_biases_do_not_decay(tmp_path: Path) -> None:
    reader = train.load_base(tiny_base(tmp_path / "base"), seed=0)
    reader.get_input_embeddings().requires_grad_(False)
    groups = parameter_groups(reader, 1e-3, 0.5)
    assert {group["peak"] for group in groups} == {1e-3, 5e-4, 2.5e-4}
    assert {group["weight_decay"] for group in groups} == {0.0, 0.01}


def test_a_run_that_is_stopped_and_started_again_ends_with_the_same_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stops in the middle of a later pass and goes on into the next."""
    base, data = tiny_base(tmp_path / "base"), tiny_data(tmp_path / "data")

    def weights(run: str, steps: int) -> dict[str, torch.Tensor]:
        arguments = ["train", data, base, tmp_path / run, "--budget", 960, "--every", 2, "--steps", steps]
        monkeypatch.setattr(sys, "argv", [*map(str, arguments)])
        train.main()
        saved = torch.load(tmp_path / run / "checkpoint.pt", weights_only=True)
        step, visit, done = saved["position"]
        assert (step, visit > 1, done > 0) == (steps, True, True)
        reader: dict[str, torch.Tensor] = saved["reader"]
        return {name: tensor.clone() for name, tensor in reader.items()}

    monkeypatch.setattr(train, "rate_at", lambda step, steps, fall: 1.0)  # one that knows no last step
    whole = weights("whole", 12)
    begun = weights("parts", 5)
    ended = weights("parts", 12)
    assert any(not torch.equal(whole[name], begun[name]) for name in whole)
    for name, tensor in whole.items():
        torch.testing.assert_close(ended[name], tensor, rtol=0, atol=0)
