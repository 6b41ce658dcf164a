"""Holidays on fixed days: questions name them as the texts do."""

from __future__ import annotations

import pytest

from qa import Chatbot, Document
from qa.retrieval.holidays import names_holiday, with_known_holidays


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Is it open on christmas day?", "Closed on 25 December.", "Is it open on 25 December?"),
        ("Is it open at Christmas?", "Closed on December 25th.", "Is it open on December 25th?"),
        ("Who works New Years Eve?", "On 31 December Ann works.", "Who works 31 December?"),
        ("Is it shut on St. Patrick’s Day?", "Shut on 17 March.", "Is it shut on 17 March?"),
        ("Is it open at Christmas?", "Closed on 24, 25 and 31 December.", "Is it open on 25 December?"),
        ("Is it open on 26 December?", "It opens on Boxing Day.", "Is it open on Boxing Day?"),
        ("Is it open on 24 or 25 December?", "Shut on Christmas Day.", "Is it open on 24 or Christmas Day?"),
    ],
)
def test_a_holiday_is_named_as_in_the_texts(question: str, text: str, expected: str) -> None:
    assert names_holiday(question)
    assert with_known_holidays(question, [text]) == expected


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Is it open on Christmas Day?", "Closed on 25 December, on Christmas Day."),
        ("Is it open on Christmas Day?", "It was closed on 25 December 1991."),  # one day, not every year's
        ("What happened on 25 December 1991?", "It closed on Christmas Day."),
        ("When is the Christmas market?", "It opens on 25 December."),  # another thing
        ("Is it open on New Year's Eve?", "It is closed on 1 January."),
        ("Is it open on 24 December?", "It is closed on Christmas Day."),
    ],
)
def test_what_is_named_otherwise_stays(question: str, text: str) -> None:
    assert with_known_holidays(question, [text]) == question


def test_a_question_of_few_letters_is_no_holiday() -> None:
    assert not names_holiday("May day trips be refunded?")


def test_a_holiday_is_asked_for_by_its_date() -> None:
    text = "The hall is open from 7:00 to 21:00. It is closed on 25 December and on 1 January."
    reply = Chatbot.from_documents([Document("hall.txt", text)]).ask("Is the hall open on christmas day?")
    assert reply.read_as == "Is the hall open on 25 December?"
    assert reply.missing_words == ()
    assert reply.shown is not None
    assert reply.shown.text.startswith("It is closed on 25 December")
