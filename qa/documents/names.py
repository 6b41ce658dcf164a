"""Document names: which ones are allowed, and how a document without a name gets one."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path, PurePosixPath

from qa.documents.control_characters import UNSAFE_IN_LINE
from qa.documents.formats import TEXT_SUFFIXES
from qa.errors import DocumentError

MAX_NAME_BYTES = 255
"""The longest name of a file or folder in UTF-8 that file systems allow."""

MAX_ID_BYTES = 1_000
"""The longest path inside a corpus in UTF-8."""

MAX_PATH_CHARACTERS = 1_000
"""A longer text cannot be the path of a file given by mistake."""

_DRIVE = re.compile(r"[A-Za-z]:")
_JOINERS = "\u200c\u200d"  # invisible, but words and emoji look different without them
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.I)


def check_name(name: str) -> None:
    """Check that `name` can be a path inside a corpus on every system, and can be displayed safely.

    Raises:
        DocumentError: The name is empty, not Unicode or too long, contains control characters, is not a
            relative path with forward slashes, or has a part that begins with a dot.
    """
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        raise DocumentError(f"{name!r} has a name that is not valid Unicode: rename it") from None
    shown = name if len(name) <= MAX_NAME_BYTES else f"{name[:40]}…"
    parts = name.split("/")
    if not name.strip():
        raise DocumentError("a document needs a name: give it one")
    if UNSAFE_IN_LINE.search(name) is not None:
        raise DocumentError(f"{shown!r} has control characters in its name: rename it")
    if length > MAX_ID_BYTES or max(len(part.encode()) for part in parts) > MAX_NAME_BYTES:
        raise DocumentError(f"{shown!r} has a name that is too long: use at most {MAX_NAME_BYTES} bytes")
    if "\\" in name or _DRIVE.match(name) is not None or "" in parts:
        raise DocumentError(f"{shown!r} is not a path inside a folder: use names with single forward slashes")
    if any(part.startswith(".") for part in parts):
        raise DocumentError(f"{shown!r} leads elsewhere or begins with a dot: use another name")


def document_name(
    source: Path | str, name: str | None, taken: Collection[str], *, folder: Path | None = None
) -> str:
    """Return the id under which a file or a text is added.

    A file keeps its own suffix and a text gets a text suffix, even if `name` has another one. Names that look
    the same become the same: they are normalized (NFC), and invisible characters are removed. A file inside
    `folder` keeps its path there.

    Args:
        source: A file (a `Path`) or a text (a `str`).
        name: The name to use. By default, the name of the file, or its path inside `folder` if it is there;
            for a text, the first of `text.txt`, `text-2.txt` ... that is not taken.
        taken: The ids that are in use.
        folder: The corpus folder.

    Raises:
        DocumentError: The text is the path of a file, or the name is not a valid file name on every system.
    """
    if isinstance(source, Path):
        return _file_name(source, name, folder)
    with suppress(OSError, ValueError):
        if "\n" not in source and len(source) <= MAX_PATH_CHARACTERS and Path(source).is_file():
            raise DocumentError(f"{source!r} is a file: give its path as Path({source!r}) to add its content")
    if name is not None:
        name = _plain(name)
        return name if PurePosixPath(name).suffix.lower() in TEXT_SUFFIXES else f"{name}.txt"
    names = ("text.txt", *(f"text-{count}.txt" for count in range(2, len(taken) + 2)))
    return next(name for name in names if name not in taken)


def _file_name(path: Path, name: str | None, folder: Path | None) -> str:
    """Return the id of a file; see `document_name`."""
    if name is not None:
        name = _plain(name)
        has_suffix = PurePosixPath(name).suffix.lower() == path.suffix.lower()
        return name if has_suffix else name + path.suffix
    if folder is not None:
        relative = os.path.relpath(path, folder).replace(os.sep, "/")
        if not relative.startswith("../"):
            return relative
    return _plain(path.name)


def _plain(name: str) -> str:
    """Return the one spelling of all names that look the same.

    Raises:
        DocumentError: Windows would refuse or change such a file name.
    """
    seen = "".join(
        character
        for character in unicodedata.normalize("NFC", name)
        if unicodedata.category(character) != "Cf" or character in _JOINERS or _is_refused(character)
    )
    for part in seen.split("/"):
        if _DEVICE.fullmatch(part) is not None or part.rstrip(" ") != part:
            raise DocumentError(f"{seen[:40]!r} is not a name for a file on Windows: use another name")
    return seen


def _is_refused(character: str) -> bool:
    """Return whether `check_name` refuses a character, so that removing it would hide the reason."""
    return UNSAFE_IN_LINE.fullmatch(character) is not None
