"""The work of one system, in its own process and environment: `python -m benchmarks.peers.work JOB`.

JOB is a JSON file, see `Job`. The figures are written to the file that it names, and the index to its folder.
With `--threads` several threads ask questions of that index, in a separate process, since not every system
survives it. With `--first QUESTION` the index is loaded, and the answer printed. With `--turns` it waits for
lines: at "index" it indexes, at a number it answers that question; it prints the seconds each took.
"""

from __future__ import annotations

import gc
import importlib
import json
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.peers.system import System

CLIENTS = 8
SHARED = ("torch", "transformers", "tokenizers", "sentence-transformers", "faiss-cpu", "numpy")
"""The packages whose versions are reported for every system."""


@dataclass(frozen=True)
class Job:
    """What to do.

    Attributes:
        system: The module and the class of the system.
        settings: Its settings.
        embedder: The folder of the embedder.
        reader: The folder of the reader.
        work: A JSON file with `texts`, `questions` and `rehearsal`, a few more questions.
        shared_questions: How many of the questions several threads ask at once.
        index: The folder that the index is kept in.
        output: The JSON file that the figures are written to.
    """

    system: tuple[str, str]
    settings: Mapping[str, Any]
    embedder: str
    reader: str
    work: str
    shared_questions: int
    index: str
    output: str

    def make(self) -> System:
        """Return the system, without an index."""
        module, name = self.system
        system: System = getattr(importlib.import_module(f"benchmarks.peers.{module}"), name)(
            Path(self.embedder), Path(self.reader), self.settings
        )
        return system


@dataclass
class Errors:
    """The exceptions of a system. A question that raises one gets the answer ""."""

    kinds: Counter[str] = field(default_factory=Counter)
    traces: dict[str, str] = field(default_factory=dict)

    def answer(self, system: System, question: str) -> str:
        """Ask a system, and count the exceptions it raises."""
        try:
            return system.answer(question)
        except Exception as error:  # raised by foreign code: it may be anything
            kind = f"{type(error).__name__}: {error}".splitlines()[0][:150]
            self.kinds[kind] += 1
            self.traces.setdefault(kind, traceback.format_exc())
            return ""


def measure(job: Job) -> dict[str, Any]:
    """Return the figures of one system."""
    work = json.loads(Path(job.work).read_text(encoding="utf-8"))
    texts, questions, rehearsal = work["texts"], work["questions"], work["rehearsal"]
    rehearse(job, texts[0], rehearsal[0])
    system = job.make()
    index_seconds = seconds(lambda: system.index(texts))
    indexed = peak_memory()
    errors = Errors()
    for question in rehearsal:
        Errors().answer(system, question)
    times: list[tuple[float, float]] = []
    answers: list[str] = []
    passages: list[Sequence[str]] = []
    for question in questions:
        times.append(seconds(lambda asked=question: answers.append(errors.answer(system, asked))))  # type: ignore[misc]
        passages.append(system.passages)
    peak = peak_memory()
    Path(job.index).mkdir(parents=True, exist_ok=True)
    system.save(texts, Path(job.index))
    return {
        "index": index_seconds,
        "index MB": indexed,
        "questions": times,
        "answers": answers,
        "passages": passages,
        "errors": errors.kinds,
        "traces": errors.traces,
        "MB": peak,
        "versions": versions([*system.distributions, *SHARED]),
    }


def measure_threads(job: Job) -> dict[str, Any]:
    """Return the figures of one system, with its saved index, when several threads ask it at once."""
    work = json.loads(Path(job.work).read_text(encoding="utf-8"))
    system = job.make()
    system.load(Path(job.index))
    for question in work["rehearsal"]:
        Errors().answer(system, question)
    errors = Errors()
    asked = work["questions"][: job.shared_questions]
    with ThreadPoolExecutor(CLIENTS) as pool:
        taken = seconds(lambda: list(pool.map(lambda question: errors.answer(system, question), asked)))
    return {
        "seconds": taken,
        "questions": len(asked),
        "errors": errors.kinds,
        "traces": errors.traces,
        "MB": peak_memory(),
    }


def take_turns(job: Job) -> None:
    """Follow the lines of standard input, see above. At the end write the index and the answers."""
    work = json.loads(Path(job.work).read_text(encoding="utf-8"))
    texts, questions, rehearsal = work["texts"], work["questions"], work["rehearsal"]
    system = job.make()
    system.index(texts[:1])
    answers = [Errors().answer(system, question) for question in rehearsal]
    answers.clear()
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        if line.strip() == "index":
            taken = seconds(lambda: system.index(texts))
        else:
            question = questions[int(line)]
            taken = seconds(lambda asked=question: answers.append(Errors().answer(system, asked)))  # type: ignore[misc]
        print(json.dumps(taken), flush=True)
    Path(job.index).mkdir(parents=True, exist_ok=True)
    system.save(texts, Path(job.index))
    Path(job.output).write_text(json.dumps({"answers": answers}), encoding="utf-8")


def rehearse(job: Job, text: str, question: str) -> None:
    """Index a text and ask a question, so that nothing is imported later, during timing."""
    system = job.make()
    system.index([text])
    Errors().answer(system, question)
    del system
    gc.collect()


def first_answer(job: Job, question: str) -> str:
    """Load the index and return the answer of a question, "" if the system fails."""
    system = job.make()
    system.load(Path(job.index))
    return Errors().answer(system, question)


def seconds(call: Callable[[], object]) -> tuple[float, float]:
    """Return the wall-clock and processor time of a call, in seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - wall, time.process_time() - processor


def peak_memory() -> float:
    """Return the peak memory of this process, in megabytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def versions(distributions: Sequence[str]) -> dict[str, str]:
    """Return the installed versions."""
    from importlib.metadata import version

    return {name: version(name) for name in distributions}


def main() -> None:
    """Do the job that a file describes."""
    job = Job(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    if sys.argv[2:3] == ["--first"]:
        print(json.dumps({"answer": first_answer(job, sys.argv[3])}), flush=True)
        return
    if sys.argv[2:3] == ["--turns"]:
        take_turns(job)
        return
    figures = measure_threads(job) if sys.argv[2:3] == ["--threads"] else measure(job)
    Path(job.output).write_text(json.dumps(figures), encoding="utf-8")


if __name__ == "__main__":
    main()
