"""Questions by rule: good English, answered by the very words; and silence where the rules are not sure."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.documents import Document, sentences
from qa.suggestions.rules import FEWEST_WORDS, MOST_WORDS, questions


def made(text: str) -> dict[str, str]:
    """The questions made of a text, each with the words that answer it."""
    document = Document("text", text)
    return {
        asked.question: document[asked.answer]
        for sentence in sentences(text)
        for asked in questions(document, sentence)
    }


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        (
            "The ferry to Norvik was built by Olga Dahl in 1911.",
            "Who built the ferry to Norvik?",
            "Olga Dahl",
        ),
        ("The old bridge was opened on 9 May 1932.", "When was the old bridge opened?", "9 May 1932"),
        ("In 1932, the old bridge was opened.", "When was the old bridge opened?", "1932"),
        ("The club will be closed until 3 April.", "When will the club be closed?", "until 3 April"),
        ("Ada Brown met the council on Monday.", "When did Ada Brown meet the council?", "Monday"),
        ("The market is open from nine to noon.", "When is the market open?", "from nine to noon"),
        ("Lea Roth was born in Graz.", "Where was Lea Roth born?", "Graz"),
        (
            "The line was closed because too few people used it.",
            "Why was the line closed?",
            "too few people used it",
        ),
        (
            "Mayor Anna Lund opened the bridge over the Lune.",
            "Who opened the bridge over the Lune?",
            "Mayor Anna Lund",
        ),
        ("The house has 775 rooms.", "How many rooms does the house have?", "775"),
        ("There are 56 counties in Montana.", "How many counties are there in Montana?", "56"),
        ("All eleven people on board drowned.", "How many people on board drowned?", "eleven"),
        ("The tower is 30 metres high.", "How high is the tower?", "30 metres"),
        ("The ticket costs $12.", "How much does the ticket cost?", "$12"),
        ("The mill was used for forty years.", "For how long was the mill used?", "forty years"),
        ("The pump must be cleaned every month.", "How often must the pump be cleaned?", "every month"),
        ("2. Beat the eggs for six minutes.", "How long should you beat the eggs?", "six minutes"),
        (
            "French is the official language of Norland.\nHe spoke French.",
            "What is the official language of Norland?",
            "French",
        ),
        ("The line\r\nwas closed\nin 1968.", "When was the line closed?", "1968"),
    ],
)
def test_a_plain_sentence_gives_its_question(text: str, question: str, answer: str) -> None:
    """One for each rule: who, when, where, why, how many, how much; over line breaks too."""
    assert made(text)[question] == answer


@pytest.mark.parametrize(
    "text",
    [
        "It was opened in 1932.",
        "He met her in Paris on 3 May.",
        "This bridge was opened in 1932.",
        "The bridge that was opened in 1932 fell.",
        "Its keeper lived in Graz.",
        "At night, I’ve opened the shop in 1932.",
        "Ada Brown met people they've known on Monday.",
        "Opened in 1932 by the mayor.",
        "Were the doors closed in 1932?",
        "The largest was built in 1932.",
        "Both were taken over in 1932.",
        "The company said in 1932 that it had won.",
        "Only some were built in 1932.",
        "The bridge was.",
        "",
    ],
)
def test_a_sentence_that_leans_on_others_gives_none(text: str) -> None:
    """Pronouns, relative clauses, fragments and questions: better none than one that is no good."""
    assert made(text) == {}


WORDS = """
The bridge Ada Brown was opened met in 1932 by because 12 rooms has , ( ) of and is the every day high cost
$5 There are for years \x00 ß 橋 - .
"""


@given(words=st.lists(st.sampled_from([*WORDS.split(), "\r\n", "n "]), max_size=25))
def test_any_words_give_questions_with_a_place_or_nothing(words: list[str]) -> None:
    """No text breaks the rules; what is asked is one line of a fit length, its answer inside the text."""
    text = " ".join(words)
    document = Document("text", text)
    for sentence in sentences(text):
        for asked in questions(document, sentence):
            assert sentence.contains(asked.answer)
            assert FEWEST_WORDS <= len(asked.question.split()) <= MOST_WORDS
            assert asked.question == " ".join(asked.question.split())
            assert asked.question.endswith("?")


def test_a_long_line_takes_no_long_time() -> None:
    """A million letters without a full stop are looked through like any others."""
    assert made("The bridge and Ada Brown in 1932 " * 30_000) == {}


def test_a_row_of_numbers_takes_no_long_time() -> None:
    """A "million" after digits is read in one way: with two, the time would double with each number."""
    begun = process_time()
    assert made("The Norvik Group made " + "12 million " * 20 + "(unaudited).") == {}
    assert process_time() - begun < 1


def test_many_sentences_that_begin_alike_take_no_long_time() -> None:
    """Not every sentence looks through the whole text for the word that it begins with."""
    begun = process_time()
    assert made("Pressure was recorded at hh:mm. " * 3_000) == {}
    assert process_time() - begun < 2
