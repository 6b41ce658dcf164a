"""Encoding of text files: UTF-8, UTF-16, UTF-32, Windows-1252, or another code page that clearly fits."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from qa.documents.control_characters import BINARY
from qa.errors import DocumentError

CHARACTERS_PER_NULL = 10
"""Fewer null characters than one in this many are stray ones in a text; more mean binary data."""

# Longer marks first, since that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Four or more characters outside ASCII in a row, as in other alphabets. Marks that are often repeated are
# excluded: no-break space, middle dot, dashes, bullet and ellipsis.
_FOREIGN_RUN = re.compile(r"[^\x00-\x7f\xa0\xb7\u2013\u2014\u2022\u2026]{4,}")


CODE_PAGES = ("cp1250", "cp1251", "cp1253", "cp1254", "iso8859_2", "koi8_r", "mac_roman", "cp852", "cp866")
"""The encodings that the detector chooses from."""

_NAMES = {
    "iso8859_2": "ISO-8859-2",
    "koi8_r": "KOI8-R",
    "mac_roman": "Mac Roman",
    "cp852": "code page 852",
    "cp866": "code page 866",
}

CODE_PAGE_SAMPLE = 64 * 1024
"""The number of bytes that the detector looks at."""

_ALIKE = ("cp1250", "iso8859_2")  # they differ in too few letters for a detector

COHERENCE = 0.2
"""The least coherence reported by the detector, 0 to 1: how well letter frequencies fit a language."""

# What no word has: a symbol between letters or before a lower-case one, or an accented capital after one.
_FAULT = re.compile(
    r"[^\W\d_][¡-¦¨¬¯´¶¸¹¼-¿ƒˆ˜‚„][^\W\d_]|[a-zß-öø-ÿ]{2}[«±³»][a-zß-öø-ÿ]"
    r"|(?<!\w)[£¥¯¹³²¼½¾¦¬][a-zß-öø-ÿ]|[a-zß-öø-ÿ][À-ÖØ-ÞŠŒŽŸ]"
    r"|[^\W\d_][≈≠≤≥√∞∂∑∏∫◊∆█▓▒░─-╬]|[≈≠≤≥√∞∂∑∏∫◊∆█▓▒░─-╬][^\W\d_]"
)
_CONTROL = re.compile("[\x80-\x9f]")


class Decoded(NamedTuple):
    """The text of a file.

    Attributes:
        text: The text.
        notes: The code page in which it was read if that had to be guessed, as "read as windows-1250".
    """

    text: str
    notes: tuple[str, ...] = ()


def decode(data: bytes, name: str) -> Decoded:
    """Decode a text file. Nothing but the byte order mark is removed.

    The mark determines whether it is UTF-8, UTF-16 or UTF-32. Without a mark, the first that fits is used:
    UTF-8; UTF-16, if at least half of the characters have a null byte on the same side; Windows-1252, if the
    text looks right; one of `CODE_PAGES`, if it is clear which. A few null characters in UTF-8 are kept.

    Args:
        data: The bytes of the file.
        name: The name for the message.

    Raises:
        DocumentError: The file is in none of these encodings, or contains many null characters.
    """
    mark, encoding = marked_encoding(data)
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        unmarked = None if mark else _decode_utf_16(data)
        if unmarked is None and not mark:
            western = _decode_western(data)
            decoded = _decode_code_page(data) if western is None else _read_as("cp1252", western)
            if decoded is not None:
                return decoded
        if unmarked is not None:
            return Decoded(unmarked)
        offset = len(mark) + error.start
        raise DocumentError(
            f"{name!r} is not valid {encoding.upper()} (byte {offset}): save it as UTF-8 text"
        ) from error
    if "\0" in text:
        unmarked = None if mark else _decode_utf_16(data)
        if unmarked is not None:
            return Decoded(unmarked)
        if _has_stray_nulls(text):
            return Decoded(text)
        raise DocumentError(
            f"{name!r} is not a text file (it contains null characters): save it as UTF-8 text"
        )
    return Decoded(text)


def marked_encoding(data: bytes) -> tuple[bytes, str]:
    """Return the byte order mark of a file and the encoding that it indicates; UTF-8 if there is no mark."""
    return next((pair for pair in _MARKS if data.startswith(pair[0])), (b"", "utf-8"))


def _has_stray_nulls(text: str) -> bool:
    """Return whether the null characters in a text are stray ones, not a sign of binary data."""
    rest = text.replace("\0", "")
    return (len(text) - len(rest)) * CHARACTERS_PER_NULL < len(text) and BINARY.search(rest) is None


def _decode_utf_16(data: bytes) -> str | None:
    """Decode UTF-16 without a mark; None if the file may be something else.

    At least half of the characters must have a null byte on the same side, which is so in no other text file.
    There must be no control characters, which binary files have.
    """
    characters, odd_byte = divmod(len(data), 2)
    if odd_byte:
        return None
    for encoding, nulls in (("utf-16-le", data[1::2].count(0)), ("utf-16-be", data[::2].count(0))):
        if 2 * nulls >= characters:
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                return None
            return None if BINARY.search(text) is not None else text
    return None


def _decode_western(data: bytes) -> str | None:
    """Decode Windows-1252; None if the file may be something else.

    It may be if it contains control characters (a binary file), if most of its characters outside ASCII are
    valid UTF-8 (a damaged file), if there are symbols inside words, or if over a third of the characters
    outside ASCII are in runs of four or more (another alphabet: the languages of Windows-1252 have few such
    runs).
    """
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    if BINARY.search(text) is not None:
        return None
    if _FAULT.search(text) is not None:
        return None
    as_utf_8 = data.decode("utf-8", errors="replace")
    if _count_foreign(as_utf_8) > 2 * as_utf_8.count("\N{REPLACEMENT CHARACTER}"):
        return None
    in_runs = sum(len(run) for run in _FOREIGN_RUN.findall(text))
    return None if 3 * in_runs > _count_foreign(text) else text


def _decode_code_page(data: bytes) -> Decoded | None:
    """Decode a file in one of `CODE_PAGES`; None if it is not clear which one."""
    from charset_normalizer import from_bytes

    if BINARY.search(data.decode("latin-1")) is not None:
        return None
    as_utf_8 = data.decode("utf-8", errors="replace")
    faults = as_utf_8.count("\N{REPLACEMENT CHARACTER}")
    if 2 * (_count_foreign(as_utf_8) - faults) > faults:  # damaged UTF-8
        return None
    clean: dict[str, str] = {}
    for match in from_bytes(data[:CODE_PAGE_SAMPLE], cp_isolation=list(CODE_PAGES)):
        try:
            text = data.decode(match.encoding)
        except UnicodeDecodeError:
            continue
        if _FAULT.search(text) is None and _CONTROL.search(text) is None and match.coherence >= COHERENCE:
            clean[match.encoding] = text
    if len({clean[page] for page in _ALIKE if page in clean}) > 1:
        return None
    return next((_read_as(page, text) for page, text in clean.items()), None)


def _read_as(page: str, text: str) -> Decoded:
    """Return a text with a note on the code page in which it was read."""
    return Decoded(text, (f"read as {_NAMES.get(page, page.replace('cp', 'windows-'))}",))


def _count_foreign(text: str) -> int:
    """Return the number of characters outside ASCII."""
    return len(text) - len(text.encode("ascii", errors="ignore"))
