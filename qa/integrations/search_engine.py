"""Search engine: passages from an existing engine, ranked, read and judged like those of an index."""

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
"""Returns the texts that an engine finds for a question, best first, at most the given number. Each text has
a unique id, which is the same every time it is found."""

DEPTH = 20
"""How many texts the engine is asked for. Each new one is embedded, which takes a few milliseconds."""

REMEMBERED_TEXTS = 2_000


class SearchEngineRetriever:
    """Finds passages with a search engine; see `Retriever`.

    The engine chooses the texts. They are split into passages, ranked by words and vectors, and re-ranked as
    if there were no other texts, so that confidences rest on the same features as with an index. Recently
    found texts are not embedded again. It can be used by several threads at once.

    Args:
        search: Queries the engine.
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
        """The texts that were found recently. Only the engine knows all of them."""
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
        """Replace misspelt words by similar ones in the texts that the engine finds.

        Raises:
            QuestionError: the question is longer than the embedder can read.
        """
        return self._over(question).correct_spelling(question)

    def missing_words(self, question: str) -> tuple[str, ...]:
        """Return the words of a question, as typed, that none of the texts that the engine finds has."""
        return self._over(question).missing_words(question)

    def only(self, ids: Collection[str]) -> HybridRetriever:
        """Return a retriever over some of the recently found texts. The engine is not queried."""
        return HybridRetriever(self._seen.only(ids), self._embedder)

    def _found(self, question: str) -> HybridRetriever:
        """Return a retriever over the texts that the engine finds for a question."""
        found = [with_structure(document) for document in self._search(question, self._depth)]
        with self._changing:
            seen = self._seen if len(self._seen.documents) < REMEMBERED_TEXTS else Index(self._seen.settings)
            self._seen = seen.with_documents(found, self._embedder).merged(foreground=True)
            texts = [same.id for document in found if (same := self._seen.same_text(document)) is not None]
            return HybridRetriever(self._seen.only(texts), self._embedder)
