"""A real reader, tiny and untrained, built in memory: one BERT layer and a word-level tokenizer."""

from __future__ import annotations

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertForQuestionAnswering, PreTrainedTokenizerFast

from qa.answer import Passage
from qa.chunk import Chunk
from qa.document import Document, Span
from qa.reader import Reader

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefghijklmnopqrstuvwxyz0123456789.,?!'é中"]


def tiny_reader(*, max_tokens: int = 48, stride: int = 12, seed: int = 0) -> Reader:
    """A reader with large random weights, so that its scores differ from place to place."""
    torch.manual_seed(seed)
    vocabulary = {piece: number for number, piece in enumerate(VOCABULARY)}
    vocabulary |= {f"##{piece}": len(vocabulary) + number for number, piece in enumerate(VOCABULARY[4:])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=max_tokens,
        initializer_range=0.5,
    )
    return Reader(BertForQuestionAnswering(config), fast, max_tokens=max_tokens, stride=stride)


def whole(text: str, name: str = "text") -> Passage:
    """A passage that is a whole document."""
    return Passage(Chunk(Document(name, text), Span(0, len(text))), 0.0, None, None)
