"""A sharded index in memory against one index of the same folder: bit-identical results for every call."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from qa.chatbot import Chatbot
from qa.cluster import LocalShards, Shard, ShardedCorpus, ShardedIndex
from qa.cluster.plan import plan
from qa.cluster.sharded_documents import ShardedDocuments
from qa.corpus import Corpus
from qa.corpus.corpus import INDEX_FOLDER
from qa.documents import text_document
from qa.errors import CorpusError, IndexFolderError
from qa.index import Snapshot
from qa.index.documents import SegmentDocuments
from qa.retrieval import HybridRetriever
from tests.helpers import INDIFFERENT
from tests.tiny_embedder import WordEmbedder
from tests.tiny_reader import tiny_reader

READER = tiny_reader(max_tokens=160)  # it reads letter by letter

WORDS = ["visa", "talks", "police", "drug", "border", "minister", "rice", "cotton", "bridge", "tram"]
QUESTIONS = [
    "Which minister held talks about visas?",
    "Where did the police find the drug, and who crossed the border?",
    "Who sold the xylophone?",
    "cotton",
    "?",
    "Who bult the brigde?",
    "Why did the police search the tram?",  # the answer is sentences
]


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an index of seven segments, in some of which documents are deleted."""
    folder = tmp_path_factory.mktemp("articles")
    random, embedder = np.random.default_rng(0), WordEmbedder()
    corpus = Corpus(folder, size=24, overlap=4)
    for part in range(7):
        for number in range(6 + part):
            sentences = (" ".join(random.choice(WORDS, 6)).capitalize() for _ in range(6))
            text = f"# {random.choice(WORDS)} {part}\n\n{'. '.join(sentences)}."
            (folder / f"{part}-{number}.md").write_text(text, encoding="utf-8")
        (folder / f"twin-{part}.txt").write_text(f"The tram to bridge {part} was late.", encoding="utf-8")
        corpus.sync(embedder)
    for name in ("3-2.md", "5-1.md", "twin-0.txt"):
        corpus.remove(name)
    assert len(corpus.index.segments) == 7
    return folder


def shards_of(folder: Path, count: int) -> LocalShards:
    index_folder = Corpus(folder).index_folder
    return LocalShards([Shard(index_folder, position, count) for position in range(count)])


def chatbots(folder: Path, count: int) -> tuple[Chatbot, Chatbot]:
    """Return a chatbot over the folder on one machine, and one over shards."""
    embedder = WordEmbedder()
    corpus = Corpus(folder, size=24, overlap=4)
    corpus.sync(embedder)
    sharded = ShardedCorpus(Corpus(folder, size=24, overlap=4), shards_of(folder, count))
    one = Chatbot(HybridRetriever(corpus.index, embedder), READER, INDIFFERENT, corpus=corpus)
    many = Chatbot(HybridRetriever(sharded.index, embedder), READER, INDIFFERENT, corpus=sharded)
    return one, many


@pytest.mark.parametrize("count", [1, 2, 4, 9])
def test_replies_are_the_same_to_the_last_digit(articles: Path, count: int) -> None:
    """For all documents, for some, and with documents added here; of nine shards, two are empty."""
    one, many = chatbots(articles, count)
    some = one.documents.ids[3::4]
    for question in QUESTIONS:
        for documents in (None, some):
            expected = one.ask(question, documents=documents)
            assert many.ask(question, documents=documents).to_dict() == expected.to_dict()
        assert many.search(question, top_k=120) == one.search(question, top_k=120)
    assert many.documents.ids == one.documents.ids
    assert list(many.documents) == list(one.documents)
    assert len(many.documents) == len(one.documents)
    forks = one.fork(), many.fork()
    for fork in forks:
        fork.add("The minister sold a xylophone to the police at the border.", name="own.txt")
        fork.remove("1-1.md")
        fork.add("Rice and cotton.", name="2-2.md")
    for question in QUESTIONS:
        assert forks[1].ask(question).to_dict() == forks[0].ask(question).to_dict()
    same = forks[1].add("The tram to bridge 4 was late.", name="again.txt")
    assert same.id == "twin-4.txt"
    assert forks[1].documents.ids == forks[0].documents.ids
    assert "own.txt" not in many.documents.ids


def test_changes_reach_all_shards(articles: Path, tmp_path: Path) -> None:
    """Additions, removals, and changes by another process; questions begun before them are answered."""
    folder = Path(shutil.copytree(articles, tmp_path / "articles"))
    one, many = chatbots(folder, 3)
    before = many.retriever
    many.add("The zeppelin landed in Lund.", name="news.txt")
    assert many.search("zeppelin")[0].document.id == "news.txt"
    assert before.missing_words("zeppelin") == ("zeppelin",)
    many.remove("1-1.md")
    with pytest.raises(CorpusError):
        many.remove("1-1.md")
    assert one.refresh()
    assert many.documents.ids == one.documents.ids
    (folder / "late.txt").write_text("A submarine came to Lund, too.", encoding="utf-8")
    one.refresh()
    assert many.refresh()
    assert not many.refresh()
    for question in (*QUESTIONS, "Where did the zeppelin land?"):
        assert many.ask(question).to_dict() == one.ask(question).to_dict()


def test_a_shard_that_was_started_anew_opens_its_segments(articles: Path) -> None:
    shards = shards_of(articles, 2)
    snapshot = Snapshot.read(Corpus(articles).index_folder)
    assert snapshot is not None
    index = ShardedIndex(shards, snapshot).opened()
    ids = index.documents.ids
    shards._shards = shards_of(articles, 2)._shards
    assert index.documents.ids == ids


def test_a_state_that_is_gone_is_not_opened_in_part(articles: Path, tmp_path: Path) -> None:
    """The files of its manifest have been replaced by a writer."""
    folder = Path(shutil.copytree(articles, tmp_path / "articles"))
    corpus = Corpus(folder)
    snapshot = Snapshot.read(corpus.index_folder)
    assert snapshot is not None
    (folder / INDEX_FOLDER / f"{snapshot.segments[3].name}.arrays").unlink()
    with pytest.raises(IndexFolderError, match="cannot be opened"):
        ShardedIndex(shards_of(folder, 2), snapshot).opened()


def test_a_question_does_not_wait_for_a_shard_that_another_one_asks() -> None:
    asked, answers = Event(), Event()

    def silent(*_: object) -> list[list[str]]:
        asked.set()
        assert answers.wait(20)
        return [["a.md"]]

    own = SegmentDocuments([])
    slow = ShardedDocuments(silent, own)
    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(lambda: slow.ids)
        assert asked.wait(20)
        fast = ShardedDocuments(lambda *_: [["b.md"]], own)
        assert pool.submit(lambda: fast.ids).result(10) == ["b.md"]
        answers.set()
        assert waiting.result(20) == ["a.md"]


def test_documents_without_an_index_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="qa index"):
        ShardedCorpus(Corpus(tmp_path), shards_of(tmp_path, 1))


def test_a_text_counts_once(articles: Path) -> None:
    snapshot = Snapshot.read(Corpus(articles).index_folder)
    assert snapshot is not None
    index = ShardedIndex(shards_of(articles, 2), snapshot)
    document = text_document("The tram to bridge 5 was late.", name="other.txt")
    assert index.with_documents([document], WordEmbedder()) is index


def test_large_segments_stay_where_they_are_when_a_small_one_comes() -> None:
    before = plan([900, 40, 700, 650, 30], 3)
    after = plan([900, 40, 700, 650, 30, 20], 3)
    assert [after[segment] for segment in (0, 2, 3)] == [before[segment] for segment in (0, 2, 3)]
    assert sorted(set(after)) == [0, 1, 2]
