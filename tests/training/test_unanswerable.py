"""Questions changed by rule: what is then asked, the paragraph does not tell."""

from __future__ import annotations

import random
import re

import pytest

from training.questions import Question
from training.unanswerable import (
    MEASURES,
    WrongParagraphs,
    changed,
    names_in,
    near_miss,
    opposite,
    other_measure,
    other_name,
    other_number,
    other_role,
)

MILL = "The mill at Hoogveld was built by Anna Lund in 1822. The old owner sold it to Piet Vander in 1901."


def asked(text: str, context: str = MILL, answer: str = "Anna Lund") -> Question:
    start = context.index(answer)
    return Question("tests", "Mills", text, context, ((start, start + len(answer)),))


def test_another_measure_is_one_that_the_paragraph_does_not_name() -> None:
    tunnel = "The tunnel is 4,200 metres long and has a width of 12 metres."
    made = set(other_measure(asked("How long is the tunnel?", tunnel, "4,200 metres")))
    assert "How deep is the tunnel?" in made
    assert "How heavy is the tunnel?" in made
    assert not made & {"How long is the tunnel?", "How wide is the tunnel?"}


def test_another_noun_of_a_measure() -> None:
    lake = "The lake has a depth of 30 metres and an area of 2 hectares."
    made = set(other_measure(asked("What is the depth of the lake?", lake, "30 metres")))
    assert "What is the temperature of the lake?" in made
    assert not made & {"What is the depth of the lake?", "What is the area of the lake?"}


@pytest.mark.parametrize("own", MEASURES)
def test_a_near_miss_never_asks_for_a_measure_that_the_paragraph_names(own: str) -> None:
    """Nor for its own by another word: a text that tells how tall something is tells how high it is."""
    for named, names in MEASURES.items():
        for name in (named, *names):
            context = f"The {name} of it and how {own} it is are told: 12."
            for seed in range(3):
                made = near_miss(asked(f"How {own} is it?", context, "12"), random.Random(seed))
                if made is not None:
                    match = re.fullmatch(r"How (\w+) is it\?", made)
                    assert match is not None
                    assert not {match[1], *MEASURES[match[1]]} & {own, name}


def test_another_role_stands_in_for_one_that_the_paragraph_names() -> None:
    club = "The secretary of the club is Anna Lund, its president Piet Vander."
    made = set(other_role(asked("Who is the secretary of the club?", club)))
    assert {"Who is the treasurer of the club?", "Who is the deputy secretary of the club?"} <= made
    assert not any("president" in one for one in made)
    assert not list(other_role(asked("Who is the captain of the club?", club))), "not of this paragraph"


def test_an_opposite_stands_in_for_a_word_that_the_paragraph_has() -> None:
    assert list(opposite(asked("Who was the old owner?"))) == ["Who was the new owner?"]
    both = MILL + " The new owner was Piet."
    assert not list(opposite(asked("Who was the old owner?", both)))
    assert not list(opposite(asked("Who was the last owner?"))), "not in the paragraph"


def test_another_number_is_of_the_paragraph_or_beside() -> None:
    made = list(other_number(asked("Who built the mill in 1822?")))
    assert made == [f"Who built the mill in {year}?" for year in (1821, 1823, 1901)]
    assert not list(other_number(asked("Who built the mill?")))


def test_another_name_is_of_the_paragraph_and_no_answer() -> None:
    made = set(other_name(asked("Who built the mill at Hoogveld?")))
    assert made == {"Who built the mill at Piet Vander?"}


def test_names_begin_no_sentence_and_have_no_apostrophe() -> None:
    text = "Anna met Piet Vander's son. Then he went to the Mill of Hoogveld."
    assert [name for _, name in names_in(text)] == ["Piet Vander", "Mill of Hoogveld"]
    assert all(text.startswith(name, start) for start, name in names_in(text))


def test_a_changed_question_has_one_change_or_there_is_none() -> None:
    question = asked("Who built the mill in 1822?")
    for seed in range(5):
        made = changed(question, random.Random(seed))
        assert made is not None
        assert made in {f"Who built the mill in {year}?" for year in (1821, 1823, 1901)}
    assert changed(asked("Whose mill is it?"), random.Random(0)) is None
    assert near_miss(asked("Who built it?"), random.Random(0)) is None


def test_wrong_paragraphs_are_alike_and_do_not_hold_the_answer() -> None:
    contexts = [
        MILL,
        "A mill at Hoogveld burnt down.",
        "Anna Lund built a mill elsewhere.",
        *(f"Bread number {number} is baked of flour." for number in range(8)),
    ]
    paragraphs = WrongParagraphs([Question("tests", "", "?", context, ()) for context in contexts])
    (wrong,) = paragraphs.of([asked("Who built the mill at Hoogveld?")])
    assert wrong[0] == "A mill at Hoogveld burnt down."
    assert MILL not in wrong
    assert not any("Anna Lund" in context for context in wrong)
    assert paragraphs.of([]) == []
