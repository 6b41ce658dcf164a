"""A cluster whose documents and index are on an object store: parts, shards and replies."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

import qa.cluster.parts
from qa.chatbot import Chatbot
from qa.cluster import LocalShards, Shard
from qa.cluster.cluster_update import PARTS, ClusterUpdate
from qa.cluster.parts import Part
from qa.corpus import Corpus
from qa.errors import CorpusError, IndexFolderError, StorageError
from qa.retrieval import HybridRetriever
from qa.storage import RemotePath
from tests.clusters import (
    chatbot_on,
    embedder_of_the_second,
    load_reader,
    nodes,
    questions,
    write_articles,
)
from tests.helpers import INDIFFERENT
from tests.object_store import ObjectStore, put_folder
from tests.tiny_embedder import WordEmbedder


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qa.cluster.parts, "PART_FILES", 4)


@pytest.fixture
def folder(tmp_path: Path, remote: RemotePath) -> Path:
    """Return a folder with documents, which are on the object store too."""
    folder = tmp_path / "articles"
    folder.mkdir()
    write_articles(folder, parts=3)
    (folder / "again.md").write_bytes((folder / "0-1.md").read_bytes())
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7\nno")
    put_folder(folder, remote)
    return folder


def made(parts: Sequence[Part], *, at_most: int = 100) -> Iterator[Part]:
    for part in parts[:at_most]:
        part.make(pickle.dumps(WordEmbedder))
        yield part
    if len(parts) > at_most:
        raise KeyboardInterrupt


def corpus_of(place: Path | RemotePath, index_folder: Path | None = None, *, at_most: int = 100) -> Corpus:
    update = partial(ClusterUpdate, partial(made, at_most=at_most))
    return Corpus(place, index_folder=index_folder, size=24, overlap=4, update=update)


def local_shards(remote: RemotePath, count: int) -> LocalShards:
    return LocalShards([Shard(remote / ".qa-index", position, count) for position in range(count)])


def ask_both(one: Corpus, many: Chatbot, *, some: int = 12) -> None:
    """Compare replies with those of one machine."""
    alone = Chatbot(HybridRetriever(one.index, WordEmbedder()), load_reader(), INDIFFERENT)
    assert many.documents.ids == alone.documents.ids
    for question in questions()[:some]:
        assert many.ask(question).to_dict() == alone.ask(question).to_dict()


def test_replies_are_those_of_a_folder_that_is_shared(
    folder: Path, tmp_path: Path, remote: RemotePath
) -> None:
    """To the last digit, also after additions and removals; no parts are left over."""
    here, there = corpus_of(folder, tmp_path / "index"), corpus_of(remote)
    here.sync(WordEmbedder())
    there.sync(WordEmbedder())
    many = chatbot_on(remote, local_shards(remote, 2), load_reader())
    ask_both(here, many)
    assert list(map(str, many.failures)) == list(map(str, here.failures))
    (folder / "1-2.md").unlink()
    (folder / "2-3.md").write_text("The tram to the mill was late. Nobody saw the police.")
    (folder / "new.md").write_text("# Rice\n\nThe minister sold rice at the border.")
    put_folder(folder, remote)
    here.sync(WordEmbedder())
    there.sync(WordEmbedder())
    assert many.refresh()
    ask_both(here, many)
    (folder / "0-3.md").unlink()
    put_folder(folder, remote)
    here.sync(WordEmbedder())
    there.sync(WordEmbedder())
    assert many.refresh()
    ask_both(here, many, some=2)
    assert not any(name.startswith(PARTS) for name in (remote / ".qa-index").files())
    with pytest.raises(CorpusError, match="its own tools"):
        many.add("A zeppelin landed in Lund.")
    with pytest.raises(CorpusError, match="its own tools"):
        many.remove("new.md")


def test_a_run_that_was_cut_off_goes_on(folder: Path, remote: RemotePath, object_store: ObjectStore) -> None:
    """By a stop, a lost network, or a damaged segment; finished parts are not made again."""
    with pytest.raises(KeyboardInterrupt):
        corpus_of(remote, at_most=2).sync(WordEmbedder())
    asked: list[int] = []

    def loses_network(parts: Sequence[Part]) -> Iterator[Part]:
        asked.append(len(parts))
        yield from made(parts[:1])
        object_store.off()
        yield from made(parts[1:])

    with pytest.raises(StorageError, match="cannot be reached"):
        Corpus(remote, size=24, overlap=4, update=partial(ClusterUpdate, loses_network)).sync(WordEmbedder())
    object_store.on()
    name = next(name for name in (remote / ".qa-index" / PARTS).files() if name.endswith(".arrays"))
    (remote / ".qa-index" / PARTS / name).put_bytes(b"damaged")

    def counted(parts: Sequence[Part]) -> Iterator[Part]:
        asked.append(len(parts))
        return made(parts)

    corpus = Corpus(remote, size=24, overlap=4, update=partial(ClusterUpdate, counted))
    with pytest.raises(CorpusError, match="damaged"):
        corpus.sync(WordEmbedder())
    corpus.sync(WordEmbedder())
    assert asked == [3, 2, 1]
    assert len(corpus.index.documents) == 18


def test_a_shard_that_cannot_open_says_why(
    folder: Path, remote: RemotePath, object_store: ObjectStore
) -> None:
    corpus_of(remote).sync(WordEmbedder())
    for path in (remote / ".qa-index").local.iterdir():
        path.unlink()
    many = chatbot_on(remote, local_shards(remote, 1), load_reader())
    assert many.documents.ids == sorted(path.name for path in folder.glob("[0-9]*.md"))
    for path in (remote / ".qa-index").local.iterdir():
        path.unlink()
    shard, content = local_shards(remote, 1)._shards[0], (remote / ".qa-index/manifest.json").read_bytes()
    object_store.off()
    with pytest.raises(StorageError, match="cannot be reached"):
        shard.open(content)
    object_store.on()
    name = next(name for name in (remote / ".qa-index").files() if name.endswith(".arrays"))
    (remote / ".qa-index" / name).put_bytes(b"damaged")
    with pytest.raises(IndexFolderError, match=rf"s3://.*{name} is damaged"):
        shard.open(content)
    (remote / ".qa-index" / name).delete()
    with pytest.raises(IndexFolderError, match="cannot be opened"):
        shard.open(content)


@pytest.mark.filterwarnings("ignore")  # Ray's own, and those of what its workers import
def test_on_a_ray_cluster(
    folder: Path, tmp_path: Path, remote: RemotePath, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers, one of which is killed, and shards access the store themselves."""
    pytest.importorskip("ray")
    from qa.cluster.copied_shards import CopiedShards
    from qa.cluster.ray_cluster import make_parts
    from qa.cluster.ray_shards import RayCopies

    monkeypatch.setattr(qa.cluster.parts, "PART_FILES", 100)
    (tmp_path / "store").mkdir()
    with nodes(1, tmp_path / "store"):
        update = partial(
            ClusterUpdate, partial(make_parts, partial(embedder_of_the_second, tmp_path / "dead"))
        )
        Corpus(remote, size=24, overlap=4, update=update).sync(WordEmbedder())
        assert (tmp_path / "dead").exists()
        shards = CopiedShards(RayCopies(remote / ".qa-index", 1), seconds=20)
        many = chatbot_on(remote, shards, load_reader())
        here = corpus_of(folder, tmp_path / "index")
        here.sync(WordEmbedder())
        ask_both(here, many, some=4)
