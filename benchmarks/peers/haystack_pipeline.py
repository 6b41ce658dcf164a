"""Haystack: embedding retriever over the in-memory store, and the extractive reader."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from haystack_integrations.components.readers.transformers import TransformersExtractiveReader

from benchmarks.peers.system import System

INDEX = "store.json"


class HaystackPipeline(System):
    """The pipeline of Haystack's documentation for extractive question answering.

    Settings: `retriever` and `reader`, arguments of these; `hybrid`, whether BM25 retrieves too; `dtype`.
    """

    distributions = ("haystack-ai", "transformers-haystack", "sentence-transformers-haystack")

    def index(self, texts: Sequence[str]) -> None:
        """Embed the texts and write them to an in-memory store."""
        store = InMemoryDocumentStore()
        embedder = SentenceTransformersDocumentEmbedder(
            model=str(self.embedder), progress_bar=False, model_kwargs=self._model_arguments()
        )
        embedder.warm_up()
        store.write_documents(embedder.run([Document(content=text) for text in texts])["documents"])
        self._connect(store)

    def answer(self, question: str) -> str:
        """Return the data of the first answer; that of "no answer" is None."""
        inputs: dict[str, Any] = {"embedder": {"text": question}, "reader": {"query": question}}
        if self.settings.get("hybrid"):
            inputs["words"] = {"query": question}
        answers = self.pipeline.run(inputs)["reader"]["answers"]
        return (answers[0].data or "") if answers else ""

    def save(self, texts: Sequence[str], folder: Path) -> None:
        """Write the store."""
        self.store.save_to_disk(str(folder / INDEX))

    def load(self, folder: Path) -> None:
        """Read the store."""
        self._connect(InMemoryDocumentStore.load_from_disk(str(folder / INDEX)))

    def _connect(self, store: InMemoryDocumentStore) -> None:
        self.store, self.pipeline = store, Pipeline()
        add, connect = self.pipeline.add_component, self.pipeline.connect
        retriever = self.settings.get("retriever", {})
        add(
            "embedder",
            SentenceTransformersTextEmbedder(
                model=str(self.embedder), progress_bar=False, model_kwargs=self._model_arguments()
            ),
        )
        add("retriever", InMemoryEmbeddingRetriever(store, **retriever))
        add(
            "reader",
            TransformersExtractiveReader(
                model=str(self.reader),
                model_kwargs=self._model_arguments(),
                **self.settings.get("reader", {}),
            ),
        )
        connect("embedder.embedding", "retriever.query_embedding")
        if self.settings.get("hybrid"):
            add("words", InMemoryBM25Retriever(store, **retriever))
            add("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion", **retriever))
            connect("words", "joiner")
            connect("retriever", "joiner")
            connect("joiner", "reader.documents")
        else:
            connect("retriever.documents", "reader.documents")
        self.pipeline.warm_up()

    def _model_arguments(self) -> dict[str, Any] | None:
        dtype = self.settings.get("dtype")
        return None if dtype is None else {"dtype": dtype}
