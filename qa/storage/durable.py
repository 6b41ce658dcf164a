"""Durable writing: files and names that are completely on the disk before anything relies on them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


@contextmanager
def written_through(path: Path) -> Iterator[IO[bytes]]:
    """Open a new file for writing. At the end of the `with` block, its content is on the disk.

    Raises:
        OSError: The file cannot be written completely.
    """
    with path.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file to the disk. Write it under a temporary name and then call `replace_file`.

    Raises:
        OSError: The file cannot be written. Nothing of it is left.
    """
    try:
        with written_through(path) as file:
            file.write(content)
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise


def replace_file(source: Path, target: Path) -> None:
    """Rename `source` to `target` in one step, which is on the disk on return. Overwrite `target`.

    Raises:
        OSError: The folder cannot be written to.
    """
    source.replace(target)
    sync_folder(target.parent)


def sync_file(path: Path) -> None:
    """Force the content of a file to the disk.

    Raises:
        OSError: The file cannot be written to.
    """
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Force the names in a folder to the disk, where the system supports it."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
