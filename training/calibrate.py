"""Fit the calibrator on held-out articles through the whole pipeline.

    python -m training.calibrate DATA qa/weights/confidence.json [--cache FILE]

Two settings, since people ask one article and people ask thousands: every held-out paragraph of
every kind in one corpus, and each article a corpus of its own. In both a third of the paragraphs is
left out, so that their questions have no right answer but a chance one. Figures are cross-validated
by article.
"""

from __future__ import annotations

import argparse
import logging
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from tqdm import tqdm

from qa.chatbot import TOP_K
from qa.confidence import FEATURES, Calibrator, different_answers, features
from qa.document import Document
from qa.embedder import load_embedder
from qa.evaluation import (
    RIGHT_F1,
    area_under_risk_coverage,
    calibration_error,
    coverage_at,
    f1,
    suggest_min_confidence,
)  # fmt: skip
from qa.index import Index
from qa.reader import Reader
from qa.retriever import Retriever
from training.examples import SOURCES, Question, left_out, load

log = logging.getLogger("training")
SMALLEST_ARTICLE = 4  # paragraphs that make a corpus of its own worth asking


def corpora(questions: Sequence[Question], most: int) -> Iterator[tuple[list[Document], list[Question]]]:
    """(documents, questions) of the one large corpus and of every article large enough.

    Of the questions `most` are asked of the large corpus and as many of the small ones.
    """
    rng = random.Random(0)
    by_article: dict[str, list[Question]] = {}
    for question in questions:
        by_article.setdefault(question.article, []).append(question)
    large = [group for group in by_article.values() if len({q.context for q in group}) >= SMALLEST_ARTICLE]
    share = most / sum(map(len, large))
    for group in [list(questions), *large]:
        kept = sorted({question.context for question in group if not left_out(question.context)})
        count = most if len(group) == len(questions) else round(share * len(group))
        if kept:
            documents = [Document(f"{number}.txt", text) for number, text in enumerate(kept)]
            yield documents, rng.sample(group, min(count, len(group)))


def observations(
    questions: Sequence[Question], reader: Reader, most: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64], list[str]]:
    """(n, features) of every answer in the running, whether it is right, its asking's number, its article."""
    embedder = load_embedder()
    rows, rights, askings, articles = [], [], [], []
    asking = 0
    largest: Index | None = None
    for documents, asked in tqdm(list(corpora(questions, most)), desc="corpora"):
        index = Index.build(documents, embedder, known=largest)
        largest = index if largest is None else largest
        retriever = Retriever.build(index, embedder)
        for question in tqdm(asked, desc="questions", leave=False):
            passages = retriever.retrieve(question.text, TOP_K)
            groups = different_answers(passages, reader.read(question.text, passages))
            if not groups:
                continue
            answers = [question.context[start:end] for start, end in question.answers]
            rows.append(features(question.text, passages, groups))
            rights += [bool(answers) and f1(group[0].text, answers) >= RIGHT_F1 for group in groups]
            askings += [asking] * len(groups)
            articles += [question.article] * len(groups)
            asking += 1
    return np.concatenate(rows), np.array(rights), np.array(askings), articles


def fit(rows: NDArray[np.float64], rights: NDArray[np.bool_]) -> Calibrator:
    """A logistic model with an L2 penalty, over features brought to mean 0 and spread 1."""
    mean, spread = rows.mean(0), rows.std(0)
    spread[spread == 0] = 1.0
    model = LogisticRegression(C=1.0, max_iter=1000).fit((rows - mean) / spread, rights)
    return Calibrator(model.coef_[0], float(model.intercept_[0]), mean, spread)


def shown(values: NDArray[np.float64], askings: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of the best answer of each asking by `values`."""
    order = np.lexsort((-values, askings))
    first = np.r_[True, askings[order][1:] != askings[order][:-1]]
    return np.asarray(order[first])


def report(
    name: str, values: NDArray[np.float64], rights: NDArray[np.bool_], askings: NDArray[np.int64]
) -> None:
    """Log the figures of the answers that would be shown."""
    best = shown(values, askings)
    chance, right = values[best], rights[best]
    log.info(
        "%-22s right %.3f  ECE %.4f  coverage at 80%% %.3f  AURC %.4f  bar for 80%%: %s",
        name, right.mean(), calibration_error(chance, right), coverage_at(chance, right, 0.8),
        area_under_risk_coverage(chance, right), suggest_min_confidence(chance, right, 0.8),
    )  # fmt: skip


def main() -> None:
    """Observe, cross-validate, fit on everything, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="folder with train/*.jsonl.gz")
    parser.add_argument("target", type=Path, help="where the calibrator goes, as JSON")
    parser.add_argument("--cache", type=Path, help="keep the observations (.npz), or use those kept")
    parser.add_argument("--questions", type=int, default=1500, help="asked in each setting, at most")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")

    if options.cache is not None and options.cache.exists():
        kept = np.load(options.cache)
        rows, rights, askings, articles = kept["rows"], kept["rights"], kept["askings"], kept["articles"]
    else:
        questions = [
            question
            for source in SOURCES
            for question in load(options.data / "train", source)
            if question.held_out
        ]
        rows, rights, askings, names = observations(questions, Reader.load(), options.questions)
        articles = np.unique(names, return_inverse=True)[1]
        if options.cache is not None:
            np.savez(options.cache, rows=rows, rights=rights, askings=askings, articles=articles)

    crossed = np.zeros(len(rows))
    for train, test in GroupKFold(5).split(rows, rights, articles):
        crossed[test] = fit(rows[train], rights[train]).chances(rows[test])
    report("calibrator (crossed)", crossed, rights, askings)
    score = rows[:, FEATURES.index("score")]
    report("sigmoid of score / 10", 1 / (1 + np.exp(-score / 10)), rights, askings)
    model = fit(rows, rights)
    for feature, weight in zip(FEATURES, model.weights, strict=True):
        log.info("  %-16s %+.3f", feature, weight)
    model.save(options.target)


if __name__ == "__main__":
    main()
