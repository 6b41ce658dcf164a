"""Embedder: sentence embeddings whose inner product is the similarity of two texts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from qa.documents import Span
from qa.errors import ModelError
from qa.models import (
    collector_paused,
    computes_in_bfloat16,
    name_and_revision,
    packaged_model,
    padded,
    quiet_loading,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer
    from tokenizers import Encoding

PACKAGED_EMBEDDER = "all-MiniLM-L6-v2"
"""The name, for `load_embedder`, of the model that is installed with the package."""

BATCH = 32
"""How many texts are embedded in one forward pass."""

PASSAGE_MEAN_SHARE = 0.4
"""How much of a passage's mean is taken from the means of its sentences: what they have in common tells
them apart from nothing. Chosen on training data."""


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

    def embed_with_sentences(
        self, texts: Sequence[str], sentences: Sequence[Sequence[Span]]
    ) -> list[NDArray[np.float32]]:
        """Embed texts and their sentences.

        Args:
            texts: The texts.
            sentences: The spans of the sentences of each text.

        Returns:
            For each text an array (1 + sentences, dimension) of unit vectors: the text's, which is that of
            `embed`, then each sentence's.

        Raises:
            ValueError: As `embed`.
        """


def embed_apart(
    embedder: Embedder, texts: Sequence[str], sentences: Sequence[Sequence[Span]]
) -> list[NDArray[np.float32]]:
    """Embed texts and their sentences, each by itself: `Embedder.embed_with_sentences` for any embedder."""
    parts = [
        [text, *(text[span.start : span.end] for span in spans)]
        for text, spans in zip(texts, sentences, strict=True)
    ]
    vectors = embedder.embed([part for parts_of_text in parts for part in parts_of_text])
    ends = np.cumsum([len(parts_of_text) for parts_of_text in parts])
    return [vectors[end - len(one) : end] for one, end in zip(parts, ends, strict=True)]


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
        self.name = name
        self.max_tokens = model.max_seq_length - tokenizer.num_special_tokens_to_add(is_pair=False)
        self._has_mean_pooling = _has_mean_pooling(model)
        self.digest = _digest(model, self._tokenizer.to_str(), self._has_mean_pooling)
        self._model = _in_best_precision(model.eval())
        self.dimension = self._forward(self._tokenizer.encode_batch([""]))[0].shape[1]

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
        vectors = self.embed_with_sentences(texts, [()] * len(texts))
        return np.concatenate([np.zeros((0, self.dimension), np.float32), *vectors])

    def embed_with_sentences(
        self, texts: Sequence[str], sentences: Sequence[Sequence[Span]]
    ) -> list[NDArray[np.float32]]:
        """Embed texts and their sentences.

        With mean pooling, a sentence's vector is the mean of its tokens in the pass of the whole text ("late
        chunking", Günther et al. 2024), less a share of the mean of all. With another pooling, sentences
        are embedded by themselves.

        Args:
            texts: The texts.
            sentences: The spans of the sentences of each text.

        Returns:
            For each text an array (1 + sentences, dimension) of unit vectors: the text's, which is that of
            `embed`, then each sentence's.

        Raises:
            ValueError: A text has more than `max_tokens` tokens.
            ModelError: The model returns infinity or NaN.
        """
        if not self._has_mean_pooling and any(sentences):
            return embed_apart(self, texts, sentences)
        encodings = self._tokenizer.encode_batch(list(texts))
        for encoding in encodings:
            if (tokens := len(encoding) - sum(encoding.special_tokens_mask)) > self.max_tokens:
                raise ValueError(f"a text has {tokens} tokens, {self.name} reads at most {self.max_tokens}")
        vectors: list[NDArray[np.float32]] = [np.zeros((0, self.dimension), np.float32)] * len(texts)
        # Texts of like length need little padding.
        # Texts of like length need little padding. The longest come first, so that those after them fit into
        # the memory that they leave.
        order = sorted(range(len(texts)), key=lambda position: -len(encodings[position]))
        for first in range(0, len(order), BATCH):
            batch = order[first : first + BATCH]
            text_vectors, token_vectors = self._forward([encodings[position] for position in batch])
            for row, position in enumerate(batch):
                of_sentences = _sentence_vectors(token_vectors[row], encodings[position], sentences[position])
                vectors[position] = self._normalised(np.vstack([text_vectors[row], of_sentences]))
        return vectors

    def _forward(self, encodings: Sequence[Encoding]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return what the model makes of texts and of their tokens.

        Returns:
            The vectors of the texts, (texts, dimension), and of the tokens, (texts, tokens, hidden size).
        """
        import torch

        with torch.inference_mode():
            output: dict[str, Any] = self._model(padded(encodings, self._model.tokenizer))
        return output["sentence_embedding"].float().numpy(), output["token_embeddings"].float().numpy()

    def _normalised(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return vectors (any, dimension) of length 1. A zero vector stays zero."""
        if not np.isfinite(vectors).all():
            raise ModelError(f"{self.name} returns vectors with infinity or NaN: name another model.")
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(norms == 0, 1, norms), dtype=np.float32)


def _sentence_vectors(
    tokens: NDArray[np.float32], encoding: Encoding, sentences: Sequence[Span]
) -> NDArray[np.float32]:
    """Return the mean (sentences, dimension) of the tokens of each sentence, less a share of that of all.

    Args:
        tokens: (at least all tokens, dimension) The vectors of the tokens of a text, special ones included.
        encoding: The tokens of the text.
        sentences: The spans of its sentences.
    """
    mean = tokens[: len(encoding)].mean(axis=0)
    if not sentences:
        return np.zeros((0, tokens.shape[1]), np.float32)
    inner = np.flatnonzero(np.array(encoding.special_tokens_mask) == 0)
    starts = np.array(encoding.offsets)[inner, 0]
    edges = np.searchsorted(starts, [(span.start, span.end) for span in sentences])
    sums = np.cumsum(np.vstack([np.zeros_like(mean), tokens[inner]]), axis=0)
    counts = np.diff(edges, axis=1)
    means = np.where(counts > 0, (sums[edges[:, 1]] - sums[edges[:, 0]]) / np.maximum(counts, 1), mean)
    return np.asarray(means - PASSAGE_MEAN_SHARE * mean, dtype=np.float32)


@collector_paused()
def load_embedder(name: str = PACKAGED_EMBEDDER) -> SentenceEmbedder:
    """Load an embedder. Only a model that is not on this machine needs the network.

    Args:
        name: `PACKAGED_EMBEDDER`, the folder of a sentence-transformers model, or its name on the Hugging
            Face hub, also as `NAME@REVISION`.

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

    source, revision = name_and_revision(name)
    try:
        if not local:
            # Fails at once if the model is unknown, where the loader below would retry for a minute.
            model_info(source if "/" in source else f"sentence-transformers/{source}", revision=revision)
        with quiet_loading():
            return SentenceTransformer(source, device="cpu", local_files_only=local, revision=revision)
    # Each file of a model fails with an error of its own library. To the user they mean the same.
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
    """Compute tokens in bfloat16 where the processor can, and everything after them in single precision."""
    import torch

    if model.transformers_model is not None and computes_in_bfloat16():
        model.transformers_model.to(torch.bfloat16)  # type: ignore[arg-type]
        model[0].register_forward_hook(_to_single_precision)
    return model


def _to_single_precision(module: object, inputs: object, features: dict[str, Any]) -> dict[str, Any]:
    """Convert what a module hands on."""
    import torch

    return {
        name: value.float() if isinstance(value, torch.Tensor) and value.is_floating_point() else value
        for name, value in features.items()
    }


def _digest(model: SentenceTransformer, tokenizer: str, late_chunking: bool) -> str:
    import torch

    digest = hashlib.sha256(tokenizer.encode())
    # str(model) lists its modules and their settings.
    digest.update(f"{model.max_seq_length} {model}".encode())
    digest.update(f"sentences {PASSAGE_MEAN_SHARE if late_chunking else None}".encode())
    if model.transformers_model is not None:
        digest.update(model.transformers_model.config.to_json_string().encode())
    for name, weights in sorted(model.state_dict().items()):
        digest.update(f"{name} {weights.dtype} {tuple(weights.shape)}".encode())
        digest.update(weights.contiguous().flatten().view(torch.uint8).numpy())
    return digest.hexdigest()
