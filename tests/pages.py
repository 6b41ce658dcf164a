"""Small PDFs built by hand, which contain only what a test puts into them."""

from __future__ import annotations

from collections.abc import Sequence

Line = tuple[float, float, float, str]
"""Left edge, baseline and font size in points, and the text."""


def pdf(pages: Sequence[Sequence[Line]], *, producer: str = "tests") -> bytes:
    """Return a PDF with these lines on its pages."""
    streams = [
        "\n".join(f"BT /F {size} Tf {x} {y} Td ({words}) Tj ET" for x, y, size, words in lines)
        for lines in pages
    ]
    return pdf_of_streams([stream.encode("cp1252") for stream in streams], producer=producer)


def pdf_of_streams(
    streams: Sequence[bytes], *, producer: str = "tests", more: str = "", tree: str = ""
) -> bytes:
    """Return a PDF with one page per content stream.

    Args:
        streams: The content stream of each page.
        producer: The producer that the file states.
        more: Further entries in the dictionary of each stream.
        tree: The page tree, by default one that lists the pages.
    """
    numbers = range(4, 4 + 2 * len(streams), 2)
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: (tree or f"<< /Type /Pages /Kids [{kids}] /Count {len(streams)} >>").encode(),
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    }
    for number, stream in zip(numbers, streams, strict=True):
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {number + 1} 0 R"
        objects[number] = f"{page} /Resources << /Font << /F 3 0 R >> >> >>".encode()
        objects[number + 1] = b"<< /Length %d %s >>\nstream\n%s\nendstream" % (
            len(stream),
            more.encode(),
            stream,
        )
    last = max(objects) + 1
    objects[last] = f"<< /Producer ({producer}) /Title (A title) >>".encode()
    data, offsets = b"%PDF-1.7\n", []
    for number in sorted(objects):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = f"<< /Size {size} /Root 1 0 R /Info {last} 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n%s" % (size, table, trailer.encode())
