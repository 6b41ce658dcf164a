"""A file becomes a document."""

from __future__ import annotations

import codecs
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qa.document import Document
from qa.errors import CorpusError, DocumentError

SUFFIXES = (".txt", ".md")
"""The formats that can be read, in small letters; a file's own may be in any."""

MAX_BYTES = 16 * 1024 * 1024
"""The largest file that is read: some five thousand pages."""

# The longer marks first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
# Not the marks that are typed in rows: no-break space, middle dot, dashes, bullet, dots.
_FOREIGN_RUN = re.compile(r"[^\x00-\x7f\xa0\xb7\u2013\u2014\u2022\u2026]{4,}")

_OUT = "is a link out of the corpus folder: copy what it leads to into the folder"


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a folder holds: the documents, by id, and why each file that is none could not be read."""

    documents: tuple[Document, ...]
    failures: tuple[DocumentError, ...]


def load_document(path: Path, *, name: str | None = None) -> Document:
    """Read one text file; the document's id is `name`, or the file's own name.

    A byte order mark says which of UTF-8, UTF-16 and UTF-32 the file is in, and is no part of the text;
    without one it is UTF-8, or Windows-1252 if it reads as such. Nothing else is changed: line ends and
    white space are those of the file.

    Raises:
        DocumentError: it is no regular file, of no known format, larger than `MAX_BYTES`, cannot be
            read or decoded, holds no text, or its name is no Unicode.
    """
    document_id = path.name if name is None else name
    try:
        document_id.encode()
    except UnicodeEncodeError:
        raise DocumentError(f"{document_id!r} has a name that is not Unicode: rename it") from None
    if path.suffix.lower() not in SUFFIXES:
        raise DocumentError(f"{document_id!r} is of no known format: give a {' or '.join(SUFFIXES)} file")
    text = _decode(_read(path, document_id), document_id)
    if not text.strip():
        raise DocumentError(f"{document_id!r} holds no text: write some in it or take it away")
    return Document(document_id, text)


def load_corpus(folder: Path) -> Corpus:
    """Read every file of a known format in a folder and the folders in it; ids are paths inside it.

    Files and folders whose names begin with a dot are passed over. So are other formats. A file that
    cannot be read, a folder that cannot be listed, and a link that leads out of `folder` are among the
    failures; a link to a file inside is that file under another name, and one to a folder inside is not
    followed, as its files are found where they are.

    Raises:
        CorpusError: the folder is missing or is none, or no document in it can be read.
    """
    try:
        found = folder.is_dir()
    except OSError as error:
        raise CorpusError(f"cannot reach {str(folder)!r} ({error.strerror}): name another folder") from error
    if not found:
        raise CorpusError(f"no corpus folder at {str(folder)!r}: make it, or name another")
    documents: list[Document] = []
    failures: list[DocumentError] = []
    for path, problem in sorted(_found(folder), key=lambda found: found[0].as_posix()):
        name = path.relative_to(folder).as_posix()
        try:
            if problem:
                raise DocumentError(f"{name!r} {problem}")
            documents.append(load_document(path, name=name))
        except DocumentError as failure:
            failures.append(failure)
    if not documents:
        reason = f" ({failures[0]})" if failures else ""
        wanted = " or ".join(SUFFIXES)
        raise CorpusError(f"nothing to read in {str(folder)!r}{reason}: put {wanted} files in it")
    return Corpus(tuple(documents), tuple(failures))


def _found(folder: Path) -> Iterator[tuple[Path, str]]:
    """The paths to read, each with what forbids it; an empty string where nothing does."""
    unlisted: list[OSError] = []
    home = folder.resolve()
    for root, folders, files in os.walk(folder, onerror=unlisted.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in folders:
            if _leads_out(Path(root, name), home):
                yield Path(root, name), _OUT
        for name in files:
            path = Path(root, name)
            if not name.startswith(".") and path.suffix.lower() in SUFFIXES:
                yield path, _OUT if _leads_out(path, home) else ""
    for error in unlisted:
        yield Path(error.filename), f"cannot be listed ({error.strerror}): mend it or take it away"


def _leads_out(path: Path, home: Path) -> bool:
    """Whether a path is a link to somewhere outside `home`."""
    # Not Path.resolve: before Python 3.13 it fails on a link that leads to itself.
    return path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(home)


def _read(path: Path, name: str) -> bytes:
    """The bytes of a regular file within the limit."""
    try:
        status = path.stat()
        # A pipe would be waited for without end.
        if not stat.S_ISREG(status.st_mode):
            raise DocumentError(f"{name!r} is not a file: give the path of a text file")
        if status.st_size <= MAX_BYTES:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
            if len(data) <= MAX_BYTES:
                return data
    except OSError as error:
        raise DocumentError(f"{name!r} cannot be read ({error.strerror}): mend it or take it away") from error
    raise DocumentError(f"{name!r} is larger than {MAX_BYTES // 1024**2} MiB: split it into smaller files")


def _decode(data: bytes, name: str) -> str:
    """The text of a file, without its byte order mark."""
    mark, encoding = next((pair for pair in _MARKS if data.startswith(pair[0])), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        western = None if mark else _decode_western(data)
        if western is not None:
            return western
        place = len(mark) + error.start
        raise DocumentError(
            f"{name!r} is not valid {encoding.upper()} (byte {place}): save it as UTF-8 text"
        ) from error
    if "\0" in text:
        raise DocumentError(f"{name!r} is not a text file (it holds null characters): save it as UTF-8 text")
    return text


def _decode_western(data: bytes) -> str | None:
    """The text if the bytes read as Windows-1252 that a person wrote; None if they do not.

    They do not if they hold control characters (a binary file), if most of what is not ASCII is valid
    UTF-8 (a damaged file), or if a third of it stands in runs of four and more, as it does in other
    alphabets and hardly in the languages that Windows-1252 was made for.
    """
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    if _CONTROL.search(text) is not None:
        return None
    unicode = data.decode("utf-8", errors="replace")
    if _foreign(unicode) > 2 * unicode.count("\N{REPLACEMENT CHARACTER}"):
        return None
    in_runs = sum(len(run) for run in _FOREIGN_RUN.findall(text))
    return None if 3 * in_runs > _foreign(text) else text


def _foreign(text: str) -> int:
    """How many of its characters are not ASCII."""
    return len(text) - len(text.encode("ascii", errors="ignore"))
