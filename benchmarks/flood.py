"""Load test: many clients ask one server; errors, waiting times, fairness and memory.

    python -m benchmarks.flood [--clients 50] [--seconds 300]

The benchmark starts `qa serve` on a small corpus. Each client asks over 127.0.0.1 and waits for the answer
before its next question. Every answer is compared with the server's answer before the load. Memory is that of
the server process, read from /proc.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

ROOT = Path(__file__).parent.parent
CORPUS = {
    "bridge.txt": "The bridge over the Lune was opened in 1932 by Anna Lund. It cost four million crowns.",
    "ferry.txt": "The ferry to Norvik was built in 1911 by Olga Dahl. It has two decks.",
    "mill.txt": "The mill stood by the river. It burnt down in 1822, on a Sunday. Nobody was hurt.",
}
QUESTIONS = (
    "Who opened the bridge over the Lune?",
    "How much did the bridge cost?",
    "Who built the ferry to Norvik?",
    "How many decks does the ferry have?",
    "When did the mill burn down?",
    "What is the recipe for waffles?",
)
TIMEOUT = 120.0  # seconds; longer than anyone should wait


@dataclass
class Client:
    """The results of one client: its waiting times in seconds, and how often each outcome occurred."""

    waits: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)


def main() -> None:
    """Start a server, load it, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name, text in CORPUS.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "qa",
            "serve",
            "--corpus",
            folder,
            "--port",
            str(port),
            "--no-feedback",
        ]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            try:
                if str(port) not in server.stdout.readline():
                    raise SystemExit("the server did not start")
                flood(f"http://127.0.0.1:{port}", server.pid, options.clients, options.seconds)
            finally:
                server.terminate()


def flood(address: str, process: int, count: int, seconds: float) -> None:
    """Run `count` clients for `seconds`, and print the figures."""
    expected = {}
    alone = []
    for question in 2 * QUESTIONS:  # the first round is a warm-up
        begin = time.monotonic()
        expected[question] = ask(address, question)
        alone.append(time.monotonic() - begin)
    before = memory(process)
    over = Event()
    clients = [Client() for _ in range(count)]
    samples = [before]
    with ThreadPoolExecutor(count) as threads:
        runs = [
            threads.submit(visit, address, client, position, expected, over)
            for position, client in enumerate(clients)
        ]
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(10.0, left))
            samples.append(memory(process))
        over.set()
        for run in runs:
            run.result()
    report(clients, statistics.median(alone[len(QUESTIONS) :]), samples, seconds)


def visit(address: str, client: Client, position: int, expected: dict[str, object], over: Event) -> None:
    """Ask one question after another until `over` is set."""
    while not over.is_set():
        question = QUESTIONS[position % len(QUESTIONS)]
        position += 1
        begin = time.monotonic()
        try:
            outcome = "right" if ask(address, question) == expected[question] else "wrong"
            client.waits.append(time.monotonic() - begin)
        except urllib.error.HTTPError as error:
            outcome = "busy" if error.code == 503 else f"HTTP {error.code}"
            error.close()
            over.wait(1)
        except (OSError, ValueError) as error:
            outcome = type(error).__name__
        client.outcomes[outcome] += 1


def ask(address: str, question: str) -> object:
    """Ask by plain HTTP; return the answer, its document and its offset.

    Raises:
        HTTPError: with status 503 if the server is busy.
        ValueError: the response is not a reply.
    """
    body = json.dumps({"data": [question, 5, 0.5, None, None]}).encode()
    url = f"{address}/gradio_api/call/ask"
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
        event = json.load(response)["event_id"]
    with urllib.request.urlopen(f"{url}/{event}", timeout=TIMEOUT) as response:
        *_, name, data = response.read().decode().strip().splitlines()
    if name != "event: complete":
        raise ValueError(f"{name} {data}")
    (reply,) = json.loads(data.removeprefix("data: "))
    return reply["answer"], reply["document"], reply["start"]


def memory(process: int) -> float:
    """Return the resident memory of a process in MiB."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def report(clients: list[Client], alone: float, samples: list[float], seconds: float) -> None:
    """Print the figures."""
    waits = sorted(wait for client in clients for wait in client.waits)
    outcomes = sum((client.outcomes for client in clients), Counter[str]())
    print(
        f"{len(clients)} clients for {seconds:.0f} s: {dict(outcomes)}, {len(waits) / seconds:.1f} a second"
    )
    print(f"one client alone: {alone:.2f} s")
    if len(waits) > 1:
        print(
            f"waited: median {statistics.median(waits):.1f} s, 95% {_p95(waits):.1f} s, most {waits[-1]:.1f}"
        )
    by_client = [_p95(client.waits) for client in clients if len(client.waits) > 1]
    if by_client:
        print(
            f"95% of each client: median {statistics.median(by_client):.1f} s, worst {max(by_client):.1f} s, "
            f"worst over median {max(by_client) / statistics.median(by_client):.2f}"
        )
    half = samples[len(samples) // 2]
    print(
        f"memory: {samples[0]:.0f} MiB before, {half:.0f} half way, {samples[-1]:.0f} at the end, "
        f"{max(samples):.0f} at most"
    )


def _p95(waits: list[float]) -> float:
    return statistics.quantiles(waits, n=20, method="inclusive")[-1]


if __name__ == "__main__":
    main()
