"""Contexts changed under a question that stays as people asked it.

A question spoiled by a machine is an odd question, and a reader learns to know it by that. People who ask for
what is not there ask like everybody else. So here the context loses what the question asks about, or both
change together and the answer stays.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from qa.documents import Span, sentence_around
from qa.index import content_words
from training.opposites import OPPOSITE
from training.questions import Question
from training.unanswerable import AUXILIARY, NAME, NUMBER, Neighbours, cased, deny, names_in, numbers_in

#: What a phrase begins with that a sentence can do without.
_PREPOSITION = (
    r",? \b(?:in|at|on|by|from|with|for|during|since|near|until|through|under|via|because of|due to|after"
    r"|before|between|among|into|about|around|within)"
    r"(?: (?:the|a|an|about|around|early|late|its|his|her|their))* ?"
)
_BEGINS_PHRASE = re.compile(rf"(?:{_PREPOSITION}|, (?:the |an? )?| ?\()$", re.IGNORECASE)
_ENDS_PHRASE = re.compile(
    r"(?=$|[,.;]"
    r"| (?:in|at|on|by|from|with|for|to|and|or|but|was|were|is|are|has|had|that|which|who|as|when|where)\b)"
)
_CLOSES = re.compile(r"\)")
_PHRASE = re.compile(rf"{_PREPOSITION}(?:{NAME.pattern}|{NUMBER.pattern})(?=[,.;:) ])")
LONGEST_PHRASE = 60  # characters of an answer that is left out

Edit = tuple[int, int, str]  # characters of the context, and what stands there instead


def sentence_of_answer(question: Question) -> Span:
    """The sentence of the context, or sentences, that the first vote lies in."""
    return sentence_around(question.context, Span(*question.answers[0]))


def edited(question: Question, edits: Sequence[Edit]) -> Question | None:
    """The question on its context with the edits made, its answers moved; None if one touches an answer."""
    text, place = "", 0
    for start, end, words in sorted(edits):
        text += question.context[place:start] + words
        place = end
    answers = []
    for first, last in question.answers:
        if any(Span(first, last).overlaps(Span(start, end)) for start, end, _ in edits):
            return None
        shift = sum(len(words) - (end - start) for start, end, words in edits if end <= first)
        answers.append((first + shift, last + shift))
    return replace(question, context=text + question.context[place:], answers=tuple(answers))


def renamed(question: Question, word: str, other: str) -> Question | None:
    """The question on its context with `other` throughout for `word` and its other forms; None without it."""
    stem = content_words([word])[0]
    found = list(re.finditer(r"\w+", question.context))
    stems = content_words([match.group() for match in found])
    edits = [
        (*match.span(), cased(other, match.group()))
        for match, own in zip(found, stems, strict=True)
        if match.group().lower() == word.lower() or (stem and own == stem)
    ]
    return edited(question, edits) if edits else None


def exchanged(question: Question, rng: random.Random, *, in_question: bool = False) -> Question | None:
    """The question on its context with a name or number of it and another in each other's place, or None.

    The first stands in the answer's sentence and the other does not: that sentence is about the other now.
    All words of the question are still there. Changed `in_question` too, it has its answer.
    """
    sentence = sentence_of_answer(question)
    said = question.context[sentence.start : sentence.end]
    pairs = []
    for found in (names_in, numbers_in):
        asked = {match.words for match in found(question.text) if match.start > 0}
        there = {match.words for match in found(question.context) if match.start > 0}
        strange = {name for name in there if not set(name.split()) & set(re.findall(r"[\w'’.,-]+", said))}
        pairs += [
            (one, other)
            for one in sorted(asked)
            for other in sorted(strange)
            if _word(one).search(said) and other.lower() not in question.text.lower()
        ]
    if not pairs:
        return None
    one, other = rng.choice(pairs)
    edits = [
        (*match.span(), new)
        for old, new in ((one, other), (other, one))
        for match in _word(old).finditer(question.context)
    ]
    text = _word(one).sub(lambda _: other, question.text) if in_question else question.text
    return edited(replace(question, text=text), edits)


def opposed(question: Question, rng: random.Random, *, in_question: bool = False) -> Question | None:
    """The question on its context with a word of both turned into its opposite beside the answer, or None.

    Changed `in_question` too, it has its answer.
    """
    asked = OPPOSITE.keys() & re.findall(r"\w+", question.text)
    words = [match for match in _words_beside_answer(question) if match.group() in asked]
    if not words:
        return None
    word = rng.choice(words)
    other = OPPOSITE[word.group()]
    text = re.sub(rf"\b{word.group()}\b", other, question.text, count=1) if in_question else question.text
    return edited(replace(question, text=text), [(*word.span(), other)])


def denied(question: Question, rng: random.Random, *, in_question: bool = False) -> Question | None:
    """The question on its context with a verb of both denied beside the answer ("will not return"), or None.

    Changed `in_question` too, it has its answer.
    """
    asked = AUXILIARY.search(question.text)
    verbs = [
        match
        for match in _words_beside_answer(question)
        if asked and match.group() == asked.group() and AUXILIARY.match(question.context, match.start())
    ]
    if asked is None or not verbs:
        return None
    verb = rng.choice(verbs)
    text = deny(question.text) if in_question else None
    return edited(replace(question, text=text or question.text), [(*verb.span(), f"{verb.group()} not")])


def touched(question: Question, neighbours: Neighbours, rng: random.Random) -> Question | None:
    """The question on its context with a word beside the answer changed that it does not ask for, or None."""
    asked, present = _words(question.text), _words(question.context)
    found = _words_beside_answer(question)
    for match in rng.sample(found, min(4, len(found))):
        known = _words(match.group()) - asked
        others = neighbours.of(match.group(), neighbours.AKIN, but=present | asked) if known else []
        if others:
            return edited(question, [(*match.span(), rng.choice(others))])
    return None


def untold(question: Question) -> Question | None:
    """The question on its context without the phrase that answers it ("built in 1822 by"), or None.

    The sentence still says everything else that the question asks about, and is a sentence.
    """
    start, end = min(question.answers)[0], max(last for _, last in question.answers)
    sentence = sentence_of_answer(question)
    phrase = _BEGINS_PHRASE.search(question.context, sentence.start, start)
    if phrase is None or end > sentence.end or end - start > LONGEST_PHRASE:
        return None
    closes = (_CLOSES if "(" in phrase.group() else _ENDS_PHRASE).match(question.context, end)
    if closes is None or phrase.start() <= sentence.start:
        return None
    rest = question.context[: phrase.start()] + question.context[closes.end() :]
    return None if question.may_be_answered_by(rest) else replace(question, context=rest, answers=())


def told_less(question: Question, rng: random.Random) -> Question | None:
    """The question on its context without a phrase beside the answer that it does not ask for, or None."""
    sentence = sentence_of_answer(question)
    asked = _words(question.text)
    phrases = [
        phrase
        for phrase in _PHRASE.finditer(question.context, sentence.start + 1, sentence.end)
        if not asked & _words(phrase.group())
    ]
    return edited(question, [(*rng.choice(phrases).span(), "")]) if phrases else None


def _words_beside_answer(question: Question) -> list[re.Match[str]]:
    """The words in small letters of the answer's sentence that are in no answer."""
    sentence = sentence_of_answer(question)
    words = re.compile(r"\b[a-z]{2,}\b").finditer(question.context, sentence.start, sentence.end)
    answers = [Span(*answer) for answer in question.answers]
    return [word for word in words if not any(answer.overlaps(Span(*word.span())) for answer in answers)]


def _words(text: str) -> set[str]:
    return set(content_words([text])[0])


def _word(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(words)}(?!\w)")
