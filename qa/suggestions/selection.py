"""Selection of example questions: generated ones that the chatbot answers as expected."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future
from itertools import islice
from threading import Lock
from weakref import WeakKeyDictionary

from qa.chatbot import Chatbot
from qa.documents import Document, Span, sentences
from qa.errors import QuestionError
from qa.results import Citation
from qa.retrieval import Retriever
from qa.settings import DEFAULTS
from qa.suggestions.rules import GeneratedQuestion, generate_questions

MAX_ASKED = 12  # questions that are tried on the chatbot
MAX_KEPT = 8  # of them, for a page that offers some and later others
MAX_CHARACTERS = 200_000  # of all documents together, from which questions are generated

#: Leading words that are ignored when answers are compared.
_LEADING_WORDS = re.compile(r"(?:(?:the|an?|in|on|at|near|to|from|of|about|because)\s+)+", re.IGNORECASE)


def example_questions(
    chatbot: Chatbot,
    *,
    documents: Sequence[Document] | None = None,
    count: int = DEFAULTS.suggestions,
    tries: int = MAX_ASKED,
    seed: int = 0,
) -> tuple[str, ...]:
    """Return questions that the chatbot answers with the words that they were made from.

    Questions about names come first. They vary in kind and document as far as possible.

    Args:
        chatbot: The chatbot to ask.
        documents: The documents to ask about. None for all of the chatbot's.
        count: The number of questions to return at most.
        tries: The number of generated questions to ask at most.
        seed: Decides which documents and questions are tried. The same seed gives the same questions.
    """
    return tuple(one.question for one in _answered(chatbot, documents, count=count, tries=tries, seed=seed))


Questions = tuple[GeneratedQuestion, ...]


class Examples:
    """A cache of the example questions of several chatbots, renewed when their documents change.

    It can be used by several threads at once: one generates the questions of a chatbot, and the others wait
    for the result.
    """

    def __init__(self) -> None:
        self._made: WeakKeyDictionary[Chatbot, tuple[Retriever, Questions]] = WeakKeyDictionary()
        self._making: WeakKeyDictionary[Chatbot, tuple[Retriever, Future[Questions]]] = WeakKeyDictionary()
        self._lock = Lock()

    def made(self, chatbot: Chatbot) -> Questions:
        """Return the cached questions for a chatbot, if any, without generating new ones."""
        made = self._made.get(chatbot)
        return () if made is None else made[1]

    def of(self, chatbot: Chatbot, *, about: Collection[str] = ()) -> Questions:
        """Return the questions for a chatbot, renewed if its documents have changed.

        Args:
            chatbot: The chatbot.
            about: The ids of the documents to ask about. If these yield no question, all documents are used.
        """
        retriever = chatbot.retriever  # every change of the documents makes another
        with self._lock:
            made = self._made.get(chatbot)
            if made is not None and made[0] is retriever:
                return made[1]
            making = self._making.get(chatbot)
            if making is not None and making[0] is retriever:
                future, is_mine = making[1], False
            else:
                future, is_mine = Future(), True
                self._making[chatbot] = retriever, future
        if is_mine:
            self._make(chatbot, retriever, about, future)
        return future.result()

    def _make(
        self, chatbot: Chatbot, retriever: Retriever, about: Collection[str], future: Future[Questions]
    ) -> None:
        """Generate the questions for a chatbot, without holding the lock, and resolve the future."""
        try:
            chosen = [found for name in sorted(about) if (found := chatbot.documents.find(name)) is not None]
            questions = _answered(chatbot, chosen, count=MAX_KEPT)
            if not questions:
                questions = _answered(chatbot, None, count=MAX_KEPT)
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(questions)
        with self._lock:
            making = self._making.get(chatbot)
            if making is not None and making[1] is future:  # the documents have not changed meanwhile
                del self._making[chatbot]
                if future.exception() is None:
                    self._made[chatbot] = retriever, future.result()


def offered(
    examples: Sequence[GeneratedQuestion], asked: Collection[str], *, count: int, near: Citation | None = None
) -> tuple[str, ...]:
    """Return questions that were not asked yet: one about each document before a second about any.

    Args:
        examples: The questions to choose from.
        asked: Questions that were asked. Upper and lower case do not matter.
        count: The number of questions to return at most.
        near: An answer: only questions about its document are returned, the nearest to it first.
    """
    said = {" ".join(one.casefold().split()) for one in asked}
    left = [one for one in examples if " ".join(one.question.casefold().split()) not in said]
    if near is not None:
        left = [one for one in left if one.document.id == near.document.id]
        left.sort(key=lambda one: abs(one.answer.start - near.span.start))
    seen: Counter[str] = Counter()
    ranked = []
    for position, one in enumerate(left):
        ranked.append((0 if near is not None else seen[one.document.id], position, one.question))
        seen[one.document.id] += 1
    return tuple(question for _, _, question in sorted(ranked)[:count])


def _answered(
    chatbot: Chatbot,
    documents: Sequence[Document] | None,
    *,
    count: int,
    tries: int = MAX_ASKED,
    seed: int = 0,
) -> Questions:
    """Return generated questions that the chatbot answers as expected, see `example_questions`."""
    generated = _varied(_generated(chatbot.documents if documents is None else documents, seed))
    answered = (one for one in islice(generated, tries) if _is_answered(chatbot, one))
    return tuple(islice(answered, count))


def _generated(documents: Sequence[Document], seed: int) -> list[GeneratedQuestion]:
    """Generate questions from documents in random order, up to `MAX_CHARACTERS`, and shuffle them."""
    generator = random.Random(seed)
    generated: list[GeneratedQuestion] = []
    left = MAX_CHARACTERS
    for position in generator.sample(range(len(documents)), len(documents)):
        document = documents[position]
        for sentence in sentences(document.text[:left]):
            generated += generate_questions(document, sentence)
        left -= len(document.text)
        if left <= 0:
            break
    generator.shuffle(generated)
    return generated


def _varied(generated: Sequence[GeneratedQuestion]) -> Iterator[GeneratedQuestion]:
    """Yield questions with names first, each time one whose kind and document were seen least so far."""
    waiting = list(generated)
    seen: Counter[str] = Counter()
    while waiting:
        chosen = min(waiting, key=lambda one: (not one.named, seen[one.kind] + seen[one.document.id]))
        waiting.remove(chosen)
        seen.update((chosen.kind, chosen.document.id))
        yield chosen


def _is_answered(chatbot: Chatbot, generated: GeneratedQuestion) -> bool:
    """Return whether any location of the chatbot's answer is the expected one, leading words aside."""
    try:
        answer = chatbot.ask(generated.question).answer
    except QuestionError:  # too long for its models
        return False
    expected = generated.document, _core(generated.document, generated.answer)
    return answer is not None and any(
        (place.document, _core(place.document, place.span)) == expected for place in (answer, *answer.also_at)
    )


def _core(document: Document, span: Span) -> tuple[int, int]:
    """Return the offsets of an answer without its leading words; see `_LEADING_WORDS`."""
    leading = _LEADING_WORDS.match(document.text, span.start, span.end)
    return span.start if leading is None else leading.end(), span.end
