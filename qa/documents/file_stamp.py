"""File stamp: size and modification time, by which a changed file is detected without reading it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple


class Stamp(NamedTuple):
    """The size and modification time of a file.

    Attributes:
        size: The size in bytes.
        time: The time of the last modification, in nanoseconds.
    """

    size: int
    time: int


UNSTAMPED = Stamp(-1, -1)
"""The stamp of a document that is not from a file."""


def stamp(path: Path | str) -> Stamp:
    """Return the stamp of a file.

    Raises:
        OSError: The file does not exist or cannot be reached.
    """
    status = os.stat(path)  # noqa: PTH116 - creating a hundred thousand Path objects takes longer
    return Stamp(status.st_size, status.st_mtime_ns)
