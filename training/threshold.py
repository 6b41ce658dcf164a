"""Choose the score that a span must exceed where the reader alone decides.

    python -m training.threshold DATA

Half of the weight is on held-out questions of SQuAD that their paragraph answers, half on held-out ones, also
written by people, that it does not answer. The threshold with the best mean F1, smoothed over its neighbours,
is written into the card of the packaged weights.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from qa.documents import Document, Span
from qa.evaluation.metrics import f1
from qa.reader import WEIGHTS, Reader
from qa.results import Passage
from training.questions import SQUAD, Question, load_all

log = logging.getLogger("training")


def best_span(reader: Reader, question: Question) -> tuple[float, float]:
    """Return the score of the reader's best span and its F1, 0 to 1 (0 where there is no answer)."""
    passage = Passage(Document("context", question.context), Span(0, len(question.context)), 0.0, None, None)
    best = reader.read(question.text, [passage], count=1)[0]
    return best.score, f1(best.text, question.answer_texts) if question.answers else 0.0


def main() -> None:
    """Log the F1 of both kinds at every threshold, and keep the best."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="folder with train/*.jsonl.gz")
    parser.add_argument("--questions", type=int, default=1500, help="of each kind, at most")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")

    questions = [question for question in load_all(options.data / "train", SQUAD) if question.held_out]
    random.Random(0).shuffle(questions)
    answerable = [question for question in questions if question.answers][: options.questions]
    unanswerable = [question for question in questions if not question.answers][: options.questions]
    reader = Reader.load()
    scores, values = np.array([best_span(reader, question) for question in answerable]).T
    noise = np.array([best_span(reader, question)[0] for question in unanswerable])
    rows = []
    for threshold in np.arange(-6, 6.5, 0.5):
        answered = float((values * (scores > threshold)).mean())
        abstained = float((noise <= threshold).mean())
        rows.append(((answered + abstained) / 2, float(threshold)))
        log.info(
            "%5.1f  answerable F1 %.3f  abstained %.3f  mean %.3f",
            threshold,
            answered,
            abstained,
            rows[-1][0],
        )
    smooth = np.convolve([mean for mean, _ in rows], np.full(5, 0.2), "valid")  # one peak is chance
    best = rows[int(smooth.argmax()) + 2][1]
    labels = np.r_[np.ones(len(scores)), np.zeros(len(noise))]
    log.info(
        "threshold %.1f  AUROC %.3f  F1 of answerable %.3f  (%d answerable, %d not)",
        best, roc_auc_score(labels, np.r_[scores, noise]), values.mean(), len(scores), len(noise),
    )  # fmt: skip
    path = WEIGHTS / "reader.json"
    card = json.loads(path.read_text(encoding="utf-8")) | {"no_answer_threshold": best}
    path.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
