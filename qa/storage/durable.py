"""Durable writing: files and names that are completely on the disk before anything relies on them."""

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
        overwrite: Whether it may exist. Whoever has an overwritten file mapped would crash.

    Raises:
        OSError: The file cannot be written completely, or exists.
    """
    with disk.open_file(path, "wb" if overwrite else "xb") as file:
        yield file
        disk.sync(file)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file to the disk. Write it under a temporary name and then call `replace_file`.

    Raises:
        OSError: The file cannot be written. Nothing of it is left.
    """
    try:
        with written_through(path, overwrite=True) as file:
            file.write(content)
    except OSError:
        with suppress(OSError):
            disk.delete(path)
        raise


def append_to(path: Path, content: bytes, *, sync: bool) -> None:
    """Write at the end of a file, which need not exist.

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
    """Shorten a file to `size` bytes.

    Raises:
        OSError: The file cannot be written to.
    """
    with disk.open_file(path, "r+b") as file:
        file.truncate(size)


def copy_file(source: Path, target: Path) -> None:
    """Copy the content of a file to a new one. It is on the disk on return.

    Raises:
        OSError: The file cannot be read, or the new one exists or cannot be written completely.
    """
    with source.open("rb") as original, written_through(target) as copy:
        shutil.copyfileobj(original, copy)


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file one more name; where the file system cannot, copy it. Its content is on the disk on return.

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
    """Rename `source` to `target` in one step, which is on the disk on return. Overwrite `target`.

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
    """Delete a folder, unless something is in it or it is gone already."""
    with suppress(OSError):
        disk.delete_folder(path)


def sync_folder(path: Path) -> None:
    """Force the names in a folder to the disk, where the system supports it.

    Raises:
        OSError: The folder cannot be read, or the disk fails.
    """
    disk.sync_folder(path)


def make_folder(path: Path, *, permissions: int = 0o777) -> None:
    """Make a folder, and those around it that are missing. Their names are on the disk on return.

    Args:
        path: The folder. It may exist.
        permissions: Who may open the new ones, less what the system takes away.

    Raises:
        OSError: A folder cannot be written to, or a file has the name.
    """
    missing = []
    while not path.is_dir():
        missing.append(path)
        path = path.parent
    for folder in reversed(missing):
        disk.make_folder(folder, permissions)
        disk.sync_folder(folder.parent)
