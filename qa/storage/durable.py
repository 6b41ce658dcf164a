"""Writing that survives a crash: what is written is on the disk, whole, before anything relies on it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


@contextmanager
def written_through(path: Path) -> Iterator[IO[bytes]]:
    """A new file to be written, all of it on the disk at the end.

    Raises:
        OSError: it cannot be written whole.
    """
    with path.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, all of it on the disk at return; it is best written aside and then renamed.

    Raises:
        OSError: it cannot be written; nothing of it is left.
    """
    try:
        with written_through(path) as file:
            file.write(content)
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise


def replace_file(source: Path, target: Path) -> None:
    """Give a file the name of another, which it replaces, in one step that is on the disk at return.

    Raises:
        OSError: the folder cannot be written to.
    """
    source.replace(target)
    sync_folder(target.parent)


def sync_file(path: Path) -> None:
    """See that a file's content is on the disk.

    Raises:
        OSError: it cannot be written.
    """
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """See that the names in a folder are on the disk, where the system can do so."""
    if hasattr(os, "O_DIRECTORY"):
        place = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(place)
        finally:
            os.close(place)
