"""A document to questions that its sentences answer, by rule: who, when, where, why, how many. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.documents import Document, Span
from qa.suggestions.clause import (
    Clause,
    first_clause,
    has_object,
    is_instruction,
    is_person,
    is_plain,
    looks_personal,
    split_at_verb,
)
from qa.suggestions.word_lists import (
    BE,
    COMPANY,
    DATE,
    DEEDS,
    DIGITS,
    END,
    HAVE,
    HOUR,
    LENGTH,
    MODALS,
    MONEY,
    NAME,
    NUMBER,
    ON,
    PARTICIPLE,
    PAST,
    PRESENT,
    REST,
    ROLES,
    SETTLED,
    STATES,
    STAY,
    TIME,
    TOOK_PLACE,
    UNIT,
    WORD,
    compiled,
)

FEWEST_WORDS, MOST_WORDS = 4, 14  # of a question

_TOLD = compiled(rf"{REST}{END}")
_DATED = compiled(rf"{REST} (?:(?:in|on) (?P<answer>{TIME})|at (?P<hour>{HOUR})){ON}")
_SINCE = compiled(rf"{REST} since (?P<answer>{DATE}){ON}")
_WHILE = compiled(rf"{REST} (?P<answer>(?:from|between) {TIME} (?:to|until|and) {TIME}|until {TIME}){ON}")
_OPEN = compiled(rf" (?P<what>open|closed) (?P<answer>(?:from|on|between|every) [^,.;:!?]{{4,50}}){END}")
_PLACED = compiled(
    rf" (?P<rest>(?:{WORD} )?)(?:in|at|on|near|to) (?P<answer>(?:the )?{NAME}(?:, {NAME})?"
    rf"|(?:an?|the) (?:{WORD} ){{0,4}}?{WORD}(?={END})){ON}"
)
_REASONED = compiled(
    rf"{REST},? (?:because(?! of)|in order|so that|due to|because of) (?P<answer>[^.;:!?]{{8,100}}){END}"
)
_LASTED = compiled(rf"{REST} for (?P<answer>{NUMBER} {UNIT}s){ON}")
_TAKEN = compiled(
    rf" (?P<answer>{NUMBER} (?:{UNIT}s|kg|kilograms|grams|pounds|tons|tonnes)|{MONEY}){REST}{END}"
)
_REPEATED = compiled(
    rf"{REST} (?P<answer>every (?:{NUMBER} )?{UNIT}s?|(?:once|twice) (?:a|every) {UNIT}){ON}"
)
NOUNS = r"(?:[a-z\-]+ ){0,2}?(?:[a-z\-]+[^s\W]s|people|men|women|children)"
_COUNTED = compiled(rf" (?P<answer>{NUMBER}) (?P<what>{NOUNS}){REST}{END}")
_THERE = compiled(rf"There (?P<be>are|were) (?P<answer>{NUMBER}) (?P<what>{NOUNS}){REST}{END}")
_SOME = compiled(
    rf"(?:All )?(?P<answer>(?i:{NUMBER})) (?P<what>{NOUNS}) "
    rf"(?P<rest>{WORD}(?: (?:{WORD}|{DIGITS}))*?){END}"
)
_MEASURED = compiled(rf" (?P<answer>{NUMBER} {LENGTH}) (?P<what>tall|high|long|wide|deep|old){END}")
_TOLD_TO = compiled(
    rf"(?:(?:[-*•]|\d+[.)]) )?(?P<verb>[A-Z][a-z]+)(?P<rest> the (?:{WORD} )*?{WORD})(?: \([^()]*\))?"
    rf" (?:for (?P<answer>{NUMBER} {UNIT}s?)|(?P<often>every (?:{NUMBER} )?{UNIT}s?)){ON}"
)
_MADE = compiled(rf" (?P<done>{WORD})(?: in {DATE})? by (?P<answer>{NAME}){ON}")
_MET = compiled(rf" (?P<answer>{NAME}){REST}{END}")
_ROLE = compiled(rf"(?P<rest> the(?: (?:{WORD}|{DIGITS}))+?){END}")


@dataclass(frozen=True, slots=True)
class GeneratedQuestion:
    """A question and the place of its answer in a document.

    `kind` is what it asks for, in the words that it begins with; `named` is whether it is about a name.
    """

    question: str
    document: Document
    answer: Span
    kind: str
    named: bool


def questions(document: Document, sentence: Span) -> Iterator[GeneratedQuestion]:
    """The questions that a sentence of the document answers; of most sentences none."""
    clause = first_clause(document, sentence)
    found = [*_how_many_are(document, sentence), *_instructed(document, sentence)]
    if clause is not None:
        found += [made for rule in _RULES for made in rule(clause)]
    for question, answer, kind in found:
        if question is not None and FEWEST_WORDS <= len(question.split()) <= MOST_WORDS:
            words = " ".join(question.removesuffix("?").split()) + "?"
            named = re.search(r" [A-ZÀ-Þ]", words) is not None
            yield GeneratedQuestion(words[0].upper() + words[1:], document, answer, kind, named)


_Made = Iterator[tuple[str | None, Span, str]]


def _match(pattern: re.Pattern[str], clause: Clause) -> re.Match[str] | None:
    """A match of what follows the verb, if its rest leans on nothing."""
    match = pattern.match(clause.document.text, clause.tail.start, clause.tail.end)
    return match if match is not None and is_plain(match.groupdict().get("rest") or "") else None


def _answer(match: re.Match[str], group: str = "answer") -> Span:
    return Span(*match.span(group))


def _when(clause: Clause) -> _Made:
    """X was opened in 1932; in 1932 X was opened; X met Y in 1932; X is open from May to June."""
    match = _match(_OPEN, clause)
    if match is not None and clause.verb in BE:
        yield clause.question("When", f" {match['what']}"), _answer(match), "when"
    match = _match(_SINCE, clause)
    if match is not None and clause.verb in HAVE and PARTICIPLE.match(match["rest"]):
        yield clause.question("Since when", match["rest"]), _answer(match), "when"
    done = clause.verb in PAST
    for pattern in (_WHILE, _DATED) if clause.date is None else (_TOLD,):
        match = _match(pattern, clause)
        if match is not None and (done or (_is_passive(clause, match["rest"]))):
            group = "hour" if match.groupdict().get("hour") else "answer"
            answer = _answer(match, group) if clause.date is None else clause.date
            yield clause.question("When", match["rest"]), answer, "when"


def _is_passive(clause: Clause, rest: str) -> bool:
    """Whether something was, is or will be done to the subject, in the words before `rest` and in it."""
    if clause.verb in MODALS:
        return rest.split()[:1] == ["be"] and PARTICIPLE.match(rest.split(maxsplit=1)[-1]) is not None
    return clause.verb in BE and PARTICIPLE.match(rest) is not None


def _where(clause: Clause) -> _Made:
    """X is located in Y; X lived in Y."""
    match = _match(_PLACED, clause)
    if (
        match is None
        or re.match(compiled(DATE), match["answer"]) is not None
        or not is_plain(match["answer"])
    ):
        return
    settled = clause.verb in BE and match["rest"].strip() in SETTLED
    stays = (clause.verb in STAY and not match["rest"]) or (
        clause.verb,
        match["rest"].strip(),
    ) in TOOK_PLACE
    if settled or stays:
        yield clause.question("Where", f" {match['rest']}".rstrip() or " "), _answer(match), "where"


def _why(clause: Clause) -> _Made:
    """X was closed because Y."""
    match = _match(_REASONED, clause)
    if match is None or not match["rest"] or clause.verb in HAVE:
        return
    if clause.verb not in BE or PARTICIPLE.match(match["rest"]) or len(match["rest"].split()) == 1:
        yield clause.question("Why", match["rest"]), _answer(match), "why"


def _who(clause: Clause) -> _Made:
    """Y was invented by X; X invented Y, where X is a person."""
    match = _match(_MADE, clause)
    if match is not None and clause.verb in BE and looks_personal(match["answer"]):
        done = match["done"]
        past = done if done.endswith("ed") and done not in STATES else DEEDS.get(done)
        if past is not None:
            yield f"Who {past} {clause.subject}?", _answer(match), "who"
    match = _match(_TOLD, clause)
    did = clause.verb in PAST or clause.verb.endswith("ed")
    if match is not None and did and clause.is_person and has_object(clause.verb, match["rest"]):
        yield f"Who {clause.verb}{match['rest']}?", clause.place, "who"


def _role(clause: Clause) -> _Made:
    """X is the capital of Y; X is the president of Y."""
    match = _match(_ROLE, clause)
    if (
        match is None
        or clause.verb not in {"is", "was"}
        or not clause.named
        or clause.subject.startswith("the ")
    ):
        return
    ask = "What" if ROLES.isdisjoint(match["rest"].lower().split()) else "Who"
    if (ask == "Who") == clause.is_person and len(match["rest"].split()) > 3:
        yield f"{ask} {clause.verb}{match['rest']}?", clause.place, "role"


def _whom(clause: Clause) -> _Made:
    """X met Y."""
    match = _match(_MET, clause)
    if match is not None and clause.verb in COMPANY and is_person(clause.document, _answer(match)):
        yield clause.question("Who", match["rest"] or " "), _answer(match), "whom"


def _how_many(clause: Clause) -> _Made:
    """X has 12 rooms; X collected 300 signatures against Y."""
    match = _match(_COUNTED, clause)
    if match is None or _is_measure(match["what"]) or "and" in match["rest"].split():
        return
    what, rest = match["what"], match["rest"]
    if rest.split()[:1] == ["of"]:
        what, rest = what + rest, ""
    if clause.verb in HAVE:
        question = f"How many {what} {HAVE[clause.verb]} {clause.subject} have{rest}?"
        yield question, _answer(match), "how many"
    elif clause.verb in PAST or clause.verb in PRESENT:
        yield clause.question(f"How many {what}", rest or " "), _answer(match), "how many"


def _how_many_are(document: Document, sentence: Span) -> _Made:
    """There are 12 rooms in X; 11 people on board drowned."""
    match = _THERE.match(document.text, sentence.start, sentence.end)
    if match is not None and not _is_measure(match["what"]) and not _is_measure(match["rest"]):
        yield f"How many {match['what']} {match['be']} there{match['rest']}?", _answer(match), "how many"
    match = _SOME.match(document.text, sentence.start, sentence.end)
    if match is not None and not _is_measure(match["what"]):
        before, verb, after = split_at_verb(match["rest"])
        done = verb in PAST or (verb in BE and PARTICIPLE.match(after) is not None)
        if done and is_plain(before) and is_plain(after):
            yield f"How many {match['what']} {match['rest']}?", _answer(match), "how many"


def _instructed(document: Document, sentence: Span) -> _Made:
    """Beat the eggs for six minutes; wash the filter every two weeks."""
    match = _TOLD_TO.match(document.text, sentence.start, sentence.end)
    if match is None or not is_plain(match["rest"]) or not is_instruction(match["verb"]):
        return
    ask, group = ("How long", "answer") if match["often"] is None else ("How often", "often")
    yield f"{ask} should you {match['verb'].lower()}{match['rest']}?", _answer(match, group), "how"


def _is_measure(words: str) -> bool:
    """Whether words are no plain things to count: a unit, or more than one phrase."""
    return (
        re.fullmatch(rf"{UNIT}s|{LENGTH}", words) is not None or "and" in words.split() or not is_plain(words)
    )


def _how(clause: Clause) -> _Made:
    """X is 30 metres high; X costs 5 crowns; X was closed for two years; X must be cleaned every month."""
    match = _match(_MEASURED, clause)
    if match is not None and clause.verb in BE:
        yield clause.question(f"How {match['what']}"), _answer(match), "how"
    match = _match(_TAKEN, clause)
    asks = {
        "costs": "How much",
        "cost": "How much",
        "lasts": "How long",
        "takes": "How long",
        "took": "How long",
        "weighs": "How much",
    }
    if match is not None and clause.verb in asks and "and" not in match["rest"].split():
        yield clause.question(asks[clause.verb], match["rest"] or " "), _answer(match), "how"
    for ask, pattern in (("For how long", _LASTED), ("How often", _REPEATED)):
        match = _match(pattern, clause)
        if match is not None and clause.verb not in HAVE and match["rest"]:
            yield clause.question(ask, match["rest"]), _answer(match), "how"


_RULES = (_who, _role, _whom, _when, _where, _why, _how_many, _how)
