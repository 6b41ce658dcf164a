"""Indexing in parts, in this process: the same index as on one machine, also after an interrupted run."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

import qa.cluster.parts
from qa.cluster.cluster_update import PARTS, ClusterUpdate
from qa.cluster.parts import Part
from qa.corpus import Corpus
from qa.corpus.corpus import INDEX_FOLDER
from qa.errors import CorpusError
from tests.tiny_embedder import WordEmbedder

LOAD = pickle.dumps(WordEmbedder)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qa.cluster.parts, "PART_FILES", 3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder without an index: some equal documents, and a file that is not a document."""
    for number in range(8):
        (tmp_path / f"{number}.md").write_text(f"# Bridge {number}\n\nIt was opened in {1900 + number}.")
    for name in ("1-again.md", "7-again.md"):
        (tmp_path / name).write_bytes((tmp_path / f"{name[0]}.md").read_bytes())
    (tmp_path / "5-bad.pdf").write_bytes(b"%PDF-1.7\nno")
    return tmp_path


def made(parts: Sequence[Part], *, at_most: int = 100) -> Iterator[Part]:
    for part in reversed(parts[:at_most]):
        part.make(LOAD)
        yield part
    if len(parts) > at_most:
        raise KeyboardInterrupt


def corpus_of(folder: Path, *, at_most: int = 100, index_folder: Path | None = None) -> Corpus:
    return Corpus(
        folder, index_folder=index_folder, update=partial(ClusterUpdate, partial(made, at_most=at_most))
    )


def test_the_index_is_that_of_one_machine(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, caplog: pytest.LogCaptureFixture
) -> None:
    """With its duplicates and failures, also after changes; a single machine then finds nothing to do."""
    corpus, embedder = corpus_of(folder), WordEmbedder()
    alone = Corpus(folder, index_folder=tmp_path_factory.mktemp("alone"))

    def is_same() -> bool:
        corpus.sync(embedder)
        alone.sync(embedder)
        caplog.clear()
        assert corpus.index.documents.ids == alone.index.documents.ids
        assert list(corpus.index.documents) == list(alone.index.documents)
        assert list(map(str, corpus.failures)) == list(map(str, alone.failures))
        question = "Which bridge was opened in 1905?"
        vector = embedder.embed([question])[0]
        words = [index.rank(question, vector, 20).by_words.values() for index in (corpus.index, alone.index)]
        return corpus.files() == alone.files() and list(words[0]) == list(words[1])

    assert is_same()
    (folder / "1.md").unlink()
    (folder / "3.md").write_text("# Mill\n\nIt burnt down in 1822.")
    (folder / "9.md").write_bytes((folder / "2.md").read_bytes())
    assert is_same()
    assert not (folder / INDEX_FOLDER / PARTS).exists()
    embedder.embedded.clear()
    again = Corpus(folder)
    again.sync(embedder)
    assert embedder.embedded == []
    with caplog.at_level(logging.WARNING):
        again.sync(embedder)
    assert caplog.text == ""


def test_a_run_that_was_cut_off_goes_on(folder: Path) -> None:
    """Finished parts are not made again, even if half of a damaged part is there."""
    with pytest.raises(KeyboardInterrupt):
        corpus_of(folder, at_most=2).sync(WordEmbedder())
    parts = folder / INDEX_FOLDER / PARTS
    assert len(list(parts.glob("*.json"))) == 2
    lost = next(iter(parts.glob("*.json")))
    (parts / "half.new").write_bytes(b"{")
    lost.write_bytes(lost.read_bytes()[:-9])
    kept = {path.name: path.stat().st_mtime_ns for path in parts.glob("*.json") if path != lost}
    asked: list[int] = []

    def counted(parts: Sequence[Part]) -> Iterator[Part]:
        asked.append(len(parts))
        return made(parts)

    corpus = Corpus(folder, update=partial(ClusterUpdate, counted))
    corpus.sync(WordEmbedder())
    assert asked == [3]
    assert len(kept) == 1
    assert len(corpus.index.documents) == 8
    assert not parts.exists()


def test_a_worker_that_writes_elsewhere_is_noticed(folder: Path) -> None:
    """If nodes do not share the folder, no index is made without the files that they read."""
    corpus = Corpus(folder, update=partial(ClusterUpdate, lambda parts: iter(parts)))
    with pytest.raises(CorpusError, match="share"):
        corpus.sync(WordEmbedder())
