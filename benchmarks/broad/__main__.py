"""Broad questions: how well whole sentences answer them, compared with the retriever's best passage.

    python -m benchmarks.broad [--half tune|report] [--fit [FILE]] [--show N]

questions.csv holds 152 questions that were written by hand over the texts beside it, those of
benchmarks/structured and corpus/. `sentences` gives words of every sentence or list item that a person would
want in the answer. Each question is asked of its own folder, and of another folder that does not answer it.
The models were fitted on the half `tune`; `report` consists of other folders. `--half tune --fit` writes
qa/reader/weights/sentences.json again.

F1 compares the chosen sentences with the wanted ones. An answer is complete if it has all of them. The
baseline is all sentences of the passage that the retriever puts first; for a fair comparison, the figures are
also given for as many of our sentences as it has. A choice counts as right if its F1 is at least 0.5.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.broad.asked import HALVES, Asked, Place, ask, is_right, of_passage, place, rated, sentence_f1
from benchmarks.broad.fitting import chance_of, fit
from qa.answering import SentenceChooser, choice
from qa.evaluation.metrics import calibration_error
from qa.reader import WEIGHTS
from qa.settings import DEFAULTS

PACKAGED = WEIGHTS / "sentences.json"


def figures(name: str, asked: Sequence[Asked], way: Callable[[Asked], list[Place]]) -> None:
    """Print the figures of one way of choosing sentences."""
    chosen = [way(one) for one in asked]
    f1 = np.mean([sentence_f1(found, one.wanted) for found, one in zip(chosen, asked, strict=True)])
    complete = np.mean([one.wanted <= set(found) for found, one in zip(chosen, asked, strict=True)])
    size = np.mean([len(found) for found in chosen])
    print(f"{name:<34}F1 {f1:.3f}  complete {complete:.1%}  sentences {size:.1f}")


def main() -> None:
    """Print the figures of one half, and fit the models to it if asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--half", choices=HALVES, default="report")
    parser.add_argument(
        "--fit",
        nargs="?",
        type=Path,
        const=PACKAGED,
        metavar="FILE",
        help=f"fit the models, and write them as JSON ({PACKAGED.name})",
    )
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print the N worst answers")
    options = parser.parse_args()

    asked = list(ask(options.half))
    if options.fit is not None:
        options.fit.write_text(json.dumps(fit(asked), indent=2) + "\n", encoding="utf-8")
    chooser = SentenceChooser.load(PACKAGED if options.fit is None else options.fit)

    def ours(one: Asked) -> list[Place]:
        return [place(found) for found in choice(rated(one, chooser.sentence))[0]]

    def as_many(one: Asked) -> list[Place]:
        ordered = sorted(rated(one, chooser.sentence), key=lambda pair: -pair[0])
        return [place(found) for _, found in ordered[: len(of_passage(one))]]

    known = [one for one in asked if one.wanted]
    print(f"{options.half}: {len(known)} questions")
    figures("sentences", known, ours)
    figures("as many sentences as the passage", known, as_many)
    figures("best passage", known, of_passage)
    figures("best passage, at most 6 sentences", known, lambda one: of_passage(one)[:6])
    chances = np.array([chance_of(one, chooser.sentence, chooser.chance) for one in asked])
    rights = np.array([is_right(one, chooser.sentence) for one in asked])
    answerable = np.array([bool(one.wanted) for one in asked])
    shown = chances >= DEFAULTS.min_confidence
    error = calibration_error(chances, rights)
    print(f"chance: calibration error {error:.3f}; answered {shown[answerable].mean():.1%}, of these right")
    print(f"{rights[shown & answerable].mean():.1%}; of another folder {shown[~answerable].mean():.1%}")
    for one in sorted(known, key=lambda one: sentence_f1(ours(one), one.wanted))[: options.show]:
        print(f"\n{one.question}")
        for sentence in one.judged:
            here = place(sentence)
            marks = ("+" if here in ours(one) else " ") + ("*" if here in one.wanted else " ")
            print(f"  {marks} {sentence.document[sentence.span]}")


if __name__ == "__main__":
    main()
