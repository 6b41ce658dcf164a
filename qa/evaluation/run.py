"""Questions with known answers to figures: how right, how honest, and where it failed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from qa.documents import Document, Span
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
from qa.results import Passage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qa.chatbot import Chatbot
    from qa.reader import Reader

#: A span counts as right from this F1 on where right and wrong must be told apart.
RIGHT_F1 = 0.5

Verdict = Literal[
    "right", "rightly abstained", "not retrieved", "misread", "wrongly abstained", "wrongly answered"
]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question.

    `best` is the best span's text, shown or not ("" if there was none); `exact` and `f1` (0 to 1)
    are those of what was said, silence included; `best_f1` is that of `best`. `rank` is that of the
    first passage with the answer, from 1, or None if not among the first 20 or nothing was retrieved.
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


def judge_reading(reader: Reader, gold: GoldQuestion, *, abstain: bool) -> Outcome:
    """The reader alone: the question with its own context, whole.

    Raises:
        QuestionFileError: the question has no context.
    """
    if gold.context is None:
        raise QuestionFileError(
            f"The question {gold.question!r} has no context to read: leave --reader-only."
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
    )


def judge_reply(
    chatbot: Chatbot, gold: GoldQuestion, *, abstain: bool, own_context: Document | None
) -> Outcome:
    """The whole pipeline; `own_context` is the document that `gold.context` became, if any."""
    reply = chatbot.ask(gold.question)
    best = reply.best
    shown = best is not None and (reply.answer is not None or not abstain)
    rank = _rank_of_answer(chatbot.retriever.retrieve(gold.question, max(DEPTHS)), gold, own_context)
    return judge(gold, "" if best is None else best.text, shown=shown, confidence=reply.confidence, rank=rank)


def _rank_of_answer(passages: Sequence[Passage], gold: GoldQuestion, own: Document | None) -> int | None:
    wanted = [f" {normalise(answer)} " for answer in gold.answers]
    for rank, passage in enumerate(passages, start=1):
        if own is not None and passage.document != own:
            continue
        text = f" {normalise(passage.text)} "
        if any(answer in text for answer in wanted):
            return rank
    return None


def judge(
    gold: GoldQuestion, best: str, *, shown: bool, confidence: float, rank: int | None, retrieved: bool = True
) -> Outcome:
    """The outcome of a question whose best span reads `best`, shown or kept back."""
    said = best if shown else ""
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
        exact_match(said, gold.answers),
        f1(said, gold.answers),
        best_f1,
        rank,
        verdict,
    )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures over all outcomes of one run."""

    outcomes: tuple[Outcome, ...]
    retrieved: bool  # False where the reader was given its context

    @classmethod
    def of_reader(cls, reader: Reader, gold: Iterable[GoldQuestion], *, abstain: bool = False) -> Evaluation:
        """Each question with its own context. `abstain` lets the reader keep silent."""
        return cls(tuple(judge_reading(reader, one, abstain=abstain) for one in gold), False)

    @classmethod
    def of_chatbot(
        cls, chatbot: Chatbot, gold: Iterable[GoldQuestion], *, abstain: bool = False
    ) -> Evaluation:
        """Each question through the whole pipeline."""
        documents = {document.text: document for document in chatbot.documents}
        return cls(
            tuple(
                judge_reply(
                    chatbot,
                    one,
                    abstain=abstain,
                    own_context=None if one.context is None else documents.get(one.context),
                )
                for one in gold
            ),
            True,
        )

    @property
    def confidences(self) -> NDArray[np.float64]:
        """(n,) chances given to the best spans."""
        return np.array([outcome.confidence for outcome in self.outcomes])

    @property
    def rights(self) -> NDArray[np.bool_]:
        """(n,) whether the best span is right (F1 of at least 0.5); never where there is no answer."""
        return np.array([outcome.best_f1 >= RIGHT_F1 for outcome in self.outcomes])

    def to_dict(self, *, precision: float = 0.8) -> dict[str, Any]:
        """All figures under plain names; `exact_match` and `f1` from 0 to 100, all else from 0 to 1.

        `suggestion` is the `min_confidence` that gave at least `precision`; it and the other figures of
        confidence and retrieval are those of the whole pipeline, and missing for the reader alone.
        `failures` are the questions that went wrong, each with the best span and its verdict.
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

    def _scores(self, among: Callable[[Outcome], bool]) -> dict[str, float | int | None]:
        chosen = [outcome for outcome in self.outcomes if among(outcome)]
        if not chosen:
            return {"questions": 0, "exact_match": None, "f1": None}
        return {
            "questions": len(chosen),
            "exact_match": 100 * float(np.mean([outcome.exact for outcome in chosen])),
            "f1": 100 * float(np.mean([outcome.f1 for outcome in chosen])),
        }
