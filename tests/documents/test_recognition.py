"""Text recognition of pictures and scans."""

from __future__ import annotations

import shutil
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from qa.documents import load_document, recognised
from qa.errors import DocumentError
from tests.helpers import FILES

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")


def picture(folder: Path, suffix: str) -> Path:
    """Return a picture of the first page of a real file."""
    path = folder / f"page{suffix}"
    pdfium.PdfDocument(FILES / "writer.pdf")[0].render(scale=3).to_pil().save(path)
    return path


@needs_tesseract
@pytest.mark.parametrize("suffix", [".pdf", ".png", ".tiff"])
def test_pictures_of_text_are_read(tmp_path: Path, suffix: str) -> None:
    """The result is a PDF with the picture and its text, which is read as any other."""
    source = FILES / "scanned.pdf" if suffix == ".pdf" else picture(tmp_path, suffix)
    found = recognised(source, tmp_path)
    assert found == tmp_path / f"{source.stem}.pdf"
    document = load_document(found)
    assert "a single ferry, the Maid of Skerra, has carried its post" in document.text
    assert document.pages[0] == 0


@needs_tesseract
def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "a.png"
    broken.write_bytes(b"no picture")
    with pytest.raises(DocumentError, match=r"^'a\.png' is not an image that tesseract can read: .*$"):
        recognised(broken, tmp_path)


def test_without_the_program_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for source in (FILES / "scanned.pdf", picture(tmp_path, ".png")):
        with pytest.raises(DocumentError, match="install tesseract"):
            recognised(source, tmp_path)


def test_other_files_stay_as_they_are(tmp_path: Path) -> None:
    """A text, a PDF with text, a locked one: reading it says what is wrong."""
    for name in ("utf-8.txt", "latex.pdf", "locked.pdf"):
        assert recognised(FILES / name, tmp_path) == FILES / name
    with pytest.raises(DocumentError, match=r"is a picture: run text recognition .*--ocr"):
        load_document(picture(tmp_path, ".png"))
