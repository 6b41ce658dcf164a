"""txtai: embeddings with their texts, and the pipeline that retrieves and reads with an extractive model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from txtai import RAG, Embeddings

from benchmarks.peers.system import System


class TxtaiPipeline(System):
    """The extractive question answering of txtai's documentation (its `Extractor` is called `RAG` now).

    Settings: `embeddings` and `pipeline`, arguments of these; `dtype`; `locked`, to search in one thread at
    a time.
    """

    distributions = ("txtai",)

    def index(self, texts: Sequence[str]) -> None:
        """Index in memory, with the texts, which the pipeline needs."""
        arguments = dict(self.settings.get("embeddings", {}))
        if "dtype" in self.settings:
            arguments["vectors"] = self._model_arguments()
        self.embeddings = Embeddings(path=str(self.embedder), content=True, **arguments)
        self.embeddings.index(texts)
        self._connect()

    def answer(self, question: str) -> str:
        """Return the answer, None if its probability is below 5%."""
        return self.pipeline(question)["answer"] or ""

    def save(self, texts: Sequence[str], folder: Path) -> None:
        """Write the index."""
        self.embeddings.save(str(folder))

    def load(self, folder: Path) -> None:
        """Read the index."""
        self.embeddings = Embeddings()
        self.embeddings.load(str(folder))
        self._connect()

    def _connect(self) -> None:
        self.lock = Lock()
        self.pipeline = RAG(
            self._search if self.settings.get("locked") else self.embeddings,
            str(self.reader),
            task="question-answering",
            **self._model_arguments(),
            **self.settings.get("pipeline", {}),
        )

    def _search(self, queries: list[str], limit: int) -> Any:
        with self.lock:  # threads share one connection to the database of the texts
            return self.embeddings.batchsearch(queries, limit)

    def _model_arguments(self) -> dict[str, Any]:
        return {"dtype": self.settings["dtype"]} if "dtype" in self.settings else {}
