"""Answer form: an answer as words, as the sentence that holds them, or as several sentences."""

from __future__ import annotations

from dataclasses import replace

from qa.answering.confidence_ceiling import confidence_ceiling
from qa.answering.sentence_answers import SentenceAnswer, SentenceChooser
from qa.dialogue import question_form, without_light
from qa.reader import PassageReader
from qa.results import Answer, Citation, Retrieved
from qa.retrieval import Retriever
from qa.settings import DEFAULTS


def in_form(
    found: Retrieved,
    answers: tuple[Answer, ...],
    retriever: Retriever,
    reader: PassageReader,
    chooser: SentenceChooser,
) -> tuple[Answer, ...]:
    """Return answers in the form that the question calls for: words, or sentences with the words marked."""
    form = question_form(found.query)
    if form == "yes_no":
        return tuple(map(_as_sentence, answers))
    if form == "short" or not answers or answers[0].items:
        return answers
    sentences = retriever.sentences(found.query, len(found.passages))
    candidates = reader.read_sentences(found.query, found.passages)
    chosen = chooser.choose(sentences, candidates, answers[0].confidence)
    if chosen is None:
        return answers
    ceiling = confidence_ceiling(found)
    if without_light(found.missing_words):
        ceiling = DEFAULTS.max_missing_confidence
    return _with_sentences(answers, replace(chosen, chance=min(chosen.chance, ceiling)))


def _as_sentence(answer: Answer) -> Answer:
    """Return the sentence of an answer as the answer, with its words marked."""
    if answer.items:
        return answer
    words = Citation(answer.document, answer.span, answer.sentence)
    return replace(answer, span=answer.sentence, evidence=(words,))


def _with_sentences(answers: tuple[Answer, ...], chosen: SentenceAnswer) -> tuple[Answer, ...]:
    """Return answers with the sentences first, or as evidence of the best span if that is confident enough.

    Sentences that are less likely to be right than the best span are left out.
    """
    best = answers[0]
    if best.confidence >= DEFAULTS.min_confidence:
        among = any(_holds(cited, best) for cited in chosen.sentences)
        return (replace(best, evidence=chosen.sentences), *answers[1:]) if among else answers
    if chosen.chance < best.confidence:
        return answers
    whole = Answer(
        chosen.best.document,
        chosen.best.sentence,
        chosen.best.sentence,
        confidence=chosen.chance,
        score=best.score,
        evidence=chosen.sentences,
    )
    others = [one for one in answers if not any(_holds(cited, one) for cited in chosen.sentences)]
    return (whole, *others)[: DEFAULTS.alternatives + 1]


def _holds(cited: Citation, answer: Answer) -> bool:
    return cited.document == answer.document and cited.sentence.overlaps(answer.span)
