"""Encoders: models that turn texts and their tokens into vectors, with PyTorch or OpenVINO."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from qa.compilation import CompiledModel, Original, compiled
from qa.errors import ModelError
from qa.models import (
    MULTIPLE,
    PACKAGED_FILES,
    computes_in_bfloat16,
    name_and_revision,
    packaged_model,
    quiet_loading,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

PACKAGED_EMBEDDER = "all-MiniLM-L6-v2"
"""The name, for `load_embedder`, of the model that is installed with the package."""

PASSAGE_MEAN_SHARE = 0.4
"""Share of a passage's mean vector that is subtracted from those of its sentences: their common part does not
help to distinguish them. Chosen on training data."""


class Encoder(Protocol):
    """The model interface that the embedder uses.

    Attributes:
        tokenizer: Its tokenizer.
        max_length: Maximum number of tokens in a text, including special tokens.
        has_mean_pooling: Whether a text's vector is the mean of its tokens' vectors, normalised or not.
        multiple: Texts are padded to a multiple of this many tokens.
        digest: The SHA-256, in hex, of everything that its vectors depend on.
    """

    tokenizer: PreTrainedTokenizerFast
    max_length: int
    has_mean_pooling: bool
    multiple: int
    digest: str

    def __call__(
        self, inputs: Mapping[str, NDArray[np.int64]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the vectors of texts, (texts, dimension), and of their tokens, (texts, tokens, hidden size).

        Args:
            inputs: The inputs by name, each (texts, tokens).
        """


class TorchEncoder:
    """A sentence-transformers model on the CPU. Its prompts are not used.

    Args:
        model: The model.
        name: The name for messages.

    Raises:
        ModelError: The model has no fast tokenizer, or does not embed text.
    """

    def __init__(self, model: SentenceTransformer, *, name: str) -> None:
        if getattr(model.tokenizer, "backend_tokenizer", None) is None or model.max_seq_length is None:
            raise ModelError(f"{name} has no fast tokenizer: name another sentence-transformers model.")
        self.tokenizer: PreTrainedTokenizerFast = model.tokenizer
        self.max_length: int = model.max_seq_length
        self.has_mean_pooling = _has_mean_pooling(model)
        self.digest = _digest(model, late_chunking=self.has_mean_pooling)
        self.multiple = MULTIPLE if computes_in_bfloat16() else 1
        self.model = _in_best_precision(model.eval())

    def __call__(
        self, inputs: Mapping[str, NDArray[np.int64]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the vectors of texts and of their tokens, see `Encoder`."""
        import torch

        with torch.inference_mode():
            output: Any = self.model({name: torch.from_numpy(array) for name, array in inputs.items()})
        return output["sentence_embedding"].float().numpy(), output["token_embeddings"].float().numpy()


class CompiledEncoder:
    """The packaged model, run by OpenVINO. A text's vector is the mean of its tokens' vectors.

    Args:
        model: The compiled model, which returns the vectors of the tokens.
        tokenizer: Its tokenizer.
    """

    def __init__(self, model: CompiledModel, tokenizer: PreTrainedTokenizerFast) -> None:
        self._model = model
        self.tokenizer = tokenizer
        self.has_mean_pooling = True
        self.multiple = MULTIPLE
        self.max_length: int = model.facts["max_length"]
        self.digest: str = model.facts["digest"]

    def __call__(
        self, inputs: Mapping[str, NDArray[np.int64]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the vectors of texts and of their tokens, see `Encoder`."""
        tokens = self._model(inputs)["last_hidden_state"]
        mask = inputs["attention_mask"][:, :, np.newaxis].astype(np.float32)
        return (tokens * mask).sum(axis=1) / mask.sum(axis=1), tokens


def load_packaged() -> Encoder:
    """Load the packaged model, compiled for OpenVINO if that is available.

    Raises:
        ModelError: The model is missing or damaged.
    """

    def load() -> Original:
        model = load_sentence_transformer(str(packaged_model()), local=True)
        facts = {"digest": _digest(model, late_chunking=True), "max_length": model.max_seq_length}
        assert model.transformers_model is not None
        return Original(model.transformers_model, ["last_hidden_state"], facts)

    model = compiled("embedder", {**PACKAGED_FILES, "late chunking": str(PASSAGE_MEAN_SHARE)}, load)
    if model is None:
        packaged = load_sentence_transformer(str(packaged_model()), local=True)
        return TorchEncoder(packaged, name=PACKAGED_EMBEDDER)
    from transformers import BertTokenizer  # `AutoTokenizer` would import PyTorch

    return CompiledEncoder(model, BertTokenizer.from_pretrained(packaged_model(weights=False)))


def load_sentence_transformer(name: str, *, local: bool) -> SentenceTransformer:
    """Load a model from a folder or the Hugging Face hub.

    Args:
        name: The folder, or the name on the hub, optionally as `NAME@REVISION`.
        local: Whether to look only on this machine.

    Raises:
        ModelError: The model does not exist or is damaged.
    """
    from huggingface_hub import model_info
    from sentence_transformers import SentenceTransformer

    source, revision = name_and_revision(name)
    try:
        if not local:
            # Fails at once if the model is unknown, where the loader below would retry for a minute.
            model_info(source if "/" in source else f"sentence-transformers/{source}", revision=revision)
        with quiet_loading():
            return SentenceTransformer(source, device="cpu", local_files_only=local, revision=revision)
    # Damaged files raise errors of different libraries. To the user they all mean the same.
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise ModelError(
            f"The embedder {name} cannot be loaded: check its name or folder ({reason})"
        ) from error


def _has_mean_pooling(model: SentenceTransformer) -> bool:
    """Return whether a text's vector is the mean of its tokens' vectors, of whatever length."""
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling

    others = [module for module in list(model)[1:] if not isinstance(module, Normalize)]
    return len(others) == 1 and isinstance(others[0], Pooling) and others[0].pooling_mode == "mean"


def _in_best_precision(model: SentenceTransformer) -> SentenceTransformer:
    """Compute token vectors in bfloat16 if the processor supports it, and the rest in single precision."""
    import torch

    if model.transformers_model is not None and computes_in_bfloat16():
        model.transformers_model.to(torch.bfloat16)  # type: ignore[arg-type]
        model[0].register_forward_hook(_to_single_precision)
    return model


def _to_single_precision(module: object, inputs: object, features: dict[str, Any]) -> dict[str, Any]:
    """Convert a module's output, as a forward hook."""
    import torch

    return {
        name: value.float() if isinstance(value, torch.Tensor) and value.is_floating_point() else value
        for name, value in features.items()
    }


def unlimited(tokenizer: PreTrainedTokenizerFast) -> Tokenizer:
    """Return a copy of a tokenizer that neither truncates nor pads, even if limits were saved with it."""
    copy: Tokenizer = deepcopy(tokenizer.backend_tokenizer)
    copy.no_truncation()
    copy.no_padding()
    return copy


def _digest(model: SentenceTransformer, *, late_chunking: bool) -> str:
    import torch

    digest = hashlib.sha256(unlimited(model.tokenizer).to_str().encode())
    # str(model) lists its modules and their settings.
    digest.update(f"{model.max_seq_length} {model}".encode())
    digest.update(f"sentences {PASSAGE_MEAN_SHARE if late_chunking else None}".encode())
    if model.transformers_model is not None:
        digest.update(model.transformers_model.config.to_json_string().encode())
    for name, weights in sorted(model.state_dict().items()):
        digest.update(f"{name} {weights.dtype} {tuple(weights.shape)}".encode())
        digest.update(weights.contiguous().flatten().view(torch.uint8).numpy())
    return digest.hexdigest()
