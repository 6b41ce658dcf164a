"""Questions with known answers to figures: how right, how honest, and where it failed."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import string
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from qa.documents import Document, Span
from qa.errors import QuestionFileError
from qa.results import Passage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qa.chatbot import Chatbot
    from qa.reader import Reader

#: A span counts as right from this F1 on where right and wrong must be told apart.
RIGHT_F1 = 0.5
DEPTHS = (1, 5, 20)  # of retrieval, for hit@k
BINS = 15  # of equal mass, for the calibration error

Verdict = Literal[
    "right", "rightly abstained", "not retrieved", "misread", "wrongly abstained", "wrongly answered"
]


@dataclass(frozen=True, slots=True)
class Gold:
    """A question, its acceptable answers (none: the text does not say) and the text it is asked of."""

    question: str
    answers: tuple[str, ...]
    context: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question.

    `best` is the best span's text, shown or not ("" if there was none); `exact` and `f1` (0 to 1)
    are those of what was said, silence included; `best_f1` is that of `best`. `rank` is that of the
    first passage with the answer, from 1, or None if not among the first 20 or nothing was retrieved.
    """

    gold: Gold
    best: str
    shown: bool
    confidence: float
    exact: float
    f1: float
    best_f1: float
    rank: int | None
    verdict: Verdict


def normalise(text: str) -> str:
    """Lower case, no punctuation, no articles, single spaces: the official SQuAD normalisation."""
    text = "".join(character for character in text.lower() if character not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def exact_match(prediction: str, answers: Sequence[str]) -> float:
    """1 if the prediction equals an answer once both are normalised, else 0. No answers: 1 for ""."""
    return float(any(normalise(prediction) == normalise(answer) for answer in answers or ("",)))


def f1(prediction: str, answers: Sequence[str]) -> float:
    """Best harmonic mean of precision and recall over the words shared with an answer, 0 to 1."""
    return max(_f1(prediction, answer) for answer in answers or ("",))


def _f1(prediction: str, answer: str) -> float:
    said, wanted = normalise(prediction).split(), normalise(answer).split()
    if not said or not wanted:
        return float(said == wanted)
    shared = sum((Counter(said) & Counter(wanted)).values())
    return 2 * shared / (len(said) + len(wanted))


def load_gold(path: Path) -> list[Gold]:
    """Questions of a CSV, a JSONL (gzip too), or an official SQuAD JSON file.

    CSV has a heading `question,answer` (or `question;answer`) and any number of further columns with other
    acceptable answers; empty answers mean that the text does not say. A JSONL row has `question`,
    `context` and `answers.text`.

    Raises:
        QuestionFileError: unreadable, of another form, or without questions.
    """
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8-sig")
        name = path.name.removesuffix(".gz")
        if name.endswith(".csv"):
            gold = list(_from_csv(text))
        elif name.endswith(".jsonl"):
            gold = list(_from_jsonl(text))
        elif name.endswith(".json"):
            gold = list(_from_squad(json.loads(text)))
        else:
            raise QuestionFileError(f"{path} is not .csv, .json or .jsonl (.gz): rename or convert it.")
    except OSError as error:
        raise QuestionFileError(f"Cannot read {path}: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError, RecursionError, EOFError, csv.Error, zlib.error) as error:
        raise QuestionFileError(f"{path} is not of the form its name says: {_reason(error)}.") from error
    if not gold:
        raise QuestionFileError(f"{path} holds no questions.")
    return gold


def contexts(gold: Iterable[Gold]) -> list[Document]:
    """The different contexts of questions as documents, named by number.

    Raises:
        QuestionFileError: a question has none.
    """
    texts = dict.fromkeys(one.context for one in gold)
    if None in texts:
        raise QuestionFileError("The file has questions without a context: name the articles with --corpus.")
    return [
        Document(f"context-{number}", text) for number, text in enumerate(texts, start=1) if text is not None
    ]


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is no text in UTF-8"
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _from_csv(text: str) -> Iterable[Gold]:
    first = text.partition("\n")[0]
    mark = ";" if first.count(";") > first.count(",") else ","  # as the country's spreadsheets have it
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    heading = [cell.strip().lower() for cell in next(rows, [])]
    if heading[:2] != ["question", "answer"]:
        raise ValueError("its first line must be question,answer")
    for cells in rows:
        if cells and cells[0].strip():
            yield Gold(cells[0].strip(), tuple(cell.strip() for cell in cells[1:] if cell.strip()))


def _from_jsonl(text: str) -> Iterable[Gold]:
    for number, line in enumerate(text.split("\n"), start=1):  # a string may hold other ends of lines
        if line.strip():
            try:
                row = json.loads(line)
                yield _checked(row["question"], row["answers"]["text"], row["context"])
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"line {number}: {_reason(error)}") from error


def _from_squad(squad: dict[str, Any]) -> Iterable[Gold]:
    for article in squad["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                answers = [answer["text"] for answer in question["answers"]]
                yield _checked(question["question"], answers, paragraph["context"])


def _checked(question: object, answers: object, context: object) -> Gold:
    """What JSON says of a question, if it is of the right types.

    Raises:
        TypeError: it is not.
    """
    if not isinstance(question, str):
        raise TypeError("its question is no text")
    if not isinstance(answers, list) or not all(isinstance(answer, str) for answer in answers):
        raise TypeError("its answers are no list of texts")
    if not isinstance(context, str | None):
        raise TypeError("its context is no text")
    return Gold(question, tuple(answers), context)


def judge_reading(reader: Reader, gold: Gold, *, abstain: bool) -> Outcome:
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
    chance = 0.0 if best is None else 1 / (1 + float(np.exp(-best.score / 2)))
    return judge(
        gold, "" if best is None else best.text, shown=shown, confidence=chance, rank=None, retrieved=False
    )


def judge_reply(chatbot: Chatbot, gold: Gold, *, abstain: bool, own_context: Document | None) -> Outcome:
    """The whole pipeline; `own_context` is the document that `gold.context` became, if any."""
    reply = chatbot.ask(gold.question)
    best = reply.best
    shown = best is not None and (reply.answer is not None or not abstain)
    rank = _rank_of_answer(chatbot.retriever.retrieve(gold.question, max(DEPTHS)), gold, own_context)
    return judge(gold, "" if best is None else best.text, shown=shown, confidence=reply.confidence, rank=rank)


def _rank_of_answer(passages: Sequence[Passage], gold: Gold, own: Document | None) -> int | None:
    wanted = [f" {normalise(answer)} " for answer in gold.answers]
    for rank, passage in enumerate(passages, start=1):
        if own is not None and passage.document != own:
            continue
        text = f" {normalise(passage.text)} "
        if any(answer in text for answer in wanted):
            return rank
    return None


def judge(
    gold: Gold, best: str, *, shown: bool, confidence: float, rank: int | None, retrieved: bool = True
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
    def of_reader(cls, reader: Reader, gold: Iterable[Gold], *, abstain: bool = False) -> Evaluation:
        """Each question with its own context. `abstain` lets the reader keep silent."""
        return cls(tuple(judge_reading(reader, one, abstain=abstain) for one in gold), False)

    @classmethod
    def of_chatbot(cls, chatbot: Chatbot, gold: Iterable[Gold], *, abstain: bool = False) -> Evaluation:
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


def retrieval_figures(ranks: Sequence[int | None]) -> dict[str, float]:
    """hit@k for k of 1, 5 and 20 and the mean reciprocal rank, 0 to 1, of ranks from 1 (None: missed)."""
    if not ranks:
        return {}
    found = np.array([np.inf if rank is None else rank for rank in ranks])
    return {f"hit@{k}": float((found <= k).mean()) for k in DEPTHS} | {"mrr": float((1 / found).mean())}


def calibration_error(confidences: NDArray[np.float64], rights: NDArray[np.bool_]) -> float:
    """Expected calibration error, 0 to 1, over up to 15 bins of equal mass."""
    bins = bins_of_equal_mass(confidences)
    gaps = [abs(confidences[part].mean() - rights[part].mean()) * len(part) for part in bins]
    return float(sum(gaps) / len(confidences))


def bins_of_equal_mass(confidences: NDArray[np.float64]) -> list[NDArray[np.int64]]:
    """Rows in up to 15 bins of as many rows each, the least confident first."""
    return np.array_split(np.argsort(confidences, kind="stable"), min(BINS, len(confidences)))


def area_under_risk_coverage(confidences: NDArray[np.float64], rights: NDArray[np.bool_]) -> float:
    """Mean share of wrong answers over all coverages, the most confident first: lower is better."""
    return float(risks(confidences, rights).mean())


def risks(confidences: NDArray[np.float64], rights: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(n,) shares of wrong answers among the 1, 2, ... n most confident: the risk-coverage curve."""
    wrong = ~rights[np.argsort(-confidences, kind="stable")]
    return np.asarray(wrong.cumsum() / np.arange(1, len(wrong) + 1))


def coverage_at(confidences: NDArray[np.float64], rights: NDArray[np.bool_], precision: float) -> float:
    """The largest share of questions that can be answered with at least `precision` of them right."""
    suggestion = suggest_min_confidence(confidences, rights, precision)
    return 0.0 if suggestion is None else suggestion.coverage


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A bar for `min_confidence`: what it gave on the questions asked, with a 90% interval."""

    min_confidence: float
    precision: float
    low: float
    high: float
    coverage: float


def suggest_min_confidence(
    confidences: NDArray[np.float64], rights: NDArray[np.bool_], precision: float
) -> Suggestion | None:
    """The bar that shows most, at least `precision` of it right, or None if none does.

    It is as short a decimal as shows just that. The interval is Wilson's, of the precision above the bar.
    """
    order = np.argsort(-confidences, kind="stable")
    ranked = confidences[order]
    precisions = rights[order].cumsum() / np.arange(1, len(order) + 1)
    whole = np.r_[ranked[1:] != ranked[:-1], True]  # a bar cannot part equal confidences
    good = np.flatnonzero((precisions >= precision) & whole)
    if not len(good):
        return None
    shown = int(good[-1]) + 1
    low, high = _wilson(float(precisions[shown - 1]), shown)
    bar = _shortest(float(ranked[shown - 1]), above=float(ranked[shown]) if shown < len(ranked) else -1.0)
    return Suggestion(bar, float(precisions[shown - 1]), low, high, shown / len(order))


def _shortest(number: float, *, above: float) -> float:
    """A number of 0 or more cut to as few decimal places as keep it above another, but to two at least."""
    cut = (int(number * 10**places) / 10**places for places in range(2, 17))
    return next((short for short in cut if above < short <= number), number)


def _wilson(share: float, n: int, z: float = 1.645) -> tuple[float, float]:
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
    return max(0.0, middle - half), min(1.0, middle + half)
