"""Example questions out of the documents themselves, each answered by the chatbot as it should be."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from threading import Lock
from weakref import WeakKeyDictionary

from qa.chatbot import Chatbot
from qa.documents import Document, Span, sentences
from qa.errors import QuestionError
from qa.index import Index
from qa.settings import DEFAULTS
from qa.suggestions.rules import GeneratedQuestion, questions

TRIES = 12  # questions put to the chatbot until that many are found
LONGEST_READ = 200_000  # characters of all documents together that are looked through for questions

_SMALL_WORDS = re.compile(r"(?:(?:the|an?|in|on|at|near|to|from|of|about|because)\s+)+", re.IGNORECASE)


def example_questions(
    chatbot: Chatbot,
    *,
    documents: Sequence[Document] | None = None,
    count: int = DEFAULTS.suggestions,
    tries: int = TRIES,
    seed: int = 0,
) -> tuple[str, ...]:
    """At most `count` questions that `chatbot` answers, about `documents` (all of its own if None).

    Each is made by rule from a sentence, and kept only if the answer is the very words of that
    sentence, above the bar. They are of different kinds, and about different documents, where they
    can be. At most `tries` are asked, of at most `LONGEST_READ` characters; which, `seed` decides.
    """
    asked = _mixed(_candidates(chatbot.documents if documents is None else documents, seed))
    kept: list[GeneratedQuestion] = []
    for candidate in islice(asked, tries):
        if len(kept) == count:
            break
        if _is_answered(chatbot, candidate):
            kept.append(candidate)
    return tuple(one.question for one in kept)


class Examples:
    """The example questions of chatbots, each made once and made anew when its documents change."""

    def __init__(self, *, count: int = DEFAULTS.suggestions) -> None:
        self.count = count
        self._made: WeakKeyDictionary[Chatbot, tuple[Index, tuple[str, ...]]] = WeakKeyDictionary()
        self._lock = Lock()

    def made(self, chatbot: Chatbot) -> tuple[str, ...]:
        """The questions last made for a chatbot, if any."""
        made = self._made.get(chatbot)
        return () if made is None else made[1]

    def of(self, chatbot: Chatbot, *, about: Collection[str] = ()) -> tuple[str, ...]:
        """The questions for a chatbot: about its documents of the ids `about`, if any, else about all."""
        with self._lock:
            index, documents = chatbot.retriever.index, chatbot.documents
            made = self._made.get(chatbot)
            if made is None or made[0] is not index:  # which is another as soon as a document is
                drawn = [found for name in sorted(about) if (found := documents.find(name)) is not None]
                questions = example_questions(chatbot, documents=drawn or None, count=self.count)
                made = self._made[chatbot] = (index, questions)
            return made[1]


def _candidates(documents: Sequence[Document], seed: int) -> list[GeneratedQuestion]:
    """What can be asked about a stretch of some of the documents, in an order that `seed` decides."""
    chance = random.Random(seed)
    made: list[GeneratedQuestion] = []
    left = LONGEST_READ
    for place in chance.sample(range(len(documents)), len(documents)):
        document = documents[place]
        for sentence in sentences(document.text[:left]):
            made += questions(document, sentence)
        left -= len(document.text)
        if left <= 0:
            break
    chance.shuffle(made)
    return made


def _mixed(asked: Sequence[GeneratedQuestion]) -> Iterator[GeneratedQuestion]:
    """Those about names first, and of them the kind and the document that came up least."""
    waiting = list(asked)
    seen: Counter[str] = Counter()
    while waiting:
        following = min(waiting, key=lambda one: (not one.named, seen[one.kind] + seen[one.document.id]))
        waiting.remove(following)
        seen.update((following.kind, following.document.id))
        yield following


def _is_answered(chatbot: Chatbot, asked: GeneratedQuestion) -> bool:
    """Whether the chatbot's answer is the very span, but for small words before it."""
    try:
        answer = chatbot.ask(asked.question).answer
    except QuestionError:  # longer than its models can read
        return False
    if answer is None or answer.document != asked.document:
        return False
    return _core(answer.document, answer.span) == _core(asked.document, asked.answer)


def _core(document: Document, span: Span) -> tuple[int, int]:
    small = _SMALL_WORDS.match(document.text, span.start, span.end)
    return span.start if small is None else small.end(), span.end
