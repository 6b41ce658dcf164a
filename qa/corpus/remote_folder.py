"""Remote folder: a corpus folder on an object store, whose files are copied to this machine to be read."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from qa.corpus.folder import Folder, Listing
from qa.documents import (
    SUFFIXES,
    UNREAD_SUFFIXES,
    Document,
    Sandbox,
    Stamp,
    check_name,
    load_document,
    suffix_of,
)
from qa.errors import CorpusError, DocumentError, StorageError, TooLargeError
from qa.settings import DEFAULTS
from qa.storage import RemotePath, delete_file

log = logging.getLogger(__name__)

CONNECTIONS = 16
"""How many files are copied at once."""

SHOWN_FILES = 32
"""Maximum number of local copies kept of files that were shown."""


class RemoteFolder(Folder):
    """A corpus folder on an object store, see `Folder`. Files are added and deleted there by other means.

    Args:
        source: The folder.
        stamps: The stamps of the files that will be read; those found by `listing` if None.
    """

    def __init__(self, source: RemotePath, stamps: Mapping[str, Stamp] | None = None) -> None:
        super().__init__(source.local)
        self.source: RemotePath = source
        self._stamps = {} if stamps is None else dict(stamps)
        self._at_hand: dict[str, Path] = {}

    def check_changeable(self) -> None:
        """Raise `CorpusError`: files cannot be added or deleted here."""
        raise CorpusError(
            f"{self.source} is on an object store: put files there or delete them with its own tools; "
            "qa index follows"
        )

    def listing(self) -> Listing:
        """List the files, see `Folder.listing`.

        Raises:
            CorpusError: There is nothing at this address.
            StorageError: The object store does not answer.
        """
        try:
            found = self.source.files()
        except FileNotFoundError as error:
            raise CorpusError(
                f"there is nothing at {self.source}: check the address, or put files there"
            ) from error
        stamps, problems = {}, {}
        for file_id, stamp in found.items():
            suffix = suffix_of(file_id)
            if any(part.startswith(".") for part in file_id.split("/")):
                continue
            if suffix in UNREAD_SUFFIXES:
                problems[file_id] = f"{file_id!r} {UNREAD_SUFFIXES[suffix]}"
            elif suffix in SUFFIXES:
                stamps[file_id] = stamp
        self._stamps = stamps
        return Listing(stamps, problems)

    @contextmanager
    def at_hand(self, file_ids: Collection[str]) -> Iterator[None]:
        """Make files available locally in a `with` block, see `Folder.at_hand`."""
        with TemporaryDirectory() as scratch, ThreadPoolExecutor(CONNECTIONS) as pool:
            paths = {
                file_id: Path(scratch, str(number))
                for number, file_id in enumerate(file_ids)
                if self._stamps[file_id].size <= DEFAULTS.max_file_bytes
            }
            copied = pool.map(self._copy, paths, paths.values())
            self._at_hand = {
                file_id: path for (file_id, path), done in zip(paths.items(), copied, strict=True) if done
            }
            try:
                yield
            finally:
                self._at_hand = {}

    def read(self, file_id: str, sandbox: Sandbox) -> tuple[Document | DocumentError, Stamp]:
        """Read a file, see `Folder.read`. Its stamp is the one that was listed."""
        stamp, limit = self._stamps[file_id], DEFAULTS.max_file_bytes
        if stamp.size > limit:
            problem = f"{file_id!r} is larger than {limit // 1024**2} MiB: split it into smaller files"
            return TooLargeError(problem), stamp
        with TemporaryDirectory() as scratch:
            path = self._at_hand.get(file_id, Path(scratch, "file"))
            if not path.exists() and not self._copy(file_id, path):
                raise FileNotFoundError(file_id)
            try:
                return load_document(path, name=file_id, sandbox=sandbox), stamp
            except DocumentError as error:
                return error, stamp

    def file_path(self, file_id: str) -> Path:
        """Return the path of a local copy of a file, see `Folder.file_path`.

        Without a copy, nothing exists at the path.

        Raises:
            DocumentError: The path is outside the folder.
        """
        check_name(file_id)
        shown = self.path / "shown"
        try:
            return self._shown(file_id, shown)
        except FileNotFoundError:
            return shown / "gone"
        except StorageError as error:
            log.warning("%s", error)
            return shown / "gone"

    def _shown(self, file_id: str, shown: Path) -> Path:
        """Return the path of an up-to-date copy of the file in `shown`, where only some copies are kept."""
        stamp = (self.source / file_id).stamp()
        version = hashlib.sha256(repr((file_id, *stamp)).encode()).hexdigest()[:32]
        path = shown / f"{version}{PurePosixPath(file_id).suffix}"
        if not path.exists():
            (self.source / file_id).fetch(path)
            oldest_last = sorted(shown.glob("*"), key=os.path.getmtime, reverse=True)
            for other in oldest_last[SHOWN_FILES:]:
                delete_file(other)
        return path

    def _copy(self, file_id: str, path: Path) -> bool:
        """Copy a file to this machine. Return whether it still exists."""
        try:
            (self.source / file_id).fetch(path)
        except FileNotFoundError:
            return False
        return True


def corpus_folder_at(place: Path | RemotePath, stamps: Mapping[str, Stamp] | None = None) -> Folder:
    """Return the corpus folder at a place on this machine or on an object store.

    Args:
        place: The folder.
        stamps: See `RemoteFolder`.
    """
    return RemoteFolder(place, stamps) if isinstance(place, RemotePath) else Folder(place)
