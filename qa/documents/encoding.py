"""The bytes of a text file become text."""

from __future__ import annotations

import codecs
import re

from qa.documents.control_characters import BINARY
from qa.errors import DocumentError

# The longer marks first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Not the marks that are typed in rows: no-break space, middle dot, dashes, bullet, dots.
_FOREIGN_RUN = re.compile(r"[^\x00-\x7f\xa0\xb7\u2013\u2014\u2022\u2026]{4,}")


def decode(data: bytes, name: str) -> str:
    """The text of a file, without its byte order mark; nothing else is changed.

    The mark says which of UTF-8, UTF-16 and UTF-32 it is in. Without one it is UTF-8; or UTF-16, if every
    other byte of most of it is null; or Windows-1252, if it reads as such.

    Raises:
        DocumentError: it is none of them, or holds null characters; `name` stands in the message.
    """
    mark, encoding = marked_encoding(data)
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        unmarked = None if mark else _decode_wide(data)
        if unmarked is None and not mark:
            unmarked = _decode_western(data)
        if unmarked is not None:
            return unmarked
        place = len(mark) + error.start
        raise DocumentError(
            f"{name!r} is not valid {encoding.upper()} (byte {place}): save it as UTF-8 text"
        ) from error
    if "\0" in text:
        wide = None if mark else _decode_wide(data)
        if wide is not None:
            return wide
        raise DocumentError(f"{name!r} is not a text file (it holds null characters): save it as UTF-8 text")
    return text


def marked_encoding(data: bytes) -> tuple[bytes, str]:
    """The byte order mark that data begin with and the encoding that it means; an empty mark is UTF-8."""
    return next((pair for pair in _MARKS if data.startswith(pair[0])), (b"", "utf-8"))


def _decode_wide(data: bytes) -> str | None:
    """The text if the bytes are surely UTF-16 without a mark; None if they may be something else.

    They surely are if at least half of the characters have a null byte on the same side, which no other
    text has, and none is a control character, as in binary files some would be.
    """
    half, odd = divmod(len(data), 2)
    if odd:
        return None
    for encoding, nulls in (("utf-16-le", data[1::2].count(0)), ("utf-16-be", data[::2].count(0))):
        if 2 * nulls >= half:
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                return None
            return None if BINARY.search(text) is not None else text
    return None


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
    if BINARY.search(text) is not None:
        return None
    unicode = data.decode("utf-8", errors="replace")
    if _foreign(unicode) > 2 * unicode.count("\N{REPLACEMENT CHARACTER}"):
        return None
    in_runs = sum(len(run) for run in _FOREIGN_RUN.findall(text))
    return None if 3 * in_runs > _foreign(text) else text


def _foreign(text: str) -> int:
    """How many of its characters are not ASCII."""
    return len(text) - len(text.encode("ascii", errors="ignore"))
