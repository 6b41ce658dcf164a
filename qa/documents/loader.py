"""A file becomes a document."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from qa.documents.document import Document
from qa.documents.encoding import decode
from qa.documents.formats import (
    PAGE_SUFFIXES,
    SUFFIXES,
    TEXT_SUFFIXES,
    UNREAD_SUFFIXES,
    check_beginning,
    suffix_of,
)
from qa.documents.names import check_name
from qa.documents.sandbox import Sandbox
from qa.errors import CorpusError, DocumentError
from qa.settings import DEFAULTS

_WANTED = f"a {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]} file"


_OUT = "is a link out of the corpus folder: copy what it leads to into the folder"
_NOWHERE = "is a link that leads nowhere: mend it or take it away"


def load_document(path: Path, *, name: str | None = None, sandbox: Sandbox | None = None) -> Document:
    """Read one file; the document's id is `name`, or the file's own name.

    The suffix of the id says the format; if it says none, that of the file does.

    Text (.txt, .md) is decoded and nothing else is changed: line ends and white space are those of the
    file (see `decode`). A web page, PDF or Word document is parsed in a process of its own; whoever reads
    many passes one `sandbox` to all, which spares starting it for each.

    Raises:
        DocumentError: its name cannot be an id (see `text_document`), it is no regular file, of no known
            format or another than its name says, beyond a limit, cannot be read, or holds no text.
    """
    document_id = path.name if name is None else name
    check_name(document_id)
    if path.is_dir():
        raise DocumentError(f"{document_id!r} is a folder: give the files in it")
    suffix = suffix_of(document_id)
    if suffix not in (*SUFFIXES, *UNREAD_SUFFIXES):
        suffix = suffix_of(path.name)
    if suffix not in SUFFIXES:
        problem = UNREAD_SUFFIXES.get(suffix, f"is of no known format: give {_WANTED}")
        raise DocumentError(f"{document_id!r} {problem}")
    text_like = suffix in TEXT_SUFFIXES + PAGE_SUFFIXES
    data = _read(path, document_id, DEFAULTS.max_text_bytes if text_like else DEFAULTS.max_file_bytes)
    check_beginning(data, document_id, suffix)
    if suffix in TEXT_SUFFIXES:
        return text_document(decode(data, document_id), name=document_id)
    if not data:
        raise DocumentError(f"{document_id!r} is empty: save it again or take it away")
    if sandbox is not None:
        return sandbox.parse(document_id, suffix, data)
    with Sandbox() as sandbox:
        return sandbox.parse(document_id, suffix, data)


def text_document(text: str, *, name: str) -> Document:
    """The document of a text that is at hand, unchanged, under an id.

    Raises:
        DocumentError: the text is nothing but white space, too long, or no Unicode; or `name` is empty, a
            path that leads elsewhere or to hidden files, too long for a file, or holds control characters.
    """
    check_name(name)
    if not text.strip():
        raise DocumentError(f"{name!r} holds no text: write some in it or take it away")
    most = DEFAULTS.max_document_characters
    if len(text) > most:
        raise DocumentError(
            f"{name!r} has {len(text):,} characters and at most {most:,} can be read: split it"
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise DocumentError(f"{name!r} holds half a character (place {error.start}): save it again") from None
    return Document(name, text)


def check_folder(folder: Path) -> None:
    """See that a corpus folder is there.

    Raises:
        CorpusError: it is missing or is none.
    """
    try:
        found = folder.is_dir()
    except OSError as error:
        raise CorpusError(f"cannot reach {str(folder)!r} ({error.strerror}): name another folder") from error
    if not found:
        raise CorpusError(f"no corpus folder at {str(folder)!r}: make it, or name another")


def corpus_files(folder: Path) -> list[tuple[str, str]]:
    """The files of a folder, and of the folders in it, that are to be read: id and problem, by id.

    The id is the path inside the folder, with forward slashes. The problem is what forbids to read it, a
    predicate that ends the sentence which its id begins; an empty string where nothing does.

    Files and folders whose names begin with a dot are passed over. So are formats that nobody would think
    to be read. A folder that cannot be listed and a link that leads out of `folder` are among the
    problems, and so is one that leads nowhere; a link to a file inside is that file under another name, and
    one to a folder inside is not followed, as its files are found where they are.

    Raises:
        CorpusError: the folder is missing or is none.
    """
    check_folder(folder)
    return sorted(_found(folder))


def _found(folder: Path) -> Iterator[tuple[str, str]]:
    """The ids of what is to be read, each with what forbids it; an empty string where nothing does."""
    home = folder.resolve()
    waiting = [""]  # folders to be listed, as the beginnings of the ids in them
    while waiting:
        inside = waiting.pop()
        try:
            # Not Path.walk: of a hundred thousand files, making paths takes longer than finding them.
            with os.scandir(f"{folder}/{inside}") as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    name, suffix, link = inside + entry.name, suffix_of(entry.name), entry.is_symlink()
                    out = link and not Path(os.path.realpath(entry.path)).is_relative_to(home)
                    if _is_folder(entry):
                        if out:
                            yield name, _OUT
                        elif not link:
                            waiting.append(f"{name}/")
                    elif suffix in SUFFIXES or suffix in UNREAD_SUFFIXES:
                        lost = link and not os.path.exists(entry.path)  # noqa: PTH110
                        yield name, _OUT if out else _NOWHERE if lost else UNREAD_SUFFIXES.get(suffix, "")
        except OSError as error:
            yield inside[:-1] or ".", f"cannot be listed ({error.strerror}): mend it or take it away"


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _read(path: Path, name: str, limit: int) -> bytes:
    """The bytes of a regular file, if they are no more than `limit`."""
    try:
        status = path.stat()
        # A pipe would be waited for without end.
        if not stat.S_ISREG(status.st_mode):
            raise DocumentError(f"{name!r} is not a file: give the path of a text file")
        if status.st_size <= limit:
            with path.open("rb") as file:
                data = file.read(limit + 1)
            if len(data) <= limit:
                return data
    except OSError as error:
        raise DocumentError(f"{name!r} cannot be read ({error.strerror}): mend it or take it away") from error
    except ValueError as error:
        raise DocumentError(f"{name!r} is sought at a path that no file has: give another") from error
    raise DocumentError(f"{name!r} is larger than {limit // 1024**2} MiB: split it into smaller files")
