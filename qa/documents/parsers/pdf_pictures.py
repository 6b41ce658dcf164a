"""Pictures of the pages of a PDF, for text recognition."""

from __future__ import annotations

from contextlib import closing
from io import BytesIO

import pypdfium2 as pdfium

DOTS_PER_INCH = 300
MAX_DOTS = 5_000
"""The longest side of a picture."""

QUALITY = 60  # of the JPEG


def page_picture(data: bytes, position: int) -> tuple[bytes, int]:
    """Return a page as a grey JPEG picture, and how many pages there are.

    Args:
        data: The bytes of the file.
        position: The position of the page, from 0.

    Raises:
        Exception: Of any kind, if the file is damaged or has no such page.
    """
    with closing(pdfium.PdfDocument(data)) as file, closing(file[position]) as page:
        scale = min(DOTS_PER_INCH / 72, MAX_DOTS / max(page.get_size()))
        bitmap = page.render(scale=scale, grayscale=True)
        picture = BytesIO()
        bitmap.to_pil().save(picture, "JPEG", quality=QUALITY, dpi=(round(72 * scale),) * 2)
        return picture.getvalue(), len(file)
