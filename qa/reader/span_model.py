"""Span models: a start and an end logit for each token of a window, with PyTorch or OpenVINO."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from qa.compilation import CompiledModel
from qa.models import MULTIPLE, computes_in_bfloat16

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from transformers import PreTrainedModel

    Logits = tuple[NDArray[np.float32], NDArray[np.float32]]
    """The start logits and the end logits, each (windows, tokens)."""


@runtime_checkable
class SpanModel(Protocol):
    """The model interface that the reader uses.

    Attributes:
        max_tokens: Maximum number of tokens in a window; None for no limit.
        multiple: Windows are padded to a multiple of this many tokens.
    """

    max_tokens: int | None
    multiple: int

    def __call__(self, inputs: Mapping[str, NDArray[np.int64]]) -> Logits:
        """Return the logits of windows, given their inputs by name, each (windows, tokens)."""


class TorchSpanModel:
    """A span model of transformers.

    Args:
        model: The model.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        self.model = model.eval()
        self.multiple = MULTIPLE if computes_in_bfloat16() else 1
        self.max_tokens: int | None = getattr(model.config, "max_position_embeddings", None)

    def __call__(self, inputs: Mapping[str, NDArray[np.int64]]) -> Logits:
        """Return the logits of windows, given their inputs by name, each (windows, tokens)."""
        import torch

        with torch.inference_mode():
            out: Any = self.model(**{name: torch.from_numpy(array) for name, array in inputs.items()})
        return out.start_logits.float().numpy(), out.end_logits.float().numpy()


class CompiledSpanModel:
    """A span model that OpenVINO runs.

    Args:
        model: The compiled model, which returns start and end logits.
    """

    def __init__(self, model: CompiledModel) -> None:
        self._model = model
        self.multiple = MULTIPLE
        self.max_tokens: int | None = model.facts["max_tokens"]

    def __call__(self, inputs: Mapping[str, NDArray[np.int64]]) -> Logits:
        """Return the logits of windows, given their inputs by name, each (windows, tokens)."""
        found = self._model(inputs)
        return found["start_logits"], found["end_logits"]
