"""What a document may be called."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path, PurePosixPath

from qa.documents.control_characters import UNSAFE_IN_LINE
from qa.documents.formats import TEXT_SUFFIXES
from qa.errors import DocumentError

MAX_NAME_BYTES = 255
"""The longest name of a file or folder in UTF-8, as file systems have it."""

MAX_ID_BYTES = 1_000
"""The longest path inside a corpus in UTF-8."""

LONGEST_PATH = 1_000  # characters of a text that is looked at as a path

_DRIVE = re.compile(r"[A-Za-z]:")


def check_name(name: str) -> None:
    """Refuse what could be no file's path inside a corpus on every system, or would be shown as another.

    Raises:
        DocumentError: it is one of these (see `text_document`).
    """
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        raise DocumentError(f"{name!r} has a name that is not Unicode: rename it") from None
    shown = name if len(name) <= MAX_NAME_BYTES else f"{name[:40]}…"
    parts = name.split("/")
    if not name.strip():
        raise DocumentError("a document needs a name: give it one")
    if UNSAFE_IN_LINE.search(name) is not None:
        raise DocumentError(f"{shown!r} has control characters in its name: rename it")
    if length > MAX_ID_BYTES or max(len(part.encode()) for part in parts) > MAX_NAME_BYTES:
        raise DocumentError(f"{shown!r} has too long a name: give it one of {MAX_NAME_BYTES} bytes at most")
    if "\\" in name or _DRIVE.match(name) is not None or "" in parts:
        raise DocumentError(f"{shown!r} is no path inside a folder: give names with single forward slashes")
    if any(part.startswith(".") for part in parts):
        raise DocumentError(f"{shown!r} leads elsewhere or begins with a dot: give another name")


def document_name(
    source: Path | str, name: str | None, taken: Collection[str], *, folder: Path | None = None
) -> str:
    """The id under which a file or a text is added.

    A file has its own suffix, and a text one of text, whatever `name` says. A file without a name has its
    own, or its path inside `folder` if it lies there; a text the first of `text.txt`, `text-2.txt` ...
    that is not `taken`.

    Raises:
        DocumentError: a text that is the path of a file.
    """
    if isinstance(source, Path):
        if name is None:
            inside = source.name if folder is None else os.path.relpath(source, folder).replace(os.sep, "/")
            return source.name if inside.startswith("../") else inside
        same = PurePosixPath(name).suffix.lower() == source.suffix.lower()
        return name if same else name + source.suffix
    with suppress(OSError, ValueError):
        if "\n" not in source and len(source) <= LONGEST_PATH and Path(source).is_file():
            raise DocumentError(
                f"{source!r} is a file: give its path as Path({source!r}) to add what it holds"
            )
    if name is not None:
        return name if PurePosixPath(name).suffix.lower() in TEXT_SUFFIXES else f"{name}.txt"
    names = (f"text-{number}.txt" if number > 1 else "text.txt" for number in range(1, len(taken) + 2))
    return next(free for free in names if free not in taken)
