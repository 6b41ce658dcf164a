"""Ray clusters of several nodes on this machine: the same replies, and faults under load.

`make cluster` kills a shard, a reader, a node and the head's store, and stops a shard, while 20 clients ask.
It fails if any reply differs from that of one machine, or if the service does not come back by itself.
"""

from __future__ import annotations

import logging
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread, Timer
from typing import Any

import numpy as np

from qa.chatbot import Chatbot
from qa.cluster import ShardedCorpus, Shards
from qa.cluster.cluster_update import ClusterUpdate
from qa.cluster.copied_shards import CopiedShards
from qa.cluster.ray_cluster import RayReaders, connect, make_parts
from qa.cluster.ray_shards import RayCopies
from qa.cluster.readers import ClusterReader, reader_deployment
from qa.corpus import Corpus
from qa.errors import UnavailableError
from qa.retrieval import HybridRetriever
from tests.helpers import INDIFFERENT
from tests.tiny_embedder import WordEmbedder
from tests.tiny_reader import tiny_reader

CLIENTS = 20
BACK_SECONDS = 120  # for a fault, at most
CALM_SECONDS = 6  # without a refusal, until the service counts as back

WORDS = ["visa", "talks", "police", "drug", "border", "minister", "rice", "cotton", "bridge", "tram"]
STORE_BYTES = 80 * 2**20
load_reader = partial(tiny_reader, max_tokens=160)


def write_articles(folder: Path, *, parts: int = 5, each: int = 6) -> Corpus:
    """Write articles, and an index of several segments. Return the corpus."""
    generator, embedder = np.random.default_rng(0), WordEmbedder()
    corpus = Corpus(folder, size=24, overlap=4)
    for part in range(parts):
        for number in range(each):
            sentences = (" ".join(generator.choice(WORDS, 6)).capitalize() for _ in range(6))
            (folder / f"{part}-{number}.md").write_text(". ".join(sentences) + ".", encoding="utf-8")
        corpus.sync(embedder)
    return corpus


def questions() -> list[str]:
    """Return questions of at most as many letters as the tiny reader reads."""
    generator = random.Random(0)
    return [f"who sold {' '.join(generator.sample(WORDS, 3))}" for _ in range(40)]


@contextmanager
def nodes(count: int, store: Path) -> Iterator[Any]:
    """Run a Ray cluster of some nodes on this machine, whose head keeps its state in `store`."""
    import ray
    from ray.cluster_utils import Cluster

    before = dict(os.environ)
    os.environ |= {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_gcs_storage": "rocksdb",
        "RAY_gcs_storage_path": str(store),
        "RAY_health_check_period_ms": "1000",
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


def chatbot_on(folder: Path, shards: Shards, reader: Any) -> Chatbot:
    """Return a chatbot over shards."""
    corpus = ShardedCorpus(Corpus(folder, size=24, overlap=4), shards)
    return Chatbot(HybridRetriever(corpus.index, WordEmbedder()), reader, INDIFFERENT, corpus=corpus)


def workers(cluster: Any, name: str) -> list[int]:
    """Return the ids of the processes of this cluster's workers with this name."""
    import psutil

    raylets = [
        info.process.pid for node in cluster.list_all_nodes() for info in node.all_processes.get("raylet", ())
    ]
    children = [child for pid in raylets for child in psutil.Process(pid).children()]
    alive = [child for child in children if child.status() != psutil.STATUS_ZOMBIE]
    return [child.pid for child in alive if name in " ".join(child.cmdline())]


class Clients:
    """Clients that ask without end and compare each reply with that of one machine.

    `outcomes` counts replies that were `right`, `wrong`, `refused` or `unexpected`, `refusals` what was said.
    """

    def __init__(self, chatbot: Chatbot, expected: dict[str, Any]) -> None:
        self._chatbot, self._expected = chatbot, expected
        self.outcomes: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.last_refusal = 0.0
        self._end = Event()
        self._threads = [Thread(target=self._ask, args=[seed], daemon=True) for seed in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def _ask(self, seed: int) -> None:
        generator = random.Random(seed)
        while not self._end.is_set():
            question = generator.choice(list(self._expected))
            # The latest questions are remembered: ask of all documents by their names, which is not.
            try:
                reply = self._chatbot.ask(question, documents=self._chatbot.documents.ids[:-1])
            except UnavailableError as error:
                self.outcomes["refused"] += 1
                self.refusals[str(error)] += 1
                self.last_refusal = time.monotonic()
                time.sleep(min(1, error.retry_seconds))
            except Exception as error:
                self.outcomes["unexpected"] += 1
                self.refusals[repr(error)] += 1
            else:
                self.outcomes["right" if reply.to_dict() == self._expected[question] else "wrong"] += 1

    def end(self) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join(60)


def fault(name: str, chatbot: Chatbot, expected: dict[str, Any], do: Callable[[], None]) -> bool:
    """Let clients ask, do harm, wait until the service is back, and report. Return whether all was well."""
    clients = Clients(chatbot, expected)
    try:
        time.sleep(4)
        before = clients.outcomes["right"]
        clients.last_refusal = start = time.monotonic()
        do()
        is_back = False
        while not is_back and time.monotonic() - start < BACK_SECONDS:
            time.sleep(0.5)
            calm = time.monotonic() - clients.last_refusal
            is_back = calm > CALM_SECONDS and clients.outcomes["right"] > before + 50
        seconds = clients.last_refusal - start
    finally:
        clients.end()
    print(f"{name}: {dict(clients.outcomes)}, the last refusal after {seconds:.1f} s", flush=True)
    for refusal, count in clients.refusals.most_common(4):
        print(f"    {count} x {refusal[:150]}", flush=True)
    return is_back and not clients.outcomes["wrong"] and not clients.outcomes["unexpected"]


def main() -> int:
    """Run all checks, and return the exit status."""
    logging.getLogger("ray").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as temporary:
        folder, store = Path(temporary, "articles"), Path(temporary, "store")
        folder.mkdir()
        store.mkdir()
        corpus = write_articles(folder)
        some = corpus.index.documents.ids[:-1]
        one = Chatbot(HybridRetriever(corpus.index, WordEmbedder()), load_reader(), INDIFFERENT)
        expected = {question: one.ask(question, documents=some).to_dict() for question in questions()}
        with nodes(3, store) as cluster:
            return 0 if _check(cluster, folder, expected) else 1


def _check(cluster: Any, folder: Path, expected: dict[str, Any]) -> bool:
    index_folder = Corpus(folder).index_folder
    reader = ClusterReader(
        RayReaders.deploy(reader_deployment(load_reader, INDIFFERENT, replicas=3, cores=0.1), seconds=5)
    )
    well = True
    for count in (1, 2, 4):
        shards = CopiedShards(RayCopies(index_folder, count), seconds=5)
        chatbot = chatbot_on(folder, shards, reader)
        some = chatbot.documents.ids[:-1]
        same = sum(chatbot.ask(q, documents=some).to_dict() == reply for q, reply in expected.items())
        print(f"{count} shards: {same} of {len(expected)} replies are those of one machine", flush=True)
        well &= same == len(expected)
        if count < 4:
            shards.stop()

    def stop_a_shard() -> None:
        pid = random.choice(workers(cluster, "ray::Shard"))
        os.kill(pid, signal.SIGSTOP)
        Timer(12, os.kill, [pid, signal.SIGCONT]).start()

    def lose_a_node() -> None:
        cluster.remove_node(cluster.list_all_nodes()[-1], allow_graceful=False)

    def restart_the_head() -> None:
        cluster.head_node.kill_gcs_server()
        time.sleep(3)
        cluster.head_node.start_gcs_server()

    for name, do in {
        "a shard is killed": lambda: os.kill(random.choice(workers(cluster, "ray::Shard")), signal.SIGKILL),
        "a reader is killed": lambda: os.kill(
            random.choice(workers(cluster, "ServeReplica")), signal.SIGKILL
        ),
        "a shard stands still for 12 s": stop_a_shard,
        "a node is lost": lose_a_node,
        "the head's store is killed and started anew": restart_the_head,
    }.items():
        well &= fault(name, chatbot, expected, do)
    well &= _index(cluster, folder.parent / "new")
    return well


def _index(cluster: Any, folder: Path) -> bool:
    """Index a folder by the nodes, of which a worker is killed meanwhile. Return whether all is there."""
    folder.mkdir()
    for number in range(6_500):
        (folder / f"{number}.txt").write_text(f"The bridge number {number} was opened in 1932.")
    corpus = Corpus(folder, update=partial(ClusterUpdate, partial(make_parts, WordEmbedder)))

    def kill() -> None:
        while not (found := workers(cluster, "ray::Part.make")):
            time.sleep(0.05)
        os.kill(found[0], signal.SIGKILL)

    Thread(target=kill, daemon=True).start()
    start = time.monotonic()
    corpus.sync(WordEmbedder())
    count = len(corpus.index.documents)
    print(f"indexed {count} of 6500 files in {time.monotonic() - start:.0f} s, a worker killed", flush=True)
    return count == 6_500


if __name__ == "__main__":
    sys.exit(main())
