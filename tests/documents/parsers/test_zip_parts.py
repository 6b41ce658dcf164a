"""Documents that are archives: those that unpack to far more than they take (zip bombs) are refused."""

from __future__ import annotations

import random
import tracemalloc
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from qa.documents.parsers.zip_parts import MAX_EXPANDED_BYTES, MAX_PARTS
from qa.documents.parsing import parse
from qa.errors import DocumentError
from tests.helpers import FILES

TEXT = {
    "writer.docx": "word/document.xml",
    "two-chapters.epub": "OPS/two.xhtml",
    "by-hand.odt": "content.xml",
    "python.pptx": "ppt/slides/slide1.xml",
}
"""A file of each format that is an archive, and one of its parts with text."""

BLOCK = (random.Random(1).randbytes(16) + b" " * 1008) * 1024
"""A mebibyte that compresses like text: to less than a tenth, but not to a hundredth."""


def changed(name: str, **parts: bytes) -> bytes:
    """Return a file with parts replaced by path, or added."""
    data = BytesIO()
    with ZipFile(FILES / name) as old, ZipFile(data, "w", ZIP_DEFLATED) as new:
        for path in dict.fromkeys([*old.namelist(), *parts]):
            new.writestr(path, parts[path] if path in parts else old.read(path))
    return data.getvalue()


def problem(name: str, data: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        parse(name, Path(name).suffix, data)
    return str(caught.value)


@pytest.mark.parametrize("name", TEXT)
@pytest.mark.parametrize(
    "part",
    [BLOCK * (MAX_EXPANDED_BYTES // len(BLOCK)) + b" ", b" " * (MAX_EXPANDED_BYTES // 4)],
    ids=["size", "ratio"],
)
def test_a_part_that_unpacks_to_too_much_is_refused(name: str, part: bytes) -> None:
    """To more bytes than the limit, or to fewer but at too high a ratio."""
    data = changed(name, **{TEXT[name]: part})
    assert problem(name, data) == f"{name!r} unpacks to far too much data: save its text as .txt"


def test_parts_that_unpack_to_too_much_together_are_refused() -> None:
    added = {f"word/{number}.xml": BLOCK * 8 for number in range(8)}
    assert problem("writer.docx", changed("writer.docx", **added)).endswith(
        "unpacks to far too much data: save its text as .txt"
    )


@pytest.mark.parametrize("name", TEXT)
def test_too_many_parts_are_refused(name: str) -> None:
    added = {f"word/{number}": b"" for number in range(MAX_PARTS)}
    assert " parts and at most 10,000 can be read" in problem(name, changed(name, **added))


def test_pictures_of_a_presentation_are_not_unpacked() -> None:
    """Nothing of them is read, so one that is a bomb does no harm."""
    picture = "docProps/thumbnail.jpeg"
    data = changed("python.pptx", **{picture: b" " * 2 * MAX_EXPANDED_BYTES})
    tracemalloc.start()
    try:
        document = parse("python.pptx", ".pptx", data)
        assert tracemalloc.get_traced_memory()[1] < MAX_EXPANDED_BYTES
    finally:
        tracemalloc.stop()
    assert document.text == parse("python.pptx", ".pptx", (FILES / "python.pptx").read_bytes()).text
