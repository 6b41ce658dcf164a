"""Encoding of a web page: byte order mark, UTF-8, or what the page declares."""

from __future__ import annotations

import codecs
import re

from qa.documents.encoding import CHARACTERS_PER_NULL, Decoded, decode, marked_encoding

DECLARATION_BYTES = 256 * 1024
"""The number of bytes in which the declaration of the encoding is looked for. HTML allows 1,024, but browsers
find later declarations too."""

CHARACTERS_PER_ERROR = 1000
"""If more than one in this many characters cannot be decoded, the declaration is taken to be wrong."""

_DECLARATION = re.compile(rb"""<(?:meta|\?xml)\b[^<>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I)

# Each declared encoding and the one browsers read it as, by Python's names. Others are not used on the
# web. UTF-16 is read as UTF-8: the declaration itself was found as ASCII, so it must be wrong.
_READ_AS = {
    **{name: name for name in ("utf-8", "koi8-r", "koi8-u", "mac-roman", "cp866", "cp932", "cp949")},
    **{name: name for name in ("big5", "big5hkscs", "gb18030", "euc_jp", "iso2022_jp")},
    **{name: name for name in (f"cp{page}" for page in range(1250, 1259))},
    **{name: name for name in (f"iso8859-{part}" for part in (*range(2, 9), 10, *range(13, 17)))},
    **dict.fromkeys(("ascii", "iso8859-1"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    **dict.fromkeys(("iso8859-11", "tis-620"), "cp874"),
    **dict.fromkeys(("utf-16", "utf-16-le", "utf-16-be"), "utf-8"),
    "iso8859-9": "cp1254",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}


def decode_page(data: bytes, name: str) -> Decoded:
    """Decode a web page.

    A byte order mark decides. Without one, a page that contains UTF-8 beyond ASCII is UTF-8. Otherwise the
    declared encoding is used, unless it is unknown or does not fit; then the page is read like a text file. A
    few null characters are dropped.

    Raises:
        DocumentError: The page is in none of these encodings. The message contains `name`.
    """
    mark, _ = marked_encoding(data)
    if not mark and data.count(0) * CHARACTERS_PER_NULL < len(data):
        data = data.replace(b"\0", b"")  # as browsers do
    declaration = _DECLARATION.search(data, 0, DECLARATION_BYTES)
    if mark or declaration is None or (not data.isascii() and _is_utf_8(data)):
        return decode(data, name)
    try:
        encoding = _READ_AS[codecs.lookup(declaration[1].decode("ascii")).name]
        text = data.decode(encoding, errors="replace")
    except (LookupError, UnicodeError):
        return decode(data, name)
    if text.count("\N{REPLACEMENT CHARACTER}") * CHARACTERS_PER_ERROR > len(text) or "\0" in text:
        return decode(data, name)
    return Decoded(text)


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
