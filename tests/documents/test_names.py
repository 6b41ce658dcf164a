"""Names of documents: allowed, refused and made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.documents import document_name, load_document, text_document
from qa.errors import DocumentError
from tests.helpers import written


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
def test_a_document_without_a_name_gets_one(source: Path | str, name: str | None, expected: str) -> None:
    """A file keeps its own suffix; a text gets a text suffix."""
    assert document_name(source, name, {"text.txt", "text-2.txt"}, folder=Path("corpus")) == expected


@pytest.mark.parametrize(
    "name", ["caf\u00e9.txt", "cafe\u0301.txt", "ca\u200bfé.txt", "\ufeffcafé.txt", "ca\u00adfé\u2060.txt"]
)
def test_names_that_look_the_same_are_the_same(name: str, tmp_path: Path) -> None:
    """No document can look like another one. A file in the corpus keeps its path."""
    assert document_name("Some text.", name, ()) == "café.txt"
    assert document_name(Path(f"/x/{name}"), None, ()) == "café.txt"
    assert document_name(Path("/x/a.txt"), name, ()) == "café.txt"
    assert document_name(tmp_path / name, None, (), folder=tmp_path) == name


def test_what_is_invisible_but_needed_stays() -> None:
    for name in ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.txt", "\U0001f468\u200d\U0001f33e.txt"):
        assert document_name("Some text.", name, ()) == name


@pytest.mark.parametrize("name", ["con.txt", "NUL", "sub/aux.md", "com1.tar.txt", "lpt¹.txt", "sub /a.txt"])
def test_names_of_devices_are_refused(name: str) -> None:
    with pytest.raises(DocumentError, match="on Windows"):
        document_name("Some text.", name, ())


def test_a_path_given_as_a_text_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The path of an existing file was not meant as a text; other text that looks like a path is a text."""
    (tmp_path / "a.txt").write_text("Talks.", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for source in ("a.txt", str(tmp_path / "a.txt")):
        with pytest.raises(DocumentError, match=r"Path\("):
            document_name(source, None, ())
    assert document_name("b.txt", None, ()) == "text.txt"
    assert document_name("a.txt\nis a file", None, ()) == "text.txt"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "a document needs a name"),
        ("  ", "a document needs a name"),
        ("../a.txt", "leads elsewhere"),
        ("a/../../b.txt", "leads elsewhere"),
        ("a/./b.txt", "leads elsewhere"),
        (".qa-index/a.txt", "begins with a dot"),
        (".hidden.txt", "begins with a dot"),
        ("/etc/a.txt", "is not a path inside a folder"),
        ("a//b.txt", "is not a path inside a folder"),
        ("a/", "is not a path inside a folder"),
        ("..\\a.txt", "is not a path inside a folder"),
        ("C:a.txt", "is not a path inside a folder"),
        ("a\nb.txt", "has control characters"),
        ("a\0.txt", "has control characters"),
        ("a\x9b.txt", "has control characters"),
        ("exe\u202etxt.md", "has control characters"),
        ("a\udcff.txt", "is not valid Unicode"),
        ("é" * 126 + ".txt", "has a name that is too long"),
        ("/".join(["a" * 250] * 5), "has a name that is too long"),
    ],
)
def test_an_unsafe_name_is_refused(tmp_path: Path, name: str, message: str) -> None:
    """Names that lead out of the folder or into a hidden one, or look like another name, are refused."""
    with pytest.raises(DocumentError, match=message) as raised:
        text_document("words", name=name)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 300
    with pytest.raises(DocumentError, match=message):
        load_document(written(tmp_path, "a.txt", b"words"), name=name)


@pytest.mark.parametrize(
    "name",
    ["a", "My notes", "é 😀 👩‍👩‍👧.txt", "a/b/c.txt", "a..b.txt", "é" * 125 + ".txt", "عربي.md", "ab:c.txt"],
)
def test_a_valid_name_is_accepted(tmp_path: Path, name: str) -> None:
    """Any name that a file can have, up to 255 bytes."""
    assert text_document("words", name=name).id == name
    assert written(tmp_path, name, b"words").is_file()
