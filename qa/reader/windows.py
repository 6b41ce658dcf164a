"""Windows: running the model on them in batches of similar length, with a cache."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from qa.models import padded
from qa.reader.span_model import SpanModel

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Encoding
    from transformers import PreTrainedTokenizerFast

BATCH = 16  # windows read at once

REMEMBERED_WINDOWS = 256
"""Number of recently used windows whose logits are kept; each takes up to five kilobytes."""


class RememberingModel:
    """A span model with a cache of the windows read last.

    A broad question needs its windows twice: for the best spans, and then for the best span of each sentence.
    Several threads may use one instance at once.

    Args:
        model: A span model.
        tokenizer: Its tokenizer.
    """

    def __init__(self, model: SpanModel, tokenizer: PreTrainedTokenizerFast) -> None:
        self._model, self._tokenizer = model, tokenizer
        self._known: OrderedDict[bytes, tuple[NDArray[np.float32], NDArray[np.float32]]] = OrderedDict()
        self._changing = Lock()

    def span_logits(
        self, windows: Sequence[Encoding]
    ) -> Iterator[tuple[int, NDArray[np.float32], NDArray[np.float32]]]:
        """Yield the results of the function `span_logits`, cached windows first."""
        keys = [np.array(window.ids, np.int32).tobytes() for window in windows]
        with self._changing:
            known = {key: self._known[key] for key in keys if key in self._known}
            for key in known:
                self._known.move_to_end(key)
        for position, key in enumerate(keys):
            if key in known:
                yield position, *known[key]
        unknown = [position for position, key in enumerate(keys) if key not in known]
        read = span_logits(self._model, self._tokenizer, [windows[position] for position in unknown])
        for number, starts, ends in read:
            with self._changing:
                self._known[keys[unknown[number]]] = starts.copy(), ends.copy()  # not views of the batch
                while len(self._known) > REMEMBERED_WINDOWS:
                    self._known.popitem(last=False)
            yield unknown[number], starts, ends


def span_logits(
    model: SpanModel,
    tokenizer: PreTrainedTokenizerFast,
    windows: Sequence[Encoding],
    *,
    batch: int = BATCH,
) -> Iterator[tuple[int, NDArray[np.float32], NDArray[np.float32]]]:
    """Yield (position of the window, start logits, end logits), the longest windows first.

    Shorter windows then fit into memory that is already allocated.

    Args:
        model: A span model.
        tokenizer: Its tokenizer.
        windows: The tokens of each window, without padding.
        batch: Maximum number of windows read at once.
    """
    lengths = [len(window) for window in windows]
    order = sorted(range(len(windows)), key=lambda position: -lengths[position])
    for begin in range(0, len(order), batch):
        positions = order[begin : begin + batch]
        encodings = [windows[position] for position in positions]
        starts, ends = model(padded(encodings, tokenizer, multiple=model.multiple))
        for row, position in enumerate(positions):
            yield position, starts[row, : lengths[position]], ends[row, : lengths[position]]
