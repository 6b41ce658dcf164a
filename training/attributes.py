"""What people ask of a thing and a text does not tell, or tells only in a sentence that is put in.

How tall, since when, by whom: people ask a short text for what such texts often tell. Of the human
questions few are of that kind, and none is without an answer. So a subject is taken from a clause of
the context and asked for an attribute of `attributes.csv` that no word there hints at. At times a sentence is
put in that tells it, and so answers; or one that tells another attribute of the subject, or the same of
another subject, and so does not.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from qa.chunk import sentences
from qa.clause import first_clause
from qa.document import Document, Span
from training.questions import Question

#: Of a hundred such questions, how many have which sentence put into the context; the rest have none.
PUT_IN = {"told": 32, "other attribute": 28, "other subject": 25}
IT = 0.3  # share of the sentences put in right behind one about the same thing that call it "it"

#: What stands in braces in the values of `attributes.csv`, beside {lowest-highest} numbers.
KINDS = {
    "first": "Anna Ahmed Beatriz Carl Chen Clara Daniel Elif Emma Femi Grace Hana Igor James Joan "
    "Kofi Lars Leila Lucy Marco Maria Nadia Omar Paul Priya Rosa Samuel Sofia Thomas Yuki",
    "last": "Abe Adeyemi Baker Berg Castro Cohen Diaz Eriksen Fischer Gupta Hansen Haddad Ito "
    "Jones Kaya Kim Lopez Mensah Moreau Novak Okoye Park Petrov Quinn Rossi Silva Tanaka "
    "Vogel Walsh Wong",
    "place": "Accra Antwerp Basel Bergen Boston Cairo Cork Dakar Denver Fez Genoa Graz Hull Izmir "
    "Kyoto Leeds Lima Lyon Mombasa Munich Osaka Porto Quito Riga Salem Turku Utrecht "
    "Varna Wales Zadar",
    "company": "Dovetail Haldens Kestrel Merton Norwood Ostrava Pellbrook Sunrise",
    "month": "January March April June July September October December",
}
_BRACES = re.compile(r"\{(\w+)(?:-(\d+))?\}")


@dataclass(frozen=True, slots=True)
class Attribute:
    """A row of `attributes.csv`: what is asked of a subject `X`, and how a sentence tells its value `V`.

    `hints` finds words of a context that may tell it. Attributes of one `sort` have values alike.
    """

    sort: str
    values: tuple[str, ...]
    hints: re.Pattern[str]
    questions: tuple[str, ...]
    statements: tuple[str, ...]

    def value(self, rng: random.Random) -> str:
        """One of the values, with a name or number for what stands in braces."""

        def filled(match: re.Match[str]) -> str:
            kind, highest = match.groups()
            if highest is not None:
                return str(rng.randint(int(kind), int(highest)))
            return rng.choice(KINDS[kind].split())

        return _BRACES.sub(filled, rng.choice(self.values))


@cache
def attributes(of: str) -> list[Attribute]:
    """The attributes of a "person" or of a "thing"."""
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as rows:
        return [
            Attribute(
                row["sort"],
                tuple(row["value"].split(" / ")),
                re.compile(row["hints"], re.IGNORECASE),
                tuple(row["questions"].split(" / ")),
                tuple(row["statements"].split(" / ")),
            )
            for row in csv.DictReader(rows)
            if row["of"] == of
        ]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a sentence of a context is about, as it reads inside a sentence."""

    words: str
    sentence: Span
    is_person: bool


def subjects(context: str) -> list[Subject]:
    """The subjects of the context's plain clauses that are one name, or one noun with "the"."""
    document = Document("context", context)
    clauses = ((sentence, first_clause(document, sentence)) for sentence in sentences(context))
    return [
        Subject(clause.subject, sentence, clause.is_person)
        for sentence, clause in clauses
        if clause is not None
        and clause.verb not in ("are", "were", "have")
        and (clause.named or clause.subject.startswith("the "))
    ]


def attribute_asked(question: Question, names: Sequence[str], rng: random.Random) -> Question | None:
    """An attribute asked of a subject of the question's context, with its answer or with none.

    None where the context has no plain subject, or may tell the attribute. Of `names` one stands for
    another subject where the context has one alone.
    """
    found = subjects(question.context)
    if not found:
        return None
    subject = rng.choice(found)
    known = attributes("person" if subject.is_person else "thing")
    asked = rng.choice(known)
    if asked.hints.search(question.context) is not None:
        return None
    text = rng.choice(asked.questions).replace("X", subject.words)
    kinds, shares = (*PUT_IN, ""), (*PUT_IN.values(), 100 - sum(PUT_IN.values()))
    match rng.choices(kinds, shares)[0]:
        case "told":
            context, answer = put_in(question.context, subject, asked, rng)
            return replace(question, text=text, context=context, answers=(answer,))
        case "other attribute":
            others = [one for one in known if one.hints != asked.hints]
            alike = [one for one in others if one.sort == asked.sort]
            context, _ = put_in(question.context, subject, rng.choice(alike or others), rng)
        case "other subject":
            there = [one.words for one in found if one.words != subject.words]
            about = rng.choice(there or names)
            context, _ = put_in(question.context, subject, asked, rng, about=about)
        case _:
            context = question.context
    return replace(question, text=text, context=context, answers=())


def put_in(
    context: str, subject: Subject, told: Attribute, rng: random.Random, *, about: str | None = None
) -> tuple[str, tuple[int, int]]:
    """The context with a sentence that tells an attribute of the subject, and the place of its value.

    With `about` it tells it of that instead.
    """
    place = rng.choice([sentence.end for sentence in sentences(context)])
    statement = rng.choice(told.statements)
    if about is None:
        about = subject.words
        if statement.startswith("X ") and not subject.is_person and rng.random() < IT:
            place, about = subject.sentence.end, "it"
    before, after = (part.replace("X", about) for part in statement.split("V"))
    value = told.value(rng)
    sentence = f"{before}{value}{after}"
    sentence = sentence[0].upper() + sentence[1:]
    rest = context[place:]
    space = "" if rest[:1].isspace() or not rest else " "
    start = place + 1 + len(before)
    return f"{context[:place]} {sentence}{space}{rest}", (start, start + len(value))
