"""Vectors to the nearest chunks, and their safe life on disk. The only file that says `faiss`."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qa.chunk import Chunk, chunk_document
from qa.document import Document, Span
from qa.embedder import Embedder
from qa.errors import IndexFolderError

if TYPE_CHECKING:
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

FORMAT = 1  # to be raised when the files, or the places where chunks are cut, change
MANIFEST = "manifest.json"
LOCK = "lock"
LOCK_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides, beside the text, where chunks are cut and what their vectors are."""

    embedder: str
    dimension: int
    size: int
    overlap: int


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A text's chunks: their places and, row for row, their vectors (places, dimension)."""

    spans: tuple[Span, ...]
    vectors: NDArray[np.float32]


class Index:
    """The chunks of documents, to be searched by vector; row i of a search is `chunks[i]`.

    `cuts` holds at least one text's cut for each document, under the digest of the text. Whatever has
    the same text has the same cut, whatever its name.
    """

    def __init__(self, documents: Sequence[Document], cuts: Mapping[str, Cut], recipe: Recipe) -> None:
        import faiss

        self.documents = tuple(documents)
        self.recipe = recipe
        self.cuts = cuts
        own = [cuts[_digest(document.text)] for document in self.documents]
        self.chunks = tuple(
            Chunk(document, span)
            for document, cut in zip(self.documents, own, strict=True)
            for span in cut.spans
        )
        self._vectors = faiss.IndexFlatIP(recipe.dimension)
        for cut in own:
            self._vectors.add(cut.vectors)

    @classmethod
    def build(
        cls,
        documents: Sequence[Document],
        embedder: Embedder,
        *,
        size: int = 160,
        overlap: int = 40,
        known: Index | None = None,
        progress: bool = False,
    ) -> Index:
        """An index of `documents` in chunks of at most `size` tokens, or what the embedder can read.

        Neighbours share at most `overlap` tokens, or half a chunk.

        Only texts that `known` does not hold, or holds under another recipe, are cut and embedded.
        """
        recipe = _recipe(embedder, size, overlap)
        held = known.cuts if known is not None and known.recipe == recipe else {}
        needed = {_digest(document.text): document for document in documents}
        spans = {
            digest: tuple(
                chunk.span
                for chunk in chunk_document(
                    document, embedder.token_offsets, size=recipe.size, overlap=recipe.overlap
                )
            )
            for digest, document in needed.items()
            if digest not in held
        }
        texts = [needed[digest][span] for digest, places in spans.items() for span in places]
        vectors = _checked(embedder.embed(texts, progress=progress), recipe.dimension)
        cuts = {digest: held[digest] for digest in needed if digest in held}
        for digest, places in spans.items():
            cuts[digest], vectors = Cut(places, vectors[: len(places)]), vectors[len(places) :]
        return cls(documents, cuts, recipe)

    def search(self, vectors: NDArray[np.float32], k: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The `k` nearest chunks of each of `vectors` (questions, dimension), best first.

        Returns scores and rows, both (questions, k) or as many columns as there are chunks. A score
        is the inner product, -1 to 1 for unit vectors; equal scores keep the order of the rows.

        Raises:
            ValueError: a vector of another dimension, or one that is not all numbers.
        """
        vectors = _checked(vectors, self.recipe.dimension)
        k = min(k, len(self.chunks))
        if k < 1 or not len(vectors):
            return np.zeros((len(vectors), k), np.float32), np.zeros((len(vectors), k), np.int64)
        # FAISS leaves open which of equal scores it returns: ask until the last one kept is beaten.
        width = k
        while True:
            width = min(2 * width, len(self.chunks))
            scores, rows = self._vectors.search(vectors, width)
            if width == len(self.chunks) or (scores[:, -1] < scores[:, k - 1]).all():
                break
        order = np.lexsort((rows, -scores))[:, :k]
        return np.take_along_axis(scores, order, axis=1), np.take_along_axis(rows, order, axis=1)

    def covers(self, documents: Sequence[Document]) -> bool:
        """Whether these are the texts it holds, no more and no fewer."""
        return self.cuts.keys() == {_digest(document.text) for document in documents}

    def save(self, folder: Path) -> None:
        """Write the index into `folder`, which goes from its old state to the new in one step.

        One writer at a time: `open_index` sees to that.

        Raises:
            OSError: the folder cannot be written to.
        """
        import faiss

        vectors = faiss.IndexFlatIP(self.recipe.dimension)
        for cut in self.cuts.values():
            vectors.add(cut.vectors)
        content = faiss.serialize_index(vectors).tobytes()
        name = _vectors_name(content)
        # The old manifest goes on naming the old vectors until it is replaced, and that is one step.
        _write(folder / name, content)
        spans = {digest: [[span.start, span.end] for span in cut.spans] for digest, cut in self.cuts.items()}
        manifest = {"format": FORMAT, "recipe": asdict(self.recipe), "texts": spans, "vectors": name}
        _write(folder / MANIFEST, _sealed(manifest))
        for leftover in folder.glob("vectors-*"):
            if leftover.name != name:
                leftover.unlink()

    @classmethod
    def open(
        cls,
        folder: Path,
        documents: Sequence[Document],
        embedder: Embedder,
        *,
        size: int = 160,
        overlap: int = 40,
    ) -> Index:
        """Those of `documents` that the index in `folder` knows; none if it has another recipe.

        Raises:
            IndexFolderError: there is no index, or one that is damaged or of another version.
        """
        recipe = _recipe(embedder, size, overlap)
        try:
            manifest = _unsealed((folder / MANIFEST).read_bytes())
            if manifest["recipe"] != asdict(recipe):
                return cls([], {}, recipe)
            content = (folder / manifest["vectors"]).read_bytes()
            if _vectors_name(content) != manifest["vectors"]:
                raise ValueError("its vectors are not those it was saved with")
            cuts = _cuts(manifest["texts"], content)
        # FAISS raises RuntimeError for a file of a version it does not know.
        except (OSError, ValueError, RuntimeError) as error:
            raise IndexFolderError(f"The index in {folder} must be made anew: {error}") from error
        return cls([document for document in documents if _digest(document.text) in cuts], cuts, recipe)


def open_index(
    folder: Path,
    documents: Sequence[Document],
    embedder: Embedder,
    *,
    size: int = 160,
    overlap: int = 40,
    progress: bool = False,
) -> Index:
    """The index of `documents` that is kept in `folder`, brought up to date first.

    What of it is still true is used again. A damaged index is made anew with a warning; where the
    folder cannot be written to, a warning says so and the index lives in memory. Another process that
    is at work in the folder is waited for, and its result used.
    """
    build = partial(Index.build, documents, embedder, size=size, overlap=overlap, progress=progress)
    read = partial(Index.open, folder, documents, embedder, size=size, overlap=overlap)
    known = None
    # First without the lock: a fresh index in a folder that can only be read is good enough.
    with suppress(IndexFolderError):
        known = read()
        if known.covers(documents):
            return known
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = _locked(folder)
    except OSError as error:
        log.warning("The index cannot be kept and is made each time: %s", error)
        return build(known=known)
    with lock:
        # Only here is damage told apart from a file that another process is just replacing.
        if (folder / MANIFEST).exists():
            try:
                known = read()
            except IndexFolderError as error:
                log.warning("%s", error)
        if known is not None and known.covers(documents):
            return known
        index = build(known=known)
        try:
            index.save(folder)
        except OSError as error:
            log.warning("The index cannot be kept and is made each time: %s", error)
        return index


def _locked(folder: Path) -> AbstractContextManager[object]:
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK)
    try:
        return lock.acquire(blocking=False)
    except Timeout:
        log.info("waiting for another process to make the index in %s", folder)
        return lock.acquire(timeout=LOCK_SECONDS)


def _recipe(embedder: Embedder, size: int, overlap: int) -> Recipe:
    size = min(size, embedder.max_tokens)
    return Recipe(embedder.digest, embedder.dimension, size, min(overlap, size // 2))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _checked(vectors: NDArray[np.float32], dimension: int) -> NDArray[np.float32]:
    if vectors.ndim != 2 or vectors.shape[1] != dimension:
        raise ValueError(f"vectors of shape {vectors.shape}, not (any, {dimension})")
    if not np.isfinite(vectors).all():
        raise ValueError("a vector holds what is not a number")
    return np.ascontiguousarray(vectors, dtype=np.float32)


def _cuts(texts: Mapping[str, list[list[int]]], content: bytes) -> dict[str, Cut]:
    import faiss

    index = faiss.deserialize_index(np.frombuffer(content, dtype=np.uint8))
    vectors = index.reconstruct_n(0, index.ntotal)
    cuts = {}
    for digest, places in texts.items():
        cuts[digest] = Cut(tuple(Span(start, end) for start, end in places), vectors[: len(places)])
        vectors = vectors[len(places) :]
    return cuts


def _vectors_name(content: bytes) -> str:
    return f"vectors-{hashlib.sha256(content).hexdigest()}.faiss"


def _sealed(manifest: Mapping[str, Any]) -> bytes:
    """The manifest as bytes that `_unsealed` knows from any others."""
    content = json.dumps(manifest, separators=(",", ":"))
    seal = hashlib.sha256(content.encode()).hexdigest()
    return json.dumps({**manifest, "seal": seal}, separators=(",", ":")).encode()


def _unsealed(content: bytes) -> dict[str, Any]:
    manifest = json.loads(content)
    if not isinstance(manifest, dict) or manifest.pop("seal", None) is None:
        raise ValueError("its manifest is damaged")
    # Byte for byte, so that damage that JSON forgives is seen as well.
    if _sealed(manifest) != content:
        raise ValueError("its manifest is damaged")
    if manifest["format"] != FORMAT:
        raise ValueError(f"it is of version {manifest['format']}, not {FORMAT}")
    return manifest


def _write(path: Path, content: bytes) -> None:
    aside = path.with_name(path.name + ".new")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
