"""Checkpoints become the package's weights."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from qa.reader.quantization import dequantized
from training import export

ONE = {"layer.weight": torch.tensor([[1.0, -2.0], [0.5, 4.0]]), "layer.bias": torch.tensor([1.0, 0.0])}
OTHER = {name: tensor + 2 for name, tensor in ONE.items()}


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    paths = []
    for number, reader in enumerate((ONE, OTHER)):
        paths.append(tmp_path / f"{number}.pt")
        torch.save({"reader": reader}, paths[-1])
    return paths


def test_the_mean_of_runs_is_weighed_by_their_shares(runs: list[Path]) -> None:
    one, other = runs
    for files, added in (
        ([f"{one}"], 0.0),
        ([f"{one}", f"{other}"], 1.0),
        ([f"{one}=3", f"{other}=1"], 0.5),
    ):
        mean = export.mean_of(files)
        assert mean.keys() == ONE.keys()
        for name, tensor in mean.items():
            torch.testing.assert_close(tensor, ONE[name] + added)


def test_an_export_can_be_read_back_and_is_known_by_its_digest(
    runs: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No weight is off by more than half a step."""
    target = tmp_path / "weights"
    monkeypatch.setattr(sys, "argv", ["export", str(target), str(runs[0])])
    export.main()
    path = target / "reader.safetensors"
    card = json.loads((target / "reader.json").read_text())
    assert card["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert json.loads((target / "config.json").read_text())["num_hidden_layers"] == 12
    for read in (dequantized(load_file(path)), export.weights_of(path)):
        step = ONE["layer.weight"].abs().amax(1, keepdim=True) / 127
        assert ((read["layer.weight"] - ONE["layer.weight"]).abs() <= step / 2 * (1 + 1e-5)).all()
        assert torch.equal(read["layer.bias"], ONE["layer.bias"])
