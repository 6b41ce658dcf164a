"""Windows: what the model reads at once, in batches of similar length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Encoding
    from torch import Tensor
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

BATCH = 16  # windows read at once
ATTRIBUTES = {"input_ids": "ids", "token_type_ids": "type_ids", "attention_mask": "attention_mask"}


def span_logits(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    windows: Sequence[Encoding],
    *,
    batch: int = BATCH,
) -> Iterator[tuple[int, NDArray[np.float32], NDArray[np.float32]]]:
    """Yield (position of the window, start logits, end logits), the shortest windows first.

    Args:
        model: A span model.
        tokenizer: Its tokenizer.
        windows: The tokens of each window, without padding.
        batch: The most windows that are read at once.
    """
    import torch

    lengths = [len(window) for window in windows]
    order = sorted(range(len(windows)), key=lambda position: lengths[position])
    for begin in range(0, len(order), batch):
        positions = order[begin : begin + batch]
        inputs = padded([windows[position] for position in positions], tokenizer)
        with torch.inference_mode():
            out: Any = model(**inputs)
        starts, ends = out.start_logits.float().numpy(), out.end_logits.float().numpy()
        for row, position in enumerate(positions):
            yield position, starts[row, : lengths[position]], ends[row, : lengths[position]]


def padded(windows: Sequence[Encoding], tokenizer: PreTrainedTokenizerFast) -> dict[str, Tensor]:
    """Return the inputs of the model by name, each (windows, tokens of the longest), padded at the end."""
    import torch

    length = max(map(len, windows))
    inputs = {}
    for name in ATTRIBUTES.keys() & set(tokenizer.model_input_names):
        padding = tokenizer.pad_token_id if name == "input_ids" else 0
        rows = [getattr(window, ATTRIBUTES[name]) for window in windows]
        inputs[name] = torch.tensor([row + [padding] * (length - len(row)) for row in rows])
    return inputs
