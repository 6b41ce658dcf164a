"""Trash: what is removed or replaced can be restored, within bounds."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from qa.corpus import Corpus
from qa.corpus.trash import LEAST_BYTES, TRASH_FOLDER, Trash
from qa.errors import CorpusError
from qa.storage import disk
from tests.tiny_embedder import WordEmbedder
from tests.writers import BEFORE, NEW, files, indexed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with three documents and their index."""
    for name, text in BEFORE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    Corpus(tmp_path).sync(WordEmbedder())
    return tmp_path


def removed(folder: Path) -> list[tuple[str, str]]:
    """Return the id and the text of each file in the trash, the latest first."""
    trash = Trash(folder)
    return [(file.id, trash.file_path(file).read_text(encoding="utf-8")) for file in trash.files()]


def test_a_removed_article_is_restored(folder: Path) -> None:
    """As it was: in its subfolder, with its time, found again. In the meantime it is in no answer."""
    modified = (folder / "sub/c.txt").stat().st_mtime_ns
    corpus, embedder = Corpus(folder), WordEmbedder()
    corpus.remove("sub/c.txt")
    (folder / "sub").rmdir()
    corpus.sync(embedder)
    assert "sub/c.txt" not in indexed(corpus)
    assert removed(folder) == [("sub/c.txt", BEFORE["sub/c.txt"])]
    assert [file.id for file in corpus.files()] == ["a.txt", "b.txt"]
    assert corpus.restore("sub/c.txt", embedder) == "sub/c.txt"
    assert indexed(corpus) == files(folder) == BEFORE
    assert (folder / "sub/c.txt").stat().st_mtime_ns == modified
    assert removed(folder) == []
    assert not (folder / TRASH_FOLDER).exists()


def test_a_replaced_article_is_restored_in_exchange(folder: Path) -> None:
    """The older versions are kept, each under its own name. Adding the same text again keeps nothing."""
    corpus, embedder = Corpus(folder), WordEmbedder()
    corpus.sync(embedder)
    for text in (NEW, NEW, "Third."):
        corpus.add(text, embedder, name="a.txt")
    assert removed(folder) == [("a.txt", NEW), ("a.txt", BEFORE["a.txt"])]
    oldest = corpus.removed()[-1].name
    corpus.restore(oldest, embedder)
    assert indexed(corpus) == files(folder) == BEFORE
    assert removed(folder) == [("a.txt", "Third."), ("a.txt", NEW)]
    corpus.remove("a.txt")
    corpus.restore("a.txt", embedder)
    assert indexed(corpus) == BEFORE


def test_what_is_not_in_the_trash_is_one_line(folder: Path) -> None:
    for name in ("a.txt", "", "../a.txt", TRASH_FOLDER):
        with pytest.raises(CorpusError, match="is not in the trash"):
            Corpus(folder).restore(name, WordEmbedder())
    with pytest.raises(CorpusError, match="no corpus folder"):
        Corpus(folder / "none").restore("a.txt", WordEmbedder())
    assert not (folder / "none").exists()


@pytest.mark.parametrize("links", [True, False])
def test_the_trash_needs_no_links(folder: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    """Some file systems have none: then files are copied."""
    if not links:

        def fail(source: Path, target: Path) -> None:
            raise OSError(95, "Operation not supported")

        monkeypatch.setattr(disk, "link", fail)
    corpus, embedder = Corpus(folder), WordEmbedder()
    corpus.sync(embedder)
    corpus.add(NEW, embedder, name="a.txt")
    corpus.remove("b.txt")
    for name in ("a.txt", "b.txt"):
        corpus.restore(name, embedder)
    assert indexed(corpus) == BEFORE
    assert removed(folder) == [("a.txt", NEW)]


def test_old_files_and_the_largest_of_too_many_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never the latest, so that nobody pushes small documents out by removing large ones."""
    trash = Trash(folder, seconds=3600, limit=4 * LEAST_BYTES)
    for size in (10, 3 * LEAST_BYTES, 20, 4 * LEAST_BYTES):
        (folder / "x.txt").write_bytes(b"x" * size)
        kept = trash.keep(folder / "x.txt", f"{size}.txt")
        (folder / "x.txt").unlink()
        trash.tidy(spare=kept)
    assert [file.id for file in trash.files()] == [f"{4 * LEAST_BYTES}.txt", "20.txt", "10.txt"]
    trash.tidy()
    assert [file.id for file in trash.files()] == ["20.txt", "10.txt"]
    later = datetime.now(timezone.utc) + timedelta(hours=1)
    monkeypatch.setattr("qa.corpus.trash.time.time", later.timestamp)
    trash.tidy()
    assert trash.files() == []


def test_many_small_files_count_too(folder: Path) -> None:
    trash = Trash(folder, limit=3 * LEAST_BYTES)
    for number in range(5):
        trash.keep(folder / "a.txt", f"{number}.txt")
        (folder / f"{number}.txt").unlink(missing_ok=True)
    trash.tidy()
    assert [file.id for file in trash.files()] == ["4.txt", "3.txt", "2.txt"]


def test_the_trash_of_a_corpus_is_of_its_user_alone(folder: Path) -> None:
    """Other files there stay; what a killed writer left unfinished goes with the next change."""
    Corpus(folder).remove("a.txt")
    trash = folder / TRASH_FOLDER
    assert trash.stat().st_mode & 0o777 == 0o700
    (trash / "mine").mkdir()
    (trash / "mine" / "note.txt").write_text("Mine.", encoding="utf-8")
    half = trash / "20200101T000000.000000-0123abcd" / "sub"
    half.mkdir(parents=True)
    (half.parent / ".part").write_text("ha", encoding="utf-8")
    os.link(folder / "b.txt", half / "b.txt")  # killed before it was removed
    Trash(folder).keep(folder / "b.txt", "b.txt")  # likewise
    Corpus(folder).remove("sub/c.txt")
    assert [file_id for file_id, _ in removed(folder)] == ["sub/c.txt", "a.txt"]
    assert not half.parent.exists()
    assert (trash / "mine" / "note.txt").exists()


def test_an_article_stays_where_the_trash_cannot_be_written(folder: Path) -> None:
    (folder / TRASH_FOLDER).write_text("", encoding="utf-8")
    corpus, embedder = Corpus(folder), WordEmbedder()
    corpus.sync(embedder)
    with pytest.raises(CorpusError, match="cannot be deleted"):
        corpus.remove("a.txt")
    with pytest.raises(CorpusError, match="cannot be saved"):
        corpus.add(NEW, embedder, name="a.txt")
    corpus.sync(embedder)
    assert indexed(corpus) == files(folder) == BEFORE
