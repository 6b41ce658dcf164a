"""Natural questions: how often each of the three outcomes is right.

    python -m benchmarks.natural DATA [--half tune|report] [--questions N] [--show N]

DATA is the folder of question sets that the reader was trained on, see training/README.md. The questions are
those of TyDi QA and Natural Questions, asked by people who had not seen the text, on articles that were kept
from training. All their paragraphs are one corpus. N (200) questions are answered by it, half of each set. As
many are not: for half of them people found no answer in the paragraph they were shown, and the paragraphs of
the other half, from TyDi QA, are left out. The bar of guesses was chosen on `tune`, which are as many of the
questions that `report` leaves.

A span is right if its F1 with a known answer is at least 0.5. Where whole sentences are the answer, they are
also right if they contain a known answer.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from qa import Chatbot, Document, Reply
from qa.evaluation import f1
from qa.evaluation.metrics import normalise
from qa.evaluation.run import RIGHT_F1
from qa.results import Outcome
from training.questions import Question, load_all, paragraph_key

HALVES = ("tune", "report")
SEARCHED, ASKED = "nq_maorlavi", "tydiqa_english"
OUTCOMES: tuple[Outcome, ...] = ("answered", "perhaps", "not_found", "remark")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A corpus and its questions.

    Attributes:
        paragraphs: The texts of the corpus.
        answerable: Questions whose paragraph is among them.
        untold: Questions whose paragraph is among them and does not answer them.
        left_out: Questions whose paragraph is not.
    """

    paragraphs: list[str]
    answerable: list[Question]
    untold: list[Question]
    left_out: list[Question]


def draw(folder: Path, count: int, kept_for: str = "report") -> Drawn:
    """Draw `count` questions that the corpus answers and as many that it does not."""
    every = load_all(folder)
    trained = {paragraph_key(question.context) for question in every if not question.held_out}
    kept = [
        question
        for question in every
        if question.source in {SEARCHED, ASKED}
        and question.held_out
        and paragraph_key(question.context) not in trained
    ]
    generator = random.Random(0)
    generator.shuffle(kept)
    paragraphs = {question.context for question in kept}
    if kept_for == "tune":
        others = draw(folder, count)
        drawn = {(one.context, one.text) for one in (*others.answerable, *others.untold, *others.left_out)}
        kept = [question for question in kept if (question.context, question.text) not in drawn]
    told = {_words(question) for question in kept if question.answers}
    searched = [question for question in kept if question.source == SEARCHED and question.answers]
    asked = [question for question in kept if question.source == ASKED and question.answers]
    untold = [question for question in kept if not question.answers and _words(question) not in told]
    half = count // 2
    left_out = asked[:half]
    gone = {question.context for question in left_out}
    return Drawn(
        sorted(paragraphs - gone),
        [*searched[:half], *[question for question in asked if question.context not in gone][:half]],
        untold[:half],
        left_out,
    )


def _words(question: Question) -> str:
    return question.text.casefold().rstrip("? ")


def is_right(reply: Reply, golds: Sequence[str]) -> bool:
    """Return whether the answer or guess of a reply is right."""
    shown = reply.shown
    if shown is None or not golds:
        return False
    sentences = "\n".join(cited.document[cited.sentence] for cited in shown.evidence)
    texts = [shown.text, sentences] if shown.is_sentences else [shown.text]
    if max(f1(text, golds) for text in texts) >= RIGHT_F1:
        return True
    held = f" {normalise(sentences)} "
    return shown.is_sentences and any(f" {normalise(gold)} " in held for gold in golds)


def report(name: str, questions: Sequence[Question], replies: Sequence[Reply], show: int) -> None:
    """Print the share of each outcome, and how often it is right."""
    rights = [is_right(reply, one.answer_texts) for reply, one in zip(replies, questions, strict=True)]
    counts = Counter(reply.outcome for reply in replies)
    right = Counter(reply.outcome for reply, good in zip(replies, rights, strict=True) if good)
    shares = "  ".join(
        f"{outcome} {counts[outcome] / len(questions):.1%}"
        + (f" ({right[outcome]} of {counts[outcome]} right)" if right[outcome] else "")
        for outcome in OUTCOMES
    )
    print(f"{name}, {len(questions)}: {shares}")
    wrong = [(reply, one) for reply, one, good in zip(replies, questions, rights, strict=True) if not good]
    for reply, one in wrong[:show]:
        said = "" if reply.best is None else reply.best.text
        print(f"  {reply.outcome} {reply.confidence:.2f} {one.text} | {said} | {one.answer_texts[:3]}")


def main() -> None:
    """Print the three outcomes of each kind of question."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="folder with train/*.jsonl.gz")
    parser.add_argument("--half", choices=HALVES, default="report")
    parser.add_argument("--questions", type=int, default=200, help="of each kind")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print N replies that are not right")
    options = parser.parse_args()
    drawn = draw(options.data / "train", options.questions, options.half)
    bot = Chatbot.from_documents(
        [Document(f"{number}.txt", text) for number, text in enumerate(drawn.paragraphs)], progress=True
    )
    print(f"{len(drawn.paragraphs)} paragraphs")
    answerable, untold, left_out = (
        [bot.ask(one.text) for one in tqdm(kind, leave=False)]
        for kind in (drawn.answerable, drawn.untold, drawn.left_out)
    )
    report("answerable", drawn.answerable, answerable, options.show)
    report("unanswerable", [*drawn.untold, *drawn.left_out], [*untold, *left_out], options.show)
    report("  of these, the paragraph is silent", drawn.untold, untold, 0)
    report("  of these, the paragraph is left out", drawn.left_out, left_out, 0)


if __name__ == "__main__":
    main()
