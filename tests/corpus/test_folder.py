"""Which name a file is given, and when a file's time can be trusted."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from qa.corpus.folder import COARSE, Folder
from qa.documents import Document, Sandbox, document_name
from qa.errors import DocumentError


@pytest.mark.parametrize(
    ("source", "name", "expected"),
    [
        (Path("/x/a.txt"), None, "a.txt"),
        (Path("corpus/sub/a.md"), None, "sub/a.md"),
        (Path("corpus/../a.md"), None, "a.md"),
        (Path("a.PDF"), "report", "report.PDF"),
        (Path("a.pdf"), "sub/report.pdf", "sub/report.pdf"),
        (Path("a.md"), "report.txt", "report.txt.md"),
        ("Some text.", None, "text-3.txt"),
        ("Some text.", "note", "note.txt"),
        ("Some text.", "note.md", "note.md"),
        ("Some text.", "page.html", "page.html.txt"),
        ("Some text.", "3.5 per cent", "3.5 per cent.txt"),
        ("x" * 5000, "long", "long.txt"),
        ("a\0b", "zero", "zero.txt"),
    ],
)
def test_names(source: Path | str, name: str | None, expected: str) -> None:
    """A file keeps the suffix that says its format, and a text is given one of text."""
    assert document_name(source, name, {"text.txt", "text-2.txt"}, folder=Path("corpus")) == expected


def test_a_path_given_as_a_text_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that is the path of a file was hardly meant as a text; one that only looks like it is one."""
    (tmp_path / "a.txt").write_text("Talks.", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for source in ("a.txt", str(tmp_path / "a.txt")):
        with pytest.raises(DocumentError, match=r"Path\("):
            document_name(source, None, ())
    assert document_name("b.txt", None, ()) == "text.txt"
    assert document_name("a.txt\nis a file", None, ()) == "text.txt"


def test_a_time_is_trusted_once_its_moment_is_over(tmp_path: Path) -> None:
    """What was just written is read when no later change can bear the same time; the rest at once."""
    (tmp_path / "a.txt").write_text("Talks.", encoding="utf-8")
    with Sandbox() as sandbox:
        folder = Folder(tmp_path)
        now = time.time_ns() // 1_000_000_000 * 1_000_000_000  # as a file system keeps it that counts seconds
        os.utime(tmp_path / "a.txt", ns=(now, now))
        document, stamp = folder.read("a.txt", sandbox)
        assert time.time_ns() >= now + COARSE
        assert (document, stamp.time, stamp.size) == (Document("a.txt", "Talks."), now, 6)
        for moment in (now - 10 * COARSE, now + 10**15):
            os.utime(tmp_path / "a.txt", ns=(moment, moment))
            start = time.perf_counter()
            folder.read("a.txt", sandbox)
            assert time.perf_counter() - start < 0.5


def test_a_text_comes_back_as_it_will_be_read(tmp_path: Path) -> None:
    """A byte order mark at its beginning is a mark in the file, and so no part of the document."""
    with Folder(tmp_path).incoming("\ufeffTalks.\r\n", "a.txt") as (document, aside):
        assert document.text == "Talks.\r\n"
        assert aside.read_bytes() == b"\xef\xbb\xbfTalks.\r\n"
        assert Folder(tmp_path).listing().stamps == {}
    assert list(tmp_path.iterdir()) == []
