"""Sharded index: asks all shards, and returns what one index of all documents would return."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, reduce
from operator import add
from typing import TYPE_CHECKING, Any

from qa.cluster.plan import plan
from qa.cluster.sharded_documents import ShardedDocuments
from qa.cluster.shards import Shards
from qa.cluster.view import ROW_BITS, View
from qa.documents import Document, Span
from qa.index import (
    Chunk,
    Embedder,
    Index,
    Rankings,
    RelevantSentence,
    Snapshot,
    WordStatistics,
    content_words_of,
    missing_words,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

REMEMBERED_WORDS = 10_000


class ShardedIndex:
    """An immutable index over shards, see `Searchable`. Replies are the same as on one machine.

    Documents that are added to it stay in this process, as one more shard.

    Args:
        shards: The shards.
        snapshot: The state of the index folder.
        view: The documents to search, None for all.
        own: The documents in this process, None for none.
    """

    def __init__(
        self, shards: Shards, snapshot: Snapshot, *, view: View | None = None, own: Index | None = None
    ) -> None:
        self._shards, self.snapshot = shards, snapshot
        self._view = View(snapshot.version) if view is None else view
        self._own = Index(snapshot.settings) if own is None else own
        self._placed = plan([entry.passages for entry in snapshot.segments], len(shards))
        self._own_row = len(self._placed) << ROW_BITS
        self._known: WordStatistics | None = None  # of the words of the latest questions

    def opened(self) -> ShardedIndex:
        """Return the index once every shard has opened its segments.

        Raises:
            IndexFolderError: A file is missing, since a writer replaced the manifest, or is damaged.
            UnavailableError: A shard does not answer.
        """
        waits = [self._shards.open(shard, self.snapshot) for shard in self._holders]
        for wait in waits:
            wait()
        return self

    @property
    def documents(self) -> ShardedDocuments:
        """The documents, sorted by id."""
        return ShardedDocuments(self.ask, self._own.documents)

    def __len__(self) -> int:
        """Return the number of chunks."""
        counts: list[tuple[int, int]] = self.ask("count")
        return sum(chunks for _, chunks in counts) + len(self._own)

    def rank(self, question: str, vector: NDArray[np.float32], k: int) -> Rankings:
        """Find the `k` best chunks by vector and by word, see `Searchable.rank`."""
        statistics = self._statistics(content_words_of(question))
        own = self._own.rank(question, vector, k, statistics)
        found = [*self.ask("rank", question, vector, k, statistics)]
        found.append(Rankings(*({self._own_row + row: ranking[row] for row in ranking} for ranking in own)))
        return Rankings(
            _best((rankings.by_vector for rankings in found), k),
            _best((rankings.by_words for rankings in found), k),
        )

    def relevances(
        self, question: str, vector: NDArray[np.float32], rows: Sequence[int]
    ) -> dict[int, tuple[float, Span]]:
        """Return the relevance and the best sentences of chunks, see `Searchable.relevances`."""
        statistics = self._statistics(content_words_of(question))
        own = [row - self._own_row for row in rows if row >= self._own_row]
        found = self._of_rows(rows, lambda some: ("relevances", question, vector, some, statistics))
        found |= {
            self._own_row + row: relevance
            for row, relevance in self._own.relevances(question, vector, own, statistics).items()
        }
        return {row: found[row] for row in rows}

    def relevant_sentences(
        self, question: str, vector: NDArray[np.float32], rows: Mapping[int, int]
    ) -> list[RelevantSentence]:
        """Return the sentences of chunks, by rank, see `Searchable.relevant_sentences`."""
        statistics = self._statistics(content_words_of(question))
        own = {row - self._own_row: rank for row, rank in rows.items() if row >= self._own_row}
        calls = {
            shard: ("relevant_sentences", question, vector, {row: rows[row] for row in some}, statistics)
            for shard, some in self._by_shard(list(rows)).items()
        }
        found = [one for results in self._wait(calls) for one in results]
        found += self._own.relevant_sentences(question, vector, own, statistics)
        return sorted(found, key=lambda sentence: sentence.rank)  # each passage is in one shard

    def chunks(self, rows: Sequence[int], vector: NDArray[np.float32]) -> list[tuple[Chunk, float]]:
        """Return the chunk of each row, with the cosine between its vector and `vector` (dimension,)."""
        own = [row for row in rows if row >= self._own_row]
        found = self._of_rows(rows, lambda some: ("chunks", some, vector))
        found |= zip(own, self._own.chunks([row - self._own_row for row in own], vector), strict=True)
        return [found[row] for row in rows]

    def missing_words(self, question: str) -> tuple[str, ...]:
        """Return the content words that occur in no text, see `Searchable.missing_words`."""
        return missing_words(question, self._statistics)

    def same_text(self, document: Document) -> Document | None:
        """Return the document with the same text, whatever its id."""
        own = self._own.same_text(document)
        found = self.ask("same_text", document) if own is None else ()
        return next((same for same in found if same is not None), own)

    def with_documents(self, documents: Sequence[Document], embedder: Embedder) -> ShardedIndex:
        """Add documents, in this process. Each replaces the document with the same id.

        A document whose text is already indexed under another id is left out.
        """
        same = [(document, self.same_text(document)) for document in documents]
        new = [document for document, found in same if found is None or found.id == document.id]
        if not new:
            return self
        hidden = self._view.without.union(document.id for document in new)
        return self._with(replace(self._view, without=hidden), self._own.with_documents(new, embedder))

    def without(self, ids: Collection[str]) -> ShardedIndex:
        """Delete the documents with these ids. Unknown ids are ignored."""
        hidden = self._view.without.union(ids)
        return self._with(replace(self._view, without=hidden), self._own.without(ids))

    def only(self, ids: Collection[str]) -> ShardedIndex:
        """Return an index of only the documents with these ids. Unknown ids are ignored."""
        chosen = frozenset(ids) if self._view.only is None else self._view.only.intersection(ids)
        return self._with(replace(self._view, only=chosen), self._own.only(ids))

    def merged(self, *, foreground: bool = False) -> ShardedIndex:
        """Merge small segments of this process."""
        return self._with(self._view, self._own.merged(foreground=foreground))

    def ask(self, method: str, *arguments: object) -> list[Any]:
        """Call a method of every shard that holds a segment, and return the results.

        Raises:
            UnavailableError: A shard does not answer.
        """
        return self._wait(dict.fromkeys(self._holders, (method, *arguments)))

    @cached_property
    def _holders(self) -> list[int]:
        return sorted(set(self._placed))

    def _statistics(self, words: Sequence[str]) -> WordStatistics:
        """Return the statistics of all documents for some words. Recent ones are cached."""
        known = {} if self._known is None else self._known.frequencies
        unknown = [word for word in dict.fromkeys(words) if word not in known]
        if self._known is None or unknown:
            counted = reduce(add, self.ask("statistics", unknown), self._own.bm25.statistics(unknown))
            if len(known) > REMEMBERED_WORDS:
                known = {word: known[word] for word in words if word in known}
            known = {**known, **counted.frequencies}
            self._known = replace(counted, frequencies=known)
        return replace(self._known, frequencies={word: known[word] for word in words})

    def _of_rows(self, rows: Sequence[int], call: Any) -> dict[int, Any]:
        """Call a method of each shard for its own share of the rows, and return a result for each row."""
        by_shard = self._by_shard(rows)
        results = self._wait({shard: call(some) for shard, some in by_shard.items()})
        return {
            row: result
            for some, found in zip(by_shard.values(), results, strict=True)
            for row, result in zip(some, found, strict=True)
        }

    def _by_shard(self, rows: Sequence[int]) -> dict[int, list[int]]:
        by_shard: dict[int, list[int]] = {}
        for row in rows:
            if row < self._own_row:
                by_shard.setdefault(self._placed[row >> ROW_BITS], []).append(row)
        return by_shard

    def _wait(self, calls: Mapping[int, tuple[Any, ...]]) -> list[Any]:
        """Call several shards concurrently, and return the results in order."""
        waits = [
            self._shards.start(shard, self.snapshot, method, self._view, *arguments)
            for shard, (method, *arguments) in calls.items()
        ]
        return [wait() for wait in waits]

    def _with(self, view: View, own: Index) -> ShardedIndex:
        return ShardedIndex(self._shards, self.snapshot, view=view, own=own)


def _best(rankings: Iterable[Mapping[int, float]], k: int) -> dict[int, float]:
    """Return the `k` best rows of all rankings. Ties are in row order."""
    scores = {row: score for ranking in rankings for row, score in ranking.items()}
    return {row: scores[row] for row in sorted(scores, key=lambda row: (-scores[row], row))[:k]}
