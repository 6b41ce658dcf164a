"""Table parser: the rows of spreadsheets (.xlsx, .xls, .ods) and of text with separators (.csv, .tsv)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO

from python_calamine import CalamineWorkbook, SheetVisibleEnum

from qa.documents.block import Kind
from qa.documents.document import Document
from qa.documents.encoding import decode
from qa.documents.parsers.joined_text import JoinedText
from qa.documents.parsers.table_rows import cell_text, row_line, rule_line
from qa.errors import DocumentError
from qa.settings import DEFAULTS

SEPARATORS = ",;\t|"
"""The separators that a .csv file may have."""

SAMPLE = 64 * 1024
"""The number of characters from which the separator of a .csv file is detected."""

MAX_COLUMNS = 1_000
"""The most columns that are read."""

Cell = int | float | str | bool | time | date | datetime | timedelta


def workbook_document(name: str, data: bytes) -> Document:
    """Extract the rows of a spreadsheet as `| cell | cell |`, each sheet after its name if there are several.

    Values are read as they are stored: a number without its format, a date as 2031-06-30. Hidden sheets,
    empty rows and empty columns are left out.

    Args:
        name: The id of the document, also used in messages.
        data: The bytes of the file.

    Raises:
        DocumentError: No cell has a value.
        Exception: Of any kind, if the file is damaged or not a spreadsheet.
    """
    workbook = CalamineWorkbook.from_filelike(BytesIO(data))
    visible = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    joined = JoinedText()
    for sheet in visible:
        rows = (
            [_value(cell) for cell in row[:MAX_COLUMNS]]
            for row in workbook.get_sheet_by_name(sheet).iter_rows()
        )
        lines = _lines(_limited(rows), has_headings=False)
        if lines and len(visible) > 1:
            joined.add(sheet, Kind.HEADING, 1)
        joined.add_table(lines)
    return _document(name, joined)


def csv_document(name: str, data: bytes) -> Document:
    """Extract the rows of a .csv or .tsv file as `| cell | cell |`; the first row holds the headings.

    Args:
        name: The id of the document, also used in messages.
        data: The bytes of the file.

    Raises:
        DocumentError: The encoding is unknown, or no cell has a value.
    """
    text, notes = decode(data, name)
    try:
        dialect: type[csv.Dialect] = csv.Sniffer().sniff(text[:SAMPLE], SEPARATORS)
    except csv.Error:
        dialect = csv.excel_tab if name.lower().endswith(".tsv") else csv.excel
    before = csv.field_size_limit(DEFAULTS.max_document_characters)
    try:
        reader = csv.reader(StringIO(text, newline=""), dialect)
        lines = _lines(
            _limited([cell_text(cell) for cell in row[:MAX_COLUMNS]] for row in reader), has_headings=True
        )
    finally:
        csv.field_size_limit(before)
    joined = JoinedText()
    joined.add_table(lines)
    return _document(name, joined, notes)


def _document(name: str, joined: JoinedText, notes: tuple[str, ...] = ()) -> Document:
    text = joined.text
    if not text.strip("|- \n"):
        raise DocumentError(f"{name!r} contains no text: add some or remove it")
    return Document(name, text, blocks=joined.structure(), notes=notes)


def _limited(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """Yield the rows that are not empty, up to the size limit of a document."""
    length = 0
    for row in rows:
        length += sum(map(len, row))
        if any(row):
            yield row
        if length > DEFAULTS.max_document_characters:
            return


def _lines(rows: Iterable[list[str]], *, has_headings: bool) -> list[str]:
    """Return rows as lines, without columns that are empty in every row."""
    table = list(rows)
    width = max(map(len, table), default=0)
    used = [column for column in range(width) if any(len(row) > column and row[column] for row in table)]
    lines = [row_line([row[column] if column < len(row) else "" for column in used]) for row in table]
    if has_headings and len(lines) > 1:
        lines.insert(1, rule_line(len(used)))
    return lines


def _value(cell: Cell) -> str:
    """Return the value of a cell as text."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.12g}"
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes") if cell.time() != time() else cell.date().isoformat()
    return cell_text(str(cell))
