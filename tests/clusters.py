"""Ray clusters of several nodes on this machine, and chatbots on them."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from qa.chatbot import Chatbot
from qa.cluster import ShardedCorpus, Shards
from qa.cluster.ray_cluster import connect
from qa.corpus import Corpus
from qa.retrieval import HybridRetriever
from qa.storage import RemotePath
from tests.helpers import INDIFFERENT
from tests.tiny_embedder import WordEmbedder
from tests.tiny_reader import tiny_reader

WORDS = ["visa", "talks", "police", "drug", "border", "minister", "rice", "cotton", "bridge", "tram"]
STORE_BYTES = 80 * 2**20
load_reader = partial(tiny_reader, max_tokens=160)


def write_articles(folder: Path, *, parts: int = 5, each: int = 6) -> Corpus:
    """Write articles, index them in several segments, and return the corpus."""
    generator, embedder = np.random.default_rng(0), WordEmbedder()
    corpus = Corpus(folder, size=24, overlap=4)
    for part in range(parts):
        for number in range(each):
            sentences = (" ".join(generator.choice(WORDS, 6)).capitalize() for _ in range(6))
            (folder / f"{part}-{number}.md").write_text(". ".join(sentences) + ".", encoding="utf-8")
        corpus.sync(embedder)
    return corpus


def questions() -> list[str]:
    """Return questions that are short enough for the tiny reader."""
    generator = random.Random(0)
    return [f"who sold {' '.join(generator.sample(WORDS, 3))}" for _ in range(40)]


def embedder_of_the_second(dead: Path) -> WordEmbedder:
    """Kill the first process that calls this; return an embedder to the others.

    Args:
        dead: A file that exists once a process was killed.
    """
    if not dead.exists():
        dead.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return WordEmbedder()


@contextmanager
def nodes(count: int, store: Path) -> Iterator[Any]:
    """Run a Ray cluster on this machine with `count` nodes, whose head keeps its state in `store`."""
    import ray
    from ray.cluster_utils import Cluster

    before = dict(os.environ)
    os.environ |= {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_gcs_storage": "rocksdb",
        "RAY_gcs_storage_path": str(store),
        "RAY_health_check_period_ms": "1000",
        "RAY_ENABLE_AUTO_CONNECT": "0",  # otherwise a thread of Ray Serve reconnects during shutdown
    }
    cluster = Cluster()
    try:
        for _ in range(count):
            cluster.add_node(num_cpus=4, object_store_memory=STORE_BYTES, include_dashboard=False)
        connect(cluster.address)
        yield cluster
    finally:
        ray.shutdown()
        cluster.shutdown()
        for name in os.environ.keys() - before.keys():
            del os.environ[name]


def chatbot_on(folder: Path | RemotePath, shards: Shards, reader: Any) -> Chatbot:
    """Return a chatbot over shards."""
    corpus = ShardedCorpus(Corpus(folder, size=24, overlap=4), shards)
    return Chatbot(HybridRetriever(corpus.index, WordEmbedder()), reader, INDIFFERENT, corpus=corpus)


def workers(cluster: Any, name: str) -> list[int]:
    """Return the ids of the processes of this cluster's workers with this name."""
    import psutil

    raylets = [
        info.process.pid for node in cluster.list_all_nodes() for info in node.all_processes.get("raylet", ())
    ]
    found = []
    for child in (child for pid in raylets for child in psutil.Process(pid).children()):
        with suppress(psutil.NoSuchProcess):  # it has just ended
            if child.status() != psutil.STATUS_ZOMBIE and name in " ".join(child.cmdline()):
                found.append(child.pid)
    return found
