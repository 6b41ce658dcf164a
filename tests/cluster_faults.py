"""Faults of a Ray cluster of three nodes on this machine, while clients ask: `make cluster`.

Shards, copies of shards, readers, nodes, workers and the head's store are killed or paused. The test fails if
a reply differs from that of one machine, if the service does not come back by itself, or if any question is
refused because of a fault in one copy of a shard.
"""

from __future__ import annotations

import json
import logging
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from threading import Thread, Timer
from typing import Any

import httpx

from qa.chatbot import Chatbot
from qa.cluster.cluster_update import ClusterUpdate
from qa.cluster.copied_shards import CopiedShards
from qa.cluster.ray_cluster import make_parts
from qa.cluster.ray_readers import RayReaders
from qa.cluster.ray_shards import RayCopies
from qa.cluster.readers import ClusterReader, reader_deployment
from qa.corpus import Corpus
from qa.errors import UnavailableError
from qa.retrieval import HybridRetriever
from tests.cluster_clients import Ask, fault
from tests.clusters import STORE_BYTES, chatbot_on, load_reader, nodes, questions, workers, write_articles
from tests.helpers import INDIFFERENT, ROOT
from tests.serving import running
from tests.tiny_embedder import WordEmbedder

HTTP_QUESTIONS = (
    "How many passages does one machine hold?",
    "What does make cluster do?",
    "Which formats are read?",
    "How long is a session kept?",
    "What happens if the index is damaged?",
    "Who wrote the first opera?",
)
STILL_SECONDS = 12


def kill(cluster: Any, name: str) -> None:
    """Kill a process of the cluster with this name."""
    os.kill(random.choice(workers(cluster, name)), signal.SIGKILL)


def stop_a_shard(cluster: Any) -> None:
    """Pause the process of a shard for a while."""
    pid = random.choice(workers(cluster, "ray::Shard"))
    os.kill(pid, signal.SIGSTOP)
    Timer(STILL_SECONDS, os.kill, [pid, signal.SIGCONT]).start()


def lose_a_node(cluster: Any) -> None:
    """End a node with all its processes."""
    cluster.remove_node(cluster.list_all_nodes()[-1], allow_graceful=False)


def restart_the_head(cluster: Any) -> None:
    """Kill the head's store, and start it again."""
    cluster.head_node.kill_gcs_server()
    time.sleep(3)
    cluster.head_node.start_gcs_server()


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
            well = _check(cluster, folder, expected)
            well &= _index(folder.parent / "new", cluster)
            well &= _over_http(cluster, folder.parent / "http")
        return 0 if well else 1


def _check(cluster: Any, folder: Path, expected: dict[str, Any]) -> bool:
    """Cause faults in shards with one copy, then in shards with two."""
    index_folder = Corpus(folder).index_folder
    well = True

    def over(shards: CopiedShards, *, readers: int = 1) -> Ask:
        nonlocal well
        deployment = reader_deployment(load_reader, INDIFFERENT, replicas=3, least=readers, cores=0.1)
        chatbot = chatbot_on(folder, shards, ClusterReader(RayReaders.deploy(deployment, seconds=5)))

        def ask(question: str) -> Any:
            # Answers to the latest questions are cached, unless documents are named: name all of them.
            return chatbot.ask(question, documents=chatbot.documents.ids[:-1]).to_dict()

        same = sum(ask(question) == reply for question, reply in expected.items())
        print(f"{len(shards)} shards: {same} of {len(expected)} replies are those of one machine", flush=True)
        well &= same == len(expected)
        return ask

    for count in (1, 2):
        shards = CopiedShards(RayCopies(index_folder, count), seconds=5)
        over(shards)
        shards.stop()
    shards = CopiedShards(RayCopies(index_folder, 4), seconds=5)
    ask = over(shards)
    for name, do in {
        "a shard is killed": partial(kill, cluster, "ray::Shard"),
        "a reader is killed": partial(kill, cluster, "ServeReplica"),
        f"a shard hangs for {STILL_SECONDS} s": partial(stop_a_shard, cluster),
        "a node is lost": partial(lose_a_node, cluster),
        "the head's store is killed and restarted": partial(restart_the_head, cluster),
    }.items():
        well &= fault(name, ask, expected, do)
    shards.stop()

    cluster.add_node(num_cpus=4, object_store_memory=STORE_BYTES, include_dashboard=False)
    shards = CopiedShards(RayCopies(index_folder, 4, 2), seconds=5)
    ask = over(shards, readers=2)
    well &= _is_spread()
    do = partial(kill, cluster, "ray::Shard")
    well &= fault("a copy of a shard is killed", ask, expected, do, refuses=False)
    name, do = f"a copy of a shard hangs for {STILL_SECONDS} s", partial(stop_a_shard, cluster)
    well &= fault(name, ask, expected, do, refuses=False, slowest=STILL_SECONDS / 2)
    # Ray may have placed both readers on this node.
    name, do = "a node is lost, with copies of shards and two readers", partial(lose_a_node, cluster)
    well &= fault(name, ask, expected, do)
    well &= _is_spread()
    shards.stop()
    return well


def _is_spread() -> bool:
    """Return whether the copies of each shard are on different nodes."""
    from ray.util import placement_group_table

    groups = [group for group in placement_group_table().values() if group["state"] == "CREATED"]
    spread = [len(set(group["bundles_to_node_id"].values())) for group in groups]
    print(f"the copies of {len(spread)} shards are on {sorted(set(spread))} nodes each", flush=True)
    return spread == [2] * 4


def _index(folder: Path, cluster: Any) -> bool:
    """Index a folder on the nodes and kill a worker meanwhile. Return whether all files are indexed."""
    folder.mkdir()
    for number in range(6_500):
        (folder / f"{number}.txt").write_text(f"The bridge number {number} was opened in 1932.")
    corpus = Corpus(folder, update=partial(ClusterUpdate, partial(make_parts, WordEmbedder)))

    def kill_a_worker() -> None:
        while not (found := workers(cluster, "ray::Part.make")):
            time.sleep(0.05)
        os.kill(found[0], signal.SIGKILL)

    Thread(target=kill_a_worker, daemon=True).start()
    start = time.monotonic()
    corpus.sync(WordEmbedder())
    count = len(corpus.index.documents)
    print(f"indexed {count} of 6500 files in {time.monotonic() - start:.0f} s, a worker killed", flush=True)
    return count == 6_500


def _over_http(cluster: Any, folder: Path) -> bool:
    """Kill a shard of `qa serve --cluster` while clients ask `/v1/ask`. Return what `fault` does."""
    folder.mkdir()
    pages = sorted((ROOT / "docs").glob("*.md"))
    for some in (pages[::2], pages[1::2]):  # two segments
        for page in some:
            shutil.copy(page, folder)
        one = Chatbot.from_corpus(folder)
    documents = one.documents.ids[:-1]
    expected = {
        question: json.loads(json.dumps(one.ask(question, documents=documents).to_dict()))
        for question in HTTP_QUESTIONS
    }
    service = ("--cluster", cluster.address, "--shards", "2", "--corpus", str(folder))
    with running("-m", "qa", "serve", *service) as address, httpx.Client(timeout=60) as client:

        def ask(question: str) -> Any:
            response = client.post(f"{address}/v1/ask", json={"question": question, "documents": documents})
            if response.status_code == 503:
                seconds = int(response.headers["Retry-After"])
                raise UnavailableError(response.json()["detail"], retry_seconds=seconds)
            return response.raise_for_status().json()

        do = partial(kill, cluster, "ray::Shard")
        return fault("a shard is killed, asked over HTTP", ask, expected, do, clients=4, enough=10)


if __name__ == "__main__":
    sys.exit(main())
