"""Text recognition of pictures and scans."""

from __future__ import annotations

import shutil
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from qa.documents import load_document, recognised
from qa.errors import DocumentError
from tests.helpers import FILES
from tests.pages import pdf

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")


def picture(folder: Path, suffix: str) -> Path:
    """Return a picture of the first page of a real file."""
    path = folder / f"page{suffix}"
    pdfium.PdfDocument(FILES / "writer.pdf")[0].render(scale=3).to_pil().save(path)
    return path


@needs_tesseract
@pytest.mark.parametrize("suffix", [".pdf", ".png", ".tiff"])
def test_pictures_of_text_are_read(tmp_path: Path, suffix: str) -> None:
    """The result is a PDF with the picture and its text, which can be read like any other."""
    source = FILES / "scanned.pdf" if suffix == ".pdf" else picture(tmp_path, suffix)
    found = recognised(source, tmp_path)
    assert found == tmp_path / f"{source.stem}.pdf"
    document = load_document(found)
    assert "a single ferry, the Maid of Skerra, has carried its post" in document.text
    assert document.pages[0] == 0


@needs_tesseract
def test_every_page_of_a_scan_is_read(tmp_path: Path) -> None:
    """The pages keep their order."""
    words = ("first", "second", "third")
    printed = pdfium.PdfDocument(pdf([[(40, 700, 24, f"The {word} page counts boats.")] for word in words]))
    scan = pdfium.PdfDocument.new()
    for number in range(len(words)):
        image = pdfium.PdfImage.new(scan)
        image.set_bitmap(printed[number].render(scale=3))
        image.set_matrix(pdfium.PdfMatrix().scale(595, 842))
        page = scan.new_page(595, 842)
        page.insert_obj(image)
        page.gen_content()
    (tmp_path / "made").mkdir()
    scan.save(tmp_path / "scan.pdf")
    document = load_document(recognised(tmp_path / "scan.pdf", tmp_path / "made"))
    ends = (*document.pages[1:], len(document.text))
    pages = [document.text[start:end] for start, end in zip(document.pages, ends, strict=True)]
    for word, text in zip(words, pages, strict=True):
        assert f"The {word} page counts boats." in text


@needs_tesseract
def test_a_scan_with_too_many_pages_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.documents.recognition.MAX_PAGES", 0)
    with pytest.raises(DocumentError, match=r"^'scanned\.pdf' has 1 pages and at most 0 can be recognised"):
        recognised(FILES / "scanned.pdf", tmp_path)


def test_what_is_not_a_picture_is_refused(tmp_path: Path) -> None:
    """Tesseract would read a text as a list of pictures."""
    listing = tmp_path / "a.png"
    listing.write_text(f"{picture(tmp_path, '.jpg')}\n", encoding="utf-8")
    with pytest.raises(DocumentError, match=r"^'a\.png' is not a PNG, JPEG or TIFF image: save it as"):
        recognised(listing, tmp_path)


@needs_tesseract
def test_the_error_of_tesseract_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a picture or a language is damaged, or memory runs out."""
    whole = picture(tmp_path, ".png")
    damaged = tmp_path / "damaged.png"
    damaged.write_bytes(whole.read_bytes()[:20])
    with pytest.raises(DocumentError, match=r"^'damaged\.png' cannot be recognised by tesseract: .*Error in"):
        recognised(damaged, tmp_path)
    (tmp_path / "eng.traineddata").write_bytes(b"damaged")
    with monkeypatch.context() as other_languages:
        other_languages.setenv("TESSDATA_PREFIX", str(tmp_path))
        with pytest.raises(DocumentError, match="Failed loading language 'eng'"):
            recognised(whole, tmp_path)
    monkeypatch.setattr("qa.documents.recognition.MEMORY", 10 * 1024**2)
    with pytest.raises(DocumentError, match=r"by tesseract: .*(memory|shared libraries)"):
        recognised(whole, tmp_path)


@needs_tesseract
@pytest.mark.parametrize("limit", ["SECONDS", "LISTING_SECONDS"])
def test_a_program_that_takes_too_long_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(f"qa.documents.recognition.{limit}", 0.001)
    with pytest.raises(DocumentError, match="takes too long to recognise"):
        recognised(picture(tmp_path, ".png"), tmp_path)


def test_without_the_program_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for source in (FILES / "scanned.pdf", picture(tmp_path, ".png")):
        with pytest.raises(DocumentError, match="install tesseract"):
            recognised(source, tmp_path)


def test_other_files_stay_as_they_are(tmp_path: Path) -> None:
    """A text, a PDF with text, and a locked PDF: reading it says what is wrong."""
    for name in ("utf-8.txt", "latex.pdf", "locked.pdf"):
        assert recognised(FILES / name, tmp_path) == FILES / name
    with pytest.raises(DocumentError, match=r"is a picture: run text recognition .*--ocr"):
        load_document(picture(tmp_path, ".png"))
