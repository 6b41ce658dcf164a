"""A tiny, untrained, but real reader, built in memory: one BERT layer and a tokenizer of letters."""

from __future__ import annotations

import torch
from transformers import BertConfig, BertForQuestionAnswering

from qa.documents import Document, Span
from qa.reader import Reader
from qa.results import Passage
from tests.tiny_tokenizer import VOCABULARY, tiny_tokenizer


def tiny_reader(*, max_tokens: int = 48, stride: int = 12, seed: int = 0) -> Reader:
    """Return a reader with large random weights, so that its scores differ from place to place."""
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
    return Reader(
        BertForQuestionAnswering(config),
        tiny_tokenizer(max_tokens=max_tokens),
        max_tokens=max_tokens,
        stride=stride,
    )


def whole(text: str, name: str = "text") -> Passage:
    """Return a passage that is a whole document."""
    return Passage(Document(name, text), Span(0, len(text)), 0.0, None, None)
