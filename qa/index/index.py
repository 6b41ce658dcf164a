"""Index: immutable, searched by vector and by word; adding or removing documents returns a new one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property

from qa.documents import UNSTAMPED, Document, Stamp
from qa.errors import CorpusError
from qa.index.embedder import Embedder
from qa.index.embedding import EmbeddedDocument, IndexSettings, embed_documents
from qa.index.embedding_cache import EmbeddingCache
from qa.index.live_segment import LiveSegment
from qa.index.merging import MAX_FOREGROUND_ROWS, segments_to_merge
from qa.index.segment import Segment
from qa.index.segment_search import SegmentSearch
from qa.index.text_digest import text_digest
from qa.settings import DEFAULTS

SEGMENT_CHARACTERS = 4_000_000
"""Documents are embedded together, and become a segment, once they have at least this many characters."""


class Index(SegmentSearch):
    """An immutable index. Adding or removing documents returns a new index that shares the segments.

    No two documents have the same id or the same text. A chunk is identified by its row, numbered across all
    segments, deleted chunks included. Rows of different indexes are not comparable.

    Args:
        settings: What the chunks and vectors were made with.
        segments: The segments. Those without a live document are left out.
    """

    @classmethod
    def build(
        cls,
        documents: Sequence[Document],
        embedder: Embedder,
        *,
        size: int = DEFAULTS.chunk_size,
        overlap: int = DEFAULTS.chunk_overlap,
        known: Index | None = None,
        progress: bool = False,
    ) -> Index:
        """Build an index of documents.

        Args:
            documents: The documents. Of several with the same text, only the first is indexed.
            embedder: The embedder.
            size: Maximum number of tokens in a chunk, limited to what the embedder can read.
            overlap: Maximum number of tokens shared by neighbouring chunks, limited to half a chunk.
            known: An index whose vectors are reused if it has the same settings.
            progress: Whether to show a progress bar on stderr.

        Raises:
            CorpusError: There are too many documents.
        """
        from tqdm import tqdm

        index = cls(IndexSettings.of(embedder, size=size, overlap=overlap))
        with tqdm(total=len(documents), desc="documents", unit="", disable=not progress) as bar:
            for batch in _batches(documents):
                index = index.with_documents(batch, embedder, known=known)
                bar.update(len(batch))
        return index.merged()

    @cached_property
    def text_bytes(self) -> int:
        """The size of all texts in UTF-8."""
        return sum(
            live.segment.documents.text_bytes(None if live.deleted is None else ~live.deleted)
            for live in self.segments
        )

    @cached_property
    def stamps(self) -> dict[str, Stamp]:
        """The stamp of the file that each document was read from, by id."""
        stamps: dict[str, Stamp] = {}
        for live in self.segments:
            documents = live.segment.documents
            by_id = documents.stamps_by_id()
            if live.deleted is not None:
                # An id that is deleted here may be live in another segment.
                live_ids = [documents.ids[doc_number] for doc_number in live.doc_numbers()]
                by_id = {document_id: by_id[document_id] for document_id in live_ids}
            stamps |= by_id
        return stamps

    def same_text(self, document: Document) -> Document | None:
        """Return the document with the same text, whatever its id."""
        found = self._find_text(text_digest(document.text))
        return None if found is None else found[0].documents[found[1]]

    def id_of_text(self, digest: bytes) -> str | None:
        """Return the id of the document whose text has this digest, see `text_digest`."""
        found = self._find_text(digest)
        return None if found is None else found[0].documents.ids[found[1]]

    def with_documents(
        self,
        documents: Sequence[Document],
        embedder: Embedder,
        *,
        stamps: Sequence[Stamp] = (),
        known: Index | None = None,
        cache: EmbeddingCache | None = None,
        save: Callable[[Segment], Segment] = lambda segment: segment,
    ) -> Index:
        """Add documents, in one new segment.

        Args:
            documents: The documents. Each replaces the document with the same id. A document whose text is
                already indexed under another id is left out.
            embedder: The embedder that the settings were made for.
            stamps: The file stamp of each document, if they come from files.
            known: An index whose vectors are reused if it has the same settings; this index if None.
            cache: See `embed_documents`.
            save: Saves the new segment. Returns the segment to use instead.

        Raises:
            CorpusError: There are too many documents.
        """
        new: dict[bytes, tuple[Document, Stamp]] = {}
        for document, stamp in zip(documents, stamps or [UNSTAMPED] * len(documents), strict=True):
            digest = text_digest(document.text)
            found = self._find_text(digest)
            if found is None or found[0].documents.ids[found[1]] == document.id:
                new.setdefault(digest, (document, stamp))
        if not new:
            return self
        added = [document for document, _ in new.values()]
        rest = self.without([document.id for document in added])
        rest._check_limits(added)
        source = self if known is None else known
        embedded = embed_documents(
            added,
            embedder,
            self.settings,
            known=lambda document: source._embedded_document(document, self.settings),
            cache=cache,
        )
        segment = save(Segment.build(added, embedded, [stamp for _, stamp in new.values()]))
        return Index(self.settings, (*rest.segments, LiveSegment(segment)))

    def without(self, ids: Collection[str]) -> Index:
        """Delete the documents with these ids. Unknown ids are ignored."""
        found = [live.find_all(ids) for live in self.segments]
        if not any(found):
            return self
        return Index(
            self.settings,
            [live.without(doc_numbers) for live, doc_numbers in zip(self.segments, found, strict=True)],
        )

    def only(self, ids: Collection[str]) -> Index:
        """Return an index of only the documents with these ids. Unknown ids are ignored.

        A search in it gives the same results as if there were no other documents.
        """
        return Index(self.settings, [live.only(live.find_all(ids)) for live in self.segments])

    def merged(
        self, *, foreground: bool = False, save: Callable[[Segment], Segment] = lambda segment: segment
    ) -> Index:
        """Merge segments and drop deleted documents where the merge policy finds it worthwhile.

        Args:
            foreground: Whether a user is waiting, so that large merges are postponed.
            save: Saves a new segment. Returns the segment to use instead.
        """
        index = self
        while group := segments_to_merge(index.segments, MAX_FOREGROUND_ROWS if foreground else None):
            segment = save(Segment.merge([(live.segment, live.deleted) for live in group]))
            position = index.segments.index(group[0])
            rest = [live for live in index.segments if live not in group]
            index = Index(self.settings, [*rest[:position], LiveSegment(segment), *rest[position:]])
        return index

    def _find_text(self, digest: bytes) -> tuple[Segment, int] | None:
        """Return the segment and the number of the document whose text has this digest."""
        for live in self.segments:
            doc_number = live.find_text(digest)
            if doc_number is not None:
                return live.segment, doc_number
        return None

    def _embedded_document(self, document: Document, settings: IndexSettings) -> EmbeddedDocument | None:
        """Return the chunks of an equal document in the index, if they were made with these settings."""
        found = self._find_text(text_digest(document.text)) if settings == self.settings else None
        if found is None:
            return None
        segment, number = found
        same = segment.documents[number]
        is_alike = same.title == document.title and same.blocks == document.blocks
        return segment.embedded_document(number) if is_alike else None

    def _check_limits(self, added: Sequence[Document]) -> None:
        """Raise CorpusError if the index would be too large with these documents."""
        added_bytes = sum(len(document.text.encode("utf-8", "surrogatepass")) for document in added)
        if len(self.documents) + len(added) > DEFAULTS.max_documents:
            raise CorpusError(
                f"there are more than {DEFAULTS.max_documents:,} documents: remove some, or split the corpus"
            )
        if self.text_bytes + added_bytes > DEFAULTS.max_all_bytes:
            raise CorpusError(
                f"the documents have over {DEFAULTS.max_all_bytes:,} characters: "
                "remove some, or split the corpus"
            )


def _batches(documents: Sequence[Document]) -> Iterator[list[Document]]:
    """Yield the documents in order, in batches of `SEGMENT_CHARACTERS`."""
    batch: list[Document] = []
    characters = 0
    for document in documents:
        batch.append(document)
        characters += len(document.text)
        if characters >= SEGMENT_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
