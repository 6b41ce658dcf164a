"""Network faults: a Ray cluster of three nodes, each in its own network namespace, loses a link.

`sudo python -m tests.cluster_namespaces` runs it on Linux with iproute2; only root may create namespaces. The
network of this machine is not changed. Clients ask while the link of a node is cut, and each reply is
compared with that of one machine. The test fails if a reply differs, if the service does not come back by
itself, or if any question is refused although there are two copies.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import IO, Any

import httpx

from qa.chatbot import Chatbot
from qa.cluster.copied_shards import CopiedShards
from qa.cluster.ray_cluster import connect
from qa.cluster.ray_readers import RayReaders
from qa.cluster.ray_shards import RayCopies
from qa.cluster.readers import ClusterReader, reader_deployment
from qa.corpus import Corpus
from qa.errors import UnavailableError
from qa.retrieval import HybridRetriever
from tests.cluster_clients import fault
from tests.cluster_faults import HTTP_QUESTIONS
from tests.clusters import STORE_BYTES, chatbot_on, load_reader, questions, write_articles
from tests.helpers import INDIFFERENT, ROOT
from tests.serving import running
from tests.tiny_embedder import WordEmbedder

SWITCH = "qa-switch"
"""The namespace of the bridge that connects the nodes."""

NODES = 3
HEAD = "10.77.0.1:6379"
RAY = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_health_check_period_ms": "1000",
    "RAY_ENABLE_AUTO_CONNECT": "0",
    "PYTHONPATH": str(ROOT),
}


def name_of(node: int) -> str:
    """Return the namespace of a node."""
    return f"qa-node-{node}"


def ip(*arguments: str) -> None:
    """Run `ip`, of iproute2."""
    subprocess.run(["ip", *arguments], check=True)


@contextmanager
def namespaces() -> Iterator[None]:
    """Create a namespace for a bridge and one for each node, with a link to the bridge."""
    names = [SWITCH, *map(name_of, range(NODES))]
    with ExitStack() as stack:
        for name in names:
            ip("netns", "add", name)
            stack.callback(_end, name)
            ip("-n", name, "link", "set", "lo", "up")
        ip("-n", SWITCH, "link", "add", "bridge", "type", "bridge")
        ip("-n", SWITCH, "link", "set", "bridge", "up")
        for node, name in enumerate(names[1:]):
            port = f"port-{node}"
            ip("-n", SWITCH, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", name)
            ip("-n", SWITCH, "link", "set", port, "master", "bridge", "up")
            ip("-n", name, "address", "add", f"10.77.0.{node + 1}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
        yield


def _end(name: str) -> None:
    """Delete a namespace and kill its processes."""
    found = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True, check=False)
    for pid in found.stdout.split():
        os.kill(int(pid), signal.SIGKILL)
    ip("netns", "delete", name)


def on_node(
    node: int, folder: Path, *command: str, output: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """Start a program in the namespace of a node, with a separate folder for the node at `/tmp/ray`."""
    own = folder / f"ray-{node}"
    own.mkdir(exist_ok=True)
    Path("/tmp/ray").mkdir(exist_ok=True)
    script = 'mount --bind "$0" /tmp/ray && exec "$@"'
    inside = ["ip", "netns", "exec", name_of(node), "sh", "-c", script, str(own), *command]
    return subprocess.Popen(inside, cwd=ROOT, env=os.environ | RAY, stdout=output, stderr=output)


@contextmanager
def nodes(folder: Path) -> Iterator[None]:
    """Run the nodes. A node that ends is restarted, as a real machine would be."""
    ending = Event()

    def keep(node: int) -> None:
        with (folder / f"node-{node}.log").open("wb") as log:
            keep_logged(node, log)

    def keep_logged(node: int, log: IO[bytes]) -> None:
        where = ["--head", "--port=6379", "--include-dashboard=false"] if node == 0 else [f"--address={HEAD}"]
        while not ending.is_set():
            process = on_node(
                node,
                folder,
                str(Path(sys.executable).with_name("ray")),
                "start",
                "--block",
                "--num-cpus=4",
                f"--node-ip-address=10.77.0.{node + 1}",
                f"--object-store-memory={STORE_BYTES}",
                *where,
                output=log,
            )
            while process.poll() is None and not ending.wait(0.5):
                pass
            process.terminate()
            process.wait()
            ending.wait(2)

    threads = [Thread(target=keep, args=[node]) for node in range(NODES)]
    try:
        for thread in threads:
            thread.start()
            time.sleep(6)
        yield
    finally:
        ending.set()
        for thread in threads:
            thread.join()


def cut(node: int, seconds: float) -> None:
    """Cut the link of a node for some seconds."""
    ip("-n", SWITCH, "link", "set", f"port-{node}", "down")
    time.sleep(seconds)
    ip("-n", SWITCH, "link", "set", f"port-{node}", "up")


def main() -> int:
    """Create the network, start the nodes, and run the checks on the first. Return the exit status."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("ip") is None:
        print("This needs Linux, iproute2, and root to create network namespaces.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as temporary, namespaces(), nodes(Path(temporary)):
        inside = on_node(0, Path(temporary), sys.executable, "-m", __spec__.name, temporary)
        return inside.wait()


def check(folder: Path) -> int:
    """Run the checks, in the namespace of the first node. Return the exit status."""
    import ray

    for name in ("ray", "ray.serve"):
        logging.getLogger(name).setLevel(logging.ERROR)
    connect(HEAD)
    end = time.monotonic() + 60
    while sum(node["Alive"] for node in ray.nodes()) < NODES:
        assert time.monotonic() < end, "a node did not start"
        time.sleep(0.5)
    print(f"{NODES} nodes, each in its own namespace", flush=True)
    well = _check(folder / "articles")
    well &= _over_http(folder / "http")
    ray.shutdown()
    return 0 if well else 1


def _check(folder: Path) -> bool:
    """Cut the link of a node for less time than it takes Ray to count it as lost, and for more."""
    folder.mkdir()
    corpus = write_articles(folder)
    some = corpus.index.documents.ids[:-1]
    one = Chatbot(HybridRetriever(corpus.index, WordEmbedder()), load_reader(), INDIFFERENT)
    expected = {question: one.ask(question, documents=some).to_dict() for question in questions()}
    well = True
    for copies in (1, 2):
        shards = CopiedShards(RayCopies(Corpus(folder).index_folder, 4, copies), seconds=5)
        deployment = reader_deployment(load_reader, INDIFFERENT, replicas=3, least=copies + 1, cores=0.1)
        chatbot = chatbot_on(folder, shards, ClusterReader(RayReaders.deploy(deployment, seconds=5)))

        def ask(question: str, chatbot: Chatbot = chatbot) -> Any:
            return chatbot.ask(question, documents=chatbot.documents.ids[:-1]).to_dict()

        for seconds in (3, 30):
            name = f"{copies} copies, the link of a node is cut for {seconds} s"
            well &= fault(name, ask, expected, partial(cut, 2, seconds), refuses=copies == 1)
            time.sleep(20)
        shards.stop()
    return well


def _over_http(folder: Path) -> bool:
    """Cut the link of a node while clients ask `qa serve --cluster`."""
    folder.mkdir()
    for page in sorted((ROOT / "docs").glob("*.md")):
        shutil.copy(page, folder)
    one = Chatbot.from_corpus(folder)
    documents = one.documents.ids[:-1]
    expected = {
        question: json.loads(json.dumps(one.ask(question, documents=documents).to_dict()))
        for question in HTTP_QUESTIONS
    }
    service = ("--cluster", HEAD, "--shards", "1", "--copies", "2", "--replicas", "2")
    with (
        running("-m", "qa", "serve", *service, "--corpus", str(folder)) as address,
        httpx.Client(timeout=60) as client,
    ):

        def ask(question: str) -> Any:
            response = client.post(f"{address}/v1/ask", json={"question": question, "documents": documents})
            if response.status_code == 503:
                seconds = int(response.headers["Retry-After"])
                raise UnavailableError(response.json()["detail"], retry_seconds=seconds)
            return response.raise_for_status().json()

        name = "qa serve, 2 copies, the link of a node is cut for 15 s"
        return fault(name, ask, expected, partial(cut, 1, 15), clients=4, enough=10)


if __name__ == "__main__":
    sys.exit(check(Path(sys.argv[1])) if len(sys.argv) > 1 else main())
