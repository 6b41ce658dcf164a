"""Compare a Ray cluster on this machine with no cluster: replies, time, questions per second, indexing.

    python -m benchmarks.cluster DATA/eval/squad11_dev.jsonl.gz

The packaged models answer the questions of the file about its paragraphs. Times of a question are medians,
asked alternately with and without the cluster. Processor time is that of all processes of the cluster and of
this one.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from qa.chatbot import Chatbot
from qa.cluster import ShardedCorpus
from qa.cluster.cluster_update import ClusterUpdate
from qa.cluster.copied_shards import CopiedShards
from qa.cluster.ray_cluster import connect, make_parts
from qa.cluster.ray_readers import RayReaders
from qa.cluster.ray_shards import RayCopies
from qa.cluster.readers import ClusterReader, reader_deployment
from qa.corpus import Corpus
from qa.evaluation import contexts, load_gold
from qa.index import load_embedder
from qa.reader import Calibrator, Reader
from qa.retrieval import HybridRetriever

CLIENTS = 8


def processor_seconds(cluster: Any) -> float:
    """Return the processor time of this process and of all running processes of the cluster."""
    import psutil

    roots = [info.process.pid for node in cluster.list_all_nodes() for info in node.all_processes["raylet"]]
    processes = [psutil.Process(), *(one for pid in roots for one in psutil.Process(pid).children())]
    times = [process.cpu_times() for process in processes]
    return float(sum(one.user + one.system for one in times))


def same(alone: Chatbot, chatbots: dict[int, Chatbot], questions: Sequence[str]) -> None:
    """Compare all passages and ranks of a search, and the replies of the last chatbot."""
    for count, chatbot in chatbots.items():
        equal = sum(chatbot.search(one, top_k=50) == alone.search(one, top_k=50) for one in questions)
        print(f"{count} shards: {equal} of {len(questions)} searches find the same, to the last digit")
    replies = (chatbot.ask(one).to_dict() == alone.ask(one).to_dict() for one in questions)
    print(f"{count} shards and a reader: {sum(replies)} of {len(questions)} replies are the same", flush=True)


def overhead(alone: Chatbot, chatbot: Chatbot, questions: Sequence[str]) -> None:
    """Time questions alternately without and with the cluster."""
    seconds: dict[str, list[float]] = {"no cluster": [], "cluster of one": []}
    for question in questions:
        for name, bot in zip(seconds, (alone, chatbot), strict=True):
            start = time.perf_counter()
            bot.ask(question)
            seconds[name].append(time.perf_counter() - start)
    one, other = (median(values) * 1000 for values in seconds.values())
    print(f"question, median: no cluster {one:.0f} ms, cluster of one {other:.0f} ms", flush=True)


def throughput(cluster: Any, chatbot: Chatbot, readers: int, questions: Sequence[str]) -> None:
    """Count questions per second of several clients, and the processor time of each question."""
    before, start, own = processor_seconds(cluster), time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(chatbot.ask, questions))
    seconds, spent = time.perf_counter() - start, processor_seconds(cluster) - before
    print(
        f"{readers} readers: {len(questions) / seconds:.1f} questions a second, "
        f"{1000 * spent / len(questions):.0f} ms of processor time each, "
        f"{1000 * (time.process_time() - own) / len(questions):.0f} of them of the front",
        flush=True,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--paragraphs", type=int, default=600)
    parser.add_argument("--questions", type=int, default=500)
    options = parser.parse_args()
    gold = load_gold(options.file)
    documents = contexts(gold)[: options.paragraphs]
    known = {document.text for document in documents}
    questions = [one.question for one in gold if one.context in known][::4][: options.questions]
    from ray.cluster_utils import Cluster

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for number, document in enumerate(documents):
            (folder / f"{number:05}.txt").write_text(document.text, encoding="utf-8")
        cluster = Cluster()
        try:
            cluster.add_node(num_cpus=8, object_store_memory=200 * 2**20, include_dashboard=False)
            connect(cluster.address)
            _measure(cluster, folder, questions)
        finally:
            import ray

            ray.shutdown()
            cluster.shutdown()


def _measure(cluster: Any, folder: Path, questions: Sequence[str]) -> None:
    embedder = load_embedder()
    characters = sum(len(path.read_text()) for path in folder.iterdir())
    corpus = Corpus(folder, update=partial(ClusterUpdate, partial(make_parts, load_embedder)))
    before = processor_seconds(cluster)
    corpus.sync(embedder)
    spent = processor_seconds(cluster) - before
    print(f"indexing: {characters / 1000 / spent:.1f} kB a second of one core, of {characters / 1000:.0f} kB")
    start = time.process_time()
    single = Corpus(folder, index_folder=folder / ".alone")
    single.sync(embedder)
    spent = time.process_time() - start
    print(f"without a cluster: {characters / 1000 / spent:.1f} kB a second of one core", flush=True)
    alone = Chatbot(HybridRetriever(corpus.index, embedder), Reader.load(), Calibrator.load())

    def over(shards: int, reader: Any) -> Chatbot:
        copies = RayCopies(corpus.index_folder, shards)
        sharded = ShardedCorpus(Corpus(folder), CopiedShards(copies, seconds=60))
        return Chatbot(HybridRetriever(sharded.index, embedder), reader, Calibrator.load())

    for readers in (1, 2, 3):
        deployment = reader_deployment(
            Reader.load, Calibrator.load(), replicas=readers, least=readers, cores=1
        )
        reader = ClusterReader(RayReaders.deploy(deployment, seconds=60))
        if readers == 1:
            overhead(alone, over(1, reader), questions[:100])
            same(alone, {count: over(count, reader) for count in (1, 4, 2)}, questions)
        throughput(cluster, over(2, reader), readers, questions[:150])


if __name__ == "__main__":
    main()
