"""Question generation: good English, answered by the sentence's words; none if the rules are unsure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.documents import Document, sentences
from qa.suggestions.rules import MAX_WORDS, MIN_WORDS, generate_questions
from tests.growth import assert_grows_in_line


def questions(text: str) -> dict[str, str]:
    """Return the questions generated from a text, each with its expected answer."""
    document = Document("text", text)
    return {
        generated.question: document[generated.answer]
        for sentence in sentences(text)
        for generated in generate_questions(document, sentence)
    }


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        (
            "Mayor Anna Lund opened the bridge over the Lune.",
            "Who opened the bridge over the Lune?",
            "Mayor Anna Lund",
        ),
        ("The monthly rent is 940 euros, due in May.", "What is the monthly rent?", "940 euros"),
        ("The entrance fee is €12.50.", "What is the entrance fee?", "€12.50"),
        (
            "The landlord repairs the roof and the windows.",
            "What does the landlord repair?",
            "the roof and the windows",
        ),
        ("The next meeting is on 9 April at 18:00.", "When is the next meeting?", "9 April"),
        (
            "The mayor praised the need for a new, wider road, saying little else.",
            "Who praised the need for a new, wider road?",
            "The mayor",
        ),
        (
            "Ingrid Aalto designed the station, and she painted its hall.",
            "Who designed the station?",
            "Ingrid Aalto",
        ),
        (
            "The talks also covered trade with the north and ended late.",
            "What did the talks cover?",
            "trade with the north",
        ),
        (
            "The ferry to Norvik was built by Olga Dahl in 1911.",
            "Who was the ferry to Norvik built by?",
            "Olga Dahl",
        ),
        ("The old bridge was opened on 9 May 1932.", "When was the old bridge opened?", "9 May 1932"),
        ("In 1932, the old bridge was opened.", "When was the old bridge opened?", "1932"),
        ("Ada Brown met the council on May 9, 1932.", "When did Ada Brown meet the council?", "May 9, 1932"),
        ("The line\r\nto Graz was closed\nin 1968.", "When was the line to Graz closed?", "1968"),
        ("Lea Roth was born in Graz.", "Where was Lea Roth born?", "Graz"),
        (
            "The line was closed because too few people used it.",
            "Why was the line closed?",
            "too few people used it",
        ),
        ("The house has 775 rooms.", "How many rooms does the house have?", "775"),
        ("There are 56 counties in Montana.", "How many counties are there in Montana?", "56"),
        ("The tower is 30 metres high.", "How high is the tower?", "30 metres"),
        (
            "Norland won the cup in 1932. The king of Norland cheered.",
            "When did Norland win the cup?",
            "1932",
        ),
    ],
)
def test_a_plain_sentence_gives_its_question(text: str, question: str, answer: str) -> None:
    """At least one question for each rule, and one sentence with line breaks."""
    assert questions(text)[question] == answer


@pytest.mark.parametrize(
    "text",
    [
        "It was opened in 1932.",
        "He met her in Paris on 3 May.",
        "This bridge was opened in 1932.",
        "The bridge that was opened in 1932 fell.",
        "Its keeper was born in Graz.",
        "At night, I’ve opened the shop in 1932.",
        "Ada Brown met people they've known on 3 May.",
        "Opened in 1932 by the mayor.",
        "Were the doors closed in 1932?",
        "The largest was built in 1932.",
        "Both were taken over in 1932.",
        "The company said in 1932 that it had won.",
        "Only some were built in 1932.",
        "Pressed won the cup in 1932.",
        "The bridge was.",
        "",
    ],
)
def test_an_unclear_sentence_gives_none(text: str) -> None:
    """Pronouns, relative clauses, fragments, questions, and words that may or may not be names."""
    assert questions(text) == {}


WORDS = """
The bridge Ada Brown was opened met in 1932 by because 12 rooms has , ( ) of and is the every day high cost
$5 There are for years \x00 ß 橋 - .
"""


@given(words=st.lists(st.sampled_from([*WORDS.split(), "\r\n", "n "]), max_size=25))
def test_any_words_give_short_questions_answered_in_their_sentence(words: list[str]) -> None:
    text = " ".join(words)
    document = Document("text", text)
    for sentence in sentences(text):
        for generated in generate_questions(document, sentence):
            assert sentence.contains(generated.answer)
            assert MIN_WORDS <= len(generated.question.split()) <= MAX_WORDS
            assert generated.question == " ".join(generated.question.split())
            assert generated.question.endswith("?")


@pytest.mark.parametrize(
    ("begin", "more", "end"),
    [
        ("", "The bridge and Ada Brown in 1932 ", ""),
        ("The Norvik Group made ", "12 million ", "(unaudited)."),
        ("", "Pressure was recorded at hh:mm. ", ""),
        ("The mayor ", "met the new, ", ""),
        ("The ", "w", ""),
    ],
)
def test_time_grows_in_line_with_the_text(begin: str, more: str, end: str) -> None:
    """Neither one long sentence nor many that begin alike take long."""
    assert_grows_in_line(lambda characters: questions(begin + more * (characters // len(more)) + end), 2_500)
