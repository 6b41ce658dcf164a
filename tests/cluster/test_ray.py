"""Shards on a real Ray cluster of one node, and a fault. `make cluster` does more, on three nodes."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

pytest.importorskip("ray")

from qa.chatbot import Chatbot
from qa.cluster.copied_shards import CopiedShards
from qa.cluster.parts import Part
from qa.cluster.ray_cluster import make_parts
from qa.cluster.ray_shards import RayCopies
from qa.documents import stamp
from qa.errors import QAError, UnavailableError
from qa.index import IndexSettings
from qa.retrieval import HybridRetriever
from tests.clusters import chatbot_on, load_reader, nodes, questions, workers, write_articles
from tests.helpers import INDIFFERENT
from tests.tiny_embedder import WordEmbedder

pytestmark = pytest.mark.filterwarnings("ignore")  # Ray's own, and those of what its workers import


def test_shards_on_a_cluster(tmp_path: Path) -> None:
    """The same replies as on one machine; killed shards and copies; changes; parts made by workers."""
    folder, store, parts = tmp_path / "articles", tmp_path / "store", tmp_path / "parts"
    folder.mkdir()
    store.mkdir()
    corpus = write_articles(folder, parts=3)
    one = Chatbot(HybridRetriever(corpus.index, WordEmbedder()), load_reader(), INDIFFERENT)
    with nodes(1, store) as cluster:
        shards = CopiedShards(RayCopies(corpus.index_folder, 2), seconds=20)
        many = chatbot_on(folder, shards, load_reader())
        for question in questions()[:10]:
            assert many.ask(question).to_dict() == one.ask(question).to_dict()
        os.kill(workers(cluster, "ray::Shard")[0], signal.SIGKILL)
        refusals: list[str] = []
        end = time.monotonic() + 40
        while True:
            try:
                found = many.search("police border", documents=many.documents.ids)
                break
            except UnavailableError as error:
                refusals.append(str(error))
                assert time.monotonic() < end
                time.sleep(0.2)
        assert found == one.search("police border")
        assert all("restarting" in refusal or "did not answer" in refusal for refusal in refusals)
        many.add("A zeppelin landed in Lund.", name="news.txt")
        assert many.search("zeppelin")[0].document.id == "news.txt"
        shards.stop()
        copied = chatbot_on(
            folder, CopiedShards(RayCopies(corpus.index_folder, 1, 2), seconds=20), load_reader()
        )
        found = copied.search("police border", documents=copied.documents.ids)
        while len(copies := workers(cluster, "ray::Shard")) > 2:
            time.sleep(0.1)
        os.kill(copies[0], signal.SIGKILL)
        for _ in range(20):
            assert copied.search("police border", documents=copied.documents.ids) == found
        files = [(name, stamp(folder / name)) for name in ("0-1.md", "0-2.md")]
        part = next(Part.of(folder, parts, IndexSettings.of(WordEmbedder()), files))
        assert list(make_parts(WordEmbedder, [part])) == [part]
        record = part.record()
        assert record is not None
        assert [file.id for file in record.files] == ["0-1.md", "0-2.md"]


def test_without_a_cluster_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from qa.cluster.ray_cluster import connect

    with pytest.raises(QAError, match=r"no Ray cluster at 127\.0\.0\.1:1"):
        connect("127.0.0.1:1")
