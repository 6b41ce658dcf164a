"""A folder and its index: whatever is done to either, they stay alike, and only what changed is read."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.corpus import Corpus
from qa.corpus.corpus import INDEX_FOLDER
from qa.documents import Document
from qa.errors import CorpusError, DocumentError
from qa.index.store import MANIFEST
from tests.crashes import BEFORE, NEW, files, indexed
from tests.tiny_embedder import WordEmbedder, pieces


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three articles and their index."""
    for name, text in BEFORE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    synchronised(tmp_path)
    return tmp_path


def synchronised(folder: Path) -> tuple[Corpus, WordEmbedder]:
    """The corpus as a process that has just started finds it, and the embedder that was used for it."""
    corpus, embedder = Corpus(folder), WordEmbedder()
    corpus.sync(embedder)
    return corpus, embedder


def stamps(folder: Path) -> dict[str, int]:
    """When each file of the index was written."""
    return {path.name: path.stat().st_mtime_ns for path in (folder / INDEX_FOLDER).iterdir()}


def states(corpus: Corpus) -> dict[str, str]:
    """What is listed: each file's state, and whose double it is."""
    return {one.id: one.state if one.double_of is None else f"as {one.double_of}" for one in corpus.listed()}


def test_a_fresh_index_is_used_as_it_is(folder: Path) -> None:
    """The second time nothing is embedded or written, and no file of the corpus is read."""
    written = stamps(folder)
    if os.geteuid() != 0:
        for name in BEFORE:
            (folder / name).chmod(0)
    corpus, embedder = synchronised(folder)
    assert indexed(corpus) == BEFORE
    assert embedder.embedded == []
    assert stamps(folder) == written


def test_only_what_changed_is_embedded(folder: Path) -> None:
    """New and changed texts are embedded; a renamed, moved or touched one is not; what went is forgotten."""
    (folder / "a.txt").write_text(NEW, encoding="utf-8")
    (folder / "b.txt").rename(folder / "sub" / "moved.txt")
    (folder / "sub" / "c.txt").touch()
    (folder / "new.md").write_text("# Visas", encoding="utf-8")
    corpus, embedder = synchronised(folder)
    assert sorted(embedder.embedded) == pieces(NEW, "# Visas")
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


def test_a_change_that_keeps_size_and_second_is_seen(folder: Path) -> None:
    """A file written over in the same moment, with as many letters, is not taken for the old one."""
    for number in range(10):
        (folder / "n.txt").write_text(f"number {number}", encoding="utf-8")
        assert indexed(synchronised(folder)[0])["n.txt"] == f"number {number}"


def test_files_change_places(folder: Path) -> None:
    """Two files that swap their texts, and one that takes the text of another that is written over."""
    one, other = BEFORE["a.txt"], BEFORE["b.txt"]
    (folder / "a.txt").write_text(other, encoding="utf-8")
    (folder / "b.txt").write_text(one, encoding="utf-8")
    corpus, embedder = synchronised(folder)
    assert indexed(corpus) == {**BEFORE, "a.txt": other, "b.txt": one}
    (folder / "a.txt").write_text(NEW, encoding="utf-8")
    (folder / "z.txt").write_text(other, encoding="utf-8")
    corpus.sync(embedder)
    assert indexed(corpus) == {**BEFORE, "a.txt": NEW, "b.txt": one, "z.txt": other}
    assert sorted(embedder.embedded) == pieces(NEW)


def test_the_same_text_twice_is_one_article(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is said which; a double comes into its own when it can; removing one leaves the other."""
    (folder / "double.txt").write_text(BEFORE["a.txt"], encoding="utf-8")
    corpus, embedder = synchronised(folder)
    assert indexed(corpus) == BEFORE
    assert "'double.txt' holds the same text as 'a.txt'" in caplog.text
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
    assert sorted(embedder.embedded) == pieces(NEW)
    assert again.remove("double.txt") == ("a.txt",)
    assert files(folder) == indexed(synchronised(folder)[0]) == BEFORE
    (folder / "double.txt").write_text(BEFORE["a.txt"], encoding="utf-8")
    again.sync(embedder)
    assert again.remove("double.txt") == ("a.txt",)
    assert again.remove("a.txt") == ()
    assert files(folder) == indexed(again) == {n: BEFORE[n] for n in ("b.txt", "sub/c.txt")}


def test_a_replaced_article_that_becomes_a_double_is_gone(folder: Path) -> None:
    """What an article said before it was replaced is said no more, even if the new text is there already."""
    corpus, embedder = synchronised(folder)
    assert corpus.add(BEFORE["b.txt"], embedder, name="a.txt").id == "b.txt"
    rest = {name: text for name, text in BEFORE.items() if name != "a.txt"}
    assert files(folder) == indexed(corpus) == indexed(synchronised(folder)[0]) == rest


def test_the_double_of_a_replaced_article_comes_into_its_own(folder: Path) -> None:
    """Whether the article is given another text or becomes a double itself, its double is asked then."""
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


def test_a_file_of_the_folder_that_is_added_stays_there(folder: Path) -> None:
    """Whoever adds it by its place, though another document has its text: it is that one's double."""
    (folder / "double.txt").write_text(BEFORE["a.txt"], encoding="utf-8")
    corpus, embedder = Corpus(folder), WordEmbedder()
    corpus.add(folder / "a.txt", embedder)
    assert corpus.add(folder / "double.txt", embedder).id == "a.txt"
    assert states(corpus)["double.txt"] == "as a.txt"
    assert files(folder) == {**BEFORE, "double.txt": BEFORE["a.txt"]}


def test_a_text_that_a_file_no_longer_has_is_added(folder: Path) -> None:
    """What was done to the folder by hand since is seen where it matters: nothing is lost."""
    corpus, embedder = synchronised(folder)
    (folder / "a.txt").write_text(NEW, encoding="utf-8")
    assert corpus.add(BEFORE["a.txt"], embedder, name="new.txt").id == "new.txt"
    assert indexed(corpus) == {**BEFORE, "a.txt": NEW, "new.txt": BEFORE["a.txt"]}
    (folder / "b.txt").rename(folder / "e.txt")
    assert corpus.add(folder / "e.txt", embedder).id == "e.txt"
    assert indexed(corpus) == indexed(synchronised(folder)[0]) == files(folder)


def test_an_index_that_cannot_be_made_again_is_told_once(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever follows the folder every second says it when it happens, and at the next change."""
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


@pytest.mark.parametrize("lost", ["all", "manifest", "a segment", "recipe"])
def test_an_index_that_is_taken_away_from_who_uses_it(folder: Path, lost: str) -> None:
    """Additions and removals go on from what is in memory, which is written again and not embedded again."""
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
    rest = {name: text for name, text in BEFORE.items() if name != "b.txt"}
    assert indexed(corpus) == {**rest, "d.txt": NEW, "m.txt": "Of mills."}
    assert embedder.embedded == ["Of mills."]
    again, fresh = synchronised(folder)
    assert indexed(again) == indexed(corpus)
    assert fresh.embedded == []


def test_the_manifest_does_not_grow_with_every_addition(folder: Path) -> None:
    """What is known of an article lies in its segment."""
    corpus, embedder = synchronised(folder)
    corpus.add("Number 0.", embedder, name="n.txt")
    size = (folder / INDEX_FOLDER / MANIFEST).stat().st_size
    for number in range(20):
        corpus.add(f"Number {number}.", embedder, name=f"{number}.txt")
    corpus.sync(embedder)
    assert (folder / INDEX_FOLDER / MANIFEST).stat().st_size < 8 * size
    assert json.loads((folder / INDEX_FOLDER / MANIFEST).read_bytes())["stamps"] == {}


def test_what_is_added_is_in_the_folder_and_what_is_removed_is_not(folder: Path, tmp_path: Path) -> None:
    """At once, after a restart, and for others: texts and files, in sub-folders, and over what was there."""
    corpus, embedder = synchronised(folder)
    source = tmp_path.parent / "source.md"
    source.write_text("# Mills\r\n\r\nThe mill burnt down.", encoding="utf-8", newline="")
    assert corpus.add(source, embedder) == Document("source.md", "# Mills\r\n\r\nThe mill burnt down.")
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


def test_what_another_process_did_is_built_upon(folder: Path) -> None:
    """Two that have the folder open add and remove in turns: neither undoes what the other did."""
    (one, embedder), (other, _) = synchronised(folder), synchronised(folder)
    one.add("Of mills.", embedder, name="m.txt")
    other.add("Of drugs.", embedder, name="d.txt")
    other.remove("m.txt")
    one.remove("b.txt")
    expected = {"a.txt": BEFORE["a.txt"], "sub/c.txt": BEFORE["sub/c.txt"], "d.txt": "Of drugs."}
    assert indexed(one) == indexed(synchronised(folder)[0]) == expected
    other.sync(embedder)
    assert indexed(other) == expected


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/x", "a/../../x", ".x", "sub/.x", "..", "", "a\\b", "out/x", "a\0b/c.txt", "\ud800/c.txt"],
)
def test_names_that_lead_elsewhere_are_refused(folder: Path, name: str) -> None:
    """Nothing is written, whether a text or a file is added, and one line says why."""
    (folder / "out").symlink_to(folder.parent, target_is_directory=True)
    corpus, embedder = synchronised(folder)
    before = sorted(folder.parent.rglob("*"))
    for source in ("Some text.", folder / "a.txt"):
        with pytest.raises(DocumentError) as caught:
            corpus.add(source, embedder, name=name)
        assert "\n" not in str(caught.value)
    assert sorted(folder.parent.rglob("*")) == before
    assert indexed(corpus) == BEFORE


def test_what_cannot_be_a_document_changes_nothing(folder: Path) -> None:
    """An empty text, a missing or an unreadable file, the path of a file as a text: one line, no trace."""
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


def test_failures_are_told_and_not_read_again(folder: Path) -> None:
    """What cannot be read is told every time, read once, and read again when it has changed."""
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


def test_a_link_that_leads_nowhere_is_told(folder: Path) -> None:
    """To what is not there, or to itself: it is listed with the reason, and the rest is asked."""
    (folder / "lost.txt").symlink_to("nowhere.txt")
    (folder / "loop.txt").symlink_to("loop.txt")
    corpus, _ = synchronised(folder)
    assert indexed(corpus) == BEFORE
    told = {one.id: one.problem for one in corpus.listed() if one.state == "failed"}
    assert told.keys() == {"lost.txt", "loop.txt"}
    assert all("is a broken link" in str(problem) for problem in told.values())


def test_a_file_that_turns_bad_is_asked_no_more(folder: Path) -> None:
    """Its old text is not answered in its place."""
    (folder / "a.txt").write_bytes(bytes(range(256)))
    corpus, _ = synchronised(folder)
    assert sorted(indexed(corpus)) == ["b.txt", "sub/c.txt"]


def test_what_to_do_with_a_corpus_of_nothing_is_told(tmp_path: Path) -> None:
    """What to put there, and why the first of its files cannot be read, if it has any."""
    corpus, embedder = synchronised(tmp_path)
    assert str(corpus.nothing_to_read()).endswith("put .txt, .md, .html, .htm, .pdf or .docx files in it")
    (tmp_path / "a.txt").write_bytes(b" ")
    corpus.sync(embedder)
    assert "('a.txt' contains no text" in str(corpus.nothing_to_read())


def test_an_unindexed_folder_is_listed(tmp_path: Path) -> None:
    """Before there is an index every file waits; removing one needs no index either."""
    (tmp_path / "a.txt").write_text("Talks.", encoding="utf-8")
    corpus = Corpus(tmp_path)
    assert states(corpus) == {"a.txt": "waiting"}
    with pytest.raises(ValueError, match="synchronise"):
        _ = corpus.index
    assert corpus.remove("a.txt") == ()
    assert states(corpus) == {}
    with pytest.raises(CorpusError):
        corpus.remove("a.txt")
    for look in (Corpus(tmp_path / "none").listed, lambda: Corpus(tmp_path / "none").remove("a.txt")):
        with pytest.raises(CorpusError, match="none"):
            look()
    assert not (tmp_path / "none").exists()


def test_what_was_embedded_before_a_kill_is_not_embedded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An embedding that was cut off goes on where it was; then what it kept for that is gone."""
    monkeypatch.setattr("qa.index.embedding.BATCH", 10)
    for number in range(35):
        (tmp_path / f"{number}.txt").write_text(f"This is number {number}.", encoding="utf-8")

    class Killed(WordEmbedder):
        def embed(self, texts: Sequence[str], *, progress: bool = False) -> NDArray[np.float32]:
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


def test_who_asks_does_not_wait_and_sees_whole_states(folder: Path) -> None:
    """While articles come and go, every look at the index finds one of the states, whole."""
    corpus, embedder = synchronised(folder)
    stop = threading.Event()
    seen: list[set[str]] = []
    wrong: list[str] = []

    def look() -> None:
        while not stop.is_set():
            index = corpus.index
            ids = set(index.documents.ids)
            seen.append(ids)
            found = {index.chunk(row).document.id for row, _ in index.bm25.search("pair", 100)}
            if not found <= ids or {chunk.document.id for chunk in map(index.chunk, index.rows)} != ids:
                wrong.append(f"{found} {ids}")

    lookers = [threading.Thread(target=look) for _ in range(2)]
    for looker in lookers:
        looker.start()

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
    for looker in lookers:
        looker.join()
    assert wrong == []
    assert len({frozenset(ids) for ids in seen}) > 3
    assert set(indexed(corpus)) == {*BEFORE, *(f"y{n}.txt" for n in range(8))}
    assert indexed(synchronised(folder)[0]) == indexed(corpus)


def test_removing_takes_milliseconds(folder: Path) -> None:
    """Of a processor, out of hundreds of articles, the save with it; no model is needed."""
    for number in range(400):
        (folder / f"{number}.txt").write_text(f"Number {number}.", encoding="utf-8")
    corpus, _ = synchronised(folder)
    times = []
    for number in range(10):
        start = time.process_time()
        corpus.remove(f"{number}.txt")
        times.append(time.process_time() - start)
    assert min(times) < 0.02
