"""Text to vectors whose inner product says how near two texts are in meaning."""

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

#: The embedder that comes with the package's requirements, as `load_embedder` knows it.
PACKAGED_EMBEDDER = "all-MiniLM-L6-v2"


class Embedder(Protocol):
    """Turns texts into unit vectors: the seam at which another model, or none, can be put in."""

    @property
    def name(self) -> str:
        """What to call it in a message."""

    @property
    def digest(self) -> str:
        """SHA-256 in hex of all that its vectors depend on: two embedders that share it agree."""

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""

    @property
    def max_tokens(self) -> int:
        """The most tokens, special ones left out, that a text may have."""

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """Start and end, in code points, of each token of a text of any length; no special tokens."""

    def embed(self, texts: Sequence[str], *, progress: bool = False) -> NDArray[np.float32]:
        """Vectors of unit length, (texts, dimension); `progress` shows a bar on stderr.

        Raises:
            ValueError: a text has more than `max_tokens` tokens. No part of a text is ever left out.
        """


class SentenceEmbedder:
    """Any sentence-transformers model that has a fast tokenizer, on the processor.

    Its own prompts are not used: a text is embedded as it stands.

    Raises:
        ModelError: the model reads no text, or its tokenizer cannot tell places.
    """

    def __init__(self, model: SentenceTransformer, *, name: str) -> None:
        backend = getattr(model.tokenizer, "backend_tokenizer", None)
        if backend is None or model.max_seq_length is None:
            raise ModelError(f"{name} has no fast tokenizer: name another sentence-transformers model.")
        # A copy, without the limits that may be saved with it, since the model sets limits on its own.
        self._tokenizer = deepcopy(backend)
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._model = model.eval()
        self.name = name
        self.max_tokens = model.max_seq_length - backend.num_special_tokens_to_add(is_pair=False)
        self.digest = _digest(model, self._tokenizer.to_str())
        self.dimension = self._encode([""], progress=False).shape[1]

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """Start and end, in code points, of each token of a text of any length; no special tokens."""
        offsets: list[tuple[int, int]] = self._tokenizer.encode(text, add_special_tokens=False).offsets
        return offsets

    def embed(self, texts: Sequence[str], *, progress: bool = False) -> NDArray[np.float32]:
        """Vectors of unit length, (texts, dimension); `progress` shows a bar on stderr.

        Raises:
            ValueError: a text has more than `max_tokens` tokens.
            ModelError: the model gives what is not a number.
        """
        for text in texts:
            if (tokens := len(self.token_offsets(text))) > self.max_tokens:
                raise ValueError(f"a text has {tokens} tokens, {self.name} reads at most {self.max_tokens}")
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = self._encode(texts, progress=progress)
        if not np.isfinite(vectors).all():
            raise ModelError(f"{self.name} gives vectors that are not numbers: name another model.")
        # Whatever precision the model works in, lengths are mended here; a zero vector stays zero.
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(lengths == 0, 1, lengths), dtype=np.float32)

    def _encode(self, texts: Sequence[str], *, progress: bool) -> NDArray[np.float32]:
        vectors = self._model.encode(list(texts), prompt="", show_progress_bar=progress)
        return np.asarray(vectors, dtype=np.float32)


def load_embedder(name: str = PACKAGED_EMBEDDER) -> SentenceEmbedder:
    """The packaged embedder, or any sentence-transformers model by hub name or folder.

    The packaged one and folders need no network. A hub model is looked for on this machine first.

    Raises:
        ModelError: there is no such model, or it is damaged.
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
            # Fails at once where the loader below would try again and again for a minute.
            model_info(name if "/" in name else f"sentence-transformers/{name}")
        with quiet_loading():
            return SentenceTransformer(name, device="cpu", local_files_only=local)
    # Each file of a model fails in its own library's way, and all mean the same to the user.
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise ModelError(
            f"The embedder {name} cannot be loaded: check its name or folder ({reason})"
        ) from error


def _digest(model: SentenceTransformer, tokenizer: str) -> str:
    import torch

    digest = hashlib.sha256(tokenizer.encode())
    # What a model shows of itself are its modules with their settings.
    digest.update(f"{model.max_seq_length} {model}".encode())
    if model.transformers_model is not None:
        digest.update(model.transformers_model.config.to_json_string().encode())
    for name, weights in sorted(model.state_dict().items()):
        digest.update(f"{name} {weights.dtype} {tuple(weights.shape)}".encode())
        digest.update(weights.contiguous().flatten().view(torch.uint8).numpy())
    return digest.hexdigest()
