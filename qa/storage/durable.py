"""Durable writing: files and names are completely on the disk before anything relies on them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from qa.storage import disk


@contextmanager
def written_through(path: Path, *, overwrite: bool = False) -> Iterator[IO[bytes]]:
    """Open a new file for writing. At the end of the `with` block, its content is on the disk.

    Args:
        path: The file.
        overwrite: Whether the file may exist. A process that maps an overwritten file would crash.

    Raises:
        OSError: The file cannot be written completely, or already exists.
    """
    with disk.open_file(path, "wb" if overwrite else "xb") as file:
        yield file
        disk.sync(file)


def write_whole(path: Path, content: bytes) -> None:
    """Write a whole file to the disk. Use a temporary name, then call `replace_file`.

    Raises:
        OSError: The file cannot be written. No part of it is left.
    """
    try:
        with written_through(path, overwrite=True) as file:
            file.write(content)
    except OSError:
        with suppress(OSError):
            disk.delete(path)
        raise


def append_to(path: Path, content: bytes, *, sync: bool) -> None:
    """Append to a file, which need not exist.

    Args:
        path: The file.
        content: What to write.
        sync: Whether it is on the disk on return.

    Raises:
        OSError: The file cannot be written completely.
    """
    with disk.open_file(path, "ab") as file:
        file.write(content)
        if sync:
            disk.sync(file)


def cut_off(path: Path, size: int) -> None:
    """Truncate a file to `size` bytes.

    Raises:
        OSError: The file cannot be written to.
    """
    with disk.open_file(path, "r+b") as file:
        file.truncate(size)


def copy_file(source: Path, target: Path) -> None:
    """Copy the content of a file to a new one. It is on the disk on return.

    Raises:
        OSError: The file cannot be read, or the new one already exists or cannot be written completely.
    """
    with source.open("rb") as original, written_through(target) as copy:
        shutil.copyfileobj(original, copy)


def link_or_copy(source: Path, target: Path) -> None:
    """Hard-link a file or, if the file system cannot, copy it. Its content is on the disk on return.

    Raises:
        OSError: The file does not exist, or the folder cannot be written to.
    """
    try:
        disk.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # another file system, or one without links
        copy_file(source, target)
        shutil.copystat(source, target)


def replace_file(source: Path, target: Path) -> None:
    """Rename `source` to `target` atomically, overwriting `target`. The change is on the disk on return.

    Raises:
        OSError: The folder cannot be written to.
    """
    disk.rename(source, target)
    disk.sync_folder(target.parent)


def delete_file(path: Path) -> None:
    """Delete a file if it exists. The deletion is durable only after `sync_folder`.

    Raises:
        OSError: The folder cannot be written to.
    """
    with suppress(FileNotFoundError):
        disk.delete(path)


def delete_folder(path: Path) -> None:
    """Delete a folder if it exists and is empty."""
    with suppress(OSError):
        disk.delete_folder(path)


def sync_folder(path: Path) -> None:
    """Flush the entries of a folder to the disk, where the system supports it.

    Raises:
        OSError: The folder cannot be read, or the disk fails.
    """
    disk.sync_folder(path)


def make_folder(path: Path, *, permissions: int = 0o777) -> None:
    """Make a folder and its missing parents. Their names are on the disk on return.

    Args:
        path: The folder. It may exist.
        permissions: The permissions of new folders, before the umask is applied.

    Raises:
        OSError: A folder cannot be written to, or a file has that name.
    """
    missing = []
    while not path.is_dir():
        missing.append(path)
        path = path.parent
    for folder in reversed(missing):
        disk.make_folder(folder, permissions)
        disk.sync_folder(folder.parent)
