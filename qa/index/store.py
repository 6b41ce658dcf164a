"""The folder in which an index is kept: whole, old or new, whatever happens while it is written."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import re
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qa.documents import Stamp
from qa.errors import IndexFolderError
from qa.index.embedding import IndexSettings
from qa.index.embedding_cache import EmbeddingCache
from qa.index.index import Index
from qa.index.live_segment import LiveSegment
from qa.index.segment import Segment
from qa.settings import DEFAULTS
from qa.storage import mapped, replace_file, sync_folder, write_whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

FORMAT = 4  # to be raised when the files, what is read out of a document, or where chunks are cut, change
MANIFEST = "manifest.json"
LOCK = "lock"
READS = 5  # of a manifest whose files another process removes meanwhile

# What may be removed when no manifest names it, and nothing else: people have files there too. The last is
# of format 1.
_OURS = re.compile(
    r"[0-9a-f]{32}\.(arrays|vectors\.(npy|codes))"
    r"|manifest\.json\.new|embedded-[0-9a-f]{32}|vectors-[0-9a-f]{64}\.faiss"
)


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file of the corpus that is no document of the index: another one's double, or one with a problem."""

    stamp: Stamp
    double_of: str | None
    problem: str | None


@dataclass(frozen=True, slots=True, eq=False)
class StoredIndex:
    """What a folder keeps: the index, and what is known of the corpus beside.

    `stamps` are the newer ones, by id, of files that were written over with the same text. `model` is
    what the embedder is called, `version` the digest of the manifest that was read or written last;
    `damaged` says what of the folder could not be used.
    """

    index: Index
    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    skipped: Mapping[str, SkippedFile] = field(default_factory=dict)
    model: str = ""
    version: str = ""
    damaged: tuple[str, ...] = ()

    def without(self, names: Collection[str]) -> StoredIndex:
        """The same, but for what is known of these files beside the index, and of doubles of them."""
        return replace(
            self,
            stamps={name: stamp for name, stamp in self.stamps.items() if name not in names},
            skipped={
                name: other
                for name, other in self.skipped.items()
                if name not in names and other.double_of not in names
            },
        )


class Store:
    """An index folder. Whoever reads needs no lock and never waits; whoever writes must hold it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._sums: dict[str, dict[str, str]] = {}  # of each segment's files that are in the folder
        self._open: dict[str, Segment] = {}

    @contextmanager
    def locked(self, seconds: float = DEFAULTS.lock_seconds) -> Iterator[None]:
        """The right to write, which one process has at a time; it is waited for.

        Raises:
            OSError: the folder cannot be written to.
            IndexFolderError: another process has not given it up after so many `seconds`.
        """
        from filelock import FileLock, Timeout

        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / LOCK)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            log.info("waiting for another process that writes the index in %s", self.folder)
            try:
                lock.acquire(timeout=seconds)
            except Timeout:
                raise IndexFolderError(
                    f"another process is writing the index in {self.folder}: try again when it is done"
                ) from None
        try:
            yield
        finally:
            lock.release()

    def read(self) -> StoredIndex | None:
        """What the folder keeps; None if it keeps nothing. A segment that is damaged is left out and told.

        Raises:
            IndexFolderError: nothing of it can be used: the manifest is damaged or of another version.
        """
        for _ in range(READS):
            try:
                content = (self.folder / MANIFEST).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None
            except OSError as error:
                raise self._useless(str(error)) from error
            kept = self._kept(content)
            # A file that is missing may have been removed by a writer, who has put another manifest then.
            with suppress(OSError):
                if not kept.damaged or (self.folder / MANIFEST).read_bytes() == content:
                    break
        return kept

    def version(self) -> str:
        """The digest of the manifest that is in the folder; empty where there is none."""
        try:
            return _version((self.folder / MANIFEST).read_bytes())
        except OSError:
            return ""

    def write(self, kept: StoredIndex) -> StoredIndex:
        """Put `kept` in place of what the folder keeps, in one step.

        What is returned is the same, its segments in the folder.

        Raises:
            OSError: it cannot be written; the folder keeps what it kept.
        """
        parts = [LiveSegment(self.seal(part.segment), part.dead, part.dead_rows) for part in kept.index.parts]
        sync_folder(self.folder)
        index = Index(kept.index.settings, parts)
        content = _sealed(
            {
                "format": FORMAT,
                "model": kept.model,
                "recipe": asdict(index.settings),
                "segments": [self._described(part) for part in index.parts],
                "stamps": {name: [stamp.size, stamp.time] for name, stamp in kept.stamps.items()},
                "others": {
                    name: [other.stamp.size, other.stamp.time, other.double_of, other.problem]
                    for name, other in kept.skipped.items()
                },
            }
        )
        aside = self.folder / f"{MANIFEST}.new"
        write_whole(aside, content)
        replace_file(aside, self.folder / MANIFEST)
        self.tidy(index)
        return StoredIndex(index, kept.stamps, kept.skipped, kept.model, _version(content))

    def seal(self, segment: Segment) -> Segment:
        """The segment with its files in the folder, where they stay if a manifest comes to name them.

        Raises:
            OSError: it cannot be written whole; nothing of it is left.
        """
        if segment.name in self._sums:
            if all((self.folder / file).exists() for file in self._sums[segment.name]):
                return segment
            # Files were taken away. Under its own name one that is left, and mapped, would be written over.
            segment = segment.renamed()
        try:
            names = segment.save(self.folder)
            sums = {name: _checksum(self.folder / name) for name in names}
        except OSError:
            for path in self.folder.glob(f"{segment.name}.*"):
                path.unlink()
            raise
        opened = Segment.open(self.folder, segment.name)
        self._sums[segment.name], self._open[segment.name] = sums, opened
        return opened

    def cache(self, settings: IndexSettings) -> EmbeddingCache:
        """Where vectors by these settings wait for their segment."""
        return EmbeddingCache(self.folder / _cache_name(settings), settings.dimension)

    def tidy(self, index: Index, *, cache: bool = False) -> None:
        """Remove what a writer that was killed has left, and what `index`, which is kept, does not need.

        With `cache` its cache of embeddings stays too.
        """
        names = {part.segment.name for part in index.parts}
        self._sums = {name: sums for name, sums in self._sums.items() if name in names}
        self._open = {name: segment for name, segment in self._open.items() if name in names}
        needed = {file for sums in self._sums.values() for file in sums}
        for path in self.folder.iterdir():
            left = path.name not in needed and _OURS.fullmatch(path.name) is not None
            if left and not (cache and path.name == _cache_name(index.settings)):
                # On Windows a file that somebody has mapped stays until the next time.
                with suppress(OSError):
                    path.unlink()

    def _kept(self, content: bytes) -> StoredIndex:
        try:
            manifest = _unsealed(content)
        except ValueError as error:
            raise self._useless(str(error)) from error
        parts, damaged = [], []
        sums, opened = {}, {}
        for told in manifest["segments"]:
            name = told["name"]
            try:
                opened[name] = self._segment(name, told["files"])
                sums[name] = told["files"]
            except (OSError, ValueError) as error:
                damaged.append(str(error))
                continue
            parts.append(LiveSegment(opened[name]).without(_numbers(told["dead"], len(opened[name]))))
        self._sums, self._open = sums, opened
        return StoredIndex(
            Index(IndexSettings(**manifest["recipe"]), parts),
            {name: Stamp(*stamp) for name, stamp in manifest["stamps"].items()},
            {name: SkippedFile(Stamp(*told[:2]), *told[2:]) for name, told in manifest["others"].items()},
            manifest["model"],
            _version(content),
            tuple(damaged),
        )

    def _segment(self, name: str, files: Mapping[str, str]) -> Segment:
        """The segment of these files, which are checked the first time.

        Raises:
            OSError: a file is missing.
            ValueError: a file is not the one that was written.
        """
        if self._sums.get(name) == files:
            return self._open[name]
        for file, checksum in files.items():
            if _checksum(self.folder / file) != checksum:
                raise ValueError(f"{self.folder / file} is not as it was written")
        return Segment.open(self.folder, name)

    def _described(self, part: LiveSegment) -> dict[str, Any]:
        segment = part.segment
        return {
            "name": segment.name,
            "files": self._sums[segment.name],
            "documents": part.documents,
            "passages": part.rows,
            "vectors": segment.vector_index.kind,
            "dead": None if part.dead is None else _packed(part.dead),
        }

    def _useless(self, reason: str) -> IndexFolderError:
        return IndexFolderError(f"The index in {self.folder} must be made anew: {reason}")


def _cache_name(settings: IndexSettings) -> str:
    return f"embedded-{settings.embedder[:32]}"


def _checksum(path: Path) -> str:
    """XXH3 of a file, 128 bits: a million passages are checked within a second, by SHA-256 in eight."""
    import xxhash

    return xxhash.xxh3_128(mapped(path)).hexdigest()


def _packed(mask: NDArray[np.bool_]) -> str:
    """A mask in few letters, also where it is long."""
    return base64.b64encode(zlib.compress(np.packbits(mask).tobytes(), 1)).decode()


def _numbers(packed: str | None, length: int) -> list[int]:
    """Where a packed mask is true."""
    if packed is None:
        return []
    content = np.frombuffer(zlib.decompress(base64.b64decode(packed)), np.uint8)
    numbers: list[int] = np.flatnonzero(np.unpackbits(content, count=length)).tolist()
    return numbers


def _sealed(manifest: Mapping[str, Any]) -> bytes:
    """The manifest as bytes that `_unsealed` knows from any others."""
    content = json.dumps(manifest, separators=(",", ":"))
    seal = hashlib.sha256(content.encode()).hexdigest()
    return json.dumps({**manifest, "seal": seal}, separators=(",", ":")).encode()


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _unsealed(content: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(content)
    except ValueError:
        raise ValueError("its manifest is damaged") from None
    if not isinstance(manifest, dict) or manifest.pop("seal", None) is None:
        raise ValueError("its manifest is damaged")
    # Byte for byte, so that damage that JSON forgives is seen as well.
    if _sealed(manifest) != content:
        raise ValueError("its manifest is damaged")
    if manifest["format"] != FORMAT:
        raise ValueError(f"it is of version {manifest['format']}, not {FORMAT}")
    return manifest
