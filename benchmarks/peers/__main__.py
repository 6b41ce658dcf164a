"""Time this package beside others on the same work, in turn on one machine: `make bench DATA=folder`.

    python -m benchmarks.peers DATA [--paragraphs N] [--questions N] [--systems a,b] [--threads N]
                               [--output DOCS] [--report]

DATA is a folder of question files; `eval/squad11_dev.jsonl.gz` is used. All systems get the embedder and the
reader of this package. Each has an environment (with exact versions, made on the first run in runs/bench/)
and a process of its own, in which it first indexes one text and answers one question, untimed. Figures are
written to runs/bench/; a table and a picture to DOCS/benchmarks.md and DOCS/images/benchmarks.png.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.peers import floor, report
from benchmarks.peers.environments import python_of
from benchmarks.peers.systems import Entry, chosen
from qa import __version__
from qa.evaluation import GoldQuestion, contexts, f1, load_gold
from qa.evaluation.metrics import exact_match

ROOT = Path(__file__).parent.parent.parent
RUNS = ROOT / "runs" / "bench"
REHEARSAL = 3  # questions that are asked before the clock runs
SHARED_QUESTIONS = 200  # at most, asked by threads together
STARTS = 3  # of which the median counts
WORK = "work.json"


def draw(gold: list[GoldQuestion], paragraphs: int, questions: int) -> tuple[list[str], list[GoldQuestion]]:
    """Return paragraphs, spread over the file, and questions about them with some more to rehearse."""
    generator = random.Random(0)
    texts = [document.text for document in contexts(gold)]
    if paragraphs < len(texts):
        texts = generator.sample(texts, paragraphs)
    known = set(texts)
    about = [question for question in gold if question.context in known]
    return texts, generator.sample(about, min(questions + REHEARSAL, len(about)))


def run(entry: Entry, models: Path, environment: dict[str, str], asked: list[GoldQuestion]) -> dict[str, Any]:
    """Return the figures of one system, those of its answers included; only "failed" if it fails."""
    python = python_of(entry.environment, RUNS)
    folder = RUNS / "indexes" / entry.key
    shutil.rmtree(folder, ignore_errors=True)
    output = RUNS / f"{entry.key}.json"
    job = {
        "system": entry.system,
        "settings": entry.settings,
        "embedder": str(models / floor.EMBEDDER),
        "reader": str(models / floor.READER),
        "work": str(RUNS / WORK),
        "shared_questions": SHARED_QUESTIONS,
        "index": str(folder),
        "output": str(output),
    }
    path, log = RUNS / f"{entry.key}-job.json", RUNS / f"{entry.key}.log"
    path.write_text(json.dumps(job), encoding="utf-8")
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
        starts = []
        for _ in range(STARTS):
            begin = time.perf_counter()
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
    shutil.rmtree(folder, ignore_errors=True)
    judged = [(text, gold.answers) for text, gold in zip(figures["answers"], asked, strict=True)]
    figures["first answer"] = statistics.median(starts)
    figures["exact match"] = statistics.mean(exact_match(text, known) for text, known in judged)
    figures["f1"] = statistics.mean(f1(text, known) for text, known in judged)
    output.write_text(json.dumps(figures), encoding="utf-8")
    return figures


def machine(found: dict[str, Any]) -> dict[str, Any]:
    """Return what is to be said about the machine and the run."""
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
        "load": os.getloadavg()[0],
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
        "--systems", help="such as verbatim-qa,haystack-best; haystack is all of its variants"
    )
    parser.add_argument(
        "--threads", type=int, help="of a matrix multiplication; PyTorch's choice if not given"
    )
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="the folder of the table")
    parser.add_argument("--report", action="store_true", help="write the table of the last run again")
    options = parser.parse_args()
    results = RUNS / "results.json"
    if not options.report:
        RUNS.mkdir(parents=True, exist_ok=True)
        results.write_text(json.dumps(_measured(parser, options)), encoding="utf-8")
    shown = report.tables(json.loads(results.read_text(encoding="utf-8")))
    print(shown)
    report.write(json.loads(results.read_text(encoding="utf-8")), options.output)


def _measured(parser: argparse.ArgumentParser, options: argparse.Namespace) -> dict[str, Any]:
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False"}
    if options.threads is not None:
        environment |= {"OMP_NUM_THREADS": str(options.threads), "MKL_NUM_THREADS": str(options.threads)}
    texts, drawn = draw(
        load_gold(options.data / "eval" / "squad11_dev.jsonl.gz"), options.paragraphs, options.questions
    )
    asked, rehearsal = drawn[:-REHEARSAL], [gold.question for gold in drawn[-REHEARSAL:]]
    work = {"texts": texts, "questions": [gold.question for gold in asked], "rehearsal": rehearsal}
    (RUNS / WORK).write_text(json.dumps(work), encoding="utf-8")
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
    found = {}
    for entry in entries:
        begin = time.perf_counter()
        found[entry.key] = run(entry, models, environment, asked)
        print(f"{entry.name}: {time.perf_counter() - begin:,.0f} s", file=sys.stderr, flush=True)
    ours = [found[entry.key] for entry in entries if entry.ours and "failed" not in found[entry.key]]
    return {
        "machine": about | {"load at the end": os.getloadavg()[0]},
        "paragraphs": len(texts),
        "questions": len(asked),
        "multiply-adds": floors(models, texts, asked, ours[0]) if ours else {},
        "systems": found,
    }


if __name__ == "__main__":
    main()
