"""Choose the score that a span must exceed to beat silence, where nothing but the reader is asked.

    python -m training.threshold DATA

Half of the weight lies on held-out questions that their paragraph answers, half on the natural
unanswerable ones of SQuAD, which are kept from training: the best mean F1, smoothed, decides. It is
written into the card of the packaged weights.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
from pathlib import Path

import numpy as np

from qa.documents import Document, Span
from qa.evaluation import f1
from qa.reader import WEIGHTS, Reader
from qa.results import Passage
from training.questions import Question, load

log = logging.getLogger("training")
MOST = 400  # questions with an answer


def best_span(reader: Reader, question: Question) -> tuple[float, float]:
    """The score of the reader's best span and its F1, 0 to 1 (0 where there is no answer)."""
    passage = Passage(Document("context", question.context), Span(0, len(question.context)), 0.0, None, None)
    best = reader.read(question.text, [passage])[0]
    return best.score, f1(best.text, question.words) if question.answers else 0.0


def main() -> None:
    """Log the F1 of both kinds at every threshold worth a look, and keep the best."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="folder with train/*.jsonl.gz")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")

    questions = load(options.data / "train", "squad_train")
    silent = [question for question in questions if not question.answers]
    answered = [question for question in questions if question.answers and question.held_out]
    answered = random.Random(0).sample(answered, min(MOST, len(answered)))
    reader = Reader.load()
    scores, values = np.array([best_span(reader, question) for question in answered]).T
    noise = np.array([best_span(reader, question)[0] for question in silent])
    rows = []
    for threshold in np.arange(-6, 6.5, 0.5):
        said, kept = float((values * (scores > threshold)).mean()), float((noise <= threshold).mean())
        rows.append((said / 2 + kept / 2, float(threshold)))
        log.info("%5.1f  answered %.3f  silent %.3f  mean %.3f", threshold, said, kept, rows[-1][0])
    # The mean of five neighbours: a single peak is chance.
    smooth = np.convolve([mean for mean, _ in rows], np.full(5, 0.2), "valid")
    best = rows[int(smooth.argmax()) + 2][1]
    log.info("best: %.1f over %d answerable, %d not", best, len(answered), len(silent))
    path = WEIGHTS / "reader.json"
    card = json.loads(path.read_text(encoding="utf-8")) | {"no_answer_threshold": best}
    path.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
