"""Follow-up questions: omitted parts of a question are filled in from the previous turns.

Four kinds are resolved. A bare question word ("Why?", "When was that?") takes the rest of the previous
question. A question that only names another part ("And in 2019?", "What about Belgium?") becomes the previous
question with that part replaced; after a request for a section, it asks for another section. A verb without
an object ("Who paid?") gets the thing that the previous turns are about. A pronoun is replaced by the name
or thing that they are about. Any other question is self-contained and left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from qa.dialogue.antecedents import KINDS, Exchange, Kind, antecedent
from qa.dialogue.contractions import uncontracted
from qa.dialogue.sections import section_request
from qa.dialogue.words import (
    AUXILIARIES,
    DETERMINERS,
    FUNCTION_WORDS,
    PREPOSITIONS,
    WH_WORDS,
    WORD,
    is_verb,
    names,
    word_set,
)

MOST_WORDS = 8
"""A longer part is a question of its own, not a part of the previous one."""
ARTICLES_ALONE = 1
"""The likeness of two phrases that have nothing in common but an article."""

_LEADING = re.compile(r"\A(?:(?:and|but|so|ok|okay|then|also|well)\b[\s,]*)+", re.IGNORECASE)
_BARE = re.compile(
    r"(?P<wh>(?:(?:for|since|until|from|to|in|with|by|of|at|on) )?"
    r"(?:why|when|where|who|whom|what for|(?:what|which) (?:time|year|day)"
    r"|how(?: (?:long|much|many|often|far|so|come))?)"
    r"|(?:for|since|until|from|to|in|with|by|of|at|on|under) (?:what|which|how many) [a-z]+)[\s?.!]*"
    r"|(?P<of_event>(?:since )?(?:why|when|(?:what|which) (?:time|year|day))"
    r"|how(?= did \w+ happen))"
    r" (?:is|was|did|does) (?:that|this|it|so)(?: (?:happen|so|done|be|take place))?[\s?.!]*",
    re.IGNORECASE,
)
_INSTEAD = re.compile(
    r"(?:(?:and|but|or|so|ok)[\s,]+)?(?:what|how) about (?P<part>[^?]+?)[\s?.!]*"
    r"|(?:and|or|but)[\s,]+(?P<rest>[^?]+?)[\s?.!]*",
    re.IGNORECASE,
)
_ANYTHING_ELSE = re.compile(
    r"(?:(?:is|are|was|were) there )?any(?:thing)? (?:else|more|others?)\b\W*", re.IGNORECASE
)
_NO_OBJECT = re.compile(r"(?:(?:and|but|so)[\s,]+)?who (?P<verb>[a-z]+)\W*", re.IGNORECASE)
_JOINED_BY = {
    **dict.fromkeys(word_set("applied asked cared paid pays voted waited"), "for "),
    **dict.fromkeys(word_set("agreed came objected went"), "to "),
    **dict.fromkeys(word_set("complained knew spoke thought"), "about "),
    **dict.fromkeys(word_set("appeared died drowned fell participated sang stood"), "in "),
    **dict.fromkeys(word_set("decided worked"), "on "),
    "helped": "with ",
}
"""The preposition between a verb and its object; other verbs take the object directly."""
_EXPLETIVE = re.compile(
    r"\b(?:(?:does|did|would|will|can) it (?:\w+ly )?(?:take|mean|cost to|snow|rain|matter)"
    r"|(?:is|was) it \w+ that|it (?:is|was) \w+ that"
    r"|(?:is|was|be) it (?:true|possible|necessary|safe|worth|allowed|legal|common|important|that|ok|okay)"
    r"|(?:time|day|date) is it)\b",
    re.IGNORECASE,
)
_WHO = re.compile(r"\s*(?:who|what|which|how many|how much)\b", re.IGNORECASE)
_INTRODUCING = word_set("the a an some any which what")
_BE = word_set("am is are was were isn't aren't wasn't weren't")
_TAIL = re.compile(r"['’](?:s|d|ll|re|ve)$", re.IGNORECASE)


def stand_alone(question: str, history: Sequence[Exchange]) -> str:
    """Return a question with its omitted parts filled in; the question itself if nothing is missing.

    Args:
        question: The question as typed.
        history: The previous exchanges, oldest first.
    """
    if not history:
        return question
    bare = _BARE.fullmatch(_LEADING.sub("", question))
    if bare is not None:
        wh = bare["of_event"] if bare["wh"] is None else bare["wh"]
        return _asked_otherwise(wh, history[-1]) or question
    part = _part_instead(question)
    if part is not None and section_request(history[-1].question) is not None:
        named = f"Show me {part}"
        return f"Show me the section on {part}" if section_request(named) is None else named
    if part is not None:
        return _with_part_replaced(history[-1].question, _with_names(part, history)) or question
    if _ANYTHING_ELSE.fullmatch(question):
        topic = antecedent("thing", history)
        return f"{question.rstrip('?.! ')} about {topic}?" if topic else question
    without = _NO_OBJECT.fullmatch(question)
    if without is not None and is_verb(without["verb"].lower()):
        topic = antecedent("thing", history)
        by = _JOINED_BY.get(without["verb"].lower(), "")
        return f"{question.rstrip('?.! ')} {by}{topic}?" if topic.startswith("the ") else question
    return _with_names(question, history)


def is_bare(question: str) -> bool:
    """Whether a question means nothing without the previous one: "Why?"."""
    return _BARE.fullmatch(_LEADING.sub("", question)) is not None


def leaves_out(question: str) -> bool:
    """Whether a question depends on the previous turns: it is bare, replaces a part, or has a pronoun."""
    return is_bare(question) or _part_instead(question) is not None or any(True for _ in _pronouns(question))


def _asked_otherwise(wh: str, last: Exchange) -> str:
    """Return the previous question with another question word: "Where did he meet her?", "When?".

    Returns "" if no sentence can be made: the previous input was not a question, or its subject is unknown.
    """
    wh = wh[0].upper() + wh[1:]
    before = uncontracted(_LEADING.sub("", last.question))
    words = list(WORD.finditer(before))
    if not words or words[0].group().lower() not in WH_WORDS | AUXILIARIES | PREPOSITIONS:
        return ""
    for position, word in enumerate(words[:-1]):
        if word.group().lower() in AUXILIARIES:
            if position == 1 and words[0].group().lower() == "who" and word.group().lower() != "did":
                break  # "Who was the keeper?": the auxiliary is the only verb
            return f"{wh} {word.group().lower()}{before[word.end() :].rstrip()}"
    statement = before.strip().rstrip("?.! ")
    asked = _WHO.match(statement)
    if asked is None or not last.answer:
        return ""
    return f"{wh} was it that {last.answer} {statement[asked.end() :].strip()}?"


def _part_instead(question: str) -> str | None:
    """Return the words that replace a part of the previous question: "Belgium" for "What about Belgium?"."""
    instead = _INSTEAD.fullmatch(question)
    if instead is None:
        return None
    part: str = instead["part"] if instead["rest"] is None else instead["rest"]
    first = WORD.match(part)
    if first is None or first.group().lower() in WH_WORDS | AUXILIARIES or len(part.split()) > MOST_WORDS:
        return None
    return part


def _with_part_replaced(question: str, part: str) -> str:
    """Replace the phrase of a question that is most like `part`.

    If no phrase is like it, a part with a preposition is appended. Returns "" if it is unclear what to
    replace: no phrase is like it, or several are and have nothing in common with it but an article.
    """
    has_preposition = part.split()[0].lower() in PREPOSITIONS
    best, most, equal = None, 0, 0
    for start, end in _phrases(question, with_preposition=has_preposition):
        alike = _likeness(question[start:end], part)
        if alike and alike >= most:
            equal = equal + 1 if alike == most else 1
            best, most = (start, end), alike
    if best is None and has_preposition:
        return f"{question.rstrip('?.! ')} {part}?"
    if best is None or (most == ARTICLES_ALONE and equal > 1):
        return ""
    end = best[1]
    for start, stop in _phrases(question, with_preposition=True):
        # Also replace a following "over the Lune" if the part has an "over" of its own.
        if (
            question[end:start].isspace()
            and question[start:stop].split()[0].lower() in part.lower().split()[1:]
        ):
            end = stop
    return question[: best[0]] + part + question[end:]


def _phrases(question: str, *, with_preposition: bool) -> Iterator[tuple[int, int]]:
    """Yield the runs of words between function words, with the article before them.

    With `with_preposition`, yield only those after a preposition, and include it.
    """
    words = list(WORD.finditer(question))
    end = 0
    for start, word in enumerate(words):
        if start < end or word.group().lower() in FUNCTION_WORDS:
            continue
        end = start
        while end < len(words) and words[end].group().lower() not in FUNCTION_WORDS:
            end += 1
        if end - start > 1 and _is_predicate(words, start, end):
            end -= 1
        named = [i for i in range(start, end) if not words[i].group().islower()]
        first, last = (named[0], named[-1]) if named else (start, end - 1)  # "the LX-50", and not "weigh"
        if first and words[first - 1].group().lower() in DETERMINERS:
            first -= 1
        if not with_preposition:
            yield words[first].start(), words[last].end()
        elif first and words[first - 1].group().lower() in PREPOSITIONS:
            yield words[first - 1].start(), words[last].end()


def _is_predicate(words: Sequence[re.Match[str]], start: int, end: int) -> bool:
    """Whether a run of words after an auxiliary ends with a verb: "does the gym open", "was it closed"."""
    before = [word.group().lower() for word in words[max(start - 2, 0) : start]]
    if before and before[-1] in DETERMINERS:
        before.pop()
    if before and before[-1] in _BE:
        return is_verb(words[end - 1].group().lower())
    return bool(before) and before[-1] in AUXILIARIES


def _likeness(one: str, other: str) -> int:
    """Score how alike two phrases are, from 0: a shared word, two names, two numbers, two articles."""
    first, second = one.split(), other.split()
    shared = {word.lower() for word in first} & {word.lower() for word in second}
    score = 3 * bool(shared - FUNCTION_WORDS)
    if first[0].lower() in PREPOSITIONS and second[0].lower() in PREPOSITIONS:
        score += 2 * (first[0].lower() == second[0].lower())
        first, second = first[1:] or first, second[1:] or second
    score += first[0].lower() in DETERMINERS and second[0].lower() in DETERMINERS
    digits = [any(letter.isdigit() for letter in phrase) for phrase in (one, other)]
    capitals = [first[-1][0].isupper(), second[-1][0].isupper()]
    score += 2 * all(digits) - (digits[0] != digits[1]) + all(capitals) - (capitals[0] != capitals[1])
    return max(score, 0)


def _with_names(question: str, history: Sequence[Exchange]) -> str:
    """Replace each pronoun that the question itself does not explain."""
    pieces, done = [], 0
    for start, end, kind, possessive in _pronouns(question):
        name = antecedent(kind, history)
        if name:
            tail = "" if not possessive else "'" if name.endswith("s") else "'s"
            pieces += [question[done:start], name, tail]
            done = end
    return "".join([*pieces, question[done:]])


def _pronouns(question: str) -> Iterator[tuple[int, int, Kind, bool]]:
    """Yield start, end and kind of each pronoun that nothing before it explains, and if it is possessive.

    An "it" that refers to nothing ("How long does it take ...?") is left out.
    """
    words = list(WORD.finditer(question))
    for position, word in enumerate(words):
        typed = word.group().lower()
        pronoun = _TAIL.sub("", typed)
        after = words[position + 1].group().lower() if position + 1 < len(words) else ""
        kind = KINDS.get(pronoun)
        if (
            position
            and pronoun in {"this", "that"}
            and (after in FUNCTION_WORDS | {""} or after.endswith("ed"))
            and (after == "" or words[position - 1].group().lower() in AUXILIARIES | PREPOSITIONS)
        ):
            kind = "thing"  # not a determiner, and not the start of a clause ("light that is bright")
        if kind is None or any(True for _ in names(question[: word.start()])):
            continue
        if kind == "thing" and _EXPLETIVE.search(question):
            continue
        if kind != "person" and _is_explained([one.group().lower() for one in words[:position]]):
            continue
        owns = pronoun in {"his", "its", "their"} or (pronoun == "her" and after not in FUNCTION_WORDS | {""})
        yield word.start(), word.start() + len(pronoun), kind, owns


def _is_explained(before: Sequence[str]) -> bool:
    """Whether the words before a pronoun name a thing and what it does: "did the album sell in its"."""
    if before[-1:] == ["of"]:  # "the name of their album"
        return False
    for start, pair in enumerate(pairwise(before), start=1):
        if pair[0] in _INTRODUCING and pair[1] not in FUNCTION_WORDS:
            return any(word not in FUNCTION_WORDS for word in before[start + 1 :])
    return False
