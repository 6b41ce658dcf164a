"""Document loader: encodings, limits, wrong formats, and the files of a corpus folder."""

from __future__ import annotations

import codecs
import os
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.documents import Document, Sandbox, corpus_files, load_document, text_document
from qa.errors import CorpusError, DocumentError
from qa.settings import DEFAULTS
from tests.helpers import FILES, written

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
NOBODY = 65534


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that any user can reach, since permissions do not apply to root."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def _without_privileges() -> Iterator[None]:
    """Run the rest of the test as a user to whom permissions apply."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    yield
    os.seteuid(user)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@given(
    st.text().filter(lambda text: text.strip() and "\0" not in text),
    st.sampled_from(
        [
            (codecs.BOM_UTF8, "utf-8"),
            (codecs.BOM_UTF16_LE, "utf-16-le"),
            (codecs.BOM_UTF16_BE, "utf-16-be"),
            (codecs.BOM_UTF32_LE, "utf-32-le"),
            (codecs.BOM_UTF32_BE, "utf-32-be"),
        ]
    ),
)
def test_a_file_with_a_mark_is_read_exactly(text: str, kind: tuple[bytes, str]) -> None:
    """The byte order mark determines the encoding and is removed; everything else stays."""
    mark, encoding = kind
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), "a.txt", mark + text.encode(encoding))
        assert load_document(path).text == text


@given(st.text().filter(lambda text: text.strip() and "\0" not in text and text[0] != "\ufeff"))
def test_a_file_without_a_mark_is_utf_8(text: str) -> None:
    """Any UTF-8 text is read as such, even if it is valid in another encoding."""
    with tempfile.TemporaryDirectory() as folder:
        assert load_document(written(Path(folder), "a.md", text.encode())).text == text


def test_only_the_mark_is_removed(tmp_path: Path) -> None:
    """All kinds of line ends, white space at both ends and a second mark are part of the text."""
    data = codecs.BOM_UTF8 + "\ufeff \r\n a\rb\n\fc\t\r\n ".encode()
    assert load_document(written(tmp_path, "a.txt", data)).text == "\ufeff \r\n a\rb\n\fc\t\r\n "


@pytest.mark.parametrize(
    "text",
    [
        "é",
        "Été",
        "“CAFÉ”",
        "Naqvi’s visit – “fruitful” – cost 5 €…",
        "Füße, Ærø, mañana, garçon, ðæþ",
        "Wait…what? A col·lecció of m²K, n°a, a±b and m×n; word³ ¿cómo? L’Œuvre",
        "title\r\n————————————\r\nbody\xa0\xa0\xa0\xa0\xa0x",
        "Le café «\xa0À la Fête\xa0» est fermé. " * 50,
    ],
)
def test_windows_files_are_read(tmp_path: Path, text: str) -> None:
    """Western text in Windows-1252, even if it is short."""
    assert load_document(written(tmp_path, "a.txt", text.encode("cp1252"))).text == text


@pytest.mark.parametrize(
    ("text", "encoding", "page"),
    [
        (
            "Drukarz Józef Żak urodził się w Łodzi i pracował w Krakowie do końca życia.",
            "cp1250",
            "windows-1250",
        ),
        ("Příliš žluťoučký kůň úpěl ďábelské ódy. Lékárna je otevřena každý den.", "cp1250", "windows-1250"),
        ("Пристань открыта каждый день с восьми часов, лодка стоит пять рублей.", "cp1251", "windows-1251"),
        ("Пристань открыта каждый день с восьми часов, лодка стоит пять рублей.", "koi8-r", "KOI8-R"),
        (
            "The café in the old station was founded by Zoë Lefèvre. It serves crêpes.",
            "mac-roman",
            "Mac Roman",
        ),
    ],
)
def test_other_code_pages_are_read(tmp_path: Path, text: str, encoding: str, page: str) -> None:
    """Files whose words would contain symbols in Windows-1252. A note names the code page."""
    for name in ("a.txt", "a.html", "a.csv"):
        document = load_document(written(tmp_path, name, text.encode(encoding)))
        assert document.text.replace(" | ", ", ").strip("| ") == text
        assert document.notes == (f"read as {page}",)
    assert load_document(written(tmp_path, "b.txt", text.encode())).notes == ()


def test_an_unclear_code_page_is_refused(tmp_path: Path) -> None:
    """Czech is valid in Windows-1250 and in ISO 8859-2, with a different letter in one word."""
    data = "Přístav Ústí otevřel ve čtvrtek nový úřad a vlak staví každý den.".encode("iso8859-2")
    with pytest.raises(DocumentError, match="save it as UTF-8 text"):
        load_document(written(tmp_path, "a.txt", data))


def test_stray_null_characters_stay(tmp_path: Path) -> None:
    """A program left them at the end of a field. Offsets count them."""
    document = load_document(written(tmp_path, "a.txt", b"The saw is old.\0\0 It was made in 1902."))
    assert document.text == "The saw is old.\0\0 It was made in 1902."


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(PNG, id="picture"),
        pytest.param(b"mostly\0\0\0\0\0\0\0", id="nulls"),
        pytest.param(b"plain but for a null \0 and a bell \a", id="controls"),
        pytest.param("Министр прибыл в Брюссель.".encode("cp1251"), id="cyrillic"),
        pytest.param("大臣がブリュッセルに到着した。".encode("shift-jis"), id="shift-jis"),
        pytest.param("部长抵达布鲁塞尔。".encode("gbk"), id="gbk"),
        pytest.param("Un café à Liège, où l’été déjà".encode() + b"\xe9!", id="damaged utf-8"),
        pytest.param(codecs.BOM_UTF16_LE + b"a\0b", id="truncated utf-16"),
        pytest.param(codecs.BOM_UTF16_LE + "a\0".encode("utf-16-le"), id="null in utf-16"),
        pytest.param(codecs.BOM_UTF8 + b"caf\xe9", id="wrong mark"),
    ],
)
def test_a_file_that_is_not_text_is_refused(tmp_path: Path, data: bytes) -> None:
    """A binary or damaged file, or an unknown encoding, is an error and never becomes wrong letters."""
    with pytest.raises(DocumentError, match=r"^'a\.txt' is not .*UTF-8 text$"):
        load_document(written(tmp_path, "a.txt", data))


@pytest.mark.parametrize("data", [b"", b" \r\n\t\x0c", codecs.BOM_UTF8, codecs.BOM_UTF16_BE + b"\0 "])
def test_a_file_without_text_is_refused(tmp_path: Path, data: bytes) -> None:
    """An empty file, or one with only white space."""
    with pytest.raises(DocumentError, match="contains no text"):
        load_document(written(tmp_path, "a.txt", data))


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    """A file of 4 TiB is refused by its size; one at the limit is read."""
    path = written(tmp_path, "a.txt", b"text")
    os.truncate(path, 1 << 42)
    tracemalloc.start()
    with pytest.raises(DocumentError, match=r"^'a\.txt' is larger than 16 MiB"):
        load_document(path)
    assert tracemalloc.get_traced_memory()[1] < DEFAULTS.max_text_bytes / 16
    tracemalloc.stop()
    path.write_bytes(b"a" * DEFAULTS.max_text_bytes)
    assert len(load_document(path).text) == DEFAULTS.max_text_bytes


def test_a_file_of_200_megabytes_takes_no_memory(tmp_path: Path) -> None:
    """Refusing it takes no more memory than reading a small file."""
    small, large = written(tmp_path, "a.txt", b"word"), tmp_path / "b.txt"
    with large.open("wb") as file:
        for _ in range(200):
            file.write(b"word " * 209_716)
    code = (
        "import resource, sys; from pathlib import Path; from qa import DocumentError\n"
        "from qa.documents import load_document\n"
        "try:\n    print(load_document(Path(sys.argv[1])).text)\n"
        "except DocumentError as error:\n    print(error)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    root = Path(__file__).parents[2]
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code, path], cwd=root, capture_output=True, text=True, check=True
        ).stdout.splitlines()
        for path in (small, large)
    ]
    assert outputs[0][0] == "word"
    assert outputs[1][0] == "'b.txt' is larger than 16 MiB: split it into smaller files"
    assert abs(int(outputs[1][1]) - int(outputs[0][1])) < 4 * 1024, "in KiB"


@pytest.mark.parametrize("name", ["a.pdf", "a.docx"])
def test_other_formats_may_be_larger(tmp_path: Path, name: str) -> None:
    """PDFs and Word documents contain images, so their limit is higher."""
    path = written(tmp_path, name, b"")
    os.truncate(path, DEFAULTS.max_file_bytes + 1)
    with pytest.raises(DocumentError, match=rf"^'{name}' is larger than 64 MiB"):
        load_document(path)


@pytest.mark.parametrize("name", ["utf-8", "utf-8-marked", "utf-16", "utf-16-unmarked", "windows"])
def test_one_text_in_five_encodings(name: str) -> None:
    """The same text in five encodings is read as the same text."""
    assert load_document(FILES / f"{name}.txt").text == (
        "The waiting room of Skerra\r\n\r\nThe café in the waiting room opened in 1952. Its owner, Zoë "
        "Brandt, charged € 2 for a “pot of tea” – cafés on the mainland took £ 1.\r\n"
    )


@given(st.text(alphabet=st.characters(max_codepoint=0x24F, min_codepoint=32), min_size=1))
def test_unambiguous_utf_16_needs_no_mark(text: str) -> None:
    """European text in UTF-16 without a mark, in either byte order, is read or refused but never misread."""
    with tempfile.TemporaryDirectory() as folder:
        for encoding in ("utf-16-le", "utf-16-be"):
            path = written(Path(folder), "a.txt", text.encode(encoding))
            try:
                found = load_document(path).text
            except DocumentError:
                continue
            assert found == text or "\0" not in path.read_bytes().decode("latin-1")


def test_markdown_is_read_exactly(tmp_path: Path) -> None:
    """Markup, tables, line ends and front matter stay as they are."""
    data = (FILES / "ferry.md").read_bytes()
    assert load_document(FILES / "ferry.md").text.encode() == data
    windows = data.replace(b"\n", b"\r\n")
    assert load_document(written(tmp_path, "a.md", windows)).text.encode() == windows


@pytest.mark.parametrize("name", ["chromium.html", "writer.html", "writer.pdf", "latex.pdf", "pandoc.docx"])
def test_every_format_is_read(sandbox: Sandbox, name: str) -> None:
    document = load_document(FILES / name, sandbox=sandbox)
    assert document.id == name
    assert document.title is not None
    assert document.title.startswith("The Ferry of Skerra")
    assert "built in Aberdeen in 1931 by Douglas Finch, a shipwright" in document.text
    assert (document.pages != ()) == name.endswith(".pdf")


def test_a_saved_page_is_its_article_with_title_and_address() -> None:
    """Nothing from around the article of a page that a browser saved."""
    page = load_document(FILES / "chromium.html")
    assert page.title == "The Ferry of Skerra – The Island Courier"
    assert page.url == "https://courier.example/skerra/ferry"
    assert page.text.startswith(
        "The Ferry of Skerra\n\nBy Ines Halloran, 3\xa0June 2025\n\nThe island of Skerra"
    )
    assert page.text.endswith("SUN  10:00\n\nInes Halloran reports from the northern isles.")
    around = (
        "cookies",
        "Weather",
        "boots",
        "★",
        "Draft",
        "Subscribe",
        "Most read",
        "newsletter",
        "Privacy",
    )
    assert [words for words in (*around, "JavaScript", "Template", "dataLayer") if words in page.text] == []


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        pytest.param("a.txt", b"%PDF-1.7\n", "is a PDF: rename it to .pdf", id="pdf as text"),
        pytest.param("a.html", b"%PDF-1.7\n", "is a PDF: rename it to .pdf", id="pdf as page"),
        pytest.param("a.docx", b"%PDF-1.7\n", "is a PDF: rename it to .pdf", id="pdf as word"),
        pytest.param("a.md", b"PK\x03\x04", "is an archive or an Office document: ", id="zip as text"),
        pytest.param("a.pdf", b"PK\x03\x04", "is an archive or an Office document: ", id="zip as pdf"),
        pytest.param("a.txt", b"\x1f\x8b\x08", "is an archive: unpack it", id="gzip as text"),
        pytest.param("a.docx", b"Rar!\x1a\x07", "is an archive: unpack it", id="rar as word"),
        pytest.param(
            "a.pdf", b"<!DOCTYPE html><p>x", "is not a PDF, .*: rename it to .html", id="page as pdf"
        ),
        pytest.param(
            "a.docx", b"\n<html><p>x", "is not a Word document, .*: rename it to .html", id="as word"
        ),
        pytest.param("a.pdf", b"words", "is not a PDF, despite its name: save it again", id="text as pdf"),
        pytest.param(
            "a.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "is an old or password-protected Office document: save it in the current format without",
            id="old or locked word",
        ),
        pytest.param("a.txt", b"{\\rtf1 x}", "is an RTF document: rename it to .rtf", id="rtf as text"),
        pytest.param("a.txt", Path(sys.executable).read_bytes()[:5000], "is not ", id="program as text"),
        pytest.param("a.html", PNG, "is not ", id="picture as page"),
        pytest.param("a.zip", b"", "is an archive: unpack it and give the files in it", id="zip"),
        pytest.param("a.tar.gz", b"", "is an archive: unpack it and give the files in it", id="tar"),
        pytest.param("a.doc", b"", "has an unsupported format: save it as .docx, .pdf or .txt", id="doc"),
        pytest.param("a.pdf", b"", "is empty: save it again or remove it", id="empty"),
    ],
)
def test_a_file_of_another_format_is_refused(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    """The message is one line that says what the file is, if that is known."""
    with pytest.raises(DocumentError, match=rf"^'{name}' {message}"):
        load_document(written(tmp_path, name, data))


def test_a_web_page_with_the_suffix_of_a_text_is_read_as_text(tmp_path: Path) -> None:
    """Nothing of the markup is interpreted or left out."""
    data = b"<html><script>x()</script><p>words"
    assert load_document(written(tmp_path, "a.txt", data)).text == data.decode()


@pytest.mark.parametrize("name", ["latex.pdf", "writer.pdf", "pandoc.docx"])
def test_a_truncated_file_is_refused_or_read_in_part(tmp_path: Path, sandbox: Sandbox, name: str) -> None:
    """A truncated file is an error of one line, or its text contains only words of the whole file."""
    data = (FILES / name).read_bytes()
    words = set(load_document(FILES / name, sandbox=sandbox).text.split())
    for percent in range(0, 100, 5):
        path = written(tmp_path, name, data[: percent * len(data) // 100])
        try:
            text = load_document(path, sandbox=sandbox).text
        except DocumentError as error:
            message = str(error)
            assert message.startswith(f"'{name}' "), message
            assert message.isprintable(), message
        else:
            assert len(set(text.split()) - words) < 0.02 * len(words), "page numbers at most"


def test_what_is_not_a_file_is_refused(tmp_path: Path) -> None:
    """A folder, a pipe, a missing file and a link to itself are errors; none hangs."""
    (tmp_path / "folder.txt").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "circle.txt").symlink_to("circle.txt")
    for name in ("folder.txt", "pipe.txt", "missing.txt", "circle.txt"):
        with pytest.raises(DocumentError, match=rf"^'{name}' "):
            load_document(tmp_path / name)
    with pytest.raises(DocumentError, match="is a folder: give the files in it"):
        load_document(tmp_path)


def test_an_invalid_path_is_refused() -> None:
    """A null character in the path of an upload."""
    with pytest.raises(DocumentError, match=r"^'a\.txt' has an invalid path"):
        load_document(Path("a\0b.txt"), name="a.txt")


def test_other_formats_are_refused(tmp_path: Path) -> None:
    """The suffix decides, in lower or upper case."""
    with pytest.raises(DocumentError, match="unsupported file type"):
        load_document(written(tmp_path, "a.rst", b"text"))
    assert load_document(written(tmp_path, "A.TXT", b"text")).id == "A.TXT"


def test_the_id_is_the_name_given_or_that_of_the_file(tmp_path: Path) -> None:
    """Messages use the given name too."""
    path = written(tmp_path, "deep/a.txt", b"text")
    assert load_document(path).id == "a.txt"
    assert load_document(path, name="deep/a.txt").id == "deep/a.txt"
    with pytest.raises(DocumentError, match=r"'other/a\.txt'"):
        load_document(tmp_path / "none.txt", name="other/a.txt")


def test_the_name_given_determines_the_format(tmp_path: Path) -> None:
    """Uploads are stored under another name. If the given name has no suffix, that of the file counts."""
    upload = written(tmp_path, "tmp1a2b", (FILES / "writer.pdf").read_bytes())
    assert load_document(upload, name="My ferry.PDF").pages != ()
    page = written(tmp_path, "tmp.html", b"<p>words")
    assert load_document(page, name="Ferry No. 5").text == "words"
    assert load_document(page, name="Ferry").id == "Ferry"


def test_pasted_text_is_not_changed() -> None:
    """An empty text, one that is too long and one with a lone surrogate are refused."""
    assert text_document(" a\r\nb\t", name="notes").text == " a\r\nb\t"
    for text, message in (
        (" \n", "'notes' contains no text"),
        ("a" * (DEFAULTS.max_document_characters + 1), "16,777,217 characters and at most 16,777,216"),
        ("a\ud83d", r"lone surrogate \(invalid Unicode\) at offset 1"),
    ):
        with pytest.raises(DocumentError, match=message):
            text_document(text, name="notes")


@pytest.mark.usefixtures("public_folder", "_without_privileges")
def test_a_missing_permission_is_reported(public_folder: Path) -> None:
    """The message contains the reason that the system gives."""
    user = os.geteuid()
    os.seteuid(os.getuid())
    path = written(public_folder, "a.txt", b"text")
    path.chmod(0)
    os.seteuid(user)
    with pytest.raises(DocumentError, match=r"^'a\.txt' cannot be read \(Permission denied\)"):
        load_document(path)


def read_all(folder: Path) -> tuple[list[Document], list[str]]:
    """Return the documents of a folder, and for each other file the problem."""
    documents, failures = [], []
    with Sandbox() as sandbox:
        for name, problem in corpus_files(folder):
            try:
                if problem:
                    raise DocumentError(f"{name!r} {problem}")
                documents.append(load_document(folder / name, name=name, sandbox=sandbox))
            except DocumentError as failure:
                failures.append(str(failure))
    return documents, failures


def test_a_corpus_may_hold_every_format(tmp_path: Path) -> None:
    """All files of the tests in a subfolder; each one that cannot be read has its reason."""
    for path in FILES.iterdir():
        written(tmp_path, f"sub folder/{path.name}", path.read_bytes())
    for name in ("articles.zip", "old.doc", "data.bin"):
        written(tmp_path, name, b"x")
    documents, failures = read_all(tmp_path)
    assert [failure.split(":")[0] for failure in failures] == [
        "'articles.zip' is an archive",
        "'old.doc' has an unsupported format",
        "'sub folder/locked.pdf' is locked with a password",
        "'sub folder/scanned.pdf' contains images but no text",
    ]
    read = {document.id.removeprefix("sub folder/") for document in documents}
    assert read == {path.name for path in FILES.iterdir()} - {"locked.pdf", "scanned.pdf"}


def test_the_files_of_a_corpus_are_listed_unread(tmp_path: Path) -> None:
    """Each file has its id and problem, sorted by id, without being opened."""
    written(tmp_path, "b/a.txt", b"")
    written(tmp_path, "b.pdf", b"")
    written(tmp_path, "c.rar", b"")
    written(tmp_path, "d.jpg", b"")
    (tmp_path / "out.md").symlink_to("/etc/hostname")
    assert [(name, problem.split(":")[0]) for name, problem in corpus_files(tmp_path)] == [
        ("b.pdf", ""),
        ("b/a.txt", ""),
        ("c.rar", "is an archive"),
        ("out.md", "is a link out of the corpus folder"),
    ]
    with pytest.raises(CorpusError, match="no corpus folder"):
        corpus_files(tmp_path / "missing")


def test_a_corpus_is_listed_in_order(tmp_path: Path) -> None:
    """Files of all subfolders, sorted by path; hidden files and other formats are left out."""
    for name in ("b.txt", "a/z.md", "a.txt", "a/b/c.TXT", "é 😀 'x'.txt"):
        written(tmp_path, name, name.encode())
    for name in (".hidden.txt", ".qa-index/a.txt", "a/.git/b.md", "notes.rst", "txt"):
        written(tmp_path, name, b"not read")
    documents, failures = read_all(tmp_path)
    assert [document.id for document in documents] == [
        *("a.txt", "a/b/c.TXT", "a/z.md", "b.txt", "é 😀 'x'.txt")
    ]
    assert all(document.text == document.id for document in documents)
    assert failures == []


def test_bad_files_are_reported_and_the_others_read(tmp_path: Path) -> None:
    """Each file that cannot be read has a failure of one line that names it."""
    written(tmp_path, "good.txt", b"text")
    written(tmp_path, "sub/picture.txt", PNG)
    written(tmp_path, "empty.md", b"")
    written(tmp_path, "two\nlines.md", b"")
    (tmp_path / "circle.txt").symlink_to("circle.txt")
    (tmp_path / "dangling.txt").symlink_to("nowhere.txt")
    documents, failures = read_all(tmp_path)
    assert [document.id for document in documents] == ["good.txt"]
    names = [failure.split("' ")[0] for failure in failures]
    assert names == ["'circle.txt", "'dangling.txt", "'empty.md", "'sub/picture.txt", r"'two\nlines.md"]
    assert not any("\n" in failure for failure in failures)


def test_a_name_that_is_not_unicode_is_a_failure(tmp_path: Path) -> None:
    """A file name of undecodable bytes cannot be shown in a reply, so the file is not loaded."""
    written(tmp_path, "good.txt", b"text")
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.txt")).write_bytes(b"text")
    except OSError:
        pytest.skip("this file system does not allow such a name")
    documents, failures = read_all(tmp_path)
    assert [document.id for document in documents] == ["good.txt"]
    assert failures == [r"'bad\udcff.txt' has a name that is not valid Unicode: rename it"]


def test_links_out_of_the_folder_are_reported_and_not_followed(tmp_path: Path) -> None:
    """A link to a file or folder outside is a failure; one to something inside is read or skipped."""
    secret = written(tmp_path, "elsewhere/secret.txt", b"secret")
    home = tmp_path / "corpus"
    written(home, "sub/a.txt", b"text")
    (home / "inside.txt").symlink_to("sub/a.txt")
    (home / "again").symlink_to("sub")
    (home / "loop").symlink_to(".")
    (home / "out.txt").symlink_to(secret)
    (home / "outer").symlink_to(secret.parent)
    (tmp_path / "link").symlink_to(home)
    for folder in (home, tmp_path / "link"):
        documents, failures = read_all(folder)
        assert [document.id for document in documents] == ["inside.txt", "sub/a.txt"]
        assert [failure.split(":")[0] for failure in failures] == [
            "'out.txt' is a link out of the corpus folder",
            "'outer' is a link out of the corpus folder",
        ]


@pytest.mark.usefixtures("public_folder", "_without_privileges")
def test_a_folder_that_cannot_be_listed_is_reported(public_folder: Path) -> None:
    """A subfolder without permission is a failure, not silently skipped."""
    user = os.geteuid()
    os.seteuid(os.getuid())
    written(public_folder, "good.txt", b"text")
    closed = written(public_folder, "closed/a.txt", b"text").parent
    closed.chmod(0)
    os.seteuid(user)
    try:
        documents, failures = read_all(public_folder)
    finally:
        os.seteuid(os.getuid())
        closed.chmod(0o755)
        os.seteuid(user)
    assert [document.id for document in documents] == ["good.txt"]
    assert [failure.split(":")[0] for failure in failures] == [
        "'closed' cannot be listed (Permission denied)"
    ]


def test_an_invalid_corpus_folder_is_an_error(tmp_path: Path) -> None:
    """A missing folder, a file, and a name that is too long."""
    for missing in ("missing", "file/a.txt"):
        written(tmp_path, "file/a.txt", b"text")
        with pytest.raises(CorpusError, match="no corpus folder"):
            corpus_files(tmp_path / missing)
    with pytest.raises(CorpusError, match="name another"):
        corpus_files(tmp_path / ("n" * 300))


def test_no_structure_is_found_in_a_text_of_too_many_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would take far more memory than the text."""
    monkeypatch.setattr("qa.documents.loader.DEFAULTS", replace(DEFAULTS, max_structured_lines=3))
    for name in ("a.md", "a.txt"):
        assert len(text_document("# a\n\nb\n", name=name).blocks) == 2
        assert len(text_document("# a\n\nb\n\nc\n", name=name).blocks) == 0
