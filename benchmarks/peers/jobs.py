"""The work of the systems: paragraphs, questions and a job file for each."""

from __future__ import annotations

import json
import random
from pathlib import Path

from benchmarks.peers import floor
from benchmarks.peers.systems import Entry
from qa.evaluation import GoldQuestion, contexts

ROOT = Path(__file__).parent.parent.parent
RUNS = ROOT / "runs" / "bench"
WORK = RUNS / "work.json"
REHEARSAL = 3  # questions that are asked before timing starts


def draw(gold: list[GoldQuestion], paragraphs: int, questions: int) -> tuple[list[str], list[GoldQuestion]]:
    """Return paragraphs, spread over the file, and questions about them, with some more for the rehearsal."""
    generator = random.Random(0)
    texts = [document.text for document in contexts(gold)]
    if paragraphs < len(texts):
        texts = generator.sample(texts, paragraphs)
    known = set(texts)
    about = [question for question in gold if question.context in known]
    return texts, generator.sample(about, min(questions + REHEARSAL, len(about)))


def write_work(path: Path, texts: list[str], drawn: list[GoldQuestion]) -> list[GoldQuestion]:
    """Write the texts and questions to a file. Return the questions without those of the rehearsal."""
    asked, rehearsal = drawn[:-REHEARSAL], [gold.question for gold in drawn[-REHEARSAL:]]
    work = {"texts": texts, "questions": [gold.question for gold in asked], "rehearsal": rehearsal}
    path.write_text(json.dumps(work), encoding="utf-8")
    return asked


def index_of(entry: Entry) -> Path:
    """Return the folder of a system's index."""
    return RUNS / "indexes" / entry.key


def output_of(entry: Entry) -> Path:
    """Return the file of a system's figures."""
    return RUNS / f"{entry.key}.json"


def write_job(entry: Entry, models: Path, shared: int = 0, work: Path = WORK) -> Path:
    """Write the job of a system, see `benchmarks.peers.work`. Return its file."""
    job = {
        "system": entry.system,
        "settings": entry.settings,
        "embedder": str(models / floor.EMBEDDER),
        "reader": str(models / floor.READER),
        "work": str(work),
        "shared_questions": shared,
        "index": str(index_of(entry)),
        "output": str(output_of(entry)),
    }
    path = RUNS / f"{entry.key}-job.json"
    path.write_text(json.dumps(job), encoding="utf-8")
    return path
