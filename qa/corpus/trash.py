"""Trash: files that were removed from a corpus folder, or replaced there, kept for a while."""

from __future__ import annotations

import os
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from qa.settings import DEFAULTS
from qa.storage import delete_file, delete_folder, link_or_copy, make_folder, replace_file

TRASH_FOLDER = ".qa-trash"
"""The name of the folder in the corpus folder. Like all names that begin with a dot, it is never listed."""

LEAST_BYTES = 64 * 1024
"""The least that a file is counted as, so that the number of files is bounded too."""

_UNFINISHED = ".part"
_TIME = "%Y%m%dT%H%M%S.%f"
_ENTRY = re.compile(r"(\d{8}T\d{6}\.\d{6})-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class RemovedFile:
    """A file in the trash.

    Attributes:
        id: The id that it had in the corpus.
        entry: The name of the folder in the trash that contains it under this id.
        time: When it was removed or replaced.
        size: The size in bytes.
    """

    id: str
    entry: str
    time: datetime
    size: int

    @property
    def name(self) -> str:
        """Its unique name in the trash: entry and id."""
        return f"{self.entry}/{self.id}"


class Trash:
    """The trash of a corpus folder. Only the holder of the index lock may change it.

    A file is kept for `seconds`. If all files together exceed `limit`, the largest go first, so that nobody
    can push out small files by removing large ones.

    Args:
        corpus: The corpus folder.
        seconds: How long a file is kept.
        limit: Maximum total size in bytes, each file counted as at least `LEAST_BYTES`.
    """

    def __init__(
        self, corpus: Path, *, seconds: float = DEFAULTS.trash_seconds, limit: int = DEFAULTS.trash_bytes
    ) -> None:
        self.path = corpus / TRASH_FOLDER
        self._corpus, self._seconds, self._limit = corpus, seconds, limit

    def files(self) -> list[RemovedFile]:
        """Return the files in the trash, the latest first."""
        return sorted(self._files(), key=lambda file: file.entry, reverse=True)

    def find(self, name: str) -> RemovedFile | None:
        """Return a file, None if it is not there.

        Args:
            name: Its name, or its id for the latest file with this id.
        """
        files = self.files()
        return next((file for file in files if name in (file.name, file.id)), None)

    def file_path(self, file: RemovedFile) -> Path:
        """Return the path of a file in the trash."""
        return self.path / file.entry / file.id

    def keep(self, path: Path, file_id: str) -> RemovedFile:
        """Keep the content of a file that is about to be deleted or replaced. It is on the disk on return.

        Args:
            path: The file.
            file_id: Its id.

        Raises:
            OSError: It cannot be kept. The trash is unchanged.
        """
        now = datetime.now(timezone.utc)
        entry = f"{now.strftime(_TIME)}-{uuid.uuid4().hex[:8]}"
        kept = RemovedFile(file_id, entry, now, path.lstat().st_size)
        target = self.file_path(kept)
        try:
            make_folder(self.path, permissions=0o700)
            make_folder(target.parent)
            unfinished = self.path / entry / _UNFINISHED
            link_or_copy(path, unfinished)
            replace_file(unfinished, target)
        except OSError:
            _delete_all(self.path / entry)
            raise
        return kept

    def delete(self, file: RemovedFile) -> None:
        """Delete a file from the trash, with the folders that it leaves empty.

        Raises:
            OSError: It cannot be deleted.
        """
        path = self.file_path(file)
        delete_file(path)
        while path.parent != self.path.parent:
            path = path.parent
            delete_folder(path)

    def tidy(self, *, spare: RemovedFile | None = None) -> None:
        """Delete files that are too old or beyond the limit, and what killed processes left unfinished.

        Args:
            spare: A file to keep, however large it is.
        """
        with suppress(OSError):
            for folder in self.path.iterdir():
                if _ENTRY.fullmatch(folder.name) is not None and not _files_in(folder):
                    _delete_all(folder)
        oldest = time.time() - self._seconds
        left = self._limit
        # The largest last; among equal sizes, the oldest last.
        files = sorted(self.files(), key=lambda file: max(file.size, LEAST_BYTES))
        for file in files:
            left -= max(file.size, LEAST_BYTES) if file != spare else 0
            is_old = file.time.timestamp() < oldest
            if file != spare and (left < 0 or is_old or self._is_still_there(file)):
                with suppress(OSError):
                    self.delete(file)

    def _is_still_there(self, file: RemovedFile) -> bool:
        """Return whether a process kept a file here but was killed before it removed the file."""
        try:
            kept = self.file_path(file).lstat()
            return kept.st_nlink > 1 and os.path.samestat(kept, (self._corpus / file.id).lstat())
        except OSError:
            return False

    def _files(self) -> Iterator[RemovedFile]:
        with suppress(OSError):
            for folder in self.path.iterdir():
                match = _ENTRY.fullmatch(folder.name)
                if match is not None:  # else it is the user's own
                    moment = datetime.strptime(match[1], _TIME).replace(tzinfo=timezone.utc)
                    for path in _files_in(folder):
                        file_id = path.relative_to(folder).as_posix()
                        yield RemovedFile(file_id, folder.name, moment, path.lstat().st_size)


def _files_in(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.name != _UNFINISHED and (path.is_symlink() or not path.is_dir())
    ]


def _delete_all(folder: Path) -> None:
    """Delete a folder of the trash with its contents, as far as possible."""
    for path in sorted(folder.rglob("*"), reverse=True):  # what is in a folder before the folder
        if path.is_dir() and not path.is_symlink():
            delete_folder(path)
        else:
            with suppress(OSError):
                delete_file(path)
    delete_folder(folder)
