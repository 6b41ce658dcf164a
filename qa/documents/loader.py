"""A file becomes a document."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from qa.documents.document import Document
from qa.documents.encoding import decode
from qa.documents.sandbox import MAX_CHARACTERS, Sandbox
from qa.errors import CorpusError, DocumentError

TEXT_SUFFIXES = (".txt", ".md")
PAGE_SUFFIXES = (".html", ".htm")
SUFFIXES = (*TEXT_SUFFIXES, *PAGE_SUFFIXES, ".pdf", ".docx")
"""The formats that can be read, in small letters; a file's own may be in any."""

MAX_TEXT_BYTES = 16 * 1024 * 1024
"""The largest text or web page that is read: some five thousand pages."""

MAX_BYTES = 64 * 1024 * 1024
"""The largest file that is read: a PDF or Word document, its pictures included."""

MAX_NAME_BYTES = 255
"""The longest name of a file or folder in UTF-8, as file systems have it."""

MAX_ID_BYTES = 1_000
"""The longest path inside a corpus in UTF-8."""

_WANTED = f"a {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]} file"

_UNPACK = "is an archive: unpack it and give the files in it"
_CONVERT = "is of a format that is not read: save it as .docx, .pdf or .txt"
# What people have and may think to be read, so that it is told and not passed over.
_OTHERS = dict.fromkeys((".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst"), _UNPACK)
_OTHERS |= dict.fromkeys((".doc", ".docm", ".odt", ".rtf", ".epub", ".pages", ".mht", ".mhtml"), _CONVERT)

_ZIP, _OLD_WORD, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-"
# How a file begins that is something else than its name says.
_BEGINNINGS = (
    (_PDF, "is a PDF: rename it to .pdf"),
    (_ZIP, "is an archive or a document of Office: unpack it, or rename it to .docx if it is one of Word"),
    (b"PK\x05\x06", _UNPACK),
    (_OLD_WORD, "is an old or a locked document of Office: save it as .docx without a password"),
    (b"{\\rtf", _CONVERT),
    (b"\x1f\x8b", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", _UNPACK),
    (b"Rar!\x1a\x07", _UNPACK),
    (b"\xfd7zXZ\0", _UNPACK),
    (b"\x28\xb5\x2f\xfd", _UNPACK),
)
_MARKUP = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype|!--|html|head|body|\?xml)", re.I)
_PDF_WITHIN = 1024  # so far from its beginning a PDF's mark may stand

# Control characters, ends of lines and marks that turn the letters after them round.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_DRIVE = re.compile(r"[A-Za-z]:")

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
    suffix = _suffix(document_id)
    if suffix not in (*SUFFIXES, *_OTHERS):
        suffix = _suffix(path.name)
    if suffix not in SUFFIXES:
        problem = _OTHERS.get(suffix, f"is of no known format: give {_WANTED}")
        raise DocumentError(f"{document_id!r} {problem}")
    text_like = suffix in TEXT_SUFFIXES + PAGE_SUFFIXES
    data = _read(path, document_id, MAX_TEXT_BYTES if text_like else MAX_BYTES)
    _check_beginning(data, document_id, suffix)
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
        DocumentError: the text is nothing but white space, longer than `MAX_CHARACTERS`, or no Unicode;
            or `name` is empty, a path that leads elsewhere or to hidden files, too long for a file, or
            holds control characters.
    """
    check_name(name)
    if not text.strip():
        raise DocumentError(f"{name!r} holds no text: write some in it or take it away")
    if len(text) > MAX_CHARACTERS:
        raise DocumentError(
            f"{name!r} has {len(text):,} characters and at most {MAX_CHARACTERS:,} can be read: split it"
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise DocumentError(f"{name!r} holds half a character (place {error.start}): save it again") from None
    return Document(name, text)


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
    if _STEERING.search(name) is not None:
        raise DocumentError(f"{shown!r} has control characters in its name: rename it")
    if length > MAX_ID_BYTES or max(len(part.encode()) for part in parts) > MAX_NAME_BYTES:
        raise DocumentError(f"{shown!r} has too long a name: give it one of {MAX_NAME_BYTES} bytes at most")
    if "\\" in name or _DRIVE.match(name) is not None or "" in parts:
        raise DocumentError(f"{shown!r} is no path inside a folder: give names with single forward slashes")
    if any(part.startswith(".") for part in parts):
        raise DocumentError(f"{shown!r} leads elsewhere or begins with a dot: give another name")


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


def _suffix(name: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f"{dot}{suffix.lower()}" if stem else ""


def _check_beginning(data: bytes, name: str, suffix: str) -> None:
    """Refuse a file that is surely something else than its name says."""
    if suffix == ".pdf" and _PDF in data[:_PDF_WITHIN]:
        return
    if suffix == ".docx" and data.startswith(_ZIP):
        return
    for beginning, problem in _BEGINNINGS:
        if data.startswith(beginning):
            raise DocumentError(f"{name!r} {problem}")
    if suffix in (".pdf", ".docx") and data:
        kind = "a PDF" if suffix == ".pdf" else "a Word document"
        advice = "rename it to .html" if _MARKUP.match(data) is not None else "save it again"
        raise DocumentError(f"{name!r} is not {kind}, whatever its name says: {advice}")


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
                    name, suffix, link = inside + entry.name, _suffix(entry.name), entry.is_symlink()
                    out = link and not Path(os.path.realpath(entry.path)).is_relative_to(home)
                    if _is_folder(entry):
                        if out:
                            yield name, _OUT
                        elif not link:
                            waiting.append(f"{name}/")
                    elif suffix in SUFFIXES or suffix in _OTHERS:
                        lost = link and not os.path.exists(entry.path)  # noqa: PTH110
                        yield name, _OUT if out else _NOWHERE if lost else _OTHERS.get(suffix, "")
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
