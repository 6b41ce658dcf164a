"""Corpus: whatever happens to the folder, the index follows, and only what changed is read."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.corpus import Corpus
from qa.corpus.corpus import INDEX_FOLDER
from qa.documents import text_document
from qa.errors import CorpusError, DocumentError
from qa.index import Store
from qa.index.snapshot import MANIFEST
from tests.growth import assert_grows_in_line
from tests.tiny_embedder import WordEmbedder
from tests.writers import BEFORE, NEW, files, indexed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with three documents and their index."""
    for name, text in BEFORE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    synchronised(tmp_path)
    return tmp_path


def synchronised(folder: Path) -> tuple[Corpus, WordEmbedder]:
    """Return a new corpus, synchronised, and the embedder that was used."""
    corpus, embedder = Corpus(folder), WordEmbedder()
    corpus.sync(embedder)
    return corpus, embedder


def stamps(folder: Path) -> dict[str, int]:
    """Return when each file of the index was written."""
    return {path.name: path.stat().st_mtime_ns for path in (folder / INDEX_FOLDER).iterdir()}


def states(corpus: Corpus) -> dict[str, str]:
    """Return the state of each file, or which document it duplicates."""
    return {
        file.id: file.state if file.duplicate_of is None else f"as {file.duplicate_of}"
        for file in corpus.files()
    }


def test_without_changes_nothing_is_read_embedded_or_written(folder: Path) -> None:
    written = stamps(folder)
    if os.geteuid() != 0:
        for name in BEFORE:
            (folder / name).chmod(0)
    corpus, embedder = synchronised(folder)
    assert indexed(corpus) == BEFORE
    assert embedder.embedded == []
    assert stamps(folder) == written


def test_only_what_changed_is_embedded(folder: Path) -> None:
    """Not a renamed, moved or touched file."""
    (folder / "a.txt").write_text(NEW, encoding="utf-8")
    (folder / "b.txt").rename(folder / "sub" / "moved.txt")
    (folder / "sub" / "c.txt").touch()
    (folder / "new.md").write_text("# Visas", encoding="utf-8")
    corpus, embedder = synchronised(folder)
    assert sorted(embedder.embedded) == sorted([NEW, "# Visas"])
    after = {
        "a.txt": NEW,
        "new.md": "# Visas",
        "sub/c.txt": BEFORE["sub/c.txt"],
        "sub/moved.txt": BEFORE["b.txt"],
    }
    assert indexed(corpus) == after
    again, embedder = synchronised(folder)
    assert indexed(again) == after
    assert embedder.embedded == []
    assert corpus.index.bm25.missing_words("Brussels") == ("Brussels",)


def test_a_quick_change_that_keeps_the_size_is_detected(folder: Path) -> None:
    for number in range(10):
        (folder / "n.txt").write_text(f"number {number}", encoding="utf-8")
        assert indexed(synchronised(folder)[0])["n.txt"] == f"number {number}"


def test_files_exchange_their_texts(folder: Path) -> None:
    """Two files swap their texts, and a new file takes the text of one that is overwritten."""
    text_a, text_b = BEFORE["a.txt"], BEFORE["b.txt"]
    (folder / "a.txt").write_text(text_b, encoding="utf-8")
    (folder / "b.txt").write_text(text_a, encoding="utf-8")
    corpus, embedder = synchronised(folder)
    assert indexed(corpus) == {**BEFORE, "a.txt": text_b, "b.txt": text_a}
    (folder / "a.txt").write_text(NEW, encoding="utf-8")
    (folder / "z.txt").write_text(text_b, encoding="utf-8")
    corpus.sync(embedder)
    assert indexed(corpus) == {**BEFORE, "a.txt": NEW, "b.txt": text_a, "z.txt": text_b}
    assert sorted(embedder.embedded) == sorted([NEW])


def test_duplicates_are_indexed_once(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A warning names both. If one is changed or removed, the other is indexed."""
    (folder / "double.txt").write_text(BEFORE["a.txt"], encoding="utf-8")
    corpus, embedder = synchronised(folder)
    assert indexed(corpus) == BEFORE
    assert "'double.txt' has the same text as 'a.txt'" in caplog.text
    assert states(corpus)["double.txt"] == "as a.txt"
    caplog.clear()
    assert corpus.add(BEFORE["a.txt"], embedder, name="third.txt").id == "a.txt"
    assert not (folder / "third.txt").exists()
    again, _ = synchronised(folder)
    assert caplog.messages == []
    (folder / "a.txt").write_text(NEW, encoding="utf-8")
    again.sync(embedder)
    assert indexed(again) == {**BEFORE, "a.txt": NEW, "double.txt": BEFORE["a.txt"]}
    (folder / "a.txt").write_text(BEFORE["a.txt"], encoding="utf-8")
    again.sync(embedder)
    assert indexed(again).items() > {"double.txt": BEFORE["a.txt"]}.items()
    assert states(again)["a.txt"] == "as double.txt"
    assert sorted(embedder.embedded) == sorted([NEW])
    assert again.remove("double.txt") == ("a.txt",)
    assert files(folder) == indexed(synchronised(folder)[0]) == BEFORE
    (folder / "double.txt").write_text(BEFORE["a.txt"], encoding="utf-8")
    again.sync(embedder)
    assert again.remove("double.txt") == ("a.txt",)
    assert again.remove("a.txt") == ()
    assert files(folder) == indexed(again) == {n: BEFORE[n] for n in ("b.txt", "sub/c.txt")}


def test_an_article_replaced_by_a_duplicate_is_removed(folder: Path) -> None:
    corpus, embedder = synchronised(folder)
    assert corpus.add(BEFORE["b.txt"], embedder, name="a.txt").id == "b.txt"
    remaining = {name: text for name, text in BEFORE.items() if name != "a.txt"}
    assert files(folder) == indexed(corpus) == indexed(synchronised(folder)[0]) == remaining


def test_the_duplicate_of_a_replaced_article_is_indexed(folder: Path) -> None:
    """Whether the new text is new or a duplicate too."""
    for number, text in enumerate((NEW, BEFORE["b.txt"])):
        (folder / "double.txt").write_text(BEFORE["a.txt"], encoding="utf-8")
        (folder / "a.txt").write_text(BEFORE["a.txt"], encoding="utf-8")
        corpus, embedder = synchronised(folder)
        assert states(corpus) == {
            "a.txt": "indexed",
            "b.txt": "indexed",
            "sub/c.txt": "indexed",
            "double.txt": "as a.txt",
        }
        corpus.add(text, embedder, name="a.txt")
        assert states(corpus)["double.txt"] == "indexed"
        assert indexed(corpus) == indexed(synchronised(folder)[0]) == files(folder)
        assert len(indexed(corpus)) == 4 - number
        (folder / "double.txt").unlink()


def test_a_duplicate_that_is_added_from_the_folder_itself_stays_there(folder: Path) -> None:
    (folder / "double.txt").write_text(BEFORE["a.txt"], encoding="utf-8")
    corpus, embedder = Corpus(folder), WordEmbedder()
    corpus.add(folder / "a.txt", embedder)
    assert corpus.add(folder / "double.txt", embedder).id == "a.txt"
    assert states(corpus)["double.txt"] == "as a.txt"
    assert files(folder) == {**BEFORE, "double.txt": BEFORE["a.txt"]}


def test_a_text_that_its_file_no_longer_has_is_added(folder: Path) -> None:
    """`add` detects that the folder was changed."""
    corpus, embedder = synchronised(folder)
    (folder / "a.txt").write_text(NEW, encoding="utf-8")
    assert corpus.add(BEFORE["a.txt"], embedder, name="new.txt").id == "new.txt"
    assert indexed(corpus) == {**BEFORE, "a.txt": NEW, "new.txt": BEFORE["a.txt"]}
    (folder / "b.txt").rename(folder / "e.txt")
    assert corpus.add(folder / "e.txt", embedder).id == "e.txt"
    assert indexed(corpus) == indexed(synchronised(folder)[0]) == files(folder)


def test_the_warning_of_an_index_that_cannot_be_saved_is_not_repeated(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Until the next change, when a program synchronises every second."""
    corpus, embedder = synchronised(folder)
    shutil.rmtree(folder / INDEX_FOLDER)
    (folder / INDEX_FOLDER).write_text("in the way", encoding="utf-8")
    for _ in range(4):
        corpus.sync(embedder)
    assert len(caplog.messages) == 1
    assert indexed(corpus) == BEFORE
    (folder / "a.txt").write_text(NEW, encoding="utf-8")
    corpus.sync(embedder)
    assert len(caplog.messages) == 2
    assert indexed(corpus) == {**BEFORE, "a.txt": NEW}


@pytest.mark.parametrize("lost", ["all", "manifest", "a segment", "settings"])
def test_an_index_folder_that_is_deleted_while_it_is_used(folder: Path, lost: str) -> None:
    """The index in memory is changed and written. Nothing is embedded again."""
    corpus, embedder = synchronised(folder)
    corpus.add(NEW, embedder, name="d.txt")
    embedder.embedded.clear()
    if lost == "all":
        shutil.rmtree(folder / INDEX_FOLDER)
    elif lost == "manifest":
        (folder / INDEX_FOLDER / MANIFEST).unlink()
    elif lost == "a segment":
        next((folder / INDEX_FOLDER).glob("*.npy")).unlink()
    else:
        Corpus(folder).sync(WordEmbedder(name="other"))
    corpus.remove("b.txt")
    corpus.add("Of mills.", embedder, name="m.txt")
    remaining = {name: text for name, text in BEFORE.items() if name != "b.txt"}
    assert indexed(corpus) == {**remaining, "d.txt": NEW, "m.txt": "Of mills."}
    assert embedder.embedded == ["Of mills."]
    restarted, other_embedder = synchronised(folder)
    assert indexed(restarted) == indexed(corpus)
    assert other_embedder.embedded == []


def test_the_manifest_does_not_grow_with_every_addition(folder: Path) -> None:
    corpus, embedder = synchronised(folder)
    corpus.add("Number 0.", embedder, name="n.txt")
    size = (folder / INDEX_FOLDER / MANIFEST).stat().st_size
    for number in range(20):
        corpus.add(f"Number {number}.", embedder, name=f"{number}.txt")
    corpus.sync(embedder)
    assert (folder / INDEX_FOLDER / MANIFEST).stat().st_size < 8 * size
    assert json.loads((folder / INDEX_FOLDER / MANIFEST).read_bytes())["stamps"] == {}


def test_additions_and_removals_change_the_folder_and_the_index(folder: Path, tmp_path: Path) -> None:
    """Also after a restart. With texts and files, in subfolders, and replacing others."""
    corpus, embedder = synchronised(folder)
    source = tmp_path.parent / "source.md"
    mills = "# Mills\r\n\r\nThe mill burnt down."
    source.write_text(mills, encoding="utf-8", newline="")
    assert corpus.add(source, embedder) == text_document(mills, name="source.md")
    assert corpus.add(source, embedder, name="deep/er/mills").id == "source.md"
    assert corpus.add("Pasted.", embedder).id == "text.txt"
    assert corpus.add("Pasted twice.", embedder).id == "text-2.txt"
    assert corpus.add("Of visas.", embedder, name="deep/note").id == "deep/note.txt"
    assert corpus.add("Of drugs.", embedder, name="deep/page.html").id == "deep/page.html.txt"
    assert corpus.add(NEW, embedder, name="a.txt").id == "a.txt"
    embedder.embedded.clear()
    assert corpus.add(NEW, embedder, name="a.txt").id == "a.txt"
    assert corpus.remove("sub/c.txt") == ()
    after = {
        "a.txt": NEW,
        "b.txt": BEFORE["b.txt"],
        "text.txt": "Pasted.",
        "text-2.txt": "Pasted twice.",
        "deep/note.txt": "Of visas.",
        "deep/page.html.txt": "Of drugs.",
    }
    assert files(folder) == after
    after["source.md"] = source.read_bytes().decode()
    assert indexed(corpus) == after
    restarted, other = synchronised(folder)
    assert indexed(restarted) == after
    assert embedder.embedded == other.embedded == []
    assert BEFORE["sub/c.txt"].encode() not in b"".join(
        path.read_bytes() for path in (folder / INDEX_FOLDER).iterdir()
    )
    with pytest.raises(CorpusError, match="no document"):
        restarted.remove("sub/c.txt")


def test_changes_of_another_process_are_kept(folder: Path) -> None:
    """Two corpora over one folder add and remove in turns."""
    (first, embedder), (second, _) = synchronised(folder), synchronised(folder)
    first.add("Of mills.", embedder, name="m.txt")
    second.add("Of drugs.", embedder, name="d.txt")
    second.remove("m.txt")
    first.remove("b.txt")
    expected = {"a.txt": BEFORE["a.txt"], "sub/c.txt": BEFORE["sub/c.txt"], "d.txt": "Of drugs."}
    assert indexed(first) == indexed(synchronised(folder)[0]) == expected
    second.sync(embedder)
    assert indexed(second) == expected


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/x", "a/../../x", ".x", "sub/.x", "..", "", "a\\b", "out/x", "a\0b/c.txt", "\ud800/c.txt"],
)
def test_names_outside_the_folder_are_refused(folder: Path, name: str) -> None:
    """Nothing is written, and the message is a single line."""
    (folder / "out").symlink_to(folder.parent, target_is_directory=True)
    corpus, embedder = synchronised(folder)
    before = sorted(folder.parent.rglob("*"))
    for source in ("Some text.", folder / "a.txt"):
        with pytest.raises(DocumentError) as caught:
            corpus.add(source, embedder, name=name)
        assert "\n" not in str(caught.value)
    assert sorted(folder.parent.rglob("*")) == before
    assert indexed(corpus) == BEFORE


def test_a_source_that_is_not_a_document_changes_nothing(folder: Path) -> None:
    """The message is a single line. A file path given as a text is such a source too."""
    corpus, embedder = synchronised(folder)
    written = stamps(folder)
    (folder.parent / "binary.txt").write_bytes(bytes(range(256)))
    for source in ("  ", folder / "none.txt", folder, folder.parent / "binary.txt", str(folder / "a.txt")):
        with pytest.raises(DocumentError) as caught:
            corpus.add(source, embedder)
        assert "\n" not in str(caught.value)
    assert "Path(" in str(caught.value)
    assert stamps(folder) == written
    assert files(folder) == BEFORE


def test_failures_are_reported_each_time_and_read_once(folder: Path) -> None:
    """They are read again when they have changed, or to retry."""
    (folder / "bad.txt").write_bytes(bytes(range(256)))
    (folder / "link.txt").symlink_to("/etc/hostname")
    for _ in range(2):
        corpus, embedder = synchronised(folder)
        assert [str(failure).split("'")[1] for failure in corpus.failures] == ["bad.txt", "link.txt"]
        assert states(corpus)["bad.txt"] == states(corpus)["link.txt"] == "failed"
        assert indexed(corpus) == BEFORE
        assert len(embedder.embedded) == 0
    written = stamps(folder)
    synchronised(folder)
    assert stamps(folder) == written
    corpus.sync(embedder, retry=True)
    assert stamps(folder) != written
    (folder / "bad.txt").write_text("Now it is good.", encoding="utf-8")
    assert states(Corpus(folder))["bad.txt"] == "waiting"
    corpus, _ = synchronised(folder)
    assert states(corpus)["bad.txt"] == "indexed"
    assert len(corpus.failures) == 1


def test_a_broken_link_is_listed_with_the_reason(folder: Path) -> None:
    (folder / "lost.txt").symlink_to("nowhere.txt")
    (folder / "loop.txt").symlink_to("loop.txt")
    corpus, _ = synchronised(folder)
    assert indexed(corpus) == BEFORE
    problems = {file.id: file.problem for file in corpus.files() if file.state == "failed"}
    assert problems.keys() == {"lost.txt", "loop.txt"}
    assert all("is a broken link" in str(problem) for problem in problems.values())


def test_the_old_text_of_an_unreadable_file_is_removed(folder: Path) -> None:
    (folder / "a.txt").write_bytes(bytes(range(256)))
    corpus, _ = synchronised(folder)
    assert sorted(indexed(corpus)) == ["b.txt", "sub/c.txt"]


def test_the_error_for_a_corpus_without_documents(tmp_path: Path) -> None:
    """It says which files to add, and why the first file cannot be read, if there is one."""
    corpus, embedder = synchronised(tmp_path)
    assert str(corpus.nothing_to_read()).endswith(".csv, .tsv or .eml files in it")
    (tmp_path / "a.txt").write_bytes(b" ")
    corpus.sync(embedder)
    assert "('a.txt' contains no text" in str(corpus.nothing_to_read())


def test_an_unindexed_folder_is_listed(tmp_path: Path) -> None:
    """All files are waiting. They can be removed."""
    (tmp_path / "a.txt").write_text("Talks.", encoding="utf-8")
    corpus = Corpus(tmp_path)
    assert states(corpus) == {"a.txt": "waiting"}
    with pytest.raises(ValueError, match="sync"):
        _ = corpus.index
    assert corpus.remove("a.txt") == ()
    assert states(corpus) == {}
    with pytest.raises(CorpusError):
        corpus.remove("a.txt")
    for look in (Corpus(tmp_path / "none").files, lambda: Corpus(tmp_path / "none").remove("a.txt")):
        with pytest.raises(CorpusError, match="none"):
            look()
    assert not (tmp_path / "none").exists()


def test_texts_embedded_before_a_crash_are_not_embedded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the next run, the cache is deleted."""
    monkeypatch.setattr("qa.index.embedding.BATCH", 10)
    for number in range(35):
        (tmp_path / f"{number}.txt").write_text(f"This is number {number}.", encoding="utf-8")

    class Killed(WordEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            if len(self.embedded) == 20:
                raise KeyboardInterrupt
            return super().embed(texts)

    killed = Killed()
    with pytest.raises(KeyboardInterrupt):
        Corpus(tmp_path).sync(killed)
    (cache,) = (tmp_path / INDEX_FOLDER).glob("embedded-*")
    with cache.open("ab") as file:
        file.write(b"half a record")
    corpus, embedder = synchronised(tmp_path)
    assert len(embedder.embedded) == 15
    assert not set(killed.embedded) & set(embedder.embedded)
    assert len(indexed(corpus)) == 35
    assert {path.name for path in (tmp_path / INDEX_FOLDER).iterdir()} > {MANIFEST, "lock"}
    assert not list((tmp_path / INDEX_FOLDER).glob("embedded-*"))


def test_readers_see_consistent_states(folder: Path) -> None:
    """While other threads add and remove documents."""
    corpus, embedder = synchronised(folder)
    stop = threading.Event()
    seen: list[set[str]] = []
    errors: list[str] = []

    def read() -> None:
        while not stop.is_set():
            index = corpus.index
            ids = set(index.documents.ids)
            seen.append(ids)
            found = {index.chunk(row).document.id for row, _ in index.bm25.search("pair", 100)}
            if not found <= ids or {chunk.document.id for chunk in map(index.chunk, index.rows)} != ids:
                errors.append(f"{found} {ids}")

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()

    def add(name: str) -> None:
        for number in range(8):
            corpus.add(f"A pair {name}{number}.", embedder, name=f"{name}{number}")

    adders = [threading.Thread(target=add, args=[name]) for name in "xy"]
    for adder in adders:
        adder.start()
    for adder in adders:
        adder.join()
    for n in range(8):
        corpus.remove(f"x{n}.txt")
    stop.set()
    for reader in readers:
        reader.join()
    assert errors == []
    assert len({frozenset(ids) for ids in seen}) > 3
    assert set(indexed(corpus)) == {*BEFORE, *(f"y{n}.txt" for n in range(8))}
    assert indexed(synchronised(folder)[0]) == indexed(corpus)


def test_removing_grows_in_line_with_the_number_of_articles(tmp_path: Path) -> None:
    """Saving included."""
    corpora = {}
    for count in (25, 400):
        folder = tmp_path / str(count)
        folder.mkdir()
        for number in range(count):
            (folder / f"{number}.txt").write_text(f"Number {number}.", encoding="utf-8")
        corpora[count], _ = synchronised(folder)
    assert_grows_in_line(lambda count: corpora[count].remove(next(iter(indexed(corpora[count])))), 25)


def test_what_a_killed_writer_left_goes_with_the_next_start(folder: Path) -> None:
    """Even if nothing has changed, but not while a writer is active."""
    left = [folder / f".incoming-{'a' * 32}.txt", folder / INDEX_FOLDER / f"{'b' * 32}.arrays"]
    mine = [folder / ".incoming-mine.txt", folder / INDEX_FOLDER / "mine.txt"]
    for path in left + mine:
        path.write_text("half", encoding="utf-8")
    with Store(folder / INDEX_FOLDER).locked():
        assert indexed(synchronised(folder)[0]) == BEFORE
        assert all(path.exists() for path in left)
    corpus, embedder = synchronised(folder)
    assert embedder.embedded == []
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in mine)
    assert indexed(corpus) == BEFORE
