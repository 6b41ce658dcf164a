"""Answerer: retrieve passages, read them, calibrate, reply, over documents that do not change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from qa.answering.answer_form import in_form
from qa.answering.confidence_ceiling import confidence_ceiling
from qa.answering.sentence_answers import SentenceChooser
from qa.dialogue import question_form, without_light
from qa.documents import sentence_at
from qa.errors import QuestionError
from qa.reader import (
    Calibrator,
    Candidate,
    ListAnswer,
    PassageReader,
    ScoredAnswer,
    asks_for_list,
    find_cell,
    find_item,
    find_list,
    read_many_until_sure,
    read_until_sure,
    with_contradictions,
    with_enumerations,
    with_list,
    with_named_cell,
    with_named_list,
)
from qa.results import Answer, Citation, Reply, Retrieved
from qa.retrieval import Retriever
from qa.settings import DEFAULTS

QUESTIONS_AT_ONCE = 32  # of `Answerer.replies`


class Answerer:
    """Answers questions over one index.

    The answers to the latest questions are cached, so that nothing is read again if a question is repeated,
    even with another threshold. It can be used by several threads at once.

    Args:
        retriever: Finds passages.
        reader: Finds candidate answers in passages.
        calibrator: Gives each candidate its probability of being right.
        chooser: Chooses the sentences that answer a broad question. None for the packaged one.
    """

    def __init__(
        self,
        retriever: Retriever,
        reader: PassageReader,
        calibrator: Calibrator,
        chooser: SentenceChooser | None = None,
    ) -> None:
        chooser = SentenceChooser.load() if chooser is None else chooser
        self.retriever, self.reader, self.calibrator, self.chooser = retriever, reader, calibrator, chooser

        # Neither function refers to the answerer, so it is freed, with its index, as soon as it is unused.
        @lru_cache(DEFAULTS.remembered_questions)
        def retrieved(question: str, top_k: int) -> Retrieved:
            query = retriever.correct_spelling(question)
            passages = retriever.retrieve(query, top_k)
            return Retrieved(question, query, passages, retriever.missing_words(query))

        @lru_cache(DEFAULTS.remembered_questions)
        def answers(question: str, top_k: int) -> tuple[Answer, ...]:
            found = retrieved(question, top_k)
            candidates = read_until_sure(reader, calibrator, found.query, found.passages)
            answers = _answers(calibrator, found, candidates)
            return in_form(found, answers, retriever, reader, chooser)

        self._retrieved, self._answers = retrieved, answers

    def over(self, retriever: Retriever) -> Answerer:
        """Return an answerer over another retriever, with an empty cache."""
        return Answerer(retriever, self.reader, self.calibrator, self.chooser)

    def retrieve(self, question: str, top_k: int) -> Retrieved:
        """Check and correct a question, and find its passages.

        Args:
            question: The question.
            top_k: The number of passages to find, at least 1.

        Raises:
            QuestionError: the question is empty or too long.
        """
        return self._retrieved(checked_question(question), top_k)

    def reply(self, question: str, top_k: int, min_confidence: float) -> Reply:
        """Read the passages of a question, and return a reply made from the likeliest spans.

        Args:
            question: As for `retrieve`.
            top_k: As for `retrieve`.
            min_confidence: The least confidence of an answer, 0 to 1.

        Raises:
            QuestionError: as `retrieve`.
        """
        retrieved = self.retrieve(question, top_k)
        return _reply(retrieved, self._answers(retrieved.question, top_k), min_confidence)

    def replies(self, questions: Iterable[str], top_k: int, min_confidence: float) -> Iterator[Reply]:
        """Yield the reply to each question, reading the passages of several at once. Answers are not cached.

        Args:
            questions: The questions.
            top_k: As for `retrieve`.
            min_confidence: As for `reply`.

        Raises:
            QuestionError: as `retrieve`.
        """
        waiting = (self.retrieve(question, top_k) for question in questions)
        while retrieved := list(islice(waiting, QUESTIONS_AT_ONCE)):
            asked = [(one.query, one.passages) for one in retrieved]
            read = read_many_until_sure(self.reader, self.calibrator, asked)
            for one, candidates in zip(retrieved, read, strict=True):
                answers = _answers(self.calibrator, one, candidates)
                answers = in_form(one, answers, self.retriever, self.reader, self.chooser)
                yield _reply(one, answers, min_confidence)


def checked_question(question: str) -> str:
    """Return the question without white space around it.

    Raises:
        QuestionError: it is empty, too long, or not valid Unicode.
    """
    question = question.strip()
    longest = DEFAULTS.max_question_characters
    if not question:
        raise QuestionError("The question is empty: ask something about the documents.")
    if len(question) > longest:
        raise QuestionError(
            f"The question has {len(question):,} characters and at most {longest:,} "
            "can be read: ask it in fewer words."
        )
    if any("\ud800" <= character <= "\udfff" for character in question):
        raise QuestionError("The question contains invalid Unicode (a lone surrogate): type it again.")
    return question


def _answers(
    calibrator: Calibrator, retrieved: Retrieved, candidates: Sequence[Candidate]
) -> tuple[Answer, ...]:
    """Return the likeliest spans with their confidence, one more than the alternatives of a reply."""
    list_answer = find_item(retrieved.query, retrieved.passages)
    if list_answer is None and asks_for_list(retrieved.query):
        candidates = with_enumerations(candidates)
        list_answer = find_list(retrieved.query, retrieved.passages)
    if list_answer is not None:
        candidates = with_list(candidates, list_answer)
    scored = calibrator.scored_answers(retrieved.passages, candidates)
    is_yes_no = question_form(retrieved.query) == "yes_no"
    scored = with_contradictions(retrieved.query, scored, is_yes_no=is_yes_no)
    if list_answer is not None:
        scored = with_named_list(scored, list_answer)
    elif (cell := find_cell(retrieved.query, retrieved.passages)) is not None:
        scored = with_named_cell(scored, cell)
    ceiling = confidence_ceiling(retrieved)
    return tuple(_answer(one, ceiling, list_answer) for one in scored[: DEFAULTS.alternatives + 1])


def _reply(retrieved: Retrieved, answers: tuple[Answer, ...], min_confidence: float) -> Reply:
    confidence = answers[0].confidence if answers else 0.0
    answered = bool(answers) and confidence >= min_confidence
    is_missing = bool(without_light(retrieved.missing_words))
    perhaps = not answered and confidence >= (DEFAULTS.perhaps_missing if is_missing else DEFAULTS.perhaps)
    return Reply(
        question=retrieved.question,
        answer=answers[0] if answered else None,
        perhaps=answers[0] if perhaps else None,
        alternatives=answers[1:] if answered or perhaps else answers[: DEFAULTS.alternatives],
        passages=retrieved.passages,
        missing_words=retrieved.missing_words,
        read_as=None if retrieved.query == retrieved.question else retrieved.query,
    )


def _answer(scored: ScoredAnswer, ceiling: float, found: ListAnswer | None) -> Answer:
    best = _citation(scored.candidate)
    is_list = found is not None and (found.document.id, found.span) == (best.document.id, best.span)
    return Answer(
        best.document,
        best.span,
        best.sentence,
        confidence=min(scored.probability, ceiling),
        score=scored.candidate.score,
        also_at=tuple(map(_citation, scored.others)),
        reasons=scored.reasons,
        items=found.items if found is not None and is_list else (),
    )


def _citation(candidate: Candidate) -> Citation:
    document, span = candidate.passage.document, candidate.span
    return Citation(document, span, sentence_at(document, span))
