"""What 1,000 to 1,000,000 passages cost: to build, keep, open, ask, add to and remove from.

    python -m benchmarks.scale FOLDER FILE... [--rows 1000,10000,100000,1000000] [--questions 300]

FILEs are ones that `qa eval` reads, with contexts: their passages are embedded once and kept in FOLDER,
where the corpora and indexes come to lie too (6 GB for the largest). To embed a million passages takes
hours, so articles and vectors are made out of the real ones: see `GrownCorpus` and `GrownEmbedder`. What is
timed is the package's own way from files to passages, but for the model. Each step has a process of its own.
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
from qa.documents import Document
from qa.evaluation import contexts, load_gold
from qa.index import Index, Store, chunk_document, load_embedder
from qa.retrieval import Retriever
from qa.settings import DEFAULTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

PASSAGES = 10  # real ones that an article is made of
NEW_WORDS = 0.3  # of an article's words are drawn from all words
COINED = 0.004  # of an article's words are made up, most of them used once or twice
NEIGHBOURS = 8
TOWARDS = 0.5  # of the way to a neighbour, at most
NOISE = 0.7  # length of what is added to a unit vector
PIECE = 4  # characters of a token
POOL = 1 << 22
CHANGES = 5  # times that an article is added and removed
TOP = 10
BLOCK = 16_384

Result = TypeVar("Result")


@dataclass(frozen=True)
class Real:
    """Passages of real articles with their vectors (passages, dimension), and questions with theirs.

    `neighbours` (passages, 9) are the rows of the nearest passages, itself among them.
    """

    passages: Sequence[str]
    vectors: NDArray[np.float32]
    neighbours: NDArray[np.int64]
    questions: Sequence[str]
    asked: NDArray[np.float32]

    @classmethod
    def of(cls, files: Sequence[Path], folder: Path) -> Real:
        """Those of the files, embedded if `folder` does not keep them."""
        place = folder / "real.npz"
        if not place.exists():
            gold = [one for file in files for one in load_gold(file)]
            embedder = load_embedder()
            passages = {
                chunk.text: None
                for document in contexts(gold)
                for chunk in chunk_document(document, embedder.token_offsets)
            }
            asked = sorted({one.question for one in gold})
            questions = random.Random(0).sample(asked, min(2000, len(asked)))
            vectors = embedder.embed(list(passages), progress=True)
            folder.mkdir(parents=True, exist_ok=True)
            with place.open("wb") as file:
                np.savez(
                    file,
                    passages=np.array(json.dumps(list(passages))),
                    vectors=vectors,
                    neighbours=_neighbours(vectors),
                    questions=np.array(json.dumps(questions)),
                    asked=embedder.embed(questions),
                )
        with np.load(place) as kept:
            return cls(
                json.loads(str(kept["passages"])),
                kept["vectors"],
                kept["neighbours"],
                json.loads(str(kept["questions"])),
                kept["asked"],
            )


def _neighbours(vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    nearest = [
        np.argpartition(-vectors[start : start + 1024] @ vectors.T, NEIGHBOURS)[:, : NEIGHBOURS + 1]
        for start in range(0, len(vectors), 1024)
    ]
    return np.concatenate(nearest)


class GrownCorpus:
    """Any number of articles, each of real passages with a part of their words drawn anew.

    Words are drawn as often as they stand in the real passages; a few are made up, so that the
    vocabulary grows with the text, as it does in real ones.
    """

    def __init__(self, real: Real) -> None:
        passages = [passage.split(" ") for passage in real.passages]
        self._words = np.array([word for words in passages for word in words], dtype=object)
        self._ends = np.cumsum([0, *map(len, passages)])

    def article(self, number: int) -> str:
        """The text of an article; the same each time."""
        numbers = np.random.default_rng(number)
        return "\n\n".join(
            self._passage(numbers, int(row)) for row in numbers.integers(len(self._ends) - 1, size=PASSAGES)
        )

    def _passage(self, numbers: np.random.Generator, row: int) -> str:
        words = self._words[self._ends[row] : self._ends[row + 1]].copy()
        fates = numbers.random(len(words))
        drawn = np.flatnonzero(fates < NEW_WORDS)
        words[drawn] = self._words[numbers.integers(len(self._words), size=len(drawn))]
        for place in np.flatnonzero(fates > 1 - COINED).tolist():
            # A Pareto tail: few of the made-up words are frequent, most are rare.
            words[place] = f"{words[place]}{int(1000 * numbers.pareto(0.6)) % 10_000_019}"
        return " ".join(words.tolist())


class GrownEmbedder:
    """Makes a vector out of a text's digest; real vectors stand round it as they stand round each other.

    It is a real passage's vector, moved towards one of its neighbours and then anywhere, at random.
    Questions have their own, real ones.
    """

    def __init__(self, real: Real) -> None:
        self.name = "grown"
        self.digest = hashlib.sha256(real.vectors.tobytes()).hexdigest()
        self.dimension = real.vectors.shape[1]
        self.max_tokens = 254
        self._real = real
        self._asked = dict(zip(real.questions, real.asked, strict=True))
        pool = np.random.default_rng(0).standard_normal(POOL + self.dimension, dtype=np.float32)
        self._noise = np.lib.stride_tricks.sliding_window_view(pool, self.dimension)

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """Pieces of about the length of the real model's."""
        return [(start, min(start + PIECE, len(text))) for start in range(0, len(text), PIECE)]

    def embed(self, texts: Sequence[str], *, progress: bool = False) -> NDArray[np.float32]:
        """Unit vectors."""
        if len(texts) == 1 and texts[0] in self._asked:
            return np.array([self._asked[texts[0]]], np.float32)
        digests = np.array([np.frombuffer(_digest(text), np.uint32) for text in texts]).reshape(-1, 4)
        rows = digests[:, 0] % len(self._real.vectors)
        others = self._real.neighbours[rows, digests[:, 1] % (NEIGHBOURS + 1)]
        way = TOWARDS * (digests[:, 2:3] / np.float32(2**32)).astype(np.float32)
        vectors = (1 - way) * self._real.vectors[rows] + way * self._real.vectors[others]
        vectors += NOISE / np.sqrt(np.float32(self.dimension)) * self._noise[digests[:, 3] % POOL]
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


@dataclass
class Memory:
    """The most memory, in bytes, that the process had while it was watched.

    `own` is its own; `seen` counts what of files it has mapped as well, which the system takes back at need.
    """

    own: int = 0
    seen: int = 0
    _done: Event = field(default_factory=Event)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look every 20 milliseconds."""
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
            own, seen = (1024 * int(status[name].split()[0]) for name in ("RssAnon", "VmRSS"))
            self.own, self.seen = max(self.own, own), max(self.seen, seen)
            if self._done.wait(0.02):
                return


def write(folder: Path, real: Real, rows: int) -> None:
    """Write as many articles as give about `rows` passages."""
    corpus, embedder = GrownCorpus(real), GrownEmbedder(real)
    sample = [Document("", corpus.article(number)) for number in range(50)]
    a_piece = sum(len(chunk_document(document, embedder.token_offsets)) for document in sample) / len(sample)
    for number in range(round(rows / a_piece)):
        place = folder / f"{number // 1000:03}" / f"{number:06}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(corpus.article(number), encoding="utf-8")


def build(folder: Path, real: Real) -> dict[str, float]:
    """Index the folder."""
    embedder = GrownEmbedder(real)
    corpus = Corpus(folder)
    memory = Memory()
    before = _own_memory()
    with memory.watched():
        seconds = _seconds(corpus.sync, embedder)
    files = [path.stat().st_size for path in (folder / INDEX_FOLDER).iterdir()]
    texts = sum(path.stat().st_size for path in folder.glob("*/*.txt"))
    return {
        "passages": len(corpus.index),
        "articles": len(corpus.index.documents),
        "segments": len(corpus.index.parts),
        "build s": seconds[0],
        "build processor s": seconds[1],
        "build MB": (memory.own - before) / 1e6,
        "index MB": sum(files) / 1e6,
        "texts MB": texts / 1e6,
    }


def ask(folder: Path, real: Real, questions: int) -> dict[str, float]:
    """Open the folder's index and ask it."""
    embedder = GrownEmbedder(real)
    before = _own_memory()
    opened = _seconds(Store(folder / INDEX_FOLDER).read)
    corpus = Corpus(folder)
    compared = _seconds(corpus.sync, embedder)
    retriever = Retriever(corpus.index, embedder)
    first = _seconds(retriever.retrieve, real.questions[-1])
    asked = real.questions[:questions]
    memory = Memory()
    with memory.watched():
        whole = [_seconds(retriever.retrieve, question) for question in asked]
    index = corpus.index
    vectors = [
        _seconds(index.search, vector[None], DEFAULTS.ranking_depth) for vector in real.asked[:questions]
    ]
    words = [_seconds(index.bm25.search, question, DEFAULTS.ranking_depth) for question in asked]
    found = index.search(real.asked[:questions], TOP)[1]
    best = exact(index, real.asked[:questions])
    return {
        "open s": opened[0],
        "open processor s": opened[1],
        "open and compare s": compared[0],
        "open and compare processor s": compared[1],
        "first s": first[0],
        **{
            f"{name}{clock} p{part} ms": 1000 * float(np.percentile(times, part))
            for name, seconds in (("retrieve", whole), ("vectors", vectors), ("words", words))
            for clock, times in zip(("", " processor"), zip(*seconds, strict=True), strict=True)
            for part in (50, 95)
        },
        "recall@10": float(
            np.mean([np.isin(one, other).mean() for one, other in zip(best, found, strict=True)])
        ),
        "ask MB": (memory.own - before) / 1e6,
        "ask with maps MB": memory.seen / 1e6,
    }


def change(folder: Path, real: Real) -> dict[str, float]:
    """Add an article and remove it, some times."""
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
    """The rows (questions, 10) of the highest products, by looking at each; nothing in it may be dead."""
    scores = np.full((len(vectors), TOP), -np.inf, np.float32)
    rows = np.zeros((len(vectors), TOP), np.int64)
    first = 0
    for part in index.parts:
        assert part.dead is None
        for start in range(0, part.segment.rows, BLOCK):
            block = vectors @ part.segment.vector_index.vectors[start : start + BLOCK].T
            every = np.concatenate([scores, block], axis=1)
            names = np.concatenate(
                [
                    rows,
                    np.broadcast_to(np.arange(first + start, first + start + block.shape[1]), block.shape),
                ],
                axis=1,
            )
            best = np.argsort(-every, axis=1, kind="stable")[:, :TOP]
            scores, rows = np.take_along_axis(every, best, 1), np.take_along_axis(names, best, 1)
        first += part.segment.rows
    return rows


def _own_memory() -> int:
    memory = Memory()
    with memory.watched():
        pass
    return memory.own


def _seconds(call: Callable[..., object], *arguments: object) -> tuple[float, float]:
    """How long it takes: as the clock on the wall has it, and in time of the processor."""
    wall, processor = time.perf_counter(), time.process_time()
    call(*arguments)
    return time.perf_counter() - wall, time.process_time() - processor


def apart(step: Callable[..., Result], *arguments: object) -> Result:
    """What `step` gives in a new process, so that it shares no memory with the others."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(step, *arguments).result()


def main() -> None:
    """Print a table, one line for each number of passages."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--rows", default="1000,10000,100000,1000000")
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--keep", action="store_true", help="ask the indexes that are there")
    options = parser.parse_args()
    real = Real.of(options.files, options.folder)
    print(f"{len(real.passages):,} real passages; load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    for rows in map(int, options.rows.split(",")):
        folder = options.folder / f"{rows}"
        if not folder.exists():
            apart(write, folder, real, rows)
        figures: dict[str, float] = {}
        if not options.keep:
            shutil.rmtree(folder / INDEX_FOLDER, ignore_errors=True)
            figures |= apart(build, folder, real)
        figures |= apart(ask, folder, real, options.questions)
        figures |= apart(change, folder, real)
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
