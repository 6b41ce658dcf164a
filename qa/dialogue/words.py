"""Closed classes of English words, and the names in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text, split at white space."""
    return frozenset(words.split())


WH_WORDS = word_set("who whom whose what when where why which how")
AUXILIARIES = word_set(
    """
    am is are was were be been being do does did have has had can could will would shall should
    may might must isn't aren't wasn't weren't don't doesn't didn't hasn't haven't hadn't can't
    couldn't won't wouldn't
    """
)
PREPOSITIONS = word_set(
    """
    about above after against along among around as at before behind below beneath beside
    besides between beyond by despite down during except for from in inside into like near of
    off on onto out outside over past per since through throughout to toward towards under until
    up upon via with within without
    """
)
DETERMINERS = word_set(
    """
    a an the this that these those my your his her its our their each every some any no
    """
)
PRONOUNS = word_set(
    """
    i you he she it we they me him them us mine yours hers ours theirs myself himself herself
    itself themselves there this that these those one ones anyone anything someone something
    everyone everything nobody nothing
    """
)
_OTHERS = word_set(
    """
    and or but nor so if because although while than then not also too else other others only
    ever still yet just even again more most less least very much many few such same own both
    either neither all ok okay please well yes now here
    """
)
FUNCTION_WORDS = WH_WORDS | AUXILIARIES | PREPOSITIONS | DETERMINERS | PRONOUNS | _OTHERS

IMPERATIVES = word_set(
    "tell name list give show find explain describe define state mention identify quote cite search look get "
    "say specify provide want need complete i i'm i'd"
)

WORD = re.compile(r"[^\W_]+(?:['’.&/-][^\W_]+)*")

_PAST = word_set(
    """
    became began bore bought broke brought built came caught chose cost died drew drove fell felt
    fled flew fought found gave got grew had held hit kept knew laid led left lent lost made met
    paid put ran rang rode rose said sang sank sat saw sent shot sold spent spoke stole stood
    swam taught thought threw told took went won wore wrote happens happen comes makes causes
    costs owns runs pays
    """
)
_NO_VERBS = word_set("called named need seed speed breed hundred red bed used based")
_JOINING = word_set("of the de la van von der den di da du al bin for and")
_CALENDAR = word_set(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december
    """
)
_TITLES = word_set(
    """
    mr mrs ms dr sir lady lord president minister king queen prince princess pope senator
    general captain professor judge king
    """
)


def names(text: str) -> Iterator[tuple[int, int]]:
    """Yield the (start, end) of each name: a run of capitalised words, with "of", "the" and such inside.

    A function word, day or month does not begin a name.
    """
    run: list[re.Match[str]] = []
    for word in WORD.finditer(text):
        if run and text[run[-1].end() : word.start()].strip(" ") not in {"", ".", "&"}:
            yield from _without_edges(run)
            run = []
        if word.group()[0].isupper() or (run and word.group() in _JOINING):
            run.append(word)
        else:
            yield from _without_edges(run)
            run = []
    yield from _without_edges(run)


def _without_edges(run: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """Yield the span of a run without the words at its ends that are not part of a name."""
    while run and run[0].group().lower() in FUNCTION_WORDS | _CALENDAR:
        run = run[1:]
    while run and not run[-1].group()[0].isupper():
        run = run[:-1]
    if run:
        yield run[0].start(), run[-1].end()


def is_verb(word: str) -> bool:
    """Whether a lower-case word is likely a main verb: "paid", "opened"."""
    return word in _PAST or (len(word) > 3 and word.endswith("ed") and word not in _NO_VERBS)


def is_title(word: str) -> bool:
    """Whether a word is a title before a name, like "President" and "Dr"."""
    return word.lower() in _TITLES


def without_possessive(name: str) -> str:
    """Return a name without 's or an apostrophe at its end."""
    return re.sub(r"['’]s?$", "", name)
