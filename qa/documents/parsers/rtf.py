"""RTF parser: the text of an .rtf file."""

from __future__ import annotations

import re

from striprtf.striprtf import rtf_to_text

from qa.documents.block import Kind
from qa.documents.document import Document
from qa.documents.parsers.joined_text import JoinedText
from qa.documents.parsers.raised_text import with_lowered, with_raised
from qa.documents.parsers.table_rows import cell_text, row_line
from qa.errors import DocumentError

MAX_HEADING = 200
"""The most characters of a heading."""

# Private-use characters that mark raised text, lowered text and outline levels, which the library ignores.
_UP, _DOWN, _END, _OUTLINE = "\ue000", "\ue001", "\ue002", "\ue003"
_POSITION = re.compile(r"\\(super|sub)(?![a-z0-9])[ ]?((?:\\'[0-9a-fA-F]{2}|[^{}\\\r\n])+)")
_STRUCK = re.compile(r"\\striked?1?(?![a-z0-9])[ ]?(?:\\'[0-9a-fA-F]{2}|[^{}\\\r\n])+")
_MARKED = re.compile(f"([{_UP}{_DOWN}])([^{_UP}{_DOWN}{_END}]*){_END}")
_TITLE = re.compile(r"\{\\title ([^{}\\]*)\}")
_LEVEL = re.compile(r"\\outlinelevel([0-8])(?![0-9])[ ]?")
_HEADING = re.compile(f"{_OUTLINE}([0-8])")


def rtf_document(name: str, data: bytes) -> Document:
    """Extract the text of an RTF document.

    A paragraph becomes a line, with a blank line after it. A table row becomes a line `| cell | cell |`.
    Struck-out text is left out; a raised mark is separated from the word before it.

    Args:
        name: The id of the document, also used in messages.
        data: The bytes of the file.

    Raises:
        DocumentError: The file is not RTF, or contains no text.
        Exception: Of any kind, if the file is damaged.
    """
    if not data.lstrip().startswith(b"{\\rtf"):
        raise DocumentError(f"{name!r} is not an RTF document, despite its name: save it again")
    source = data.decode("latin-1")
    marked = _STRUCK.sub("", source)
    marked = _POSITION.sub(
        lambda match: f"\\u{ord(_UP if match[1] == 'super' else _DOWN)}?{match[2]}\\u{ord(_END)}?", marked
    )
    marked = _LEVEL.sub(lambda match: f"\\u{ord(_OUTLINE)}?{match[1]}", marked)
    joined = JoinedText()
    rows: list[str] = []
    for line in rtf_to_text(marked, errors="replace").split("\n"):
        outline = _HEADING.match(line.strip())
        words, is_row = _line(_HEADING.sub("", line))
        if rows and words and not is_row:
            joined.add_table(rows)
            rows = []
        if is_row:
            rows.append(words)
        elif outline is not None and len(words) <= MAX_HEADING:
            joined.add(words, Kind.HEADING, 1 + int(outline[1]))
        else:
            joined.add(words)
    joined.add_table(rows)
    if not joined.text:
        raise DocumentError(f"{name!r} contains no text: add some or remove it")
    title = _TITLE.search(source)
    return Document(
        name,
        joined.text,
        title=" ".join(title[1].split()) or None if title is not None else None,
        blocks=joined.structure(),
    )


def _line(line: str) -> tuple[str, bool]:
    """Return a line with its raised and lowered text converted, and whether it is a table row.

    The library ends each cell with `|`.
    """
    text, end = "", 0
    for match in _MARKED.finditer(line):
        text += line[end : match.start()]
        text = with_raised(text, match[2]) if match[1] == _UP else with_lowered(text, match[2])
        end = match.end()
    text += line[end:]
    cells = text.split("|")
    is_row = len(cells) > 1 and not cells[-1].strip()
    return (row_line([cell_text(cell) for cell in cells[:-1]]) if is_row else text.strip()), is_row
