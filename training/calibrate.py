"""Fit the calibrator on held-out articles through the whole pipeline.

    python -m training.calibrate DATA qa/reader/weights/confidence.json [--cache FILE]

Three settings, since people ask one page, one article and thousands: every held-out paragraph of
every kind in one corpus, each article a corpus of its own, and each few paragraphs that stand together a
corpus of one document. In all a third of the paragraphs is left out, so that their questions have no
right answer but a chance one. Figures are cross-validated by article.
"""

from __future__ import annotations

import argparse
import logging
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from tqdm import tqdm

from qa.documents import Document
from qa.evaluation import f1
from qa.evaluation.metrics import area_under_risk_coverage, calibration_error, coverage_at
from qa.evaluation.run import RIGHT_F1
from qa.index import Index, load_embedder
from qa.reader import Calibrator, Reader
from qa.reader.calibration import FEATURES, different_answers, features
from qa.retrieval import Retriever
from qa.settings import DEFAULTS
from training.questions import SOURCES, Question, left_out, load
from training.unanswerable import Neighbours, other_name_or_number

log = logging.getLogger("training")
CLOSE = 0.2  # of the questions are asked once more about something else, see `close`
CLOSE_WEIGHT = 0.4  # of these in the fit, where others have 1
SMALLEST_ARTICLE = 4  # paragraphs that make a corpus of its own worth asking
PAGE = 5  # paragraphs of a document that is a corpus of its own

Part = tuple[list[Document], list[Question]]  # a corpus, and what it is asked


def corpora(questions: Sequence[Question], most: int) -> list[Part]:
    """(documents, questions) of the one large corpus, of every article large enough and of its pages.

    Of the questions `most` are asked of the large corpus and as many of the articles and of the pages.
    """
    rng = random.Random(0)

    def part(group: Sequence[Question], count: int, *, joined: bool = False) -> Part:
        kept = [text for text in _contexts(group) if not left_out(text)]
        texts = ["\n\n".join(kept)] if joined else sorted(kept)
        documents = [Document(f"{number}.txt", text) for number, text in enumerate(texts) if text]
        return documents, rng.sample(group, min(count, len(group)))

    by_article: dict[str, list[Question]] = {}
    for question in questions:
        by_article.setdefault(question.article, []).append(question)
    articles = [group for group in by_article.values() if len(_contexts(group)) >= SMALLEST_ARTICLE]
    pages = [page for group in articles for page in _pages(group)]
    parts = [part(questions, most)]
    for groups, joined in ((articles, False), (pages, True)):
        share = most / sum(map(len, groups))
        parts += [part(group, round(share * len(group)), joined=joined) for group in groups]
    return [(documents, asked) for documents, asked in parts if documents]


def _contexts(questions: Sequence[Question]) -> list[str]:
    """The contexts of the questions, each once, in their order."""
    return list(dict.fromkeys(question.context for question in questions))


def _pages(questions: Sequence[Question]) -> Iterator[list[Question]]:
    """The questions of each `PAGE` contexts that stand together."""
    contexts = _contexts(questions)
    for first in range(0, len(contexts), PAGE):
        page = set(contexts[first : first + PAGE])
        if len(page) >= SMALLEST_ARTICLE:
            yield [question for question in questions if question.context in page]


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """Every answer in the running of every asking, (n,) and (n, features)."""

    rows: NDArray[np.float64]
    rights: NDArray[np.bool_]
    askings: NDArray[np.int64]
    articles: NDArray[np.str_]
    kinds: NDArray[np.str_]  # the set that the question is from
    close: NDArray[np.bool_]  # whether it is one of `close`


def close(questions: Sequence[Question], neighbours: Neighbours, rng: random.Random) -> list[Question]:
    """Of each question one that its context does not answer, where there is one.

    It is about something akin that is not there or that is told something else of, or about another
    name or number of the context.
    """
    named = (other_name_or_number(one.text, one.context, rng) for one in questions)
    akin, within = neighbours.asked(questions, rng), neighbours.within(questions, rng)
    made = []
    for question, other, *swaps in zip(questions, named, akin, within, strict=True):
        texts = [swap.text for swap in swaps if swap is not None]
        if other is not None:
            texts.append(other)
        if texts:
            made.append(replace(question, text=rng.choice(texts), answers=()))
    return made


def observations(questions: Sequence[Question], reader: Reader, most: int) -> Observations:
    """What the pipeline makes of the questions, and of as many close ones as `CLOSE` says."""
    embedder = load_embedder()
    neighbours, rng = Neighbours(), random.Random(0)
    rows, rights, askings, articles, kinds, spoiled = [], [], [], [], [], []
    asking = 0
    largest: Index | None = None
    for documents, asked in tqdm(corpora(questions, most), desc="corpora"):
        index = Index.build(documents, embedder, known=largest)
        largest = index if largest is None else largest
        retriever = Retriever(index, embedder)
        chosen = [question for question in asked if question.answers and rng.random() < CLOSE]
        asked_too = close(chosen, neighbours, rng)
        for number, question in enumerate(tqdm([*asked, *asked_too], desc="questions", leave=False)):
            passages = retriever.retrieve(question.text, DEFAULTS.top_k)
            groups = different_answers(passages, reader.read(question.text, passages))
            if not groups:
                continue
            rows.append(features(passages, groups))
            words = question.words
            rights += [bool(words) and f1(group[0].text, words) >= RIGHT_F1 for group in groups]
            askings += [asking] * len(groups)
            articles += [question.article] * len(groups)
            kinds += [question.source] * len(groups)
            spoiled += [number >= len(asked)] * len(groups)
            asking += 1
    columns = map(np.array, (rights, askings, articles, kinds, spoiled))
    return Observations(np.concatenate(rows), *columns)


def fit(seen: Observations, among: NDArray[np.bool_]) -> Calibrator:
    """A logistic model with an L2 penalty, over features brought to mean 0 and spread 1."""
    rows = seen.rows[among]
    mean, spread = rows.mean(0), rows.std(0)
    spread[spread == 0] = 1.0
    weights = np.where(seen.close[among], CLOSE_WEIGHT, 1.0)
    model = LogisticRegression(C=1.0, max_iter=1000)
    model.fit((rows - mean) / spread, seen.rights[among], sample_weight=weights)
    return Calibrator(model.coef_[0], float(model.intercept_[0]), mean, spread)


def shown(values: NDArray[np.float64], askings: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of the best answer of each asking by `values`."""
    order = np.lexsort((-values, askings))
    first = np.r_[True, askings[order][1:] != askings[order][:-1]]
    return np.asarray(order[first])


def report(name: str, values: NDArray[np.float64], seen: Observations, among: NDArray[np.bool_]) -> None:
    """Log the figures of the answers that would be shown to the askings `among` all."""
    best = shown(values[among], seen.askings[among])
    chance, right = values[among][best], seen.rights[among][best]
    above = chance >= DEFAULTS.min_confidence
    log.info(
        "%-30s ECE %.3f  coverage at 80%% %.3f  AURC %.4f  at %.2f: %.3f shown, %.3f right",
        name, calibration_error(chance, right), coverage_at(chance, right, 0.8),
        area_under_risk_coverage(chance, right), DEFAULTS.min_confidence, above.mean(), right[above].mean(),
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
        seen = Observations(**np.load(options.cache))
    else:
        questions = [
            question
            for source in SOURCES
            for question in load(options.data / "train", source)
            if question.held_out
        ]
        seen = observations(questions, Reader.load(), options.questions)
        if options.cache is not None:
            np.savez(options.cache, **{field.name: getattr(seen, field.name) for field in fields(seen)})
    rows, real = seen.rows, ~seen.close
    crossed = np.zeros(len(rows))
    for _, test in GroupKFold(5).split(rows, seen.rights, seen.articles):
        among = np.ones(len(rows), np.bool_)
        among[test] = False
        crossed[test] = fit(seen, among).probabilities(rows[test])
    report("calibrator (crossed)", crossed, seen, real)
    report("close questions", crossed, seen, seen.close)
    score = rows[:, FEATURES.index("score")]
    report("sigmoid of score / 10", 1 / (1 + np.exp(-score / 10)), seen, real)
    for kind in np.unique(seen.kinds):
        own = seen.kinds == kind
        report(f"without {kind}", fit(seen, ~own).probabilities(rows), seen, own & real)
    model = fit(seen, np.ones(len(rows), np.bool_))
    for feature, weight in zip(FEATURES, model.weights, strict=True):
        log.info("  %-16s %+.3f", feature, weight)
    model.save(options.target)


if __name__ == "__main__":
    main()
