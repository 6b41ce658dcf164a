"""Small PDFs, written by hand: what a test says is all that is in them."""

from __future__ import annotations

from collections.abc import Sequence

Line = tuple[float, float, float, str]
"""How far from the left and from the bottom, in which size, and what it says."""


def pdf(pages: Sequence[Sequence[Line]], *, producer: str = "tests") -> bytes:
    """A PDF of lines on pages."""
    streams = [
        "\n".join(f"BT /F {size} Tf {x} {y} Td ({words}) Tj ET" for x, y, size, words in lines)
        for lines in pages
    ]
    return pdf_of_streams([stream.encode("cp1252") for stream in streams], producer=producer)


def pdf_of_streams(
    streams: Sequence[bytes], *, producer: str = "tests", more: str = "", tree: str = ""
) -> bytes:
    """A PDF whose pages draw what the streams say; `more` stands in each, `tree` in the tree of pages."""
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
    data, places = b"%PDF-1.7\n", []
    for number in sorted(objects):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    trailer = f"<< /Size {size} /Root 1 0 R /Info {last} 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n%s" % (size, table, trailer.encode())
