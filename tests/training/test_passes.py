"""Examples as windows of tokens: what is kept on disk, and what a step of training reads together."""

from __future__ import annotations

import random
from itertools import chain
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from qa.reader import WEIGHTS
from training import train
from training.examples import Example
from training.passes import MAX_TOKENS, base_tokenizer, windows
from training.train import Stream, batches, collate, padded_length, with_originals
from training.windows import Group, read, save

MILL = "The mill at Hoogveld was built by Anna Lund. It burnt down in 1822."
WHO = "Who built the mill?"
MAKER = (MILL.index("Anna"), MILL.index("Anna") + len("Anna Lund"))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """That of the packaged base model, which cuts nothing."""
    return base_tokenizer()


def groups(tokenizer: Tokenizer) -> list[Group]:
    """A question beside a wrong paragraph, one made unanswerable with its original, and one without."""
    original = Example(WHO, (MILL,), (MAKER, (MAKER[0] + 5, MAKER[1])))
    examples = [
        Example(WHO, (MILL, "Bread is baked."), (MAKER,)),
        Example("Who burnt the mill?", (MILL,), (), original),
        Example(WHO, ("Bread is baked.",), ()),
    ]
    return windows(tokenizer, examples, random.Random(0))


def words(tokenizer: Tokenizer, group: Group) -> list[str]:
    """What each window says."""
    return [tokenizer.decode(window.ids.tolist()) for window in group]


def test_a_window_votes_for_the_tokens_of_its_answers(tokenizer: Tokenizer) -> None:
    """Half each where two annotators differ; what is made unanswerable has none, its original has."""
    beside, made, alone = groups(tokenizer)
    assert words(tokenizer, beside) == [f"{WHO} {MILL}".lower(), f"{WHO} Bread is baked.".lower()]
    first, second = beside
    (start,), (end,) = first.starts, first.ends
    assert tokenizer.decode(first.ids[start : end + 1].tolist()) == "anna lund"
    assert not second.starts
    silent, original = made
    assert not silent.starts
    assert original.starts == {start: 0.5, start + 1: 0.5}
    assert original.ends == {end: 1.0}
    assert len(alone) == 1


def test_a_long_context_becomes_a_window_with_its_answer(tokenizer: Tokenizer) -> None:
    """Wherever it stands; an answer that no window can hold is left out."""
    filler = "So it was said. " * 200
    for context in (MILL + filler, filler + MILL, filler + MILL + filler):
        start = context.index("Anna")
        (((window,)),) = windows(
            tokenizer, [Example(WHO, (context,), ((start, start + 9),))], random.Random(0)
        )
        (first,), (last,) = window.starts, window.ends
        assert len(window.ids) == MAX_TOKENS
        assert tokenizer.decode(window.ids[first : last + 1].tolist()) == "anna lund"
    assert windows(tokenizer, [Example(WHO, (filler,), ((0, len(filler)),))], random.Random(0)) == []


def test_what_was_saved_is_read(tokenizer: Tokenizer, tmp_path: Path) -> None:
    """Every group, in order, with its tokens and votes."""
    made = groups(tokenizer)
    save(made, tmp_path / "1.npz")
    again = read(tmp_path / "1.npz")
    assert [len(group) for group in again] == [2, 2, 1]
    for one, other in zip(chain(*made), chain(*again), strict=True):
        assert (one.ids == other.ids).all()
        assert (one.context_start, one.starts, one.ends) == (other.context_start, other.starts, other.ends)
    assert [path.name for path in tmp_path.iterdir()] == ["1.npz"]


def test_what_is_unanswerable_is_read_alone_and_after_its_original(tokenizer: Tokenizer) -> None:
    """The second for a share of it; the others are as they were."""
    beside, made, alone = groups(tokenizer)
    none = with_originals([beside, made, alone], 0.0, random.Random(0))
    assert none == [beside, made[:1], alone]
    both = with_originals([beside, made, alone], 1.0, random.Random(0))
    assert both == [beside, made[:1], [made[1], made[0]], alone]
    half = with_originals([made] * 400, 0.5, random.Random(0))
    assert 550 < len(half) < 650


def test_a_batch_keeps_to_its_budget(tokenizer: Tokenizer) -> None:
    """In padded tokens; all groups are in one, of which the arrays say whose window is which."""
    many = groups(tokenizer) * 20
    steps = batches(many, 256, 1, random.Random(0))
    for (batch,) in steps:
        assert sum(len(group) for group in batch) * max(map(padded_length, batch)) <= 256
    assert sum(len(batch) for (batch,) in steps) == 60
    arrays = collate(many[:3])
    assert arrays["members"].tolist() == [[0, 1], [2, 3], [4, -1]]
    assert arrays["group"].tolist() == [0, 0, 1, 1, 2]
    assert arrays["votes"].sum((0, 2)).tolist() == [2, 0, 0, 2, 0]


def test_a_stream_goes_on_where_it_was(tokenizer: Tokenizer, tmp_path: Path) -> None:
    """The sentence stage first, then each pass once before any comes again."""
    made = groups(tokenizer)
    for number in range(4):
        save(made[:1] * (number + 1), tmp_path / f"{number}.npz")

    def visits(visit: int, done: int, count: int) -> list[tuple[int, int, int]]:
        stream = iter(Stream(tmp_path, (visit, done), pairs=0.5, seed=3, budget=64))
        return [(at, step, len(batch["ids"])) for at, step, batch in (next(stream) for _ in range(count))]

    steps = visits(0, 0, 14)
    assert [at for at, step, _ in steps if step == 0] == [0, 1, 2, 3, 4, 5][: 1 + steps[-1][0]]
    assert sorted(sum(at == visit for at, *_ in steps) for visit in (1, 2, 3)) == [2, 3, 4]
    for place in (3, 8):
        assert visits(*steps[place][:2], 5) == steps[place : place + 5]


def test_a_run_goes_on_where_it_was(
    tokenizer: Tokenizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped after a step and started again it has the weights of one that was not stopped."""
    for number in range(2):
        save(groups(tokenizer) * 4, tmp_path / f"{number}.npz")
    packaged = str(WEIGHTS / "reader.safetensors")

    def run(name: str, steps: int) -> dict[str, torch.Tensor]:
        options = ["--steps", str(steps), "--budget", "64", "--pairs", "1", "--begin", packaged]
        options += ["--teachers", packaged, "--share-silent", "0.5"]
        monkeypatch.setattr("sys.argv", ["train", str(tmp_path), str(tmp_path / name), *options])
        train.main()
        saved = torch.load(tmp_path / name / "checkpoint.pt", weights_only=True)
        assert saved["place"] == (steps, 1, steps)
        tensors: dict[str, torch.Tensor] = saved["reader"]
        return tensors

    first, whole = run("stopped", 1), run("whole", 3)
    again = run("stopped", 3)
    assert any(not torch.equal(first[name], whole[name]) for name in whole)
    for name in whole:
        torch.testing.assert_close(again[name], whole[name])


def test_a_run_needs_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And says what makes them."""
    monkeypatch.setattr("sys.argv", ["train", str(tmp_path), str(tmp_path / "run")])
    with pytest.raises(SystemExit):
        train.main()
    assert "make them with training.passes" in capsys.readouterr().err


def test_a_run_begins_with_whole_weights_alone(tmp_path: Path) -> None:
    """A file that lacks a tensor would leave the base model's there."""
    whole = load_file(WEIGHTS / "reader.safetensors")
    reader = train.new_reader([str(WEIGHTS / "reader.safetensors")], torch.device("cpu"))
    for name, tensor in whole.items():
        torch.testing.assert_close(reader.state_dict()[name], tensor.float())
    whole.pop("qa_outputs.bias")
    save_file(whole, tmp_path / "part.safetensors")
    with pytest.raises(RuntimeError, match=r"Missing key.*qa_outputs\.bias"):
        train.new_reader([str(tmp_path / "part.safetensors")], torch.device("cpu"))
