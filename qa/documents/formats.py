"""The formats that can be read, and how a file shows that it is of another."""

from __future__ import annotations

import re

from qa.errors import DocumentError

TEXT_SUFFIXES = (".txt", ".md")
PAGE_SUFFIXES = (".html", ".htm")

SUFFIXES = (*TEXT_SUFFIXES, *PAGE_SUFFIXES, ".pdf", ".docx")
"""The formats that can be read, in small letters; a file's own may be in any."""

_UNPACK = "is an archive: unpack it and give the files in it"
_CONVERT = "is of a format that is not read: save it as .docx, .pdf or .txt"

# What people have and may think to be read, so that it is told and not passed over.
UNREAD_SUFFIXES = dict.fromkeys(
    (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst"), _UNPACK
)
UNREAD_SUFFIXES |= dict.fromkeys(
    (".doc", ".docm", ".odt", ".rtf", ".epub", ".pages", ".mht", ".mhtml"), _CONVERT
)

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


def suffix_of(name: str) -> str:
    """The suffix of a name with its dot, in small letters; empty where there is none."""
    stem, dot, suffix = name.rpartition(".")
    return f"{dot}{suffix.lower()}" if stem else ""


def check_beginning(data: bytes, name: str, suffix: str) -> None:
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
