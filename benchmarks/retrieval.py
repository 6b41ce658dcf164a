"""Retrieval benchmark: vectors alone, BM25 alone, fusion methods, and the package's re-ranking.

    python -m benchmarks.retrieval FILE [--questions N] [--size N] [--overlap N] [--read]

FILE is a question file with contexts, as for `qa eval`. All contexts form the corpus. N of the questions
(drawn with a fixed seed) are asked. A passage of the question's own context is a hit.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tqdm import tqdm

from qa.chatbot import Chatbot
from qa.evaluation import GoldQuestion, contexts, f1, load_gold
from qa.evaluation.metrics import retrieval_figures
from qa.index import Index, load_embedder
from qa.reader import Calibrator, Reader, read_until_sure
from qa.retrieval import HybridRetriever, fuse
from qa.settings import DEFAULTS

DEPTH = 100
RANK_CONSTANT = 60
Scores = Mapping[int, float]  # by row, the higher the better


def reciprocal_ranks(vectors: Scores, words: Scores) -> Scores:
    """Fuse by reciprocal rank, the usual method for scores that are not comparable."""
    fused: dict[int, float] = {}
    for scores in (vectors, words):
        for rank, row in enumerate(sorted(scores, key=lambda row: -scores[row]), start=1):
            fused[row] = fused.get(row, 0.0) + 1 / (RANK_CONSTANT + rank)
    return fused


def weighted(words_weight: float) -> Callable[[Scores, Scores], Scores]:
    """Return the package's fusion with another weight."""
    return lambda vectors, words: fuse(vectors, words, words_weight=words_weight)


METHODS: dict[str, Callable[[Scores, Scores], Scores]] = {
    "vectors": lambda vectors, words: vectors,
    "words (BM25)": lambda vectors, words: words,
    "reciprocal ranks": reciprocal_ranks,
    **{f"weighted {weight}": weighted(weight) for weight in (0.3, 0.4, 0.5, 0.6, 0.7)},
}


def ranks(retriever: HybridRetriever, gold: GoldQuestion) -> dict[str, int | None]:
    """Return, for each method, the rank of the first hit, from 1."""
    vector = retriever.embedder.embed([gold.question])[0]
    vectors, words = retriever.index.rank(gold.question, vector, DEPTH)
    first_hits: dict[str, int | None] = {}
    for name, method in METHODS.items():
        scores = method(vectors, words)
        best = sorted(scores, key=lambda row: (-scores[row], row))
        found = retriever.index.chunks(best, vector)
        first_hits[name] = _first_hit([chunk.document.text for chunk, _ in found], gold)
    shipped = [passage.document.text for passage in retriever.retrieve(gold.question, DEPTH)]
    return first_hits | {"best sentences": _first_hit(shipped, gold)}


def read(bot: Chatbot, gold: GoldQuestion) -> tuple[int | None, float]:
    """Order the first passages by their likeliest answers; return the first hit and the best answer's F1."""
    passages = bot.retriever.retrieve(gold.question, DEFAULTS.top_k)
    candidates = read_until_sure(bot.reader, bot.calibrator, gold.question, passages)
    scored_answers = bot.calibrator.scored_answers(passages, candidates)
    ordered = dict.fromkeys([*(scored.candidate.passage for scored in scored_answers), *passages])
    rank = _first_hit([passage.document.text for passage in ordered], gold)
    return rank, f1(scored_answers[0].candidate.text, gold.answers)


def _first_hit(texts: Sequence[str], gold: GoldQuestion) -> int | None:
    return next((rank for rank, text in enumerate(texts, start=1) if text == gold.context), None)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--questions", type=int, default=2000)
    parser.add_argument("--size", type=int, default=160, help="tokens of a passage, at most")
    parser.add_argument("--overlap", type=int, default=40, help="tokens that neighbours share, at most")
    parser.add_argument(
        "--read",
        action="store_true",
        help="also read the first passages and rank them by their answers (slow)",
    )
    options = parser.parse_args()
    gold = load_gold(options.file)
    embedder = load_embedder()
    index = Index.build(contexts(gold), embedder, size=options.size, overlap=options.overlap, progress=True)
    retriever = HybridRetriever(index, embedder)
    asked = random.Random(0).sample(gold, min(options.questions, len(gold)))
    first_hits = [ranks(retriever, question) for question in tqdm(asked, desc="questions")]
    print(f"{len(index.documents):,} paragraphs, {len(index):,} passages, {len(asked):,} questions")
    if options.read:
        bot = Chatbot(retriever, Reader.load(), Calibrator.load())
        scores = []
        for question, by_method in zip(tqdm(asked, desc="reading"), first_hits, strict=True):
            by_method["re-ranked"], score = read(bot, question)
            scores.append(score)
        print(f"F1 of the likeliest answer: {100 * sum(scores) / len(scores):.1f}")
    for name in first_hits[0]:
        figures = retrieval_figures([by_method[name] for by_method in first_hits])
        print(f"{name:<18}" + "  ".join(f"{key} {value:.1%}" for key, value in figures.items()))


if __name__ == "__main__":
    main()
