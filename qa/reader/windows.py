"""Windows: what the model reads at once, in batches of similar length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qa.models import padded
from qa.reader.span_model import SpanModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Encoding
    from transformers import PreTrainedTokenizerFast

BATCH = 16  # windows read at once


def span_logits(
    model: SpanModel,
    tokenizer: PreTrainedTokenizerFast,
    windows: Sequence[Encoding],
    *,
    batch: int = BATCH,
) -> Iterator[tuple[int, NDArray[np.float32], NDArray[np.float32]]]:
    """Yield (position of the window, start logits, end logits), the longest windows first.

    Shorter ones then fit into the memory that longer ones leave.

    Args:
        model: A span model.
        tokenizer: Its tokenizer.
        windows: The tokens of each window, without padding.
        batch: The most windows that are read at once.
    """
    lengths = [len(window) for window in windows]
    order = sorted(range(len(windows)), key=lambda position: -lengths[position])
    for begin in range(0, len(order), batch):
        positions = order[begin : begin + batch]
        encodings = [windows[position] for position in positions]
        starts, ends = model(padded(encodings, tokenizer, multiple=model.multiple))
        for row, position in enumerate(positions):
            yield position, starts[row, : lengths[position]], ends[row, : lengths[position]]
