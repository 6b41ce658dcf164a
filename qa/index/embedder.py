"""Embedder: sentence embeddings whose inner product is the similarity of two texts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from qa.errors import ModelError
from qa.models import packaged_model, quiet_loading

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

PACKAGED_EMBEDDER = "all-MiniLM-L6-v2"
"""The name, for `load_embedder`, of the model that is installed with the package."""


class Embedder(Protocol):
    """Turns texts into unit vectors. Any object with these members can be used."""

    @property
    def name(self) -> str:
        """The name for messages."""

    @property
    def digest(self) -> str:
        """The SHA-256, in hex, of everything that its vectors depend on."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""

    @property
    def max_tokens(self) -> int:
        """The most tokens of a text, without special tokens."""

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """Return the half-open offsets of each token of a text of any length, without special tokens."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a unit vector for each text, (texts, dimension).

        Raises:
            ValueError: A text has more than `max_tokens` tokens. Texts are never truncated.
        """


class SentenceEmbedder:
    """An embedder that runs a sentence-transformers model on the CPU. The model's prompts are not used.

    Args:
        model: The model.
        name: The name for messages.

    Raises:
        ModelError: The model has no fast tokenizer, or does not embed text.
    """

    def __init__(self, model: SentenceTransformer, *, name: str) -> None:
        tokenizer = getattr(model.tokenizer, "backend_tokenizer", None)
        if tokenizer is None or model.max_seq_length is None:
            raise ModelError(f"{name} has no fast tokenizer: name another sentence-transformers model.")
        # The model sets limits on its own tokenizer. The copy has none, even if they were saved with it.
        self._tokenizer = deepcopy(tokenizer)
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._model = model.eval()
        self.name = name
        self.max_tokens = model.max_seq_length - tokenizer.num_special_tokens_to_add(is_pair=False)
        self.digest = _digest(model, self._tokenizer.to_str())
        self.dimension = self._encode([""]).shape[1]

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """Return the half-open offsets of each token of a text of any length, without special tokens."""
        offsets: list[tuple[int, int]] = self._tokenizer.encode(text, add_special_tokens=False).offsets
        return offsets

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a unit vector for each text, (texts, dimension).

        Raises:
            ValueError: A text has more than `max_tokens` tokens.
            ModelError: The model returns infinity or NaN.
        """
        for text in texts:
            if (tokens := len(self.token_offsets(text))) > self.max_tokens:
                raise ValueError(f"a text has {tokens} tokens, {self.name} reads at most {self.max_tokens}")
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = self._encode(texts)
        if not np.isfinite(vectors).all():
            raise ModelError(f"{self.name} returns vectors with infinity or NaN: name another model.")
        # Normalise in float32, whatever precision the model has. A zero vector stays zero.
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(norms == 0, 1, norms), dtype=np.float32)

    def _encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = self._model.encode(list(texts), prompt="", show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)


def load_embedder(name: str = PACKAGED_EMBEDDER) -> SentenceEmbedder:
    """Load an embedder. Only a model that is not on this machine needs the network.

    Args:
        name: `PACKAGED_EMBEDDER`, the folder of a sentence-transformers model, or its name on the Hugging
            Face hub.

    Raises:
        ModelError: The model does not exist or is damaged.
    """
    folder = packaged_model() if name == PACKAGED_EMBEDDER else Path(name)
    if folder.is_dir():
        return SentenceEmbedder(_load(str(folder), local=True), name=name)
    try:
        return SentenceEmbedder(_load(name, local=True), name=name)
    except ModelError:
        return SentenceEmbedder(_load(name, local=False), name=name)


def _load(name: str, *, local: bool) -> SentenceTransformer:
    from huggingface_hub import model_info
    from sentence_transformers import SentenceTransformer

    try:
        if not local:
            # Fails at once if the model is unknown, where the loader below would retry for a minute.
            model_info(name if "/" in name else f"sentence-transformers/{name}")
        with quiet_loading():
            return SentenceTransformer(name, device="cpu", local_files_only=local)
    # Each file of a model fails with an error of its own library. To the user they mean the same.
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise ModelError(
            f"The embedder {name} cannot be loaded: check its name or folder ({reason})"
        ) from error


def _digest(model: SentenceTransformer, tokenizer: str) -> str:
    import torch

    digest = hashlib.sha256(tokenizer.encode())
    # str(model) lists its modules and their settings.
    digest.update(f"{model.max_seq_length} {model}".encode())
    if model.transformers_model is not None:
        digest.update(model.transformers_model.config.to_json_string().encode())
    for name, weights in sorted(model.state_dict().items()):
        digest.update(f"{name} {weights.dtype} {tuple(weights.shape)}".encode())
        digest.update(weights.contiguous().flatten().view(torch.uint8).numpy())
    return digest.hexdigest()
