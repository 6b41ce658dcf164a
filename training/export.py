"""Make the package's weights from checkpoints: their mean, 8 bits per weight.

    python -m training.export WEIGHTS FILE[=SHARE] ...

A FILE is a run's checkpoint.pt, or the reader.safetensors of an earlier export; shares are scaled to a sum of
1. Runs that continue one another lie in one basin, and the mean of their weights is better than each. Source
of the method: Wortsman et al. 2022, model soups.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from qa.reader.quantization import dequantized, quantized
from training.base import CONFIG, NAME


def weights_of(path: Path) -> dict[str, torch.Tensor]:
    """Return the tensors of a checkpoint or an export, in single precision."""
    if path.suffix == ".safetensors":
        return dequantized(load_file(path))
    reader: dict[str, torch.Tensor] = torch.load(path, map_location="cpu", weights_only=True)["reader"]
    return {name: tensor.float() for name, tensor in reader.items()}


def mean_of(files: Sequence[str]) -> dict[str, torch.Tensor]:
    """Return the weighted mean of each FILE[=SHARE], in single precision."""
    named = [file.partition("=") for file in files]
    shares = [float(share) if share else 1.0 for _, _, share in named]
    runs = [weights_of(Path(name)) for name, _, _ in named]
    parts = torch.tensor(shares) / sum(shares)
    return {
        name: torch.tensordot(parts, torch.stack([run[name] for run in runs]), dims=1) for name in runs[0]
    }


def main() -> None:
    """Write `reader.safetensors`, `config.json` and `reader.json`, with threshold 0 until one is chosen."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("weights", type=Path, help="the folder to write to")
    parser.add_argument("files", nargs="+", metavar="FILE[=SHARE]")
    options = parser.parse_args()

    options.weights.mkdir(parents=True, exist_ok=True)
    target = options.weights / "reader.safetensors"
    save_file(quantized(mean_of(options.files)), target)
    CONFIG.save_pretrained(options.weights)
    card = {
        "base": NAME,
        "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
        "no_answer_threshold": 0.0,
    }
    (options.weights / "reader.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
