"""Document loader: reads files of all formats as documents, and lists the files in a corpus folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from qa.documents.document import Document
from qa.documents.encoding import decode
from qa.documents.formats import (
    MARKDOWN_SUFFIXES,
    OCR_ADVICE,
    PAGE_SUFFIXES,
    PICTURE_SUFFIXES,
    SUFFIXES,
    SUFFIXES_IN_WORDS,
    TEXT_SUFFIXES,
    UNREAD_SUFFIXES,
    check_signature,
    suffix_of,
)
from qa.documents.names import check_name
from qa.documents.parsers.plain_text import plain_text_blocks
from qa.documents.sandbox import Sandbox
from qa.errors import CorpusError, DocumentError, TooLargeError, UnsupportedFormatError
from qa.settings import DEFAULTS

_UNSUPPORTED = f"has an unsupported file type: give a {SUFFIXES_IN_WORDS} file"
_OUTSIDE = "is a link out of the corpus folder: copy its target into the folder"
_BROKEN = "is a broken link: fix or remove it"


def load_document(
    path: Path,
    *,
    name: str | None = None,
    sandbox: Sandbox | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Document:
    """Read one file.

    Text and Markdown are decoded; line endings and white space are not changed. All other formats are parsed
    in a separate process.

    Args:
        path: The file.
        name: The id of the document, by default the name of the file. Its suffix determines the format; if it
            has no known suffix, that of the file does.
        sandbox: The parser process. Pass the same one for many files to start it only once.
        on_progress: Called with the number of pages read and of all pages, see `Sandbox.parse`.

    Raises:
        DocumentError: The name is not allowed (see `check_name`), or the file is not a regular file, has an
            unsupported format or one that contradicts its name, exceeds a limit, cannot be read, or contains
            no text.
    """
    document_id = path.name if name is None else name
    check_name(document_id)
    if path.is_dir():
        raise DocumentError(f"{document_id!r} is a folder: give the files in it")
    suffix = suffix_of(document_id)
    if suffix not in SUFFIXES and suffix not in UNREAD_SUFFIXES:
        suffix = suffix_of(path.name)
    if suffix not in SUFFIXES:
        if suffix in PICTURE_SUFFIXES:
            raise UnsupportedFormatError(f"{document_id!r} is a picture: {OCR_ADVICE}")
        raise UnsupportedFormatError(f"{document_id!r} {UNREAD_SUFFIXES.get(suffix, _UNSUPPORTED)}")
    is_text = suffix in TEXT_SUFFIXES or suffix in PAGE_SUFFIXES
    data = read_file(path, document_id, DEFAULTS.max_text_bytes if is_text else DEFAULTS.max_file_bytes)
    check_signature(data, document_id, suffix)
    if suffix in TEXT_SUFFIXES:
        text, notes = decode(data, document_id)
        return replace(text_document(text, name=document_id), notes=notes)
    if not data:
        raise DocumentError(f"{document_id!r} is empty: save it again or remove it")
    if sandbox is not None:
        return sandbox.parse(document_id, suffix, data, on_progress=on_progress)
    with Sandbox() as sandbox:
        return sandbox.parse(document_id, suffix, data, on_progress=on_progress)


def text_document(text: str, *, name: str) -> Document:
    """Return a document with a text, unchanged, and `name` as its id.

    If the name ends with .md or .markdown, the text is Markdown.

    Raises:
        DocumentError: The name is not allowed (see `check_name`), or the text is only white space, too long,
            or not valid Unicode.
    """
    check_name(name)
    if not text.strip():
        raise DocumentError(f"{name!r} contains no text: add some or remove it")
    limit = DEFAULTS.max_document_characters
    if len(text) > limit:
        raise TooLargeError(
            f"{name!r} has {len(text):,} characters and at most {limit:,} can be read: split it"
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise DocumentError(
            f"{name!r} contains a lone surrogate (invalid Unicode) at offset {error.start}: save it again"
        ) from None
    return with_structure(Document(name, text))


def with_structure(document: Document) -> Document:
    """Return a document with the structure of its text, unless it already has one.

    A text is read as Markdown if its id ends with .md or .markdown, otherwise as plain text. A text with too
    many lines gets no structure, which would take more memory than the text.
    """
    if document.blocks or document.text.count("\n") > DEFAULTS.max_structured_lines:
        return document
    if suffix_of(document.id) not in MARKDOWN_SUFFIXES:
        return replace(document, blocks=plain_text_blocks(document.text))
    from qa.documents.parsers.markdown import markdown_blocks

    return replace(document, blocks=markdown_blocks(document.text))


def check_folder(folder: Path) -> None:
    """Check that a corpus folder exists.

    Raises:
        CorpusError: It is missing, not a folder, or cannot be reached.
    """
    try:
        is_folder = folder.is_dir()
    except OSError as error:
        raise CorpusError(f"cannot reach {str(folder)!r} ({error.strerror}): name another folder") from error
    if not is_folder:
        raise CorpusError(f"no corpus folder at {str(folder)!r}: create it or name another")


def corpus_files(folder: Path) -> list[tuple[str, str]]:
    """List the files to read in a folder and its subfolders, without opening them.

    Names that begin with a dot are left out, and so are formats that nobody expects to be supported. A link
    to a file inside `folder` is listed as another file. A link to a folder inside is not followed, since its
    files are listed anyway.

    Args:
        folder: The corpus folder.

    Returns:
        Pairs of id and problem, sorted by id. The id is the path inside the folder, with forward slashes. The
        problem says why the file cannot be read, phrased to follow the id; it is empty if there is none.
        Folders that cannot be listed, links out of `folder` and broken links are included as problems.

    Raises:
        CorpusError: The folder is missing or not a folder.
    """
    check_folder(folder)
    return sorted(_walk(folder))


def _walk(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the pairs of `corpus_files` in any order."""
    home = folder.resolve()
    prefixes = [""]  # of the ids in the folders still to be listed
    while prefixes:
        prefix = prefixes.pop()
        try:
            # Not Path.walk: creating a hundred thousand Path objects takes longer than finding the files.
            with os.scandir(f"{folder}/{prefix}") as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if _is_folder(entry):
                        if _leads_outside(entry, home):
                            yield prefix + entry.name, _OUTSIDE
                        elif not entry.is_symlink():
                            prefixes.append(f"{prefix}{entry.name}/")
                    elif (suffix := suffix_of(entry.name)) in SUFFIXES or suffix in UNREAD_SUFFIXES:
                        problem = _link_problem(entry, home) or UNREAD_SUFFIXES.get(suffix, "")
                        yield prefix + entry.name, problem
        except OSError as error:
            yield prefix[:-1] or ".", f"cannot be listed ({error.strerror}): fix or remove it"


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a folder or a link to one."""
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _leads_outside(entry: os.DirEntry[str], home: Path) -> bool:
    """Return whether an entry is a link to something that is not inside `home`."""
    return entry.is_symlink() and not Path(os.path.realpath(entry.path)).is_relative_to(home)


def _link_problem(entry: os.DirEntry[str], home: Path) -> str:
    """Return the problem of a link that is broken or leads outside; empty for any other entry."""
    if _leads_outside(entry, home):
        return _OUTSIDE
    is_broken = entry.is_symlink() and not os.path.exists(entry.path)  # noqa: PTH110 - fast, as above
    return _BROKEN if is_broken else ""


def read_file(path: Path, name: str, limit: int) -> bytes:
    """Return the content of a regular file.

    Raises:
        DocumentError: It is not a regular file, is larger than `limit` bytes, or cannot be read.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # reading from a pipe could wait forever
            raise DocumentError(f"{name!r} is not a regular file: give the path of a text file")
        if status.st_size <= limit:
            with path.open("rb") as file:
                data = file.read(limit + 1)  # it may have grown
            if len(data) <= limit:
                return data
    except OSError as error:
        raise DocumentError(f"{name!r} cannot be read ({error.strerror}): fix or remove it") from error
    except ValueError as error:
        raise DocumentError(f"{name!r} has an invalid path: give another one") from error
    raise TooLargeError(f"{name!r} is larger than {limit // 1024**2} MiB: split it into smaller files")
