"""Fit the calibrator on held-out questions through the whole pipeline.

    python -m training.calibrate DATA qa/reader/weights/confidence.json [--cache FILE]

People ask one page, one article or thousands, so there are four settings: every held-out paragraph in
one corpus, each article a corpus of its own, a few neighbouring paragraphs as one document, and single
paragraphs. A third of the paragraphs is left out of the first three, so that their questions have no
right answer except by chance; others have none because people asked for what the paragraph does not say.
Figures are cross-validated by article, and by kind of text.
"""

from __future__ import annotations

import argparse
import logging
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from tqdm import tqdm

from qa.documents import Document
from qa.evaluation.metrics import (
    area_under_risk_coverage,
    calibration_error,
    coverage_at,
    f1,
)
from qa.evaluation.run import RIGHT_F1
from qa.index import Index, load_embedder
from qa.reader import Calibrator, Reader, read_until_sure
from qa.reader.features import FEATURES, different_answers, features
from qa.retrieval import HybridRetriever
from qa.settings import DEFAULTS
from training.questions import SOURCES, SQUAD, SQUAD_SENTENCES, Question, digest, load_all

log = logging.getLogger("training")
LEFT_OUT_IN = 3  # one paragraph in three is not in the corpus
MIN_PARAGRAPHS = 4  # of an article or page that is a corpus of its own
PAGE = 5  # paragraphs of a page

Part = tuple[list[Document], list[Question]]  # a corpus and its questions


def corpora(questions: Sequence[Question], most: int) -> Iterator[Part]:
    """Yield the large corpus, articles, pages and single paragraphs, each setting with `most` questions."""
    rng = random.Random(0)

    def part(group: Sequence[Question], count: int, *, joined: bool = False, whole: bool = False) -> Part:
        kept = [text for text in _contexts(group) if whole or digest(text) % LEFT_OUT_IN]
        texts = ["\n\n".join(kept)] if joined else sorted(kept)
        documents = [Document(f"{i}.txt", text) for i, text in enumerate(texts) if text]
        return documents, rng.sample(group, min(count, len(group)))

    yield part(questions, most)
    articles = _grouped(questions, lambda question: question.article)
    articles = [group for group in articles if len(_contexts(group)) >= MIN_PARAGRAPHS]
    pages = [page for group in articles for page in _pages(group)]
    for groups, joined in ((articles, False), (pages, True)):
        share = most / sum(map(len, groups))
        parts = (part(group, round(share * len(group)), joined=joined) for group in groups)
        yield from ((documents, asked) for documents, asked in parts if documents and asked)
    notes = _grouped(questions, lambda question: question.context)
    rng.shuffle(notes)
    yield from (part(group, 2, whole=True) for group in notes[: most // 2])


def _grouped(questions: Sequence[Question], key: Callable[[Question], str]) -> list[list[Question]]:
    groups: dict[str, list[Question]] = {}
    for question in questions:
        groups.setdefault(key(question), []).append(question)
    return list(groups.values())


def _contexts(questions: Sequence[Question]) -> list[str]:
    """Return the contexts of the questions, each once, in their order."""
    return list(dict.fromkeys(question.context for question in questions))


def _pages(questions: Sequence[Question]) -> Iterator[list[Question]]:
    """Yield the questions of each `PAGE` neighbouring contexts."""
    contexts = _contexts(questions)
    for first in range(0, len(contexts), PAGE):
        page = set(contexts[first : first + PAGE])
        if len(page) >= MIN_PARAGRAPHS:
            yield [question for question in questions if question.context in page]


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """Every answer to every question that was asked: arrays (n,) and (n, features)."""

    rows: NDArray[np.float64]
    rights: NDArray[np.bool_]
    askings: NDArray[np.int64]
    articles: NDArray[np.str_]
    kinds: NDArray[np.str_]  # of text: the question's source


def observations(
    questions: Sequence[Question], reader: Reader, calibrator: Calibrator, most: int
) -> Observations:
    """Ask the pipeline every question and observe its answers. The calibrator decides how much is read."""
    embedder = load_embedder()
    rows, rights, askings, articles, kinds = [], [], [], [], []
    asking = 0
    largest: Index | None = None
    for documents, asked in tqdm(corpora(questions, most), desc="corpora"):
        index = Index.build(documents, embedder, known=largest)
        largest = index if largest is None else largest
        retriever = HybridRetriever(index, embedder)
        for question in tqdm(asked, desc="questions", leave=False):
            passages = retriever.retrieve(question.text)
            candidates = read_until_sure(reader, calibrator, question.text, passages)
            groups = different_answers(passages, candidates)
            if not groups:
                continue
            rows.append(features(passages, groups))
            golds = question.answer_texts
            rights += [bool(golds) and f1(group[0].text, golds) >= RIGHT_F1 for group in groups]
            askings += [asking] * len(groups)
            articles += [question.article] * len(groups)
            kinds += ["squad" if question.source in (*SQUAD, SQUAD_SENTENCES) else question.source] * len(
                groups
            )
            asking += 1
    columns = map(np.array, (rights, askings, articles, kinds))
    return Observations(np.concatenate(rows), *columns)


def fit(seen: Observations, among: NDArray[np.bool_], *, without: int | None = None) -> Calibrator:
    """Fit a logistic regression with an L2 penalty over standardised features, one of them left out."""
    rows = seen.rows[among].copy()
    if without is not None:
        rows[:, without] = 0.0
    mean, spread = rows.mean(0), rows.std(0)
    spread[spread == 0] = 1.0
    model = LogisticRegression(C=1.0, max_iter=1000)
    model.fit((rows - mean) / spread, seen.rights[among])
    return Calibrator(model.coef_[0], float(model.intercept_[0]), mean, spread)


def crossed(seen: Observations, *, without: int | None = None) -> NDArray[np.float64]:
    """Return every answer's probability by a model that saw no question of its article, (n,)."""
    values = np.zeros(len(seen.rows))
    for _, test in GroupKFold(5).split(seen.rows, seen.rights, seen.articles):
        among = np.ones(len(seen.rows), np.bool_)
        among[test] = False
        values[test] = fit(seen, among, without=without).probabilities(seen.rows[test])
    return values


def shown(values: NDArray[np.float64], askings: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of the best answer to each question by `values`."""
    order = np.lexsort((-values, askings))
    first = np.r_[True, askings[order][1:] != askings[order][:-1]]
    return np.asarray(order[first])


def report(name: str, values: NDArray[np.float64], seen: Observations, among: NDArray[np.bool_]) -> None:
    """Log the figures of the best answers to the questions that the mask `among` selects."""
    best = shown(values[among], seen.askings[among])
    probability, right = values[among][best], seen.rights[among][best]
    above = probability >= DEFAULTS.min_confidence
    log.info(
        "%-30s ECE %.3f  coverage at 80%% %.3f  AURC %.4f  at %.2f: %.3f shown, %.3f right",
        name, calibration_error(probability, right), coverage_at(probability, right, 0.8),
        area_under_risk_coverage(probability, right), DEFAULTS.min_confidence, above.mean(),
        right[above].mean(),
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
        sources = [source for source in SOURCES if source != SQUAD_SENTENCES]
        questions = [q for q in load_all(options.data / "train", sources) if q.held_out]
        seen = observations(questions, Reader.load(), Calibrator.load(), options.questions)
        if options.cache is not None:
            np.savez(options.cache, **{field.name: getattr(seen, field.name) for field in fields(seen)})
    everything = np.ones(len(seen.rows), np.bool_)
    report("cross-validated", crossed(seen), seen, everything)
    score = seen.rows[:, FEATURES.index("score")]
    report("sigmoid of score / 10", 1 / (1 + np.exp(-score / 10)), seen, everything)
    for kind in np.unique(seen.kinds):
        held_out = seen.kinds == kind
        report(f"without {kind}", fit(seen, ~held_out).probabilities(seen.rows), seen, held_out)
    for column, name in enumerate(FEATURES):
        report(f"but {name}", crossed(seen, without=column), seen, everything)
    model = fit(seen, everything)
    for name, weight in zip(FEATURES, model.weights, strict=True):
        log.info("  %-16s %+.3f", name, weight)
    model.save(options.target)


if __name__ == "__main__":
    main()
