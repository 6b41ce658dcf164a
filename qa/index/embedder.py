"""Embedder: sentence embeddings whose inner product is the similarity of two texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from qa.documents import Span
from qa.errors import ModelError
from qa.index.encoder import (
    PACKAGED_EMBEDDER,
    PASSAGE_MEAN_SHARE,
    Encoder,
    TorchEncoder,
    load_packaged,
    load_sentence_transformer,
    unlimited,
)
from qa.models import collector_paused, padded

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Encoding

BATCH = 32
"""Number of texts embedded in one forward pass."""


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
        """Maximum number of tokens in a text, not counting special tokens."""

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """Return the half-open offsets of each token, special tokens excluded, of a text of any length."""

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
            For each text an array (1 + sentences, dimension) of unit vectors: first the text's, as from
            `embed`, then each sentence's.

        Raises:
            ValueError: As for `embed`.
        """


def embed_apart(
    embedder: Embedder, texts: Sequence[str], sentences: Sequence[Sequence[Span]]
) -> list[NDArray[np.float32]]:
    """Embed texts and sentences separately: `Embedder.embed_with_sentences` for any embedder."""
    parts = [
        [text, *(text[span.start : span.end] for span in spans)]
        for text, spans in zip(texts, sentences, strict=True)
    ]
    vectors = embedder.embed([part for parts_of_text in parts for part in parts_of_text])
    ends = np.cumsum([len(parts_of_text) for parts_of_text in parts])
    return [vectors[end - len(one) : end] for one, end in zip(parts, ends, strict=True)]


class SentenceEmbedder:
    """Embeds texts and, in the same pass, their sentences.

    Args:
        encoder: The model.
        name: The name for messages.
    """

    def __init__(self, encoder: Encoder, *, name: str) -> None:
        # A copy without limits: the model sets limits on its own tokenizer.
        self._tokenizer = unlimited(encoder.tokenizer)
        self.name = name
        self.max_tokens = encoder.max_length - self._tokenizer.num_special_tokens_to_add(is_pair=False)
        self.digest = encoder.digest
        self._encoder = encoder
        self.dimension = self._forward(self._tokenizer.encode_batch([""]))[0].shape[1]

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """Return the half-open offsets of each token, special tokens excluded, of a text of any length."""
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

        With mean pooling, a sentence's vector is the mean of its token vectors from the pass over the whole
        text ("late chunking", Günther et al. 2024), minus a share of the mean over all tokens. With any other
        pooling, sentences are embedded separately.

        Args:
            texts: The texts.
            sentences: The spans of the sentences of each text.

        Returns:
            For each text an array (1 + sentences, dimension) of unit vectors: first the text's, as from
            `embed`, then each sentence's.

        Raises:
            ValueError: A text has more than `max_tokens` tokens.
            ModelError: The model returns infinity or NaN.
        """
        if not self._encoder.has_mean_pooling and any(sentences):
            return embed_apart(self, texts, sentences)
        encodings = self._tokenizer.encode_batch(list(texts))
        for encoding in encodings:
            if (tokens := len(encoding) - sum(encoding.special_tokens_mask)) > self.max_tokens:
                raise ValueError(f"a text has {tokens} tokens, {self.name} reads at most {self.max_tokens}")
        vectors: list[NDArray[np.float32]] = [np.zeros((0, self.dimension), np.float32)] * len(texts)
        # Batches of similar length need little padding. With the longest first, later batches fit into memory
        # that is already allocated.
        order = sorted(range(len(texts)), key=lambda position: -len(encodings[position]))
        for first in range(0, len(order), BATCH):
            batch = order[first : first + BATCH]
            text_vectors, token_vectors = self._forward([encodings[position] for position in batch])
            for row, position in enumerate(batch):
                of_sentences = _sentence_vectors(token_vectors[row], encodings[position], sentences[position])
                vectors[position] = self._normalised(np.vstack([text_vectors[row], of_sentences]))
        return vectors

    def _forward(self, encodings: Sequence[Encoding]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Run the model on tokenized texts.

        Returns:
            The vectors of the texts, (texts, dimension), and of the tokens, (texts, tokens, hidden size).
        """
        inputs = padded(encodings, self._encoder.tokenizer, multiple=self._encoder.multiple)
        return self._encoder(inputs)

    def _normalised(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scale vectors (any, dimension) to length 1. A zero vector stays zero."""
        if not np.isfinite(vectors).all():
            raise ModelError(f"{self.name} returns vectors with infinity or NaN: name another model.")
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(norms == 0, 1, norms), dtype=np.float32)


def _sentence_vectors(
    tokens: NDArray[np.float32], encoding: Encoding, sentences: Sequence[Span]
) -> NDArray[np.float32]:
    """Return (sentences, dimension): each sentence's mean token vector, minus a share of the text's mean.

    Args:
        tokens: (tokens or more, dimension) The vectors of the text's tokens, special ones included; any more
            are padding.
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
    """Load an embedder. The network is used only if the model is not on this machine.

    Args:
        name: `PACKAGED_EMBEDDER`, the folder of a sentence-transformers model, or its name on the Hugging
            Face hub, optionally as `NAME@REVISION`.

    Raises:
        ModelError: The model does not exist or is damaged.
    """
    if name == PACKAGED_EMBEDDER:
        return SentenceEmbedder(load_packaged(), name=name)
    try:
        model = load_sentence_transformer(name, local=True)
    except ModelError:
        if Path(name).is_dir():
            raise
        model = load_sentence_transformer(name, local=False)
    return SentenceEmbedder(TorchEncoder(model, name=name), name=name)
