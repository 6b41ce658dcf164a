"""RTF parser: the text of an .rtf file."""

from __future__ import annotations

import re

from striprtf.striprtf import rtf_to_text

from qa.documents.control_characters import valid_text
from qa.documents.document import Document
from qa.documents.parsers.raised_text import with_lowered, with_raised
from qa.documents.parsers.table_rows import cell_text, row_line
from qa.errors import DocumentError

# Characters of no script around raised and lowered text, as the library knows neither.
_UP, _DOWN, _END = "\ue000", "\ue001", "\ue002"
_POSITION = re.compile(r"\\(super|sub)(?![a-z0-9])[ ]?((?:\\'[0-9a-fA-F]{2}|[^{}\\\r\n])+)")
_STRUCK = re.compile(r"\\striked?1?(?![a-z0-9])[ ]?(?:\\'[0-9a-fA-F]{2}|[^{}\\\r\n])+")
_MARKED = re.compile(f"([{_UP}{_DOWN}])([^{_UP}{_DOWN}{_END}]*){_END}")
_TITLE = re.compile(r"\{\\title ([^{}\\]*)\}")
_BETWEEN_ROWS = re.compile(r"\|\n\n(?=\|)")


def rtf_document(name: str, data: bytes) -> Document:
    """Extract the text of an RTF document.

    A paragraph becomes a line, with a blank line after it. A table row becomes a line `| cell | cell |`. Text
    that is struck out is left out; a raised mark stands apart from the word before it.

    Args:
        name: The id of the document, used in messages too.
        data: The bytes of the file.

    Raises:
        DocumentError: The file is not RTF, or contains no text.
        Exception: Of any kind, if the file is damaged.
    """
    if not data.lstrip().startswith(b"{\\rtf"):
        raise DocumentError(f"{name!r} is not an RTF document, whatever its name says: save it again")
    source = data.decode("latin-1")
    marked = _STRUCK.sub("", source)
    marked = _POSITION.sub(
        lambda match: f"\\u{ord(_UP if match[1] == 'super' else _DOWN)}?{match[2]}\\u{ord(_END)}?", marked
    )
    lines = [_line(line) for line in rtf_to_text(marked, errors="replace").split("\n")]
    text = "\n\n".join(line for line in lines if line.strip())
    text = valid_text(_BETWEEN_ROWS.sub("|\n", text))
    if not text.strip():
        raise DocumentError(f"{name!r} contains no text: add some or remove it")
    title = _TITLE.search(source)
    return Document(name, text, title=" ".join(title[1].split()) or None if title is not None else None)


def _line(line: str) -> str:
    """Return a line with its raised and lowered text in place; cells, which end with `|`, as a row."""
    text, end = "", 0
    for match in _MARKED.finditer(line):
        text += line[end : match.start()]
        text = with_raised(text, match[2]) if match[1] == _UP else with_lowered(text, match[2])
        end = match.end()
    text += line[end:]
    cells = text.split("|")
    is_row = len(cells) > 1 and not cells[-1].strip()
    return row_line([cell_text(cell) for cell in cells[:-1]]) if is_row else text.strip()
