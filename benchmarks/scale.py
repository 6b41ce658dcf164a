"""Scale benchmark: time, memory and disk for indexes of 1,000 to 1,000,000 passages.

    python -m benchmarks.scale FOLDER FILE... [--rows 1000,10000,100000,1000000] [--questions 300]

FILEs are question files with contexts, as for `qa eval`. Their passages are embedded once and stored in
FOLDER, with the corpora and indexes (6 GB for the largest). Embedding a million passages would take hours, so
synthetic articles and vectors are derived from the real ones: see `GrownCorpus` and `GrownEmbedder`. All
other steps are the package's own. Each step runs in its own process.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import random
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from threading import Event, Thread
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from qa.corpus import Corpus
from qa.corpus.corpus import INDEX_FOLDER
from qa.documents import Document, Span
from qa.evaluation import contexts, load_gold
from qa.index import Index, Store, chunk_document, embed_apart, load_embedder
from qa.retrieval import HybridRetriever
from qa.settings import DEFAULTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

PASSAGES = 10  # real passages per article
NEW_WORDS = 0.3  # share of an article's words that are replaced by words of the whole corpus
COINED = 0.004  # share of an article's words that are made up, most of them used once or twice
NEIGHBOURS = 8
MAX_STEP = 0.5  # the longest step towards a neighbour, as a share of the way
NOISE = 0.7  # length of the random vector that is added to a unit vector
TOKEN_CHARACTERS = 4
POOL = 1 << 22  # random numbers that the noise is taken from
CHANGES = 5  # how often an article is added and removed
TOP = 10
BLOCK = 16_384

Result = TypeVar("Result")


@dataclass(frozen=True)
class Real:
    """Real passages and questions with their vectors.

    Attributes:
        passages: The passages.
        vectors: (passages, dimension) Their embeddings.
        neighbours: (passages, 9) The rows of the nearest passages, the passage itself among them.
        questions: The questions.
        question_vectors: (questions, dimension) Their embeddings.
    """

    passages: Sequence[str]
    vectors: NDArray[np.float32]
    neighbours: NDArray[np.int64]
    questions: Sequence[str]
    question_vectors: NDArray[np.float32]

    @classmethod
    def of(cls, files: Sequence[Path], folder: Path) -> Real:
        """Load them from `folder`, or embed those of question files."""
        path = folder / "real.npz"
        if not path.exists():
            gold = [question for file in files for question in load_gold(file)]
            embedder = load_embedder()
            passages = {
                chunk.text: None
                for document in contexts(gold)
                for chunk in chunk_document(document, embedder.token_offsets)
            }
            different = sorted({question.question for question in gold})
            questions = random.Random(0).sample(different, min(2000, len(different)))
            vectors = embedder.embed(list(passages))
            folder.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                np.savez(
                    file,
                    passages=np.array(json.dumps(list(passages))),
                    vectors=vectors,
                    neighbours=_neighbours(vectors),
                    questions=np.array(json.dumps(questions)),
                    asked=embedder.embed(questions),
                )
        with np.load(path) as arrays:
            return cls(
                json.loads(str(arrays["passages"])),
                arrays["vectors"],
                arrays["neighbours"],
                json.loads(str(arrays["questions"])),
                arrays["asked"],
            )


def _neighbours(vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    nearest = [
        np.argpartition(-vectors[start : start + 1024] @ vectors.T, NEIGHBOURS)[:, : NEIGHBOURS + 1]
        for start in range(0, len(vectors), 1024)
    ]
    return np.concatenate(nearest)


class GrownCorpus:
    """Any number of synthetic articles: real passages with some of their words replaced.

    Replacements are drawn by their frequency in the real passages. A few are made up, so that the vocabulary
    grows with the text as in real corpora.
    """

    def __init__(self, real: Real) -> None:
        passages = [passage.split(" ") for passage in real.passages]
        self._words = np.array([word for words in passages for word in words], dtype=object)
        self._ends = np.cumsum([0, *map(len, passages)])

    def article(self, number: int) -> str:
        """Return the text of an article, which depends only on the number."""
        generator = np.random.default_rng(number)
        rows = generator.integers(len(self._ends) - 1, size=PASSAGES)
        return "\n\n".join(self._passage(generator, int(row)) for row in rows)

    def _passage(self, generator: np.random.Generator, row: int) -> str:
        words = self._words[self._ends[row] : self._ends[row + 1]].copy()
        draws = generator.random(len(words))
        replaced = np.flatnonzero(draws < NEW_WORDS)
        words[replaced] = self._words[generator.integers(len(self._words), size=len(replaced))]
        for position in np.flatnonzero(draws > 1 - COINED).tolist():
            # A Pareto tail: few of the made-up words are frequent, most are rare.
            words[position] = f"{words[position]}{int(1000 * generator.pareto(0.6)) % 10_000_019}"
        return " ".join(words.tolist())


class GrownEmbedder:
    """An embedder that derives a vector from a text's digest, with the neighbourhoods of real vectors.

    The vector is that of a real passage, moved by random steps: one towards a neighbour, one in any
    direction. Questions have their real vectors.
    """

    def __init__(self, real: Real) -> None:
        self.name = "grown"
        self.digest = hashlib.sha256(real.vectors.tobytes()).hexdigest()
        self.dimension = real.vectors.shape[1]
        self.max_tokens = 254
        self._real = real
        self._questions = dict(zip(real.questions, real.question_vectors, strict=True))
        pool = np.random.default_rng(0).standard_normal(POOL + self.dimension, dtype=np.float32)
        self._noise = np.lib.stride_tricks.sliding_window_view(pool, self.dimension)

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """Return pieces of about the length of the real model's tokens."""
        starts = range(0, len(text), TOKEN_CHARACTERS)
        return [(start, min(start + TOKEN_CHARACTERS, len(text))) for start in starts]

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (texts, dimension) unit vectors."""
        if len(texts) == 1 and texts[0] in self._questions:
            return np.array([self._questions[texts[0]]], np.float32)
        digests = np.array([np.frombuffer(_digest(text), np.uint32) for text in texts]).reshape(-1, 4)
        rows = digests[:, 0] % len(self._real.vectors)
        neighbours = self._real.neighbours[rows, digests[:, 1] % (NEIGHBOURS + 1)]
        step = MAX_STEP * (digests[:, 2:3] / np.float32(2**32)).astype(np.float32)
        vectors = (1 - step) * self._real.vectors[rows] + step * self._real.vectors[neighbours]
        vectors += NOISE / np.sqrt(np.float32(self.dimension)) * self._noise[digests[:, 3] % POOL]
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    def embed_with_sentences(
        self, texts: Sequence[str], sentences: Sequence[Sequence[Span]]
    ) -> list[NDArray[np.float32]]:
        """Return for each text an array (1 + sentences, dimension) of unit vectors."""
        return embed_apart(self, texts, sentences)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


@dataclass
class Memory:
    """The peak memory of this process, in bytes, while it was measured.

    Attributes:
        private: The process's own memory.
        resident: Including mapped pages of files, which the system can reclaim.
    """

    private: int = 0
    resident: int = 0
    _done: Event = field(default_factory=Event)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Measure every 20 milliseconds."""
        watcher = Thread(target=self._watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            self._done.set()
            watcher.join()

    def _watch(self) -> None:
        while True:
            status = dict(
                line.split(":", 1) for line in Path("/proc/self/status").read_text("ascii").splitlines()
            )
            private, resident = (1024 * int(status[name].split()[0]) for name in ("RssAnon", "VmRSS"))
            self.private, self.resident = max(self.private, private), max(self.resident, resident)
            if self._done.wait(0.02):
                return


def write(folder: Path, real: Real, rows: int) -> None:
    """Write articles that make about `rows` passages."""
    corpus, embedder = GrownCorpus(real), GrownEmbedder(real)
    sample = [Document("", corpus.article(number)) for number in range(50)]
    chunks = sum(len(chunk_document(document, embedder.token_offsets)) for document in sample)
    for number in range(round(rows / (chunks / len(sample)))):
        path = folder / f"{number // 1000:03}" / f"{number:06}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(corpus.article(number), encoding="utf-8")


def build(folder: Path, real: Real) -> dict[str, float]:
    """Index a folder. Return the figures."""
    embedder = GrownEmbedder(real)
    corpus = Corpus(folder)
    memory = Memory()
    before = _private_memory()
    with memory.watched():
        seconds = _seconds(corpus.sync, embedder)
    files = [path.stat().st_size for path in (folder / INDEX_FOLDER).iterdir()]
    texts = sum(path.stat().st_size for path in folder.glob("*/*.txt"))
    return {
        "passages": len(corpus.index),
        "articles": len(corpus.index.documents),
        "segments": len(corpus.index.segments),
        "build s": seconds[0],
        "build processor s": seconds[1],
        "build MB": (memory.private - before) / 1e6,
        "index MB": sum(files) / 1e6,
        "texts MB": texts / 1e6,
    }


def ask(folder: Path, real: Real, questions: int) -> dict[str, float]:
    """Open a folder's index and ask it questions. Return the figures."""
    embedder = GrownEmbedder(real)
    before = _private_memory()
    opened = _seconds(Store(folder / INDEX_FOLDER).read)
    corpus = Corpus(folder)
    compared = _seconds(corpus.sync, embedder)
    retriever = HybridRetriever(corpus.index, embedder)
    first = _seconds(retriever.retrieve, real.questions[-1])
    asked = real.questions[:questions]
    memory = Memory()
    with memory.watched():
        whole = [_seconds(retriever.retrieve, question) for question in asked]
    index = corpus.index
    vectors = [
        _seconds(index.search, vector[None], DEFAULTS.ranking_depth)
        for vector in real.question_vectors[:questions]
    ]
    words = [_seconds(index.bm25.search, question, DEFAULTS.ranking_depth) for question in asked]
    found = index.search(real.question_vectors[:questions], TOP)[1]
    best = exact(index, real.question_vectors[:questions])
    return {
        "open s": opened[0],
        "open processor s": opened[1],
        "open and compare s": compared[0],
        "open and compare processor s": compared[1],
        "first s": first[0],
        **{
            f"{name}{clock} p{percent} ms": 1000 * float(np.percentile(times, percent))
            for name, seconds in (("retrieve", whole), ("vectors", vectors), ("words", words))
            for clock, times in zip(("", " processor"), zip(*seconds, strict=True), strict=True)
            for percent in (50, 95)
        },
        "recall@10": float(
            np.mean([np.isin(right, rows).mean() for right, rows in zip(best, found, strict=True)])
        ),
        "ask MB": (memory.private - before) / 1e6,
        "ask with maps MB": memory.resident / 1e6,
    }


def change(folder: Path, real: Real) -> dict[str, float]:
    """Add and remove an article several times. Return the figures."""
    embedder, grown = GrownEmbedder(real), GrownCorpus(real)
    corpus = Corpus(folder)
    corpus.sync(embedder)
    added, removed = [], []
    for number in range(CHANGES):
        text = grown.article(10_000_000 + number)
        added.append(_seconds(partial(corpus.add, text, embedder, name="added.txt")))
        removed.append(_seconds(corpus.remove, "added.txt"))
    return {
        f"{name}{clock} ms": 1000 * median(times)
        for name, seconds in (("add", added), ("remove", removed))
        for clock, times in zip(("", " processor"), zip(*seconds, strict=True), strict=True)
    }


def exact(index: Index, vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the rows (questions, 10) of the highest products, by brute force; nothing may be deleted."""
    scores = np.full((len(vectors), TOP), -np.inf, np.float32)
    rows = np.zeros((len(vectors), TOP), np.int64)
    first = 0
    for live in index.segments:
        assert live.deleted is None
        for start in range(0, live.segment.rows, BLOCK):
            block = vectors @ live.segment.vector_index.vectors[start : start + BLOCK].T
            block_rows = np.arange(first + start, first + start + block.shape[1])
            all_scores = np.concatenate([scores, block], axis=1)
            all_rows = np.concatenate([rows, np.broadcast_to(block_rows, block.shape)], axis=1)
            best = np.argsort(-all_scores, axis=1, kind="stable")[:, :TOP]
            scores = np.take_along_axis(all_scores, best, 1)
            rows = np.take_along_axis(all_rows, best, 1)
        first += live.segment.rows
    return rows


def _private_memory() -> int:
    memory = Memory()
    with memory.watched():
        pass
    return memory.private


def _seconds(call: Callable[..., object], *arguments: object) -> tuple[float, float]:
    """Return the wall-clock and processor time of a call, in seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    call(*arguments)
    return time.perf_counter() - wall, time.process_time() - processor


def in_new_process(step: Callable[..., Result], *arguments: object) -> Result:
    """Run a step in a new process, so that it shares no memory with the others."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(step, *arguments).result()


def main() -> None:
    """Print a line of JSON for each number of passages."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--rows", default="1000,10000,100000,1000000")
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument(
        "--keep", action="store_true", help="ask the existing indexes, without rebuilding them"
    )
    options = parser.parse_args()
    real = Real.of(options.files, options.folder)
    print(f"{len(real.passages):,} real passages; load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    for rows in map(int, options.rows.split(",")):
        folder = options.folder / f"{rows}"
        if not folder.exists():
            in_new_process(write, folder, real, rows)
        figures: dict[str, float] = {}
        if not options.keep:
            shutil.rmtree(folder / INDEX_FOLDER, ignore_errors=True)
            figures |= in_new_process(build, folder, real)
        figures |= in_new_process(ask, folder, real, options.questions)
        figures |= in_new_process(change, folder, real)
        print(
            json.dumps(
                {
                    "rows": rows,
                    **{name: round(value, 3) for name, value in figures.items()},
                    "load": os.getloadavg()[0],
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
