"""File formats: which are read, and how a file of another one is recognised."""

from __future__ import annotations

import re

from qa.errors import DocumentError

TEXT_SUFFIXES = (".txt", ".md")
PAGE_SUFFIXES = (".html", ".htm")

SUFFIXES = (*TEXT_SUFFIXES, *PAGE_SUFFIXES, ".pdf", ".docx")
"""The formats that are read, in lower case. Files may have their suffix in upper case too."""

SUFFIXES_IN_WORDS = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
"""The same in words: ".txt, .md ... or .docx"."""

_UNPACK = "is an archive: unpack it and give the files in it"
_CONVERT = "has an unsupported format: save it as .docx, .pdf or .txt"

UNREAD_SUFFIXES = {
    **dict.fromkeys((".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst"), _UNPACK),
    **dict.fromkeys((".doc", ".docm", ".odt", ".rtf", ".epub", ".pages", ".mht", ".mhtml"), _CONVERT),
}
"""Formats that somebody may expect to be read, with the problem that is reported for each."""

_ZIP, _OLD_OFFICE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-"

# The first bytes of formats, with the problem of a file that has them under another suffix.
_SIGNATURES = (
    (_PDF, "is a PDF: rename it to .pdf"),
    (_ZIP, "is an archive or an Office document: unpack it, or rename it to .docx if it is a Word document"),
    (b"PK\x05\x06", _UNPACK),
    (_OLD_OFFICE, "is an old or password-protected Office document: save it as .docx without a password"),
    (b"{\\rtf", _CONVERT),
    (b"\x1f\x8b", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", _UNPACK),
    (b"Rar!\x1a\x07", _UNPACK),
    (b"\xfd7zXZ\0", _UNPACK),
    (b"\x28\xb5\x2f\xfd", _UNPACK),
)
_MARKUP = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype|!--|html|head|body|\?xml)", re.I)
_PDF_SIGNATURE_BYTES = 1024  # at the beginning of a file, within which a PDF has its signature


def suffix_of(name: str) -> str:
    """Return the suffix of a name in lower case, with its dot; empty if it has none."""
    stem, dot, suffix = name.rpartition(".")
    return f"{dot}{suffix.lower()}" if stem else ""


def check_signature(data: bytes, name: str, suffix: str) -> None:
    """Check that the first bytes of a file do not belong to another format than its suffix says.

    Args:
        data: The content of the file.
        name: The name for the message.
        suffix: One of `SUFFIXES`.

    Raises:
        DocumentError: The file certainly has another format.
    """
    if suffix == ".pdf" and _PDF in data[:_PDF_SIGNATURE_BYTES]:
        return
    if suffix == ".docx" and data.startswith(_ZIP):
        return
    for signature, problem in _SIGNATURES:
        if data.startswith(signature):
            raise DocumentError(f"{name!r} {problem}")
    if suffix in (".pdf", ".docx") and data:
        format_name = "a PDF" if suffix == ".pdf" else "a Word document"
        advice = "rename it to .html" if _MARKUP.match(data) is not None else "save it again"
        raise DocumentError(f"{name!r} is not {format_name}, whatever its name says: {advice}")
