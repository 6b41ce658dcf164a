"""How often the right paragraph is found: by vectors alone, by words alone, by both.

    python -m benchmarks.retrieval FILE [--questions N]

FILE is one that `qa eval` reads, with contexts: all of them are the corpus, N of the questions (drawn
with a fixed seed) are asked. A hit is a passage cut from the question's own context.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Mapping
from pathlib import Path

from tqdm import tqdm

from qa.embedder import load_embedder
from qa.evaluation import Gold, contexts, load_gold, retrieval_figures
from qa.index import Index
from qa.retriever import RANK_CONSTANT, Retriever

DEPTH = 100
Scores = Mapping[int, float]  # of rows, the higher the better


def reciprocal_ranks(vectors: Scores, words: Scores) -> Scores:
    """The fusion that the package uses."""
    fused: dict[int, float] = {}
    for scores in (vectors, words):
        for rank, row in enumerate(sorted(scores, key=lambda row: -scores[row]), start=1):
            fused[row] = fused.get(row, 0.0) + 1 / (RANK_CONSTANT + rank)
    return fused


def weighted_sum(vectors: Scores, words: Scores) -> Scores:
    """Both scores brought to 0 to 1 within the question, half and half."""
    fused: dict[int, float] = {}
    for scores in (vectors, words):
        low, high = min(scores.values(), default=0.0), max(scores.values(), default=0.0)
        for row, score in scores.items():
            fused[row] = fused.get(row, 0.0) + (score - low) / (high - low or 1.0) / 2
    return fused


METHODS: dict[str, Callable[[Scores, Scores], Scores]] = {
    "vectors": lambda vectors, words: vectors,
    "words (BM25)": lambda vectors, words: words,
    "reciprocal ranks": reciprocal_ranks,
    "weighted sum": weighted_sum,
}


def ranks(retriever: Retriever, gold: Gold) -> dict[str, int | None]:
    """The rank, from 1, of the first passage of the question's own context, by each method."""
    found, rows = retriever.index.search(retriever.embedder.embed([gold.question]), DEPTH)
    vectors = dict(zip(rows[0].tolist(), found[0].tolist(), strict=True))
    words = dict(retriever.lexical.search(gold.question, DEPTH))
    places: dict[str, int | None] = {}
    for name, fuse in METHODS.items():
        scores = fuse(vectors, words)
        best = sorted(scores, key=lambda row: (-scores[row], row))
        own = (retriever.index.chunks[row].document.text == gold.context for row in best)
        places[name] = next((rank for rank, hit in enumerate(own, start=1) if hit), None)
    return places


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--questions", type=int, default=2000)
    options = parser.parse_args()
    gold = load_gold(options.file)
    embedder = load_embedder()
    index = Index.build(contexts(gold), embedder, progress=True)
    retriever = Retriever.build(index, embedder)
    asked = random.Random(0).sample(gold, min(options.questions, len(gold)))
    places = [ranks(retriever, one) for one in tqdm(asked, desc="questions")]
    print(f"{len(index.documents):,} paragraphs, {len(index.chunks):,} passages, {len(asked):,} questions")
    for name in METHODS:
        figures = retrieval_figures([place[name] for place in places])
        print(f"{name:<18}" + "  ".join(f"{key} {value:.1%}" for key, value in figures.items()))


if __name__ == "__main__":
    main()
