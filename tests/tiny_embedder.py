"""Tiny real embedders: one that sums random word vectors, and a one-layer sentence-transformers model."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qa.documents import Document, Span
from qa.index import embed_apart

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass
class WordEmbedder:
    """An embedder that sums a fixed random vector for each word, the same in every process.

    `embedded` lists every text that was embedded, in order.
    """

    name: str = "words"
    dimension: int = 16
    max_tokens: int = 50
    embedded: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """The digest; embedders with the same name and dimension return the same vectors."""
        return hashlib.sha256(f"{self.name} {self.dimension}".encode()).hexdigest()

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """Return the offsets of tokens, each a word or a single other character."""
        return [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors, and a zero vector for a text without words."""
        self.embedded.extend(texts)
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            assert len(self.token_offsets(text)) <= self.max_tokens
            for word in re.findall(r"\w+", text.casefold()):
                vectors[row] += _word_vector(self.name + word, self.dimension)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(lengths == 0, 1, lengths), dtype=np.float32)

    def embed_with_sentences(
        self, texts: Sequence[str], sentences: Sequence[Sequence[Span]]
    ) -> list[NDArray[np.float32]]:
        """Return unit vectors of texts and of each sentence by itself. Only the texts are listed."""
        remembered = [*self.embedded, *texts]
        vectors = embed_apart(self, texts, sentences)
        self.embedded[:] = remembered
        return vectors


@lru_cache(100_000)
def _word_vector(word: str, dimension: int) -> NDArray[np.float64]:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(dimension)


def save_tiny_model(folder: Path, *, max_tokens: int = 32, seed: int = 0) -> Path:
    """Write a random one-layer BERT with mean pooling, in the layout of sentence-transformers.

    Its tokenizer knows only letters. Like the packaged one, it is saved with a limit and a padding that are
    shorter than what the model can read.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel

    from tests.tiny_tokenizer import VOCABULARY, tiny_tokenizer

    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=max_tokens,
        initializer_range=0.5,
    )
    base = folder / "base"
    BertModel(config).save_pretrained(base)
    tiny_tokenizer(max_tokens=max_tokens, limit=max_tokens // 2).save_pretrained(base)
    transformer = Transformer(str(base))
    model = SentenceTransformer(
        modules=[transformer, Pooling(transformer.get_embedding_dimension())], device="cpu"
    )
    model.save(str(folder / "model"), create_model_card=False)
    return folder / "model"


def documents(*texts: str) -> list[Document]:
    """Return documents named 0, 1, ... in order."""
    return [Document(str(number), text) for number, text in enumerate(texts)]
