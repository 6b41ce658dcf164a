"""Example questions: each is answered by the words that it was made from."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from qa.chatbot import Chatbot
from qa.documents import Document, load_document
from qa.errors import UnavailableError
from qa.results import Reply
from qa.suggestions import Examples, example_questions, offered
from tests.helpers import GOLD, ROOT

VALLEY = Document(
    "valley.txt",
    "The valley railway was opened on 4 June 1889. Ingrid Aalto designed the station at Norvik, and she "
    "painted its hall. The longest tunnel is 812 metres long. There are nine bridges in the valley.\n"
    "The night train was withdrawn in 1974 because too few people travelled by it.\n",
)
MILL = Document("mill.txt", "The paper mill was built by Olga Dahl. The paper mill has 40 looms.\n")
FERRY = Document("ferry.txt", "The ferry to Graz was sold on 9 May 1932. The ferry to Graz has 12 cabins.\n")


@pytest.fixture(scope="module")
def chatbot() -> Chatbot:
    """A chatbot with the packaged models over articles, a notice, a manual and a recipe."""
    paths = sorted(GOLD.glob("*/*.txt")) + sorted(GOLD.glob("*/*.md"))
    return Chatbot.from_documents([VALLEY, MILL, FERRY, *map(load_document, paths)])


def test_each_example_is_answered(chatbot: Chatbot) -> None:
    """Answers are confident, question words and documents vary, and the result is the same each time."""
    examples = example_questions(chatbot, count=5)
    replies = [chatbot.ask(example) for example in examples]
    assert len(set(examples)) == 5
    assert all(reply.answer is not None for reply in replies)
    assert len({reply.answer.document.id for reply in replies if reply.answer is not None}) >= 3
    assert len({example.split()[0] for example in examples}) >= 2
    assert example_questions(chatbot, count=5) == examples


def test_the_article_that_ships_with_it_gives_three() -> None:
    (article,) = (ROOT / "corpus").glob("*.txt")
    assert len(example_questions(Chatbot.from_documents([load_document(article)]))) == 3


def test_an_answer_that_several_documents_give_counts() -> None:
    """The chatbot names one of them first, and not always the one that the question was made from."""
    fact = "The lighthouse on Skarholm was designed by Ada Brown."
    texts = {"a.txt": fact, "b.txt": f"{fact} It stands on a rock."}
    chatbot = Chatbot.from_documents([Document(name, text) for name, text in texts.items()])
    for document in chatbot.documents:
        examples = example_questions(chatbot, documents=[document])
        assert examples == ("Who was the lighthouse on Skarholm designed by?",)


def test_few_questions_are_tried(chatbot: Chatbot) -> None:
    assert example_questions(chatbot, tries=0) == ()
    assert len(example_questions(chatbot, count=1)) == 1
    assert example_questions(chatbot, documents=[Document("poem.txt", "It was so, and so it is.")]) == ()


def test_examples_follow_the_documents() -> None:
    """They change with the documents, ask about added ones first, and are cached in between."""
    shared = Chatbot.from_documents([VALLEY])
    examples = Examples()
    first = examples.of(shared)
    assert first
    assert examples.made(shared) == examples.of(shared) == first
    fork = shared.fork()
    fork.add(MILL.text, name="mill.txt")
    about = examples.of(fork, about={"mill.txt"})
    assert about
    assert all("paper mill" in one.question for one in about)
    assert examples.of(shared) == first
    fork.remove("mill.txt")
    assert not any("paper mill" in one.question for one in examples.of(fork))
    del fork
    gc.collect()
    assert len(examples._made) == 1, "the examples of a session go with it"


def test_whoever_asks_about_other_documents_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks about the same ones waits for the questions that are being made."""
    slow = Chatbot.from_documents([VALLEY])
    other = slow.fork()
    other.add(MILL.text, name="mill.txt")
    ask, asked, begun, go_on = slow.ask, list[str](), Event(), Event()

    def ask_slowly(question: str) -> Reply:
        asked.append(question)
        begun.set()
        assert go_on.wait(60)
        return ask(question)

    monkeypatch.setattr(slow, "ask", ask_slowly)
    examples = Examples()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(examples.of, slow)
        assert begun.wait(60)
        second = pool.submit(examples.of, slow)
        assert examples.of(other)
        assert examples.made(slow) == ()
        go_on.set()
        assert first.result() is second.result() is examples.of(slow)
    assert len(asked) == len(set(asked)) > 0


def test_after_a_failure_the_questions_are_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    chatbot, examples = Chatbot.from_documents([VALLEY]), Examples()

    def fail(question: str) -> Reply:
        raise UnavailableError(question)

    with monkeypatch.context() as failing:
        failing.setattr(chatbot, "ask", fail)
        with pytest.raises(UnavailableError):
            examples.of(chatbot)
    assert examples.of(chatbot)


def test_an_added_document_without_questions_leaves_those_of_the_others() -> None:
    """A table yields none, but there are still examples to try."""
    chatbot = Chatbot.from_documents([VALLEY, MILL])
    chatbot.add("| Card | Price |\n| --- | --- |\n| Day | 14.50 |\n", name="prices.md")
    assert {one.document.id for one in Examples().of(chatbot, about={"prices.md"})} == {
        "valley.txt",
        "mill.txt",
    }


def test_questions_that_were_asked_are_not_offered_again(chatbot: Chatbot) -> None:
    """One of each document comes first; after an answer, those about its document, the nearest first."""
    examples = Examples().of(chatbot, about={"valley.txt", "mill.txt", "ferry.txt"})
    about = {one.question: one.document.id for one in examples}
    first = offered(examples, (), count=3)
    assert len({about[question] for question in first}) == min(3, len(set(about.values())))
    assert first[0] not in offered(examples, [first[0].upper()], count=20)
    near = chatbot.ask(first[0]).answer
    assert near is not None
    related = offered(examples, [first[0]], count=20, near=near)
    assert {about[question] for question in related} <= {near.document.id}
