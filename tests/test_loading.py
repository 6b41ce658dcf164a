"""Files of every kind on a real disk, those that are no text among them."""

from __future__ import annotations

import codecs
import os
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import CorpusError, DocumentError
from qa.loading import MAX_BYTES, Corpus, load_corpus, load_document

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
NOBODY = 65534


def written(folder: Path, name: str, data: bytes) -> Path:
    """A file in a folder, with the folders above it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that any user can reach, seen by one whom permissions bind, as they do not bind root."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def _without_privileges() -> Iterator[None]:
    """The rest of the test runs as a user whom permissions bind."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    yield
    os.seteuid(user)


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
def test_a_marked_file_is_read_letter_for_letter(text: str, kind: tuple[bytes, str]) -> None:
    """The byte order mark names the encoding and goes; line ends, spaces and all else stay."""
    mark, encoding = kind
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), "a.txt", mark + text.encode(encoding))
        assert load_document(path).text == text


@given(st.text().filter(lambda text: text.strip() and "\0" not in text and text[0] != "\ufeff"))
def test_a_file_without_mark_is_utf_8(text: str) -> None:
    """Any text in UTF-8 is read as that, never as another encoding that would also do."""
    with tempfile.TemporaryDirectory() as folder:
        assert load_document(written(Path(folder), "a.md", text.encode())).text == text


def test_nothing_but_the_mark_is_taken_away(tmp_path: Path) -> None:
    """Line ends of every kind, white space at both ends and a second mark are part of the text."""
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
        "title\r\n————————————\r\nbody\xa0\xa0\xa0\xa0\xa0x",
        "Le café «\xa0À la Fête\xa0» est fermé. " * 50,
    ],
)
def test_windows_files_are_read(tmp_path: Path, text: str) -> None:
    """Western text from Windows, however short, is read as it was written."""
    assert load_document(written(tmp_path, "a.txt", text.encode("cp1252"))).text == text


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(PNG, id="picture"),
        pytest.param(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n\x05\x11stream", id="pdf"),
        pytest.param(b"a\0b\0c\0", id="utf-16 without mark"),
        pytest.param(b"plain but for one \0", id="null"),
        pytest.param("Министр прибыл в Брюссель.".encode("cp1251"), id="cyrillic"),
        pytest.param("大臣がブリュッセルに到着した。".encode("shift-jis"), id="shift-jis"),
        pytest.param("部长抵达布鲁塞尔。".encode("gbk"), id="gbk"),
        pytest.param("Un café à Liège, où l’été déjà".encode() + b"\xe9!", id="damaged utf-8"),
        pytest.param(codecs.BOM_UTF16_LE + b"a\0b", id="half a character"),
        pytest.param(codecs.BOM_UTF16_LE + "a\0".encode("utf-16-le"), id="null in utf-16"),
        pytest.param(codecs.BOM_UTF8 + b"caf\xe9", id="mark that lies"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, data: bytes) -> None:
    """A binary file, a damaged one or one in an unknown encoding is an error, never wrong letters."""
    with pytest.raises(DocumentError, match=r"^'a\.txt' is not .*UTF-8 text$"):
        load_document(written(tmp_path, "a.txt", data))


@pytest.mark.parametrize("data", [b"", b" \r\n\t\x0c", codecs.BOM_UTF8, codecs.BOM_UTF16_BE + b"\0 "])
def test_a_file_without_text_is_refused(tmp_path: Path, data: bytes) -> None:
    """An empty file, or one of nothing but white space, is an error that says so."""
    with pytest.raises(DocumentError, match="holds no text"):
        load_document(written(tmp_path, "a.txt", data))


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """A file of more bytes than the memory has is refused by its size alone; one at the limit is read."""
    path = written(tmp_path, "a.txt", b"text")
    os.truncate(path, 1 << 42)
    tracemalloc.start()
    with pytest.raises(DocumentError, match=r"^'a\.txt' is larger than 16 MiB"):
        load_document(path)
    assert tracemalloc.get_traced_memory()[1] < MAX_BYTES / 16
    tracemalloc.stop()
    path.write_bytes(b"a" * MAX_BYTES)
    assert len(load_document(path).text) == MAX_BYTES


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder, a pipe, a missing file, a name too long, a link to itself: each is an error, none hangs."""
    (tmp_path / "folder.txt").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "circle.txt").symlink_to("circle.txt")
    for name in ("folder.txt", "pipe.txt", "missing.txt", "circle.txt", "n" * 300 + ".txt"):
        with pytest.raises(DocumentError, match=rf"^'{name}' "):
            load_document(tmp_path / name)


def test_other_formats_are_refused(tmp_path: Path) -> None:
    """A file is known by its suffix, in small letters or capitals."""
    with pytest.raises(DocumentError, match="no known format"):
        load_document(written(tmp_path, "a.docx", b"text"))
    assert load_document(written(tmp_path, "A.TXT", b"text")).id == "A.TXT"


def test_a_name_is_given_or_that_of_the_file(tmp_path: Path) -> None:
    """The id is the file's own name unless one is given, which errors then use too."""
    path = written(tmp_path, "deep/a.txt", b"text")
    assert load_document(path).id == "a.txt"
    assert load_document(path, name="deep/a.txt").id == "deep/a.txt"
    with pytest.raises(DocumentError, match=r"'other/a\.txt'"):
        load_document(tmp_path / "none.txt", name="other/a.txt")


@pytest.mark.usefixtures("public_folder", "_without_privileges")
def test_a_permission_that_lacks_is_named(public_folder: Path) -> None:
    """A file that may not be read is an error with the system's reason."""
    user = os.geteuid()
    os.seteuid(os.getuid())
    path = written(public_folder, "a.txt", b"text")
    path.chmod(0)
    os.seteuid(user)
    with pytest.raises(DocumentError, match=r"^'a\.txt' cannot be read \(Permission denied\)"):
        load_document(path)


def test_a_corpus_is_every_text_in_order(tmp_path: Path) -> None:
    """Files of all folders are read, sorted by their path inside; hidden ones and other formats are not."""
    for name in ("b.txt", "a/z.md", "a.txt", "a/b/c.TXT", "é 😀 'x'.txt", "line\nbreak.md"):
        written(tmp_path, name, name.encode())
    for name in (".hidden.txt", ".qa-index/a.txt", "a/.git/b.md", "notes.rst", "txt"):
        written(tmp_path, name, b"not to be read")
    corpus = load_corpus(tmp_path)
    assert [document.id for document in corpus.documents] == [
        *("a.txt", "a/b/c.TXT", "a/z.md", "b.txt", "line\nbreak.md", "é 😀 'x'.txt")
    ]
    assert all(document.text == document.id for document in corpus.documents)
    assert corpus.failures == ()


def test_bad_files_are_told_and_the_rest_is_read(tmp_path: Path) -> None:
    """Every file that cannot be read has its own failure, a line that names it; the others are loaded."""
    written(tmp_path, "good.txt", b"text")
    written(tmp_path, "sub/picture.txt", PNG)
    written(tmp_path, "empty.md", b"")
    written(tmp_path, "two\nlines.md", b"")
    (tmp_path / "circle.txt").symlink_to("circle.txt")
    (tmp_path / "dangling.txt").symlink_to("nowhere.txt")
    corpus = load_corpus(tmp_path)
    assert [document.id for document in corpus.documents] == ["good.txt"]
    names = [str(failure).split("' ")[0] for failure in corpus.failures]
    assert names == ["'circle.txt", "'dangling.txt", "'empty.md", "'sub/picture.txt", r"'two\nlines.md"]
    assert not any("\n" in str(failure) for failure in corpus.failures)


def test_a_name_that_is_no_unicode_is_a_failure(tmp_path: Path) -> None:
    """A file whose name is bytes without meaning can stand in no reply: it is told, and not loaded."""
    written(tmp_path, "good.txt", b"text")
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.txt")).write_bytes(b"text")
    except OSError:
        pytest.skip("this file system takes no such name")
    corpus = load_corpus(tmp_path)
    assert [document.id for document in corpus.documents] == ["good.txt"]
    assert [str(failure) for failure in corpus.failures] == [
        r"'bad\udcff.txt' has a name that is not Unicode: rename it"
    ]


def test_links_out_of_the_folder_are_told_and_not_followed(tmp_path: Path) -> None:
    """A link to a file or folder elsewhere is a failure; one that stays inside is read or passed over."""
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
        corpus = load_corpus(folder)
        assert [document.id for document in corpus.documents] == ["inside.txt", "sub/a.txt"]
        assert [str(failure).split(":")[0] for failure in corpus.failures] == [
            "'out.txt' is a link out of the corpus folder",
            "'outer' is a link out of the corpus folder",
        ]


@pytest.mark.usefixtures("public_folder", "_without_privileges")
def test_a_folder_that_cannot_be_listed_is_told(public_folder: Path) -> None:
    """A folder inside the corpus that may not be opened is a failure, not a silent gap."""
    user = os.geteuid()
    os.seteuid(os.getuid())
    written(public_folder, "good.txt", b"text")
    closed = written(public_folder, "closed/a.txt", b"text").parent
    closed.chmod(0)
    os.seteuid(user)
    corpus: Corpus | None = None
    try:
        corpus = load_corpus(public_folder)
    finally:
        os.seteuid(os.getuid())
        closed.chmod(0o755)
        os.seteuid(user)
    assert [document.id for document in corpus.documents] == ["good.txt"]
    assert [str(failure).split(":")[0] for failure in corpus.failures] == [
        "'closed' cannot be listed (Permission denied)"
    ]


def test_a_corpus_of_nothing_is_an_error(tmp_path: Path) -> None:
    """A missing folder, a file, a folder of hidden files, one of bad files: each error says what to do."""
    with pytest.raises(CorpusError, match="no corpus folder"):
        load_corpus(tmp_path / "missing")
    with pytest.raises(CorpusError, match="no corpus folder"):
        load_corpus(written(tmp_path, "file/a.txt", b"text"))
    with pytest.raises(CorpusError, match="name another"):
        load_corpus(tmp_path / ("n" * 300))
    written(tmp_path, "none/.a.txt", b"text")
    with pytest.raises(CorpusError, match=r"nothing to read in .*: put \.txt or \.md files in it"):
        load_corpus(tmp_path / "none")
    written(tmp_path, "bad/a.txt", b" ")
    with pytest.raises(CorpusError, match=r"'a\.txt' holds no text"):
        load_corpus(tmp_path / "bad")
