"""What changed in the folder of a corpus, brought into its index."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from qa.corpus.folder import Folder, Listing
from qa.documents import Document, Sandbox, Stamp
from qa.errors import DocumentError
from qa.index import SEGMENT_CHARACTERS, Embedder, Segment, SkippedFile, Store, StoredIndex

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Difference:
    """What of a folder is to be read, and what of the index is no longer in the folder."""

    changed: tuple[str, ...]
    gone: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.changed or self.gone)


class Update:
    """The way from what is kept to what the folder holds now; what is made goes to `store`, if any."""

    def __init__(
        self,
        kept: StoredIndex,
        difference: Difference,
        embedder: Embedder,
        folder: Folder,
        store: Store | None,
    ) -> None:
        self._kept, self._embedder, self._folder, self._store = kept, embedder, folder, store
        self._cache = None if store is None else store.cache(kept.index.settings)
        self._unread = dict.fromkeys(difference.changed)
        self._index = kept.index.without(difference.gone)
        self._held = self._unread.keys() & self._index.stamps.keys()  # by the index, under an older stamp
        rest = kept.without(difference.gone | self._unread.keys())
        self._stamps, self._skipped = dict(rest.stamps), dict(rest.skipped)
        self._batch: dict[str, tuple[Document, Stamp]] = {}  # by text
        self._characters = 0  # of the batch

    def run(self, *, progress: bool) -> StoredIndex:
        """Read, cut and embed what changed; a bar on stderr shows how far it is."""
        from tqdm import tqdm

        with (
            Sandbox() as sandbox,
            tqdm(total=len(self._unread), desc="articles", disable=not progress) as bar,
        ):
            for name in list(self._unread):
                del self._unread[name]
                self._take(name, sandbox)
                if self._characters >= SEGMENT_CHARACTERS:
                    bar.update(self._flush())
            bar.update(self._flush())
        index = self._index.merged(seal=self._seal)
        return StoredIndex(index, self._stamps, self._skipped, self._embedder.name, self._kept.version)

    def _take(self, name: str, sandbox: Sandbox) -> None:
        """Read one file: a new text waits for the others of its batch."""
        try:
            document, mark = self._folder.read(name, sandbox)
        except OSError:  # removed meanwhile
            self._forget(name)
            return
        if isinstance(document, DocumentError):
            self._skipped[name] = SkippedFile(mark, None, str(document))
            self._forget(name)
            return
        held = self._index.same_text(document)
        if held is not None and held.id in self._unread:
            # Whether that file still has this text will be seen: it may have been given this name.
            self._index = self._index.without([held.id])
            held = None
        if held is None and document.text in self._batch:
            held = self._batch[document.text][0]
        if held == document:
            self._stamps[name] = mark
        elif held is not None and held.id != name:
            self._skipped[name] = SkippedFile(mark, held.id, None)
            self._forget(name)
            log.warning("%r holds the same text as %r: they are one article", name, held.id)
        else:
            # Its old text is no longer here, should another file have it now.
            self._forget(name)
            self._batch[document.text] = (document, mark)
            self._characters += len(document.text)

    def _forget(self, name: str) -> None:
        """What was held of this file is no longer so."""
        if name in self._held:  # else it would be looked for in every segment
            self._index = self._index.without([name])

    def _flush(self) -> int:
        """Cut and embed what waits; how many documents that were."""
        documents = [document for document, _ in self._batch.values()]
        self._index = self._index.with_documents(
            documents,
            self._embedder,
            stamps=[mark for _, mark in self._batch.values()],
            known=self._kept.index,
            cache=self._cache,
            seal=self._seal,
        )
        self._batch.clear()
        self._characters = 0
        return len(documents)

    def _seal(self, segment: Segment) -> Segment:
        """The segment on the disk, or as it is where there is no room: that is told when all is written."""
        if self._store is None:
            return segment
        try:
            return self._store.seal(segment)
        except OSError:
            return segment


def compare(kept: StoredIndex, listing: Listing, *, retry: bool = False) -> Difference:
    """What of a folder is to be read or gone, against what is kept; to `retry`, files that failed too."""
    known = {
        **{name: other.stamp for name, other in kept.skipped.items()},
        **kept.index.stamps,
        **kept.stamps,
    }
    changed = {name for name, mark in listing.stamps.items() if known.get(name) != mark}
    gone = frozenset(known.keys() - listing.stamps.keys())
    for name in kept.skipped.keys() - gone:
        double_of, problem = kept.skipped[name].double_of, kept.skipped[name].problem
        # A double comes into its own when the other is no longer the same.
        if (retry and problem is not None) or double_of in changed or double_of in gone:
            changed.add(name)
    return Difference(tuple(sorted(changed)), gone)
