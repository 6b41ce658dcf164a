"""Uploads: the server's own folder, where uploaded files are kept for a while."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from qa.settings import DEFAULTS

if TYPE_CHECKING:
    import gradio as gr

_VARIABLE = "GRADIO_TEMP_DIR"
"""The environment variable that tells Gradio the folder."""

_PREFIX = "verbatim-qa-"

LEAST_BYTES = 64 * 1024
"""The least that a file counts, which also bounds the number of files."""

SAFE_SECONDS = 60.0
"""A younger file is not deleted to make room: it may not have been read yet."""


class _File(NamedTuple):
    changed: float
    size: int
    path: Path


class Uploads:
    """Bounds the disk space of uploaded files.

    Gradio puts finished files into sub-folders, and unfinished ones directly into the folder.

    Args:
        folder: The folder.
        limit: The most bytes of all files together, including those that are being uploaded.
        clock: Returns the time in seconds since the epoch, as in the modification times of files.
    """

    def __init__(self, folder: Path, limit: int, *, clock: Callable[[], float] = time.time) -> None:
        self.folder, self.limit, self._clock = folder, limit, clock
        self._arriving: list[int] = []
        self._lock = Lock()

    @classmethod
    def create(cls, port: int, limit: int) -> Uploads:
        """Create the folder of the server on a port, accessible only to this user, and make Gradio use it.

        Files left by a killed server on this port are deleted. The folder is deleted when the process exits.
        """
        parent = Path(os.environ.get(_VARIABLE) or tempfile.gettempdir())
        if parent.name.startswith(_PREFIX):  # set by another server in this process
            parent = parent.parent
        parent.mkdir(parents=True, exist_ok=True)
        user = os.getuid() if hasattr(os, "getuid") else 0
        folder = parent.resolve() / f"{_PREFIX}{user}-{port}"
        try:
            if folder.is_dir() and not folder.is_symlink():
                shutil.rmtree(folder)
            folder.mkdir(mode=0o700)
        except OSError:  # it belongs to somebody else
            folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent.resolve()))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ[_VARIABLE] = str(folder)
        return cls(folder, limit)

    @contextmanager
    def arriving(self, size: int) -> Iterator[bool]:
        """Reserve room for an upload while the `with` block runs. Then delete unfinished files.

        Args:
            size: The bytes of the upload.

        Yields:
            Whether there is room. The oldest files are deleted to make room.
        """
        size = max(size, LEAST_BYTES)
        with self._lock:
            has_room = self._make_room(size + sum(self._arriving))
            if has_room:
                self._arriving.append(size)
        if not has_room:
            yield False
            return
        try:
            yield True
        finally:
            with self._lock:
                self._arriving.remove(size)
                if not self._arriving:
                    for file in self._files():
                        if file.path.parent == self.folder:
                            _delete(file.path)

    def tidy(self) -> None:
        """Delete the files that are older than `Settings.upload_seconds`."""
        now = self._clock()
        for file in self._files():
            if now - file.changed > DEFAULTS.upload_seconds:
                self._remove(file)

    def size(self) -> int:
        """Return the bytes of all files, each at least `LEAST_BYTES`."""
        return sum(file.size for file in self._files())

    def _make_room(self, size: int) -> bool:
        """Delete the oldest files until `size` more bytes fit. Return whether they do."""
        files = sorted(self._files())
        left = self.limit - size - sum(file.size for file in files)
        for file in files:
            if left >= 0 or self._clock() - file.changed < SAFE_SECONDS:
                break
            self._remove(file)
            left += file.size
        return left >= 0

    def _files(self) -> list[_File]:
        files = []
        for folder, _, names in os.walk(self.folder):  # folders may be deleted meanwhile, which is fine
            for name in names:
                path = Path(folder, name)
                with suppress(OSError):
                    status = path.lstat()
                    files.append(_File(status.st_mtime, max(status.st_size, LEAST_BYTES), path))
        return files

    def _remove(self, file: _File) -> None:
        _delete(file.path)
        if file.path.parent != self.folder:
            with suppress(OSError):
                file.path.parent.rmdir()


def _delete(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def fetch_nothing(page: gr.Blocks) -> None:
    """Prevent the components of a page from fetching a URL that a client sends instead of a file."""
    import gradio as gr
    from gradio.blocks import Block

    def refusing(move: Callable[[Any], Any]) -> Callable[[Any], Any]:
        async def moved(path: Any) -> Any:
            if path is not None and "://" in str(path):
                raise gr.Error("Upload the file: addresses are not fetched.", print_exception=False)
            return await move(path)

        return moved

    for block in page.blocks.values():
        if isinstance(block, Block):
            move = block.async_move_resource_to_block_cache
            block.async_move_resource_to_block_cache = refusing(move)  # type: ignore[assignment, method-assign]
