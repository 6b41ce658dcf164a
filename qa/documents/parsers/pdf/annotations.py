"""Annotations of a PDF page: the values of form fields, and notes."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as api

from qa.documents.parsers.check_boxes import CHECKED, UNCHECKED
from qa.documents.parsers.pdf.characters import turned
from qa.documents.parsers.pdf.lines import Line, clean

MAX_ANNOTATIONS = 5_000
"""The most annotations that are read on one page."""

FIELD_SIZE = 10.0
"""The largest font size, in points, that a field or note is assumed to have."""

MAX_CHOICES = 50
"""The most options of a list box that are read."""

_HIDDEN = api.FPDF_ANNOT_FLAG_HIDDEN | api.FPDF_ANNOT_FLAG_NOVIEW
_TEXT_FIELDS = (api.FPDF_FORMFIELD_TEXTFIELD, api.FPDF_FORMFIELD_COMBOBOX)
_BOXES = (api.FPDF_FORMFIELD_CHECKBOX, api.FPDF_FORMFIELD_RADIOBUTTON)
_NOTES = (
    api.FPDF_ANNOT_TEXT,
    api.FPDF_ANNOT_HIGHLIGHT,
    api.FPDF_ANNOT_UNDERLINE,
    api.FPDF_ANNOT_STRIKEOUT,
    api.FPDF_ANNOT_SQUIGGLY,
    api.FPDF_ANNOT_SQUARE,
    api.FPDF_ANNOT_CIRCLE,
    api.FPDF_ANNOT_CARET,
)
_PASSWORD = 1 << 13  # a flag of a text field whose value is not shown


def annotation_lines(page: pdfium.PdfPage, quarter: int, text: Sequence[Line]) -> Iterator[Line]:
    """Yield the values of form fields in their places, and the texts of notes, which are set aside.

    A checked box becomes ☒, an unchecked one ☐.

    Args:
        page: A page of a document whose forms are loaded, if it has any.
        quarter: By how many quarter turns its words are rotated.
        text: The lines of the page, beside which fields may be.
    """
    form = page.formenv
    for index in range(min(MAX_ANNOTATIONS, api.FPDFPage_GetAnnotCount(page))):
        annotation = api.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            if not api.FPDFAnnot_GetFlags(annotation) & _HIDDEN:
                for line in _lines(annotation, form, quarter):
                    yield line if line.aside else _beside(line, text)
        finally:
            api.FPDFPage_CloseAnnot(annotation)


def _beside(field: Line, text: Sequence[Line]) -> Line:
    """Return the line of a field, moved to the height of the line of text beside it, if there is one."""
    heights = [line.baseline for line in text if abs(line.baseline - field.baseline) < 0.8 * field.size]
    if heights:
        field.baseline = min(heights, key=lambda height: abs(height - field.baseline))
    return field


def _lines(annotation: Any, form: Any, quarter: int) -> Iterator[Line]:
    kind = api.FPDFAnnot_GetSubtype(annotation)
    if kind == api.FPDF_ANNOT_WIDGET:
        text = _loose_value(annotation) if form is None else _field_text(annotation, form)
        aside = False
    elif kind == api.FPDF_ANNOT_FREETEXT or kind in _NOTES:
        text = _string(lambda *buffer: api.FPDFAnnot_GetStringValue(annotation, b"Contents", *buffer))
        aside = kind in _NOTES
    else:
        return
    box = api.FS_RECTF()
    if not text.strip() or not api.FPDFAnnot_GetRect(annotation, box):
        return
    corners = turned(box.left, box.bottom, quarter), turned(box.right, box.top, quarter)
    (left, right), (bottom, top) = (sorted(side) for side in zip(*corners, strict=True))
    rows = [clean(row, is_tex=False) for row in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    size = min(FIELD_SIZE, max(4.0, (top - bottom) / max(1, len(rows)) / 1.2))
    step = 1.2 * size
    middle = (top + bottom) / 2 - 0.35 * size
    first = middle if len(rows) == 1 else top - size
    for number, row in enumerate(rows):
        if row:
            width = min(right - left, 0.5 * size * len(row))
            yield Line(row, left, left + width, first - number * step, size, aside=aside)


def _field_text(annotation: Any, form: Any) -> str:
    """Return the value of a form field, the state of a box, or the options of a list with their states."""
    kind = api.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in _BOXES:
        return CHECKED if api.FPDFAnnot_IsChecked(form, annotation) else UNCHECKED
    if kind == api.FPDF_FORMFIELD_LISTBOX:
        return _choices(annotation, form)
    if kind not in _TEXT_FIELDS or api.FPDFAnnot_GetFormFieldFlags(form, annotation) & _PASSWORD:
        return ""
    return _string(lambda *buffer: api.FPDFAnnot_GetFormFieldValue(form, annotation, *buffer))


def _choices(annotation: Any, form: Any) -> str:
    """Return the options of a list box as lines."""
    lines = []
    for index in range(min(MAX_CHOICES, api.FPDFAnnot_GetOptionCount(form, annotation))):
        label = _string(lambda *buffer, at=index: api.FPDFAnnot_GetOptionLabel(form, annotation, at, *buffer))
        is_chosen = api.FPDFAnnot_IsOptionSelected(form, annotation, index)
        lines.append(f"{CHECKED if is_chosen else UNCHECKED} {label}")
    return "\n".join(lines)


def _loose_value(annotation: Any) -> str:
    """Return the value of a field on a page that has lost its form."""
    kind, value = (
        _string(lambda *buffer, name=name: api.FPDFAnnot_GetStringValue(annotation, name, *buffer))
        for name in (b"FT", b"V")
    )
    return value if kind in ("Tx", "Ch") else ""


def _string(read: Callable[..., int]) -> str:
    """Return a text that PDFium writes into a buffer as UTF-16."""
    size = read(None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    read(ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")
