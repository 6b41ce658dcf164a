"""Questions on what a sentence says is done: names in them, the rest of its article round the sentence.

QA-SRL and QANom ask of each verb (or its noun) all that their annotators could answer from the sentence,
of "someone" and "something"; what one question of a verb is answered by fills the others. Where a verb of
QA-SRL was not asked when, where, why or how, the sentence does not say it: such a question, in the words
of another of that verb, has no answer (QA-SRL annotated for coverage: Roit et al. 2020). Nor has one that
exchanges who does it and what it is done to.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from training.examples import Example, as_typed
from training.questions import Question, held_out, load

#: Share of each file's questions that one pass reads.
SHARES = {"qasrl_gs": 0.4, "qanom": 0.15, "qadiscourse": 0.8}
EXHAUSTIVE = "qasrl_gs"
#: Of a hundred questions, how many are asked of the article without the sentence.
WITHOUT_SENTENCE = 15
#: Of a hundred verbs asked when, where, why or how, how many are asked what the sentence does not say.
UNSAID = 60
#: Of a hundred questions for one side of a verb that has two, how many are asked with the sides exchanged.
TURNED = 40
LONGEST_SIDE = 5  # words of an answer that is put in the place of the other side
ROUND = 3  # sentences before, and after, at most

_PLACE = re.compile(r":(?P<article>\w+:\d+):(?P<paragraph>\d+):(?P<sentence>\d+)(?:[_-](?P<verb>\d+))?-\d+$")
_AUXILIARY = (
    r"(?:did|does|do|is|are|was|were|has|had|have|will|would|might|may|should|could|can|must)"
    r"(?: not)?"
)
_SOME = r"(?:someone|something)"
_VERB = rf"{_AUXILIARY} (?P<subject>{_SOME}) (?:(?:have|be|been|being) )*[a-z]+"
#: "Who added something", "What was being added": asks for the subject.
_OF_SUBJECT = re.compile(rf"(?i)(?:who|what) (?!{_AUXILIARY} {_SOME}\b)")
#: "What did someone add": asks for the object.
_OF_OBJECT = re.compile(rf"(?i)(?:who|what) {_VERB}\?")
#: "When did someone add something": the subject has a place, and the object where there is one.
_FULL = re.compile(rf"(?i)\w+ {_VERB}(?: (?P<object>{_SOME}))?\b.*")
_PASSIVE = re.compile(rf"(?i)\b(?:is|are|was|were|be|been|being)\b(?! (?:{_SOME} )?\w+ing\b)")
_SIDE = re.compile(rf"\b{_SOME}\b")
_VAGUE = re.compile(r"(?i)\bsome(?:one|thing|where|how|time)\b")
_OPEN = re.compile(
    r"(?i)(?:when|where|why|how) (?!long\b|much\b|many\b)"
    r"(?!.* (?:about|at|by|for|from|in|into|of|on|to|with)\?$)"
)
_PRONOUNS = {
    *("i", "you", "he", "she", "it", "we", "they", "him", "her", "us", "them"),
    *("who", "which", "that", "this", "these", "those", "one", "there"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question is asked: a sentence of an article, and there a verb (-1 where none is told)."""

    article: str
    order: tuple[int, int]  # paragraph, sentence in it
    verb: int


def place(question: Question) -> Place:
    """What the question's id says.

    Raises:
        ValueError: it is not an id of these sets.
    """
    found = _PLACE.search(question.id)
    if found is None:
        raise ValueError(f"{question.id} does not name a sentence")
    verb = found["verb"]
    order = int(found["paragraph"]), int(found["sentence"])
    return Place(found["article"], order, -1 if verb is None else int(verb))


def events(folder: Path, seed: int) -> list[Example]:
    """Questions of `folder` on events, each among sentences of its article, some made unanswerable.

    None is of an article that is kept from training.
    """
    rng = random.Random(seed)
    verbs: dict[str, dict[Place, list[Question]]] = {source: {} for source in SHARES}
    articles: dict[str, dict[tuple[int, int], str]] = {}
    for source, of_source in verbs.items():
        for question in load(folder, source):
            there = place(question)
            if question.answers and not held_out(there.article):
                of_source.setdefault(there, []).append(question)
                articles.setdefault(there.article, {})[there.order] = question.context
    examples = []
    for source, of_source in verbs.items():
        for there, of_verb in of_source.items():
            sentences = articles[there.article]
            told = filled(of_verb) if there.verb >= 0 else of_verb
            for question in told:
                if rng.random() < SHARES[source]:
                    without = rng.randrange(100) < WITHOUT_SENTENCE
                    examples.append(among(question, there, sentences, rng, without=without))
            if source == EXHAUSTIVE and rng.randrange(100) < UNSAID:
                silent = unsaid(of_verb, rng)
                if silent is not None:
                    examples.append(among(silent, there, sentences, rng))
            if source == EXHAUSTIVE:
                examples += [
                    among(question, there, sentences, rng)
                    for question in turned(of_verb)
                    if rng.randrange(100) < TURNED
                ]
    return examples


def filled(of_verb: Sequence[Question]) -> list[Question]:
    """The questions of one verb with names for "someone" and "something".

    Those are left out in which some stay, or that would name their own answer.
    """
    doer, thing = _answer(of_verb, passive=False), _answer(of_verb, passive=True)
    told = []
    for question in of_verb:
        text, found = question.text, _FULL.fullmatch(question.text)
        passive = _PASSIVE.search(text) is not None
        for part, span in (("object", None if passive else thing), ("subject", thing if passive else doer)):
            if found and found[part] and span is not None and span not in question.answers:
                start, end = found.span(part)
                text = text[:start] + question.context[slice(*span)] + text[end:]
        if not _VAGUE.search(text):
            told.append(replace(question, text=text))
    return told


def unsaid(of_verb: Sequence[Question], rng: random.Random) -> Question | None:
    """A question for a time, place, reason or way of which none `of_verb` asks, or None."""
    heard = {question.text.split()[0].lower() for question in of_verb}
    others = [word for word in ("When", "Where", "Why", "How") if word.lower() not in heard]
    of_object = [
        replace(question, text=f"When{question.text[question.text.index(' ') : -1]} something?", answers=())
        for question in of_verb
        if _OF_OBJECT.fullmatch(question.text) and not _PASSIVE.search(question.text)
    ]
    asked = [question for question in filled([*of_verb, *of_object]) if _OPEN.match(question.text)]
    if not others or not asked:
        return None
    question = rng.choice(asked)
    _, rest = question.text.split(" ", 1)
    return replace(question, text=f"{rng.choice(others)} {rest}", answers=())


def turned(of_verb: Sequence[Question]) -> list[Question]:
    """Of a verb that has two sides, each question for one with its own answer in the other's place.

    "Who destroyed something?", answered by "Rome", becomes "Who destroyed Rome?", which has no answer.
    """
    if _answer(of_verb, passive=False) is None or _answer(of_verb, passive=True) is None:
        return []
    made = []
    for question in of_verb:
        text = question.text
        own = question.context[slice(*min(question.answers, key=_brevity))]
        if _PASSIVE.search(text) or own.lower() in _PRONOUNS or len(own.split()) > LONGEST_SIDE:
            continue
        if _OF_OBJECT.fullmatch(text) or _OF_SUBJECT.match(text):
            other = own.join(_SIDE.split(text, maxsplit=1))
            if other != text and not _VAGUE.search(other):
                made.append(replace(question, text=other, answers=()))
    return made


def among(
    question: Question,
    there: Place,
    article: Mapping[tuple[int, int], str],
    rng: random.Random,
    *,
    without: bool = False,
) -> Example:
    """The question on its sentence and those next to it in the article, or `without` it on these alone."""
    order = sorted(article)
    number = order.index(there.order)
    before = [article[key] for key in order[max(0, number - rng.randint(0, ROUND)) : number]]
    after = [article[key] for key in order[number + 1 : number + 1 + rng.randint(0, ROUND)]]
    text = as_typed(question.text, rng)
    if without and (before or after):
        return Example(text, (" ".join([*before, *after]),), ())
    shift = sum(len(sentence) + 1 for sentence in before)
    answers = tuple((start + shift, end + shift) for start, end in question.answers)
    return Example(text, (" ".join([*before, question.context, *after]),), answers)


def _answer(of_verb: Sequence[Question], *, passive: bool) -> tuple[int, int] | None:
    """Who or what does it (active), or what it is done to: the shortest that is not a pronoun."""
    spans = [
        span
        for question in of_verb
        if _asks_for(question.text, passive=passive)
        for span in question.answers
        if question.context[slice(*span)].lower() not in _PRONOUNS
    ]
    return min(spans, key=_brevity, default=None)


def _brevity(span: tuple[int, int]) -> tuple[int, tuple[int, int]]:
    """What the shortest span is the least by, and of these the first."""
    return span[1] - span[0], span


def _asks_for(question: str, *, passive: bool) -> bool:
    """Whether it asks for who does it (active), or for what it is done to."""
    if bool(_PASSIVE.search(question)) == passive:
        return _OF_SUBJECT.match(question) is not None
    return passive and _OF_OBJECT.fullmatch(question) is not None
