"""Compare the speed of this package with others on the same work and machine: `make bench DATA=folder`.

    python -m benchmarks.peers DATA [--paragraphs N] [--questions N] [--shared N] [--systems a,b]
                               [--threads N] [--keep] [--output DOCS] [--report]

DATA is a folder of question files; `eval/squad11_dev.jsonl.gz` is used. All systems get the embedder and the
reader of this package. Each has an environment (with exact versions, made on the first run in runs/bench/)
and its own process, in which it first indexes one text and answers one question, untimed. Figures are written
to runs/bench/ as each system ends; a table and a picture to DOCS/benchmarks.md and
DOCS/images/benchmarks.png. With --keep, a run resumes where an interrupted run with the same work stopped.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.peers import floor, report
from benchmarks.peers.environments import python_of
from benchmarks.peers.jobs import ROOT, RUNS, WORK, draw, index_of, output_of, write_job, write_work
from benchmarks.peers.systems import OURS, Entry, chosen
from qa import __version__
from qa.evaluation import GoldQuestion, f1, load_gold
from qa.evaluation.metrics import exact_match

STARTS = 3  # their median counts
RESULTS = RUNS / "results.json"


def run(
    entry: Entry, models: Path, environment: dict[str, str], asked: list[GoldQuestion], shared: int
) -> dict[str, Any]:
    """Return the figures of one system, including those of its answers; only "failed" if it fails."""
    python = python_of(entry.environment, RUNS)
    folder, output = index_of(entry), output_of(entry)
    shutil.rmtree(folder, ignore_errors=True)
    path, log = write_job(entry, models, shared), RUNS / f"{entry.key}.log"
    command = [str(python), "-m", "benchmarks.peers.work", str(path)]
    with log.open("w", encoding="utf-8") as stderr:
        done = subprocess.run(command, cwd=ROOT, env=environment, stderr=stderr, stdout=stderr, check=False)
        if done.returncode:
            return {"failed": f"exit status {done.returncode}, see {log.name}"}
        figures: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
        threads = [*command, "--threads"]
        done = subprocess.run(threads, cwd=ROOT, env=environment, stderr=stderr, stdout=stderr, check=False)
        figures["threads"] = (
            {"failed": f"exit status {done.returncode}"}
            if done.returncode
            else json.loads(output.read_text(encoding="utf-8"))
        )
        starts, processor = [], []
        for _ in range(STARTS):
            begin, before = time.perf_counter(), os.times()
            first = subprocess.Popen(
                [*command, "--first", asked[0].question],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
            assert first.stdout is not None
            answered = any('"answer"' in line for line in first.stdout)
            starts.append(time.perf_counter() - begin if answered else float("nan"))
            first.wait()
            after = os.times()
            processor.append(after[2] + after[3] - before[2] - before[3])  # of children
    shutil.rmtree(folder, ignore_errors=True)
    judged = [(text, gold.answers) for text, gold in zip(figures["answers"], asked, strict=True)]
    figures["first answer"] = statistics.median(starts), statistics.median(processor)
    figures["exact match"] = statistics.mean(exact_match(text, known) for text, known in judged)
    figures["f1"] = statistics.mean(f1(text, known) for text, known in judged)
    output.write_text(json.dumps(figures), encoding="utf-8")
    return figures


def machine(found: dict[str, Any]) -> dict[str, Any]:
    """Return a description of the machine and the run."""
    processor = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        names = [
            line for line in information.read_text("utf-8").splitlines() if line.startswith("model name")
        ]
        processor = names[0].partition(": ")[2] if names else processor
    return {
        **found,
        "processor": processor,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "version": __version__,
        "commit": _git("rev-parse", "--short", "HEAD") or "unknown",
        "changed": bool(_git("status", "--porcelain", "--", "qa")),
        "date": datetime.datetime.now(tz=datetime.timezone.utc).date().isoformat(),
    }


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def floors(models: Path, texts: list[str], asked: list[GoldQuestion], ours: dict[str, Any]) -> dict[str, int]:
    """Return the multiply-adds of the index and of a question, with the passages that were read."""
    questions = [question.question for question in asked]
    read = zip(questions, ours["passages"], strict=True)
    return {
        "index": floor.of_index(models, texts),
        "question": floor.of_questions(models, read) // len(questions),
    }


def main() -> None:
    """Measure, print the table, and write it with the picture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--paragraphs", type=int, default=2067)
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument(
        "--shared", type=int, default=200, help="how many of the questions eight threads ask together"
    )
    parser.add_argument(
        "--systems", help="such as verbatim-qa,haystack-best; haystack is all of its variants"
    )
    parser.add_argument(
        "--threads", type=int, help="of a matrix multiplication; PyTorch's choice if not given"
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="resume an interrupted run with the same work",
    )
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="the folder of the table")
    parser.add_argument("--report", action="store_true", help="write the table of the last run again")
    options = parser.parse_args()
    if not options.report:
        RUNS.mkdir(parents=True, exist_ok=True)
        _measure(parser, options)
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    print(report.tables(results))
    report.write(results, options.output)


def _measure(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Measure the systems in turn, and write the results after each."""
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False"}
    if options.threads is not None:
        environment |= {"OMP_NUM_THREADS": str(options.threads), "MKL_NUM_THREADS": str(options.threads)}
    texts, drawn = draw(
        load_gold(options.data / "eval" / "squad11_dev.jsonl.gz"), options.paragraphs, options.questions
    )
    before = WORK.read_bytes() if WORK.exists() else b""
    asked = write_work(WORK, texts, drawn)
    found = _kept() if options.keep and before == WORK.read_bytes() else {}
    models = RUNS / "models"
    probe = subprocess.run(
        [sys.executable, "-m", "benchmarks.peers.floor", str(models)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    about = machine(json.loads(probe.stdout.splitlines()[-1]))
    try:
        entries = chosen(options.systems, bfloat16=about["bfloat16"])
    except ValueError as error:
        parser.error(str(error))
    for name in {entry.environment for entry in entries}:
        python_of(name, RUNS)
    for entry in entries:
        if entry.key not in found:
            load, begin = os.getloadavg()[0], time.perf_counter()
            found[entry.key] = {**run(entry, models, environment, asked, options.shared), "load": load}
            print(f"{entry.name}: {time.perf_counter() - begin:,.0f} s", file=sys.stderr, flush=True)
        ours = [one for key, one in found.items() if key.startswith(OURS) and "failed" not in one]
        results = {
            "machine": about,
            "paragraphs": len(texts),
            "questions": len(asked),
            "multiply-adds": floors(models, texts, asked, ours[0]) if ours else {},
            "systems": found,
        }
        RESULTS.write_text(json.dumps(results), encoding="utf-8")


def _kept() -> dict[str, Any]:
    """Return the figures of the last run, without systems that failed."""
    if not RESULTS.exists():
        return {}
    systems = json.loads(RESULTS.read_text(encoding="utf-8"))["systems"]
    return {key: one for key, one in systems.items() if "failed" not in one}


if __name__ == "__main__":
    main()
