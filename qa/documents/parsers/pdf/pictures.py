"""Pictures of the pages of a PDF: for text recognition, and to show a quotation in its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from io import BytesIO

import pypdfium2 as pdfium
import pypdfium2.raw as api

from qa.documents.parsers.pdf.characters import is_tex_file
from qa.documents.parsers.pdf.quotes import Quote, letter_boxes, line_boxes

DOTS_PER_INCH = 300
MAX_DOTS = 5_000
"""The longest side of a picture for text recognition, in pixels."""

SHOWN_DOTS = 1_600
"""The longest side of a picture for people, in pixels."""

QUALITY = 60  # of the JPEG
SHOWN_QUALITY = 75  # of the WebP


def page_pictures(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield each page as a grey JPEG picture, and how many pages there are.

    Raises:
        Exception: Of any kind, if the file is damaged.
    """
    with closing(pdfium.PdfDocument(data)) as file:
        for position in range(len(file)):
            with closing(file[position]) as page:
                scale = min(DOTS_PER_INCH / 72, MAX_DOTS / max(page.get_size()))
                bitmap = page.render(scale=scale, grayscale=True)
            picture = BytesIO()
            bitmap.to_pil().save(picture, "JPEG", quality=QUALITY, dpi=(round(72 * scale),) * 2)
            yield picture.getvalue(), len(file)


def quoted_page(data: bytes, position: int, quote: Quote) -> tuple[bytes, int, int, list[list[int]]]:
    """Return a page as a WebP picture, with the place of a quotation on it.

    Args:
        data: The bytes of the file.
        position: The index of the page, from 0.
        quote: The quotation.

    Returns:
        The picture, its width and height, and the boxes of the lines of the quotation: left, top, right and
        bottom, in pixels from the upper left corner. There are none if the words are not on the page, or are
        there more than once and their context does not decide.

    Raises:
        Exception: Of any kind, if the file is damaged or has no such page.
    """
    with closing(pdfium.PdfDocument(data)) as file:
        if file.get_formtype() != api.FORMTYPE_NONE:
            file.init_forms()
        with closing(file[position]) as page:
            bitmap = page.render(scale=SHOWN_DOTS / max(page.get_size()))
            boxes = letter_boxes(page, bitmap.get_posconv(page), quote, is_tex=is_tex_file(file))
            picture = BytesIO()
            bitmap.to_pil().save(picture, "WEBP", quality=SHOWN_QUALITY)
            edges = (bitmap.width, bitmap.height)
            return picture.getvalue(), *edges, [list(box) for box in line_boxes(boxes, *edges)]
