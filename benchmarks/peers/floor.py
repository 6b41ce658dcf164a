"""The least time the work can take: the multiply-adds of the models divided by the machine's rate.

`python -m benchmarks.peers.floor FOLDER` exports the models there and prints the rates as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SIZE = 2048
TRIES = 10
EMBEDDER, READER = "embedder", "reader"


@dataclass(frozen=True)
class Transformer:
    """The size of a model.

    Attributes:
        layers: The number of layers.
        width: The size of a token's vector.
        inner: The size of a token's vector between the two matrices of a layer's feed-forward part.
    """

    layers: int
    width: int
    inner: int

    @classmethod
    def of(cls, folder: Path) -> Transformer:
        """Read the size from a model's configuration."""
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return cls(config["num_hidden_layers"], config["hidden_size"], config["intermediate_size"])

    def multiply_adds(self, tokens: int) -> int:
        """Return the multiply-adds of a pass over a sequence, counting only matrix multiplications."""
        matrices = 4 * self.width**2 + 2 * self.width * self.inner
        return self.layers * (tokens * matrices + 2 * tokens**2 * self.width)


def tokenizer_of(folder: Path) -> Tokenizer:
    """Return the tokenizer of a model, without truncation and padding."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def of_index(models: Path, texts: Iterable[str]) -> int:
    """Return the multiply-adds of one pass of the embedder over each text."""
    model, tokenizer = Transformer.of(models / EMBEDDER), tokenizer_of(models / EMBEDDER)
    return sum(model.multiply_adds(len(tokenizer.encode(text))) for text in texts)


def of_questions(models: Path, questions: Iterable[tuple[str, Iterable[str]]]) -> int:
    """Return the multiply-adds of embedding questions and reading their passages, each once and whole."""
    embedder, reader = Transformer.of(models / EMBEDDER), Transformer.of(models / READER)
    tokenizer = tokenizer_of(models / READER)
    total = 0
    for question, passages in questions:
        total += embedder.multiply_adds(len(tokenizer.encode(question)))
        total += sum(reader.multiply_adds(len(tokenizer.encode(question, text))) for text in passages)
    return total


def export(folder: Path) -> None:
    """Copy the embedder, and write the packaged reader in single precision for any program to load."""
    import shutil

    from qa.models import packaged_model
    from qa.reader import Reader

    shutil.copytree(packaged_model(), folder / EMBEDDER, dirs_exist_ok=True)
    reader = Reader.load(precise=True)
    reader.model.save_pretrained(folder / READER)
    reader.tokenizer.save_pretrained(folder / READER)


def rates() -> dict[str, float]:
    """Return the multiply-adds per second of a large matrix multiplication, by number type."""
    import torch

    found = {}
    for name in ("float32", "bfloat16"):
        left, right = (torch.randn(SIZE, SIZE).to(getattr(torch, name)) for _ in range(2))
        times = []
        for _ in range(TRIES):
            begin = time.perf_counter()
            left @ right
            times.append(time.perf_counter() - begin)
        found[name] = SIZE**3 / min(times)
    return found


def main() -> None:
    """Export the models and print the machine's rates."""
    import torch

    from qa.models import computes_in_bfloat16

    export(Path(sys.argv[1]))
    print(
        json.dumps({"rates": rates(), "bfloat16": computes_in_bfloat16(), "threads": torch.get_num_threads()})
    )


if __name__ == "__main__":
    main()
