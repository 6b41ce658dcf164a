"""Disk: the only calls that change files in the corpus folder and its index.

Tests replace them: with some that fail, and with some that record what a power failure would leave.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO


def open_file(path: Path, mode: str) -> IO[bytes]:
    """Open a file for writing.

    Args:
        path: The file.
        mode: `xb` (a new file), `wb` (a new file, or one that is emptied), `ab` (at its end) or `r+b` (as
            it is).
    """
    return path.open(mode)


def sync(file: IO[bytes]) -> None:
    """Flush what was written to an open file to the disk."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Flush the entries of a folder to the disk, where the system supports it."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def rename(source: Path, target: Path) -> None:
    """Rename a file, replacing any file that has the new name."""
    source.replace(target)


def link(source: Path, target: Path) -> None:
    """Create a hard link to a file. Symbolic links are not followed, where the system supports that."""
    os.link(source, target, follow_symlinks=os.link not in os.supports_follow_symlinks)


def delete(path: Path) -> None:
    """Delete a file."""
    path.unlink()


def make_folder(path: Path, permissions: int) -> None:
    """Make a folder whose parent exists."""
    path.mkdir(permissions, exist_ok=True)


def delete_folder(path: Path) -> None:
    """Delete an empty folder."""
    path.rmdir()
