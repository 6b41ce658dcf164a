"""Questions for what a text may tell: answered by the words put in, or by nothing."""

from __future__ import annotations

import random

import pytest

from training.attributes import Attribute, Subject, attribute_asked, attributes, put_in, subjects
from training.questions import Question

CONTEXT = (
    "The old mill burned in spring. Mayor Anna Lund came at once. It was a loss for all.\n\nNobody slept."
)
QUESTION = Question("squad_train", "Mill", "When did the old mill burn?", CONTEXT, ((23, 29),))
EVERY = [*attributes("person"), *attributes("thing")]


def made(count: int = 600) -> list[Question]:
    """What is made of `QUESTION` by as many seeds, where something is."""
    asked = (attribute_asked(QUESTION, ["Norvik"], random.Random(seed)) for seed in range(count))
    return [question for question in asked if question is not None]


@pytest.mark.parametrize("attribute", EVERY, ids=lambda attribute: attribute.questions[0])
def test_an_attribute_asks_and_tells_of_one_subject(attribute: Attribute) -> None:
    """Every wording names the subject once, every statement the value too, and all values can be drawn."""
    assert all(question.count("X") == 1 and question.endswith("?") for question in attribute.questions)
    assert all(told.count("X") == told.count("V") == 1 for told in attribute.statements)
    for seed in range(20):
        assert "{" not in attribute.value(random.Random(seed))


def test_subjects_are_names_and_nouns_that_lean_on_nothing() -> None:
    """A pronoun is none; a mayor is a person, a mill is not."""
    assert [(subject.words, subject.is_person) for subject in subjects(CONTEXT)] == [
        ("the old mill", False),
        ("Mayor Anna Lund", True),
    ]


def test_an_answer_is_the_value_that_was_put_in() -> None:
    """It stands in what is new in the context; the rest is as it was."""
    answered = [question for question in made() if question.answers]
    assert len({question.text for question in answered}) > 20
    for question in answered:
        ((start, end),) = question.answers
        assert question.context[start:end].strip() == question.context[start:end] != ""
        more = len(question.context) - len(CONTEXT)
        assert any(
            question.context[:place] + question.context[place + more :] == CONTEXT
            for place in range(end - more, start + 1)
        )


def test_without_an_answer_something_else_is_told_or_nothing() -> None:
    """Of the silent ones some have the context as it was, some a sentence more."""
    silent = [question for question in made() if not question.answers]
    longer = [question for question in silent if question.context != CONTEXT]
    assert len(silent) > len(longer) > len(silent) / 2


def test_what_a_word_may_tell_is_not_asked() -> None:
    """A context with a hint at the attribute is not asked for it."""
    (height,) = (one for one in attributes("thing") if one.questions[0].startswith("How tall"))
    assert height.hints.search("The tower is 30 METRES high.")
    told = Question("squad_train", "Tower", "?", "The tower is 30 metres high.", ())
    asked = (attribute_asked(told, ["Norvik"], random.Random(seed)) for seed in range(400))
    assert not any("tall" in question.text for question in asked if question is not None)


def test_it_follows_what_it_stands_for() -> None:
    """Where a sentence put in says "it", that before is about the same thing."""
    (mill, _) = subjects(CONTEXT)
    (weight,) = (one for one in attributes("thing") if one.questions[0].startswith("How much does X weigh"))
    texts = [put_in(CONTEXT, mill, weight, random.Random(seed))[0] for seed in range(60)]
    behind = [text for text in texts if " It weighs " in text]
    assert behind
    assert all("burned in spring. It weighs " in text for text in behind)


def test_another_subject_has_its_own_name() -> None:
    """With `about` the sentence tells it of that."""
    person = Subject("Mayor Anna Lund", subjects(CONTEXT)[1].sentence, is_person=True)
    (birth,) = (one for one in attributes("person") if one.questions[0] == "Where was X born?")
    text, (start, end) = put_in(CONTEXT, person, birth, random.Random(1), about="Ola Berg")
    assert "Ola Berg" in text
    assert text[start:end].istitle()
