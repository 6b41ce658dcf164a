"""The recipe of the tutorials: sentence-transformers, a flat FAISS index, a span model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

from benchmarks.peers.system import System

MAX_TOKENS = 384
MAX_ANSWER_TOKENS = 30


class Recipe(System):
    """What tutorials do by hand.

    Settings: `passages`, how many to read; `batched`, whether they are read together, padded to the longest,
    or one by one, padded to 384 tokens; `dtype`.
    """

    def index(self, texts: Sequence[str]) -> None:
        """Embed the texts and add their vectors to an index."""
        self._load_models()
        self.texts = list(texts)
        vectors = self.encoder.encode(self.texts, normalize_embeddings=True)
        self.vectors = faiss.IndexFlatIP(vectors.shape[1])
        self.vectors.add(np.asarray(vectors, np.float32))

    def answer(self, question: str) -> str:
        """Return the span with the largest product of the probabilities of its start and end."""
        vector = self.encoder.encode([question], normalize_embeddings=True)
        _, rows = self.vectors.search(np.asarray(vector, np.float32), self.settings.get("passages", 5))
        found = [self.texts[row] for row in rows[0] if row >= 0]
        if self.settings.get("batched"):
            return max(self._read(question, found, padding=True))[1]
        return max(self._read(question, [text], padding="max_length")[0] for text in found)[1]

    def save(self, texts: Sequence[str], folder: Path) -> None:
        """Write the vectors and the texts."""
        faiss.write_index(self.vectors, str(folder / "vectors.faiss"))
        (folder / "texts.json").write_text(json.dumps(self.texts), encoding="utf-8")

    def load(self, folder: Path) -> None:
        """Read the vectors and the texts."""
        self._load_models()
        self.vectors = faiss.read_index(str(folder / "vectors.faiss"))
        self.texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))

    def _load_models(self) -> None:
        dtype = getattr(torch, self.settings.get("dtype", "float32"))
        self.encoder = SentenceTransformer(str(self.embedder), device="cpu", model_kwargs={"dtype": dtype})
        self.model = AutoModelForQuestionAnswering.from_pretrained(str(self.reader), dtype=dtype).eval()
        self.tokenizer: Any = AutoTokenizer.from_pretrained(str(self.reader))

    def _read(self, question: str, texts: list[str], *, padding: bool | str) -> list[tuple[float, str]]:
        """Return for each text the probability of its best span, and the span."""
        inputs = self.tokenizer(
            [question] * len(texts),
            texts,
            max_length=MAX_TOKENS,
            truncation="only_second",
            padding=padding,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        offsets = inputs.pop("offset_mapping")
        with torch.inference_mode():
            out = self.model(**inputs)
        spans = []
        for row, text in enumerate(texts):
            inside = torch.tensor([side == 1 for side in inputs.sequence_ids(row)])
            starts = out.start_logits[row].float().softmax(-1) * inside
            ends = out.end_logits[row].float().softmax(-1) * inside
            products = torch.triu(starts[:, None] * ends[None, :]).tril(MAX_ANSWER_TOKENS - 1)
            first, last = divmod(int(products.argmax()), len(ends))
            span = text[int(offsets[row, first, 0]) : int(offsets[row, last, 1])]
            spans.append((float(products[first, last]), span))
        return spans
