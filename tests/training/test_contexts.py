"""Paragraphs changed under their question: the answer is gone, or stands elsewhere."""

from __future__ import annotations

import random

import pytest

from training.contexts import changed, exchanged, laid_out, opposed, untold
from training.questions import Question

MILL = "The mill at Hoogveld was built by Anna Lund. A second mill, that of Piet Vander, ground until 1901."


def asked(text: str, answer: str, context: str = MILL) -> Question:
    start = context.index(answer)
    return Question("tests", "Mills", text, context, ((start, start + len(answer)),))


@pytest.mark.parametrize("seed", range(4))
def test_a_name_that_is_asked_for_changes_places_with_another(seed: int) -> None:
    """So that the sentence with the answer tells of the other."""
    made = exchanged(asked("Until when did the mill of Piet Vander grind?", "1901"), random.Random(seed))
    assert made is not None
    other = "Anna Lund" if "that of Anna Lund" in made else "Hoogveld"
    assert made == MILL.replace(other, "*").replace("Piet Vander", other).replace("*", "Piet Vander")


def test_names_of_another_sentence_stay() -> None:
    rng = random.Random(0)
    assert exchanged(asked("Was the mill of Anna Lund working in May?", "1901"), rng) is None
    assert exchanged(asked("Until when?", "1901"), rng) is None


def test_a_word_beside_the_answer_becomes_its_opposite() -> None:
    text = "The new mill is the largest. The old mill is by Anna Lund."
    rng = random.Random(0)
    made = opposed(asked("Who made the old mill?", "Anna Lund", text), rng)
    assert made == "The new mill is the largest. The new mill is by Anna Lund."
    assert opposed(asked("Who made the largest mill?", "Anna Lund", text), rng) is None, "not that sentence"
    assert opposed(asked("Which mill is old?", "old mill", text), rng) is None, "a word of the answer"


@pytest.mark.parametrize(
    ("text", "answer", "rest"),
    [
        ("The mill was built in 1822 by Anna Lund.", "1822", "The mill was built by Anna Lund."),
        ("The mill was built in 1822 by Anna Lund.", "Anna Lund", "The mill was built in 1822."),
        ("The new mill (1822) is large.", "1822", "The new mill is large."),
        ("Its owner, Anna Lund, sold it.", "Anna Lund", "Its owner, sold it."),
        ("They live in temporary houses.", "temporary", None),
        ("In 1822 it burnt.", "1822", None),
        ("It was built in 1822. In 1822 it burnt.", "1822", None),
        ("Anna Lund built it.", "Anna Lund", None),
    ],
)
def test_a_paragraph_may_tell_all_but_the_answer(text: str, answer: str, rest: str | None) -> None:
    """The phrase goes where it ends with the answer, and where nothing else gives the answer."""
    assert untold(asked("When?", answer, text), random.Random(0)) == rest


def test_any_change_that_fits_is_made() -> None:
    text = "The mill was built by Anna Lund."
    seen = {changed(asked("Who built it?", "Anna Lund", text), random.Random(seed)) for seed in range(9)}
    assert seen == {"The mill was built.", "The mill was demolished by Anna Lund."}
    assert changed(asked("What is it?", "The mill", text), random.Random(0)) is None


def test_under_a_heading_or_beside_another_paragraph_the_answer_is_the_same() -> None:
    question = asked("Who built it?", "Anna Lund")
    other = "Bread is baked of flour."
    made = [laid_out(question, other, random.Random(seed)) for seed in range(20)]
    assert {one.context for one in made} == {
        f"# Bread is baked of\n\n{MILL}",
        f"{other}\n\n{MILL}",
        f"{MILL}\n\n{other}",
    }
    assert all(one.answer_texts == ["Anna Lund"] for one in made)
