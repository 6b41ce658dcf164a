"""Follow-ups: which parts are filled in, and which questions are left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa.dialogue import Exchange, is_bare, leaves_out, stand_alone

TALKS = Exchange(
    "Who did Naqvi meet in Brussels?",
    "Bernard Quinten",
    "Federal Minister Mohsin Naqvi concluded an engagement in Brussels where he met Bernard Quinten.",
)
SCANNER = Exchange("What does the LX-50 weigh?", "2 kg", "The LX-50 weighs 2 kg.")
KEEPER = Exchange("Who was the keeper of the lighthouse?", "Ada Brown", "Its keeper was Ada Brown.")
BRIDGE = Exchange("Who opened the bridge?", "Anna Lund", "The bridge was opened in 1932 by Anna Lund.")
OPENED = Exchange("When did Anna Lund open the bridge?", "1932", "The bridge was opened in 1932.")
OVER = Exchange("Who opened the bridge over the Lune in 1932?", "Anna Lund", "It was opened by Anna Lund.")
NORVIK = Exchange(
    "How many people lived in Norvik in 2018?", "4,000", "In 2018, 4,000 people lived in Norvik."
)
FINE = Exchange("Was a fine paid?", "The fine was paid in May", "The fine was paid in May.")
FERRY = Exchange("When was the ferry built?", "1992", "The ferry was built in 1992.")
MEETING = Exchange("Where is the meeting?", "in the hall", "The meeting is in the hall.")


@pytest.mark.parametrize(
    ("before", "typed", "read"),
    [
        # A pronoun is replaced by a name, in full if the sentence has it.
        (TALKS, "When did he arrive?", "When did Mohsin Naqvi arrive?"),
        (TALKS, "What is his office?", "What is Mohsin Naqvi's office?"),
        (TALKS, "What did they discuss?", "What did Mohsin Naqvi and Bernard Quinten discuss?"),
        (KEEPER, "When was she born?", "When was Ada Brown born?"),
        (KEEPER, "What is her brother's name?", "What is Ada Brown's brother's name?"),
        (BRIDGE, "When did she open it?", "When did Anna Lund open the bridge?"),
        (BRIDGE, "How much did it cost?", "How much did the bridge cost?"),
        (SCANNER, "How high is it?", "How high is the LX-50?"),
        (NORVIK, "Where did they work?", "Where did the people work?"),
        # "And" and the like are dropped only at the front: not inside a word, nor between two.
        (Exchange("When was the book published?"), "Where?", "Where was the book published?"),
        (Exchange("When did Iceland join NATO?"), "Okay, and why?", "Why did Iceland join NATO?"),
        (Exchange("So when did France and Spain sign?"), "Where?", "Where did France and Spain sign?"),
        # A bare question word takes the rest of the previous question.
        (TALKS, "Why?", "Why did Naqvi meet in Brussels?"),
        (TALKS, "and when?", "When did Naqvi meet in Brussels?"),
        (TALKS, "When was that?", "When did Naqvi meet in Brussels?"),
        (MEETING, "When is it?", "When is the meeting?"),
        (Exchange("Whats the fare?", "9 crowns"), "since when?", "Since when is the fare?"),
        (FINE, "by whom?", "By whom was a fine paid?"),
        (FINE, "And for what reason?", "For what reason was a fine paid?"),
        (BRIDGE, "When?", "When was it that Anna Lund opened the bridge?"),
        (NORVIK, "Why?", "Why was it that 4,000 people lived in Norvik in 2018?"),
        # A part is replaced by another of its kind.
        (NORVIK, "And in 2019?", "How many people lived in Norvik in 2019?"),
        (NORVIK, "What about Belgium?", "How many people lived in Belgium in 2018?"),
        (NORVIK, "and 2020?", "How many people lived in Norvik in 2020?"),
        (SCANNER, "and the LX-60?", "What does the LX-60 weigh?"),
        (BRIDGE, "And the bridge over the Ouvel?", "Who opened the bridge over the Ouvel?"),
        (OVER, "And the bridge over the Ouvel?", "Who opened the bridge over the Ouvel in 1932?"),
        (OPENED, "What about the old bridge?", "When did Anna Lund open the old bridge?"),
        (TALKS, "And in 2019?", "Who did Naqvi meet in Brussels in 2019?"),
        (TALKS, "anything else?", "anything else about Naqvi?"),
        # A verb without an object gets the thing that was asked about.
        (FERRY, "who paid?", "who paid for the ferry?"),
        (FERRY, "And who designed?", "And who designed the ferry?"),
        (TALKS, "Who paid?", "Who paid?"),  # no thing was asked about
    ],
)
def test_omitted_parts_are_filled_in(before: Exchange, typed: str, read: str) -> None:
    assert stand_alone(typed, [before]) == read


@pytest.mark.parametrize(
    "question",
    [
        "When does the ferry leave?",
        "How long does it take to bake bread?",
        "What time is it in Rome?",
        "Where did Naqvi say he would go?",
        "Who is the keeper of the lighthouse, and how old is the lighthouse?",
        "And who is the king of Belgium?",
        "How many copies did the album sell in its first week?",
        "What companies have made radios for their cars?",
        "Who holds the theory that the earth is flat?",
        "In what century is it believed that Rome was built?",
        "It was announced that both part in what city?",
        "Why was the tram line closed?",
        "Why",
    ],
)
def test_a_self_contained_question_is_not_changed(question: str) -> None:
    if question != "Why":
        assert stand_alone(question, [TALKS]) == question
    assert stand_alone(question, []) == question


def test_the_most_recent_and_most_frequent_name_counts() -> None:
    """Names fade with each turn. A title that is a name counts; one that is a sentence does not."""
    assert stand_alone("Where was he born?", [BRIDGE, TALKS]) == "Where was Mohsin Naqvi born?"
    untold = Exchange("What happened in 1969?", "the band broke up", "", "Frank Zappa")
    assert stand_alone("Where was he born?", [untold]) == "Where was Frank Zappa born?"
    headline = Exchange("What happened in 1969?", "the band broke up", "", "The band that broke up")
    assert stand_alone("Where was he born?", [headline]) == "Where was he born?"


@pytest.mark.parametrize(
    ("before", "typed"),
    [
        (Exchange("Show me the section on Fares"), "What did it cost?"),
        (Exchange("How many Guests came to the inn?", "nine", "Nine guests came."), "What did it cost?"),
        (Exchange("List the guests of the inn", "Ada Brown"), "why?"),
        (Exchange("Who opened the inn?"), "when?"),
        (Exchange("Who thinks the inn is a ruin?", "Ada Brown"), "What about the keeper?"),
        (Exchange("When does the inn close?", "at ten"), "what about dogs?"),
    ],
)
def test_a_question_that_cannot_be_completed_is_left_as_typed(before: Exchange, typed: str) -> None:
    """A heading or a counted noun is not a thing, and input that was not a question is not repeated."""
    assert stand_alone(typed, [before]) == typed
    assert leaves_out(typed)


def test_a_part_is_replaced_without_its_verb() -> None:
    for before, read in (
        ("When does the inn close?", "When does the old mill close?"),
        ("Why was the inn closed?", "Why was the old mill closed?"),
        ("Where is the inn?", "Where is the old mill?"),
    ):
        assert stand_alone("And the old mill?", [Exchange(before)]) == read


def test_the_latest_thing_without_a_name_counts() -> None:
    """However often another one was mentioned before."""
    bikes = [
        Exchange(f"What does the bike cost on {day}?", "9", "The bike is 9.") for day in ("Monday", "Friday")
    ]
    inn = Exchange("When does the inn close?", "at ten", "The inn closes at ten.")
    assert stand_alone("Is it far?", [*bikes, inn]) == "Is the inn far?"
    elsewhere = Exchange("Who signed?", "the board", "The board signed.", "The contract of sale")
    assert stand_alone("Is it far?", [replace(inn, title="The inn"), elsewhere]) == "Is it far?"


def test_a_person_who_was_asked_for_is_not_a_thing() -> None:
    bridge = Exchange(
        "Who designed the Salt Bridge?", "Tobias Wenlock", "The design came from Tobias Wenlock."
    )
    job = Exchange("What was Tobias Wenlock's job?", "a mill builder", "")
    assert stand_alone("When was it opened?", [bridge, job]) == "When was the Salt Bridge opened?"
    assert stand_alone("When was he born?", [bridge, job]) == "When was Tobias Wenlock born?"


def test_incomplete_questions_are_recognised() -> None:
    assert is_bare("Why?")
    assert not is_bare("Why was it closed?")
    assert leaves_out("Why was it closed?")
    assert leaves_out("What about Belgium?")
    assert not leaves_out("Why was the line closed?")
