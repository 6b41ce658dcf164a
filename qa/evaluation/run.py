"""Evaluation runs: ask, judge and count each question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from qa.documents import Document, Span, sentence_around
from qa.errors import QuestionFileError
from qa.evaluation.dataset import GoldQuestion
from qa.evaluation.metrics import (
    DEPTHS,
    area_under_risk_coverage,
    calibration_error,
    coverage_at,
    exact_match,
    f1,
    normalise,
    retrieval_figures,
    suggest_min_confidence,
)
from qa.results import Citation, Passage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qa.chatbot import Chatbot
    from qa.reader import Reader

RIGHT_F1 = 0.5
"""The least F1 of a span that counts as right."""

Verdict = Literal[
    "right", "rightly abstained", "not retrieved", "misread", "wrongly abstained", "wrongly answered"
]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one question.

    Attributes:
        gold: The question and its known answers.
        best: The text of the best span, whether or not it was shown; "" if there was none.
        shown: Whether the span was shown as the answer.
        confidence: The span's probability of being right, 0 to 1.
        exact: Exact match, 0 or 1, of what was shown. Showing nothing counts as "".
        f1: F1, 0 to 1, of what was shown.
        best_f1: F1, 0 to 1, of `best`.
        rank: The rank, from 1, of the first passage with the answer. None if it is not among the first 20, or
            if there was no retrieval.
        verdict: Whether the result is right; if not, what failed.
        evidence: The citation of the best span. None if there was none.
    """

    gold: GoldQuestion
    best: str
    shown: bool
    confidence: float
    exact: float
    f1: float
    best_f1: float
    rank: int | None
    verdict: Verdict
    evidence: Citation | None = None


def judge_reading(reader: Reader, gold: GoldQuestion, *, abstain: bool) -> Outcome:
    """Judge the reader on a question and its own context, without retrieval.

    Args:
        reader: The reader.
        gold: The question.
        abstain: Whether the reader may refuse to answer.

    Raises:
        QuestionFileError: the question has no context.
    """
    if gold.context is None:
        raise QuestionFileError(
            f"The question {gold.question!r} has no context to read: leave out --reader-only."
        )
    passage = Passage(Document("context", gold.context), Span(0, len(gold.context)), 0.0, None, None)
    best = next(iter(reader.read(gold.question, [passage])), None)
    shown = best is not None and not (abstain and best.score <= reader.no_answer_threshold)
    probability = 0.0 if best is None else 1 / (1 + float(np.exp(-best.score / 2)))
    return judge(
        gold,
        "" if best is None else best.text,
        shown=shown,
        confidence=probability,
        rank=None,
        retrieved=False,
        evidence=None
        if best is None
        else Citation(passage.document, best.span, sentence_around(passage.document.text, best.span)),
    )


def judge_reply(
    chatbot: Chatbot, gold: GoldQuestion, *, abstain: bool, own_context: Document | None
) -> Outcome:
    """Judge the whole pipeline on a question.

    Args:
        chatbot: The chatbot.
        gold: The question.
        abstain: Whether the chatbot may refuse to answer.
        own_context: The document that holds the question's context, if any. Only its passages then count as
            retrieved.
    """
    reply = chatbot.ask(gold.question)
    best = reply.best
    shown = best is not None and (reply.answer is not None or not abstain)
    rank = _rank_of_answer(chatbot.retriever.retrieve(gold.question, max(DEPTHS)), gold, own_context)
    return judge(
        gold,
        "" if best is None else best.text,
        shown=shown,
        confidence=reply.confidence,
        rank=rank,
        evidence=best,
    )


def _rank_of_answer(
    passages: Sequence[Passage], gold: GoldQuestion, own_context: Document | None
) -> int | None:
    """Return the rank, from 1, of the first passage that contains an answer."""
    answers = [f" {normalise(answer)} " for answer in gold.answers]
    for rank, passage in enumerate(passages, start=1):
        if own_context is not None and passage.document != own_context:
            continue
        text = f" {normalise(passage.text)} "
        if any(answer in text for answer in answers):
            return rank
    return None


def judge(
    gold: GoldQuestion,
    best: str,
    *,
    shown: bool,
    confidence: float,
    rank: int | None,
    retrieved: bool = True,
    evidence: Citation | None = None,
) -> Outcome:
    """Compare a span with the known answers.

    Args:
        gold: The question and its answers.
        best: The text of the best span; "" if there is none.
        shown: Whether the span is shown as the answer.
        confidence: The span's probability of being right, 0 to 1.
        rank: The rank, from 1, of the first passage with an answer. None if it was not found.
        retrieved: Whether there was retrieval; only then can it be what failed.
        evidence: The citation of the best span.
    """
    prediction = best if shown else ""
    best_f1 = f1(best, gold.answers) if gold.answers else 0.0
    verdict: Verdict
    if not gold.answers:
        verdict = "wrongly answered" if shown else "rightly abstained"
    elif shown and best_f1 >= RIGHT_F1:
        verdict = "right"
    elif rank is None and retrieved:
        verdict = "not retrieved"
    elif best_f1 >= RIGHT_F1:
        verdict = "wrongly abstained"
    else:
        verdict = "misread"
    return Outcome(
        gold,
        best,
        shown,
        confidence,
        exact_match(prediction, gold.answers),
        f1(prediction, gold.answers),
        best_f1,
        rank,
        verdict,
        evidence,
    )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The outcomes of one run, and the figures over them.

    Attributes:
        outcomes: One for each question.
        retrieved: Whether there was retrieval. False if the reader was given each context.
    """

    outcomes: tuple[Outcome, ...]
    retrieved: bool

    @classmethod
    def of_reader(cls, reader: Reader, gold: Iterable[GoldQuestion], *, abstain: bool = False) -> Evaluation:
        """Evaluate the reader alone, see `judge_reading`.

        Raises:
            QuestionFileError: a question has no context.
        """
        outcomes = [judge_reading(reader, question, abstain=abstain) for question in gold]
        return cls(tuple(outcomes), retrieved=False)

    @classmethod
    def of_chatbot(
        cls, chatbot: Chatbot, gold: Iterable[GoldQuestion], *, abstain: bool = False
    ) -> Evaluation:
        """Evaluate the whole pipeline, see `judge_reply`."""
        documents = {document.text: document for document in chatbot.documents}
        outcomes = []
        for question in gold:
            own_context = None if question.context is None else documents.get(question.context)
            outcomes.append(judge_reply(chatbot, question, abstain=abstain, own_context=own_context))
        return cls(tuple(outcomes), retrieved=True)

    @property
    def confidences(self) -> NDArray[np.float64]:
        """(n,) The confidence of each best span."""
        return np.array([outcome.confidence for outcome in self.outcomes])

    @property
    def rights(self) -> NDArray[np.bool_]:
        """(n,) Whether each best span is right, see `RIGHT_F1`. False if there is no right answer."""
        return np.array([outcome.best_f1 >= RIGHT_F1 for outcome in self.outcomes])

    def to_dict(self, *, precision: float = 0.8) -> dict[str, Any]:
        """Return all figures: `exact_match` and `f1` from 0 to 100, all others from 0 to 1.

        `failures` lists the questions that went wrong. Figures for confidence and retrieval exist only if the
        whole pipeline was evaluated.

        Args:
            precision: The precision that the suggested `min_confidence` must reach.
        """
        shown = np.array([outcome.shown for outcome in self.outcomes])
        figures: dict[str, Any] = {
            "questions": len(self.outcomes),
            **self._scores(lambda outcome: True),
            "answerable": self._scores(lambda outcome: bool(outcome.gold.answers)),
            "unanswerable": self._scores(lambda outcome: not outcome.gold.answers),
            "coverage": float(shown.mean()),
            "precision": float(self.rights[shown].mean()) if shown.any() else None,
            "verdicts": {
                verdict: sum(outcome.verdict == verdict for outcome in self.outcomes)
                for verdict in get_args(Verdict)
            },
            "failures": [
                {
                    "question": outcome.gold.question,
                    "wanted": list(outcome.gold.answers),
                    "best": outcome.best,
                    "confidence": outcome.confidence,
                    "verdict": outcome.verdict,
                }
                for outcome in self.outcomes
                if not outcome.verdict.startswith("right")
            ],
        }
        if self.retrieved:
            ranks = [outcome.rank for outcome in self.outcomes if outcome.gold.answers]
            suggestion = suggest_min_confidence(self.confidences, self.rights, precision)
            figures |= {
                "calibration_error": calibration_error(self.confidences, self.rights),
                "coverage_at_80": coverage_at(self.confidences, self.rights, 0.8),
                "area_under_risk_coverage": area_under_risk_coverage(self.confidences, self.rights),
                "suggestion": None if suggestion is None else asdict(suggestion),
                "retrieval": retrieval_figures(ranks),
            }
        return figures

    def _scores(self, is_included: Callable[[Outcome], bool]) -> dict[str, float | int | None]:
        """Return the figures for some of the outcomes."""
        included = [outcome for outcome in self.outcomes if is_included(outcome)]
        if not included:
            return {"questions": 0, "exact_match": None, "f1": None}
        return {
            "questions": len(included),
            "exact_match": 100 * float(np.mean([outcome.exact for outcome in included])),
            "f1": 100 * float(np.mean([outcome.f1 for outcome in included])),
        }
