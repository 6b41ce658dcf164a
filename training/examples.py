"""Questions with known answers become training examples, some made unanswerable on purpose.

The reader must find the answer where there is one and keep silent where there is none. Some questions are
asked in other words or written as people type them, some contexts as people lay out their pages.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qa.documents import sentences
from training.contexts import (
    denied,
    exchanged,
    opposed,
    renamed,
    sentence_of_answer,
    told_less,
    touched,
    untold,
)
from training.questions import SOURCES, Question, load
from training.unanswerable import (
    HardNegatives,
    Neighbours,
    Swap,
    name_words,
    opposite,
    other_aspect,
    other_name_or_number,
    other_number,
    strange_name,
    without_sentence,
)

#: Of the questions of a pass, how many of a hundred are read in which way.
WAYS = {
    # answerable
    "plain": 12,
    "otherwise": 14,  # asked in other words
    "touched": 5,  # a word of the context changed that is not asked about
    "less": 4,  # a phrase of the context left out that is not asked about
    "renamed": 7,  # a word changed in the question and in the context alike
    "alike": 10,  # names exchanged, a number, an opposite, a "not" in the question and in the context alike
    "beside": 12,  # wrong paragraphs read together with the right one
    # not
    "akin": 3,  # asked about something akin
    "within": 6,  # asked about something akin that the context tells something else of
    "name": 6,  # asked about another name or number of the context
    "lost": 3,  # something akin stands in the context instead of what is asked about
    "exchanged": 5,  # the context says it of somebody or something else
    "strange": 1,  # asked about a name that is not there
    "opposite": 2,  # asked for the opposite
    "wrong": 2,  # a wrong paragraph
    "deleted": 1,  # the answer's sentence is not there
}
REWORDED = "otherwise", "renamed", "akin", "within", "lost"  # those of `WAYS` that take another word
#: Of the questions that this can be made of, how many of a hundred are, before one of `WAYS` is drawn.
WHERE_POSSIBLE = {
    "number": 40,  # another number, day or month in the question, or in the context
    "opposed": 25,  # the context says the opposite
    "denied": 8,  # the context says that it is not so
    "untold": 50,  # the context says it all but for the answer
    "aspect": 40,  # asked when, where, why, how or how many where nothing tells
}
MOST_ALIKE = 8  # of the paragraphs that word retrieval finds; the wrong ones are drawn among them
BESIDE = 3  # wrong paragraphs, at most, that are read together with the right one
#: One-sentence contexts for the first, cheap stage, and the share of each that is read.
SENTENCE_SOURCES = {"qasrl_gs": 0.5, "qanom": 0.5, "qadiscourse": 0.5}


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the contexts it is read against together.

    `answers` are (start, end) characters of the first context; empty where no context answers. An
    unanswerable one may have its `original`: the question and context that it was made of, which answer.
    """

    question: str
    contexts: tuple[str, ...]
    answers: tuple[tuple[int, int], ...]
    original: Example | None = None


def as_typed(question: str, rng: random.Random) -> str:
    """The question as people type it, at times without its mark, or a letter lost, doubled or swapped."""
    if rng.random() < 0.25:
        question = question.rstrip("?. ")
    long = [match for match in re.finditer(r"[A-Za-z]{5,}", question) if match.start() > 0]
    if long and rng.random() < 0.12:
        word = rng.choice(long)
        place = rng.randrange(word.start() + 1, word.end() - 1)
        one, two = question[place], question[place + 1]
        question = question[:place] + rng.choice((two, one + one + two, two + one)) + question[place + 2 :]
    return question


def laid_out(example: Example, title: str, other: str, rng: random.Random) -> Example:
    """The example with its first context under a heading, as a list, or beside another text; or as it is."""
    draw = rng.random()
    if draw >= 0.2:
        return example
    context, *rest = example.contexts
    mark, before, after = "", "", ""
    if draw < 0.08:
        before = f"# {title.replace('_', ' ') or 'Notes'}\n\n"
    elif draw < 0.14:
        mark = rng.choice(("- ", "* ", "1. "))
    elif draw < 0.17:
        before = other + "\n\n"
    else:
        after = "\n\n" + other
    text, moved, place = before, [], 0
    for sentence in sentences(context):
        if not mark:
            text += context[place : sentence.start]
        else:
            text += f"\n{mark}" if place else mark
        shift = len(text) - sentence.start
        moved += [
            (start + shift, end + shift)
            for start, end in example.answers
            if sentence.start <= start and end <= sentence.end
        ]
        text += context[sentence.start : sentence.end]
        place = sentence.end
    if len(moved) < len(example.answers):
        return example
    return Example(example.question, (text + after, *rest), tuple(moved))


def one_pass(
    questions: Sequence[Question], negatives: HardNegatives, neighbours: Neighbours, seed: int
) -> list[Example]:
    """One pass over a sample of `questions`; other seeds sample and spoil other questions."""
    rng = random.Random(seed)
    names = name_words(negatives.contexts)
    made: list[tuple[Question, Example]] = []
    waiting: dict[str, list[Question]] = {way: [] for way in REWORDED}
    for number, question in enumerate(questions):
        if not question.answers or rng.random() >= SOURCES[question.source]:
            continue
        silent = _where_possible(question, rng)
        if silent is not None:
            made.append((question, silent))
            continue
        way = rng.choices(tuple(WAYS), tuple(WAYS.values()))[0]
        wrong = negatives.candidates(number, question)[:MOST_ALIKE] if way in ("beside", "wrong") else []
        if way in waiting:
            waiting[way].append(question)
        else:
            made.append((question, _made(way, question, wrong, names, neighbours, rng)))
    for way, group in waiting.items():
        reword = {"otherwise": neighbours.paraphrased, "within": neighbours.within}.get(way, neighbours.asked)
        swaps = reword(group, rng)
        made += [
            (question, _reworded(way, question, swap)) for question, swap in zip(group, swaps, strict=True)
        ]
    return [_as_met(question, example, rng.choice(negatives.contexts), rng) for question, example in made]


def _as_met(question: Question, example: Example, other: str, rng: random.Random) -> Example:
    """The example as typed and laid out, and its original in the same way if it has no answer."""
    title = question.article if question.article != question.context else ""
    seed = rng.getrandbits(32)

    def met(one: Example) -> Example:
        same = random.Random(seed)
        return laid_out(replace(one, question=as_typed(one.question, same)), title, other, same)

    return met(example) if example.answers else replace(met(example), original=met(_read(question)))


def _where_possible(question: Question, rng: random.Random) -> Example | None:
    """The question made unanswerable in one of `WHERE_POSSIBLE`, if that can be and a chance allows it."""
    made: Question | None
    for way, chance in WHERE_POSSIBLE.items():
        if rng.randrange(100) >= chance:
            continue
        match way:
            case "number":
                made = _renumbered(question, rng)
            case "opposed":
                made = opposed(question, rng)
            case "denied":
                made = denied(question, rng)
            case "untold":
                made = untold(question)
            case _:
                sentence = sentence_of_answer(question)
                asked = other_aspect(question.text, question.context[sentence.start : sentence.end], rng)
                made = None if asked is None else replace(question, text=asked)
        if made is not None:
            return _silent(made)
    return None


def _renumbered(question: Question, rng: random.Random) -> Question | None:
    """The question with another number of it, or on its context with another throughout, or None."""
    swap = other_number(question, rng)
    if swap is None:
        return None
    asked = rng.random() < 0.5
    return replace(question, text=swap.text) if asked else renamed(question, swap.word, swap.other)


def _alike(question: Question, rng: random.Random) -> Question:
    """The question and its context changed alike, if they can be."""
    swap = other_number(question, rng)
    ways = [change(question, rng, in_question=True) for change in (exchanged, opposed, denied)]
    ways.append(None if swap is None else _swapped_in_both(question, swap))
    return rng.choice([made for made in ways if made is not None] or [question])


def _swapped_in_both(question: Question, swap: Swap) -> Question | None:
    told = renamed(question, swap.word, swap.other)
    return None if told is None else replace(told, text=swap.text)


def _made(
    way: str,
    question: Question,
    wrong: Sequence[str],
    names: Sequence[str],
    neighbours: Neighbours,
    rng: random.Random,
) -> Example:
    """The example of a question in one of `WAYS`."""
    match way:
        case "touched":
            return _read(touched(question, neighbours, rng) or question)
        case "less":
            return _read(told_less(question, rng) or question)
        case "beside" if wrong:
            beside = rng.sample(wrong, min(BESIDE, len(wrong)))
            return Example(question.text, (question.context, *beside), question.answers)
        case "wrong" if wrong:
            return Example(question.text, (rng.choice(wrong),), ())
        case "alike":
            return _read(_alike(question, rng))
        case "name":
            return _spoiled(question, other_name_or_number(question.text, question.context, rng))
        case "exchanged":
            other = exchanged(question, rng)
            if other is not None:
                return _silent(other)
            return _spoiled(question, other_name_or_number(question.text, question.context, rng))
        case "strange":
            return _spoiled(question, strange_name(question.text, question.context, names, rng))
        case "opposite":
            return _spoiled(question, opposite(question.text, rng))
        case "deleted":
            return _spoiled(question, None)
    return _read(question)


def _reworded(way: str, question: Question, swap: Swap | None) -> Example:
    """The example of a question in one of `WAYS` that take another word, `swap`, if there is one."""
    if swap is None:
        return _spoiled(question, None) if way in ("akin", "within", "lost") else _read(question)
    if way == "renamed":
        return _read(_swapped_in_both(question, swap) or question)
    asked = replace(question, text=swap.text)
    if way == "otherwise":
        return _read(asked)
    told = renamed(question, swap.word, swap.other) if way == "lost" else None
    return _silent(told or asked)


def _read(question: Question) -> Example:
    return Example(question.text, (question.context,), question.answers)


def _silent(question: Question) -> Example:
    return Example(question.text, (question.context,), ())


def _spoiled(question: Question, made: str | None) -> Example:
    """`made`, which the context does not answer, or the question on what is left without the answer."""
    if made is not None:
        return _silent(replace(question, text=made))
    rest = without_sentence(question)
    return Example(question.text, (rest,), ()) if rest is not None else _read(question)


def sentence_stage(folder: Path, seed: int) -> list[Example]:
    """Questions on single sentences: short, plentiful and far from the real ones."""
    rng = random.Random(seed)
    return [
        Example(question.text, (question.context,), question.answers)
        for source, share in SENTENCE_SOURCES.items()
        for question in load(folder, source)
        if question.answers and rng.random() < share
    ]
