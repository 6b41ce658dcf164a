"""Disk: the calls that change files. The corpus folder and its index are changed by nothing else.

Tests put others in their place: some that fail, and some that remember what a loss of power would leave.
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
    """Force what was written to an open file to the disk."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Force the names in a folder to the disk, where the system supports it."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def rename(source: Path, target: Path) -> None:
    """Give a file another name, in place of the file that has it."""
    source.replace(target)


def link(source: Path, target: Path) -> None:
    """Give a file one more name. A symbolic link is not followed, where the system supports that."""
    os.link(source, target, follow_symlinks=os.link not in os.supports_follow_symlinks)


def delete(path: Path) -> None:
    """Delete a file."""
    path.unlink()


def make_folder(path: Path, permissions: int) -> None:
    """Make a folder in one that exists."""
    path.mkdir(permissions, exist_ok=True)


def delete_folder(path: Path) -> None:
    """Delete an empty folder."""
    path.rmdir()
