"""Search engine: passages from an engine that you have, ranked, read and judged as those of an index."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from threading import Lock
from typing import TypeAlias

from qa.documents import Document, with_structure
from qa.index import Documents, Embedder, Index, IndexSettings, RelevantSentence
from qa.results import Passage
from qa.retrieval import HybridRetriever
from qa.settings import DEFAULTS

Search: TypeAlias = Callable[[str, int], Sequence[Document]]
"""Returns the texts that an engine finds for a question, best first, at most so many. Each has an id of its
own; a text that is found again has the same."""

DEPTH = 20
"""How many texts the engine is asked for. Each new one is embedded, in some milliseconds."""

REMEMBERED_TEXTS = 2_000


class SearchEngineRetriever:
    """Finds passages by a search engine, see `Retriever`.

    The engine chooses the texts. They are cut into passages, ranked by word and by vector, and re-ranked as
    if they were all that there is, so that confidences rest on the same features as elsewhere. Texts that
    were found lately are not embedded again. Several threads may use one at once.

    Args:
        search: Asks the engine.
        embedder: The embedder of the passages, which need not be that of the engine.
        depth: How many texts the engine is asked for.
    """

    def __init__(self, search: Search, embedder: Embedder, *, depth: int = DEPTH) -> None:
        self._search, self._embedder, self._depth = search, embedder, depth
        self._seen = Index(IndexSettings.of(embedder))
        self._changing = Lock()
        self._over = lru_cache(DEFAULTS.remembered_questions)(self._found)

    @property
    def documents(self) -> Documents:
        """The texts that were found lately. The engine alone knows all."""
        return self._seen.documents

    def retrieve(self, question: str, k: int = DEFAULTS.top_k) -> tuple[Passage, ...]:
        """Return the `k` best passages of the texts that the engine finds, best first.

        Raises:
            QuestionError: the question is longer than the embedder can read.
            ValueError: `k` is below 1.
        """
        return self._over(question).retrieve(question, k)

    def sentences(self, question: str, k: int = DEFAULTS.top_k) -> list[RelevantSentence]:
        """Return the sentences of the `k` best passages, in the order of the passages.

        Raises:
            QuestionError: the question is longer than the embedder can read.
            ValueError: `k` is below 1.
        """
        return self._over(question).sentences(question, k)

    def correct_spelling(self, question: str) -> str:
        """Replace misspelt words by similar ones of the texts that the engine finds.

        Raises:
            QuestionError: the question is longer than the embedder can read.
        """
        return self._over(question).correct_spelling(question)

    def missing_words(self, question: str) -> tuple[str, ...]:
        """Return the words of a question that no text has which the engine finds, as they are typed."""
        return self._over(question).missing_words(question)

    def only(self, ids: Collection[str]) -> HybridRetriever:
        """Return a retriever over some of the texts that were found lately. The engine is not asked."""
        return HybridRetriever(self._seen.only(ids), self._embedder)

    def _found(self, question: str) -> HybridRetriever:
        """Return a retriever over the texts that the engine finds for a question."""
        found = [with_structure(document) for document in self._search(question, self._depth)]
        with self._changing:
            seen = self._seen if len(self._seen.documents) < REMEMBERED_TEXTS else Index(self._seen.settings)
            self._seen = seen.with_documents(found, self._embedder).merged(foreground=True)
            texts = [same.id for document in found if (same := self._seen.same_text(document)) is not None]
            return HybridRetriever(self._seen.only(texts), self._embedder)
