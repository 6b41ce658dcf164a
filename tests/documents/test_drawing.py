"""Pictures of pages: the frame is around the quotation, and a hostile file does no harm."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from PIL import Image

from qa.documents import Document, PagePicture, Span, load_document, quoted_pages
from qa.errors import DocumentError
from tests.helpers import FILES
from tests.pages import pdf, pdf_of_streams

HEIGHT, WIDTH = 800, 600  # points of a page of `pdf`


def picture_of(path: Path, data: bytes, words: str, occurrence: int = 0) -> tuple[PagePicture, list[Span]]:
    """Return the picture of a quotation's page, and all places of its words in the text."""
    path.write_bytes(data)
    document = load_document(path)
    found, at = [], document.text.find(words)
    while at >= 0:
        found.append(Span(at, at + len(words)))
        at = document.text.find(words, at + 1)
    (page,) = quoted_pages(document, found[occurrence], path)
    return page.picture, found


def points(picture: PagePicture) -> list[tuple[float, float, float, float]]:
    """Return the boxes in points from the lower left corner: left, bottom, right, top."""
    scale = picture.height / HEIGHT
    return [
        (x / scale, HEIGHT - bottom / scale, x2 / scale, HEIGHT - y / scale)
        for x, y, x2, bottom in picture.boxes
    ]


def test_the_frame_is_around_the_words(tmp_path: Path) -> None:
    """On the second page: the box contains nearly all the dark pixels of its line."""
    lines = (
        [(50, 700, 12, "Minutes of the board.")],
        [(100, 400, 20, "Olav Dahl"), (100, 300, 12, "The end.")],
    )
    picture, _ = picture_of(tmp_path / "a.pdf", pdf(lines), "Olav Dahl")
    ((left, bottom, right, top),) = points(picture)
    assert (left, bottom) == pytest.approx((100, 395), abs=3)
    assert top == pytest.approx(416, abs=5)
    image = Image.open(io.BytesIO(picture.webp)).convert("L")
    assert image.size == (picture.width, picture.height) == (1200, 1600)
    dark = image.point(lambda shade: 255 * (shade < 128))
    scale = picture.height / HEIGHT
    row = dark.crop((0, 700, 1200, 900)).getbbox()  # around the line, which is at the height of 800
    assert row is not None
    assert left * scale <= row[0] + 2
    assert row[2] - 2 <= right * scale <= row[2] + 20


def test_the_quoted_one_of_equal_words_is_framed(tmp_path: Path) -> None:
    """The context decides. Hyphens at line ends and ligatures do not prevent a match."""
    lines = [
        [
            (50, 700, 12, "In spring the mill cost 50 crowns."),
            (50, 600, 12, "In autumn the kiln cost 50 crowns."),
        ]
    ]
    for occurrence, height in ((0, 700), (1, 600)):
        picture, places = picture_of(tmp_path / "a.pdf", pdf(lines), "50", occurrence)
        assert len(places) == 2
        ((_, bottom, _, _),) = points(picture)
        assert bottom == pytest.approx(height - 3, abs=4)
    hyphen = [
        [(50, 700, 12, "The miller says that a mill is a dan-"), (50, 686, 12, "gerous place for a hat.")]
    ]
    picture, _ = picture_of(tmp_path / "b.pdf", pdf(hyphen), "dangerous place")
    assert [round(box[1], -1) for box in points(picture)] == [700, 680]


def test_a_quotation_over_a_page_break_is_framed_on_both_pages(tmp_path: Path) -> None:
    """Each part is framed on its own page, even if its words recur. Long ones have their first pages."""
    lines = (
        [(50, 700, 12, "The board."), (50, 100, 12, "The crane was repaired by Olav")],
        [(50, 700, 12, "Dahl, the smith of Brekkvik."), (50, 400, 12, "Dahl, the smith of Norvik.")],
        [(50, 700, 12, "The end.")],
    )
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(lines))
    document = load_document(path)
    start = document.text.index("repaired")
    first, second = quoted_pages(document, Span(start, document.text.index("Dahl") + 4), path)
    assert (first.number, first.words.strip()) == (1, "repaired by Olav")
    assert (second.number, second.words.strip()) == (2, "Dahl")
    ((_, bottom, _, _),) = points(first.picture)
    assert bottom == pytest.approx(97, abs=4)
    ((left, bottom, right, _),) = points(second.picture)
    assert (left, bottom) == pytest.approx((50, 697), abs=4)
    assert right - left < 40
    many = pdf([[(50, 700, 12, f"Page {number} goes on")] for number in range(9)])
    path.write_bytes(many)
    document = load_document(path)
    pages = quoted_pages(document, Span(0, len(document.text)), path)
    assert [page.number for page in pages] == [1, 2, 3]


def test_ambiguous_words_have_no_frame(tmp_path: Path) -> None:
    """No frame is better than one in the wrong place."""
    lines = [[(50, 700, 12, "50"), (50, 500, 12, "50"), (50, 300, 12, "A mill.")]]
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(lines))
    changed = Document("a.pdf", "50 crowns. Never drawn.", pages=(0,))
    for span in (Span(0, 2), Span(11, 16)):
        (page,) = quoted_pages(changed, span, path)
        assert page.picture.boxes == ()


def test_turned_pages_and_real_files_are_framed_inside_the_picture(tmp_path: Path) -> None:
    """Every line of a paragraph, also on a rotated page."""
    document = load_document(FILES / "chromium.pdf")
    block = max(document.blocks, key=lambda block: block.span.end - block.span.start).span
    (page,) = quoted_pages(document, block, FILES / "chromium.pdf")
    picture = page.picture
    assert len(picture.boxes) > 2
    for left, top, right, bottom in picture.boxes:
        assert 0 <= left < right <= picture.width
        assert 0 <= top < bottom <= picture.height
    stream = b"BT /F 20 Tf 0 1 -1 0 300 100 Tm (Turned words) Tj ET"
    tree = "<< /Type /Pages /Kids [4 0 R] /Count 1 /Rotate 90 >>"
    turned, _ = picture_of(tmp_path / "a.pdf", pdf_of_streams([stream], tree=tree), "Turned words")
    assert turned.width > turned.height
    ((left, top, right, bottom),) = turned.boxes
    assert right - left > 3 * (bottom - top)


def test_a_page_that_takes_too_long_or_too_much_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged file, and a page that takes minutes to draw."""
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf([[(50, 700, 12, "A mill.")]]))
    document = load_document(path)
    path.write_bytes(b"%PDF-1.7 nonsense")
    with pytest.raises(DocumentError, match=r"^'a\.pdf' is damaged"):
        quoted_pages(document, Span(0, 1), path)
    big = b"".join(b"%d 0 m 0 800 600 %d 600 0 c S " % (n % 600, n % 800) for n in range(400_000))
    path.write_bytes(pdf_of_streams([big + b"BT /F 20 Tf 50 700 Td (A mill.) Tj ET"]))
    monkeypatch.setattr("qa.documents.drawing.SECONDS", 1.0)
    begin = time.monotonic()
    with pytest.raises(DocumentError, match=r"takes longer than 1 seconds"):
        quoted_pages(document, Span(0, 1), path)
    assert time.monotonic() - begin < 30
    path.unlink()
    with pytest.raises(DocumentError, match="cannot be read"):
        quoted_pages(document, Span(0, 1), path)
