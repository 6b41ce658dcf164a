"""A corpus on an object store: the same index as for a local folder, whatever goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.chatbot import Chatbot
from qa.corpus import Corpus
from qa.documents import Sandbox
from qa.errors import CorpusError, StorageError
from qa.index import RemoteStore, Snapshot
from qa.retrieval import HybridRetriever
from qa.settings import DEFAULTS
from qa.storage import RemotePath
from tests.clusters import load_reader, questions, write_articles
from tests.helpers import INDIFFERENT
from tests.object_store import ObjectStore, put_folder
from tests.tiny_embedder import WordEmbedder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with some documents, two of them equal, and a file that cannot be read."""
    write_articles(tmp_path, parts=2)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "again.md").write_bytes((tmp_path / "1-2.md").read_bytes())
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7\nno")
    return tmp_path


def corpus_of(place: Path | RemotePath) -> Corpus:
    return Corpus(place, size=24, overlap=4)


def chatbot(corpus: Corpus) -> Chatbot:
    corpus.sync(WordEmbedder())
    return Chatbot(HybridRetriever(corpus.index, WordEmbedder()), load_reader(), INDIFFERENT, corpus=corpus)


def forget_copies(remote: RemotePath) -> None:
    """Make this machine one that has no copies yet."""
    for path in (remote / ".qa-index").local.glob("*"):
        path.unlink()


def test_replies_are_those_of_a_folder_here(folder: Path, remote: RemotePath) -> None:
    """To the last digit, also after changes, and from a machine that has no copies yet."""
    here, there = corpus_of(folder), corpus_of(remote)
    for change in range(3):
        if change == 1:
            (folder / "0-3.md").unlink()
            (folder / "1-2.md").write_text("The tram to the mill was late. Nobody saw the police.")
            (folder / "new.md").write_text("# Rice\n\nThe minister sold rice at the border.")
        put_folder(folder, remote)
        if change == 2:
            forget_copies(remote)
            there = corpus_of(remote)
        one, other = chatbot(here), chatbot(there)
        assert other.documents.ids == one.documents.ids
        assert [str(failure) for failure in there.failures] == [str(failure) for failure in here.failures]
        for question in questions()[:12]:
            assert other.ask(question).to_dict() == one.ask(question).to_dict()
    embedder = WordEmbedder()
    there.sync(embedder)
    corpus_of(remote).sync(embedder)
    assert embedder.embedded == []
    files = [(file.id, file.state, file.duplicate_of) for file in there.files()]
    assert files == [(file.id, file.state, file.duplicate_of) for file in here.files()]


def test_a_damaged_copy_is_made_anew(folder: Path, remote: RemotePath) -> None:
    put_folder(folder, remote)
    chatbot(corpus_of(remote))
    copies = sorted((remote / ".qa-index").local.glob("*.arrays"))
    content = bytearray(copies[0].read_bytes())
    content[-3] ^= 1
    copies[0].write_bytes(content)
    embedder = WordEmbedder()
    corpus_of(remote).sync(embedder)
    assert embedder.embedded == []
    assert copies[0].read_bytes() != content


def test_a_damaged_segment_is_built_anew(
    folder: Path, remote: RemotePath, caplog: pytest.LogCaptureFixture
) -> None:
    put_folder(folder, remote)
    expected = chatbot(corpus_of(remote)).ask(questions()[0]).to_dict()
    forget_copies(remote)
    index = remote / ".qa-index"
    name = next(name for name in index.files() if name.endswith(".arrays"))
    (index / name).put_bytes((index / name).read_bytes()[:-1] + b"?")
    snapshot = Snapshot.read(index)
    assert snapshot is not None
    with pytest.raises(ValueError, match=f"s3://.*{name} is damaged"):
        snapshot.open(next(entry for entry in snapshot.segments if name in entry.checksums))
    assert chatbot(corpus_of(remote)).ask(questions()[0]).to_dict() == expected
    assert "is damaged" in caplog.text


def test_nothing_is_lost_with_the_network(
    folder: Path, remote: RemotePath, object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The interrupted run says so, readers keep the previous state, and the next run resumes."""
    put_folder(folder, remote)
    corpus = corpus_of(remote)
    before = chatbot(corpus).documents.ids
    (folder / "new.md").write_text("A zeppelin landed in Lund.")
    put_folder(folder, remote)
    put = RemotePath.put

    def cut(self: RemotePath, source: Path) -> None:
        object_store.off()
        put(self, source)

    monkeypatch.setattr(RemotePath, "put", cut)
    with pytest.raises(StorageError, match="cannot be reached"):
        corpus.sync(WordEmbedder())
    monkeypatch.setattr(RemotePath, "put", put)
    with pytest.raises(StorageError, match="cannot be reached"):
        corpus_of(remote).sync(WordEmbedder())
    object_store.on()
    snapshot = Snapshot.read(remote / ".qa-index")
    assert snapshot is not None
    assert sum(entry.documents for entry in snapshot.segments) == len(before)
    embedder = WordEmbedder()
    corpus_of(remote).sync(embedder)
    assert embedder.embedded == []  # the vectors are cached on this machine
    assert "new.md" in chatbot(corpus_of(remote)).documents.ids


def test_of_two_writers_the_slower_one_fails(
    folder: Path, remote: RemotePath, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It finds the manifest of the other, which is unchanged and can be read."""
    put_folder(folder, remote)
    slow = corpus_of(remote)
    chatbot(slow)
    (folder / "new.md").write_text("A zeppelin landed in Lund.")
    put_folder(folder, remote)
    put = RemotePath.put

    def overtaken(self: RemotePath, source: Path) -> None:
        monkeypatch.setattr(RemotePath, "put", put)
        put(self, source)
        with monkeypatch.context() as elsewhere:
            elsewhere.setenv("XDG_CACHE_HOME", str(folder.parent / "elsewhere"))
            corpus_of(remote).sync(WordEmbedder())

    monkeypatch.setattr(RemotePath, "put", overtaken)
    with pytest.raises(StorageError, match="Another process"):
        slow.sync(WordEmbedder())
    embedder = WordEmbedder()
    slow.sync(embedder)
    assert embedder.embedded == []
    assert "new.md" in slow.index.documents.ids


def test_the_state_before_is_read_still(
    folder: Path, remote: RemotePath, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After one more change its segments are deleted, once they are old."""
    put_folder(folder, remote)
    index = remote / ".qa-index"
    corpus = corpus_of(remote)
    monkeypatch.setattr("qa.index.remote_store.HOUR", -10)
    snapshots = []
    for number in range(3):
        (folder / f"0-{number}.md").unlink()  # so that its segment is rewritten
        put_folder(folder, remote)
        corpus.sync(WordEmbedder())
        snapshots.append(Snapshot.read(index))
    first, second, third = snapshots
    assert first is not None
    assert second is not None
    assert third is not None
    forget_copies(remote)
    for snapshot in (third, second):
        for entry in snapshot.segments:
            snapshot.open(entry)
    gone = first.files - second.files - third.files
    assert gone
    assert not gone & index.files().keys()
    RemoteStore(index).delete_copies(third)
    assert {path.name for path in index.local.iterdir()} - {"lock"} == third.files


def test_files_are_neither_added_nor_deleted(folder: Path, remote: RemotePath) -> None:
    put_folder(folder, remote)
    asked = chatbot(corpus_of(remote))
    with pytest.raises(CorpusError, match="its own tools"):
        asked.add("A zeppelin landed in Lund.")
    with pytest.raises(CorpusError, match="its own tools"):
        asked.remove("0-1.md")
    with pytest.raises(CorpusError, match="its own tools"):
        corpus_of(remote).restore("0-1.md", WordEmbedder())


def test_the_file_of_a_document_is_fetched_when_it_is_shown(
    remote: RemotePath, object_store: ObjectStore, caplog: pytest.LogCaptureFixture
) -> None:
    """It is the current one, and only the latest files are kept on this machine."""
    corpus = corpus_of(remote)
    (remote / "a.md").put_bytes(b"The tram was late.")
    assert corpus.path("a.md").read_bytes() == b"The tram was late."
    (remote / "a.md").put_bytes(b"The tram was soon.")
    assert corpus.path("a.md").read_bytes() == b"The tram was soon."
    for number in range(40):
        (remote / f"{number}.md").put_bytes(b"%d" % number)
        assert corpus.path(f"{number}.md").read_bytes() == b"%d" % number
    assert len(list((remote.local / "shown").iterdir())) <= 33
    assert not corpus.path("nothing.md").exists()
    object_store.off()
    assert not corpus.path("a.md").exists()
    assert "cannot be reached" in caplog.text
    object_store.on()


def test_what_a_store_may_hold(remote: RemotePath, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that are hidden, too large or in no known format; names that are not paths; nothing at all."""
    with pytest.raises(CorpusError, match="nothing at s3://bucket/articles"):
        corpus_of(remote).sync(WordEmbedder())
    fetched: list[str] = []
    fetch = RemotePath.fetch

    def noted(self: RemotePath, target: Path) -> None:
        fetched.append(self.address.removeprefix(remote.address + "/"))
        fetch(self, target)

    monkeypatch.setattr(RemotePath, "fetch", noted)
    monkeypatch.setattr(DEFAULTS.__class__, "__setattr__", object.__setattr__)
    monkeypatch.setattr(DEFAULTS, "max_file_bytes", 30)
    for name in (".hidden.md", "deep/.hidden/a.md", "a.exe", "a.doc", "a//b.md", "good.md"):
        (remote / name).put_bytes(b"The tram was late.")
    (remote / "large.pdf").put_bytes(b"%PDF-1.7" + bytes(90))
    corpus = corpus_of(remote)
    corpus.sync(WordEmbedder())
    assert corpus.index.documents.ids == ["good.md"]
    assert {str(failure).split("'")[1] for failure in corpus.failures} == {"a.doc", "a//b.md", "large.pdf"}
    assert "larger" in str(corpus.failures[-1])
    assert sorted(fetched) == ["a//b.md", "good.md"]
    corpus.folder.listing()
    (remote / "good.md").delete()
    with Sandbox() as sandbox, pytest.raises(FileNotFoundError):
        corpus.folder.read("good.md", sandbox)
