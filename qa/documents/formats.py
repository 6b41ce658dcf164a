"""File formats: which ones are read, and how files of other formats are recognised."""

from __future__ import annotations

import re

from qa.errors import UnsupportedFormatError

MARKDOWN_SUFFIXES = (".md", ".markdown")
TEXT_SUFFIXES = (".txt", ".text", *MARKDOWN_SUFFIXES)
PAGE_SUFFIXES = (".html", ".htm", ".xhtml")
TABLE_SUFFIXES = (".csv", ".tsv")
WORKBOOK_SUFFIXES = (".xlsx", ".xls", ".ods")

SUFFIXES = (
    *TEXT_SUFFIXES,
    *PAGE_SUFFIXES,
    ".pdf",
    ".epub",
    ".docx",
    ".dotx",
    ".odt",
    ".rtf",
    ".pptx",
    *WORKBOOK_SUFFIXES,
    *TABLE_SUFFIXES,
    ".eml",
)
"""The suffixes of the formats that are read, in lower case. Files may have them in upper case too."""

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
"""The suffixes of pictures, whose text can be recognised."""

OCR_ADVICE = "run text recognition (OCR) on it, for example by `qa add --ocr`"
"""The advice for a file whose text is only a picture."""

SUFFIXES_IN_WORDS = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
"""`SUFFIXES` as a phrase: ".txt, .text ... or .eml"."""

_UNPACK = "is an archive: unpack it and give the files in it"
_CONVERT = "has an unsupported format: save it as .docx, .pdf or .txt"

UNREAD_SUFFIXES = {
    **dict.fromkeys((".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst"), _UNPACK),
    **dict.fromkeys((".doc", ".docm", ".pages", ".mht", ".mhtml", ".mobi", ".azw3"), _CONVERT),
    **dict.fromkeys((".ppt", ".key", ".odp"), "has an unsupported format: save it as .pptx or .pdf"),
    ".numbers": "has an unsupported format: save it as .xlsx or .csv",
    ".msg": "has an unsupported format: save the e-mail as .eml or .txt",
}
"""Formats that users may expect to be supported, with the problem that is reported for each."""

_ZIP, _OLD_OFFICE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-"

_ARCHIVES = (".epub", ".docx", ".dotx", ".odt", ".pptx", ".xlsx", ".ods")
_NAMES = {
    ".pdf": "a PDF",
    ".epub": "an e-book",
    ".docx": "a Word document",
    ".dotx": "a Word template",
    ".odt": "an OpenDocument text",
    ".pptx": "a presentation",
    ".xlsx": "a spreadsheet",
    ".xls": "a spreadsheet",
    ".ods": "a spreadsheet",
}

# The first bytes of a format, and the problem of a file that has them under another suffix.
_SIGNATURES = (
    (_PDF, "is a PDF: rename it to .pdf"),
    (_ZIP, "is an archive or an Office document: unpack it, or give it the suffix of its format"),
    (b"PK\x05\x06", _UNPACK),
    (
        _OLD_OFFICE,
        "is an old or password-protected Office document: save it in the current format without a password",
    ),
    (b"{\\rtf", "is an RTF document: rename it to .rtf"),
    (b"\x1f\x8b", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", _UNPACK),
    (b"Rar!\x1a\x07", _UNPACK),
    (b"\xfd7zXZ\0", _UNPACK),
    (b"\x28\xb5\x2f\xfd", _UNPACK),
)
_MARKUP = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype|!--|html|head|body|\?xml)", re.I)
_PDF_SIGNATURE_BYTES = 1024  # from the beginning of a PDF, in which its signature must be


def suffix_of(name: str) -> str:
    """Return the suffix of a name in lower case, with its dot; empty if it has none."""
    stem, dot, suffix = name.rpartition(".")
    return f"{dot}{suffix.lower()}" if stem else ""


def check_signature(data: bytes, name: str, suffix: str) -> None:
    """Check that the first bytes of a file do not contradict its suffix.

    Args:
        data: The content of the file.
        name: The name for the message.
        suffix: One of `SUFFIXES`.

    Raises:
        UnsupportedFormatError: The file certainly has another format.
    """
    if suffix == ".pdf" and _PDF in data[:_PDF_SIGNATURE_BYTES]:
        return
    if suffix in _ARCHIVES and data.startswith(_ZIP):
        return
    if (suffix == ".rtf" and data.startswith(b"{\\rtf")) or (
        suffix == ".xls" and data.startswith(_OLD_OFFICE)
    ):
        return
    for signature, problem in _SIGNATURES:
        if data.startswith(signature):
            raise UnsupportedFormatError(f"{name!r} {problem}")
    if suffix in _NAMES and data:
        advice = "rename it to .html" if _MARKUP.match(data) is not None else "save it again"
        raise UnsupportedFormatError(f"{name!r} is not {_NAMES[suffix]}, despite its name: {advice}")
