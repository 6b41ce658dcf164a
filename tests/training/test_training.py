"""What the reader is trained on: answers keep their words, unanswerable questions have none."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from training.contexts import denied, edited, exchanged, opposed, renamed, told_less, touched, untold
from training.examples import Example, as_typed, laid_out
from training.questions import Question
from training.train import shared_norm_loss, soft_votes
from training.unanswerable import (
    Neighbours,
    name_words,
    names_in,
    opposite,
    other_aspect,
    other_name_or_number,
    other_number,
    strange_name,
    without_sentence,
)

CONTEXT = (
    "The mill at Hoogveld was built by Anna Lund. It burnt down in 1822. "
    "A second mill, by Piet Vander, ground buckwheat there until 1901."
)
MAKER = CONTEXT.index("Anna Lund"), CONTEXT.index("Anna Lund") + len("Anna Lund")
FIRE = CONTEXT.index("1822"), CONTEXT.index("1822") + 4


@given(st.integers(0, 2**32), st.sampled_from([(MAKER,), (FIRE, MAKER), ()]))
def test_a_context_laid_out_otherwise_has_the_same_answers(
    seed: int, answers: tuple[tuple[int, int], ...]
) -> None:
    """Under a heading, as a list or beside another text, and a second context stays as it is."""
    example = Example("Who built it?", (CONTEXT, "Another text."), answers)
    made = laid_out(example, "Mills_of_the_North", "Bread is baked.", random.Random(seed))
    words = sorted(made.contexts[0][start:end] for start, end in made.answers)
    assert words == sorted(CONTEXT[start:end] for start, end in answers)
    assert made.contexts[1:] == ("Another text.",)
    assert "The mill at Hoogveld was built by Anna Lund." in made.contexts[0]


def test_contexts_are_laid_out_in_every_way() -> None:
    """Most stay as they are; the others have a heading, marks, or a text before or after."""
    made = [
        laid_out(Example("?", (CONTEXT,), (FIRE,)), "Mills", "Bread.", random.Random(seed)).contexts[0]
        for seed in range(400)
    ]
    assert made.count(CONTEXT) > 280
    assert f"# Mills\n\n{CONTEXT}" in made
    assert f"Bread.\n\n{CONTEXT}" in made
    assert f"{CONTEXT}\n\nBread." in made
    assert any(text.startswith("- The mill") and "\n- It burnt" in text for text in made)


@given(st.integers(0, 2**32), st.text(max_size=50))
def test_a_question_as_typed_differs_in_one_word_and_its_mark(seed: int, question: str) -> None:
    """Never in its first word, which says what it asks for, by at most one letter more or less."""
    typed = as_typed(question, random.Random(seed))
    bare = question.rstrip("?. ")
    assert len(bare) - 1 <= len(typed) <= len(question) + 1
    assert typed[:2] == question[:2] or len(bare) < 2


@pytest.mark.parametrize("seed", range(8))
def test_what_is_made_unanswerable_asks_for_something_else(seed: int) -> None:
    """About a name or number of the context, a name that is not in it, or its opposite."""
    chance = random.Random(seed)
    assert other_name_or_number("When did it burn in 1822?", CONTEXT, chance) == "When did it burn in 1901?"
    made = strange_name("Where did Anna Lund build it?", CONTEXT, ["Bryn", "Carl", "Dora", "Piet"], chance)
    assert made is not None
    assert sum(name in made for name in ("Bryn", "Carl", "Dora")) == 1
    assert "Piet" not in made, "a name of the context"
    assert opposite("What was the second oldest mill?", chance) == "What was the second newest mill?"
    assert strange_name("where was it?", CONTEXT, ["Bryn", "Carl", "Dora", "Piet"], chance) is None
    assert opposite("Who was it?", chance) == "Who was not it?", "a word to deny where none has an opposite"
    assert opposite("Who ground it?", chance) is None


@pytest.mark.parametrize("seed", range(8))
def test_another_thing_is_asked_only_where_nothing_tells_it(seed: int) -> None:
    """When, where, why, how or how many, of a sentence that has no word by which it could tell."""
    chance = random.Random(seed)
    told = "It burnt down in 1822."
    untold = "Anna Lund built the mill."
    made = other_aspect("When was the mill built?", untold, chance)
    assert made in {f"{word} was the mill built?" for word in ("Where", "Why", "How")}
    assert other_aspect("Who built the mill?", untold, chance) == "How many people built the mill?"
    assert other_aspect("Where did it burn?", told, chance) in ("Why did it burn?", "How did it burn?")
    assert other_aspect("Why did it burn?", "It burnt in the town by Monday.", chance) is None
    assert other_aspect("Where was the miller from?", untold, chance) is None
    assert other_aspect("Is it there?", untold, chance) is None


def test_the_rest_of_a_context_does_not_hold_the_answer() -> None:
    """The sentence is gone; where the answer stands elsewhere too, or little is left, there is none."""
    rest = without_sentence(asked("When did it burn down?", FIRE))
    assert rest is not None
    assert "1822" not in rest
    assert "Anna Lund" in rest
    twice = replace(asked("When did it burn down?", FIRE), context=CONTEXT + " It was 1822.")
    assert without_sentence(twice) is None
    short = replace(asked("When did it burn?", (12, 16)), context="It burnt in 1822. Then rain came.")
    assert without_sentence(short) is None


def asked(text: str, *answers: tuple[int, int]) -> Question:
    """A question on `CONTEXT`."""
    return Question("squad_train", "Mills", text, CONTEXT, answers)


def test_a_context_changed_throughout_keeps_the_answers_words() -> None:
    """Also where the word comes before and after them, in other forms; not where it is in them."""
    made = renamed(asked("When did the mill burn?", FIRE, MAKER), "mills", "granary")
    assert made is not None
    assert made.text == "When did the mill burn?"
    assert made.context == CONTEXT.replace("mill", "granary")
    assert [made.context[start:end] for start, end in made.answers] == ["1822", "Anna Lund"]
    assert renamed(asked("Who is Lund?", MAKER), "Lund", "Sund") is None
    assert renamed(asked("Who was the baker?", MAKER), "baker", "miller") is None, "not there"
    assert edited(asked("When?", FIRE), [(FIRE[0], FIRE[1], "1823")]) is None


@pytest.mark.parametrize("seed", range(4))
def test_names_change_places_only_where_the_answer_is_then_about_another(seed: int) -> None:
    """The answer's sentence tells of the one that is asked for, and of the other it does not."""
    chance = random.Random(seed)
    last = CONTEXT.index("1901"), CONTEXT.index("1901") + 4
    made = exchanged(asked("Until when did the mill of Piet Vander grind?", last), chance)
    assert made is not None
    assert made.context in (
        CONTEXT.replace("Anna Lund", "*").replace("Piet Vander", "Anna Lund").replace("*", "Piet Vander"),
        CONTEXT.replace("Hoogveld", "*").replace("Piet Vander", "Hoogveld").replace("*", "Piet Vander"),
    )
    assert [made.context[start:end] for start, end in made.answers] == ["1901"]
    assert exchanged(asked("When did the mill of Anna Lund burn?", FIRE), chance) is None, "not that sentence"
    assert exchanged(asked("When did it burn?", FIRE), chance) is None, "no name"
    alike = exchanged(asked("Until when did the mill of Piet Vander grind?", last), chance, in_question=True)
    assert alike is not None
    name = "Anna Lund" if "Anna Lund" in alike.text else "Hoogveld"
    assert alike.text == f"Until when did the mill of {name} grind?"
    assert f"A second mill, by {name}, ground" in alike.context
    assert [alike.context[start:end] for start, end in alike.answers] == ["1901"]


def test_names_are_found_without_their_apostrophe() -> None:
    """Not where a sentence begins, nor a word that is in every text."""
    text = 'He met Piet Vander\'s son. Anna went to the mill of New Hoogveld. "At noon", he said.'
    assert [found.words for found in names_in(text)] == ["Piet Vander", "New Hoogveld"]
    assert all(text.startswith(found.words, found.start) for found in names_in(text))


@pytest.mark.parametrize("seed", range(4))
def test_a_word_gives_way_to_one_akin_of_the_same_context(seed: int) -> None:
    """That is in the context and not in the question, in place of one that is in both."""
    text = "The king sold the castle in 1822. The queen kept the palace until 1901."
    question = Question("squad_train", "Crown", "When did the king sell the castle?", text, ((28, 32),))
    (swap,) = Neighbours().within([question], random.Random(seed))
    assert swap is not None
    assert swap.word in {"king", "castle"}
    assert swap.other in {"queen", "palace"}
    assert swap.text == question.text.replace(swap.word, swap.other)
    alone = replace(question, context="It was in 1822.", answers=((10, 14),))
    assert Neighbours().within([alone], random.Random(seed)) == [None]


def test_an_opposite_stands_beside_the_answer() -> None:
    """In its sentence and in the question."""
    chance = random.Random(0)
    text = "The new mill is the largest. The old mill is by Anna Lund."
    start = text.index("Anna")
    one = Question("squad_train", "Mills", "Who made the old mill?", text, ((start, start + 9),))
    made = opposed(one, chance)
    assert made is not None
    assert made.context == "The new mill is the largest. The new mill is by Anna Lund."
    alike = opposed(one, chance, in_question=True)
    assert alike is not None
    assert (alike.text, alike.context) == ("Who made the new mill?", made.context)
    assert alike.answers == made.answers
    assert (
        opposed(Question("squad_train", "Mills", "Who made the largest?", text, one.answers), chance) is None
    )


def test_a_verb_is_denied_beside_the_answer() -> None:
    """One that the question has too; in the question alike, the answer stays."""
    chance = random.Random(0)
    built, burnt = asked("By whom was the mill built?", MAKER), asked("When did it burn?", FIRE)
    made = denied(built, chance)
    assert made is not None
    assert made.text == built.text
    assert made.context == CONTEXT.replace("was built", "was not built")
    alike = denied(built, chance, in_question=True)
    assert alike is not None
    assert alike.text == "By whom was not the mill built?"
    assert [alike.context[start:end] for start, end in alike.answers] == ["Anna Lund"]
    assert denied(burnt, chance) is None, "another verb"


@pytest.mark.parametrize("seed", range(4))
def test_a_number_gives_way_to_one_that_is_not_there(seed: int) -> None:
    """In digits or a word, of a month or a day, where the context has it too."""
    chance = random.Random(seed)
    text = "In May 1822 the second of three mills burnt. It was a Monday."
    question = Question("squad_train", "Mills", "Did the second mill burn in 1822?", text, ((0, 11),))
    swap = other_number(question, chance)
    assert swap is not None
    assert swap.word in {"second", "1822"}
    assert swap.other not in text
    assert swap.text == question.text.replace(swap.word, swap.other)
    month = other_number(replace(question, text="Did it burn in May?"), chance)
    assert month is not None
    assert (month.word, month.other.istitle()) == ("May", True)
    assert other_number(replace(question, text="Did the tenth burn in 1901?"), chance) is None, "not there"


def test_what_is_not_asked_for_may_change() -> None:
    """A word of the answer's sentence, neither in the answer nor in the question."""
    text = "It rained. The mayor opened the bridge on Monday."
    start = text.index("Monday")
    question = Question("squad_train", "Bridge", "When was the bridge opened?", text, ((start, start + 6),))
    made = touched(question, Neighbours(), random.Random(0))
    assert made is not None
    before, after = text.split(), made.context.split()
    assert [one for one, other in zip(before, after, strict=True) if one != other] == ["mayor"]
    assert [made.context[start:end] for start, end in made.answers] == ["Monday"]


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
def test_a_context_may_say_all_but_the_answer(text: str, answer: str, rest: str | None) -> None:
    """The phrase goes with its preposition where it ends there, and where the answer is gone with it."""
    start = text.index(answer)
    question = Question("squad_train", "Mills", "When?", text, ((start, start + len(answer)),))
    made = untold(question)
    assert (None if made is None else (made.context, made.answers)) == (None if rest is None else (rest, ()))


def test_a_phrase_that_is_not_asked_for_may_be_left_out() -> None:
    """The answer keeps its words; a phrase that the question names stays."""
    text = "It rained. In May the mill was sold by Anna Lund in Hoogveld for 300 florins."
    start = text.index("Anna")
    question = Question("squad_train", "Mills", "Who sold it for 300?", text, ((start, start + 9),))
    made = told_less(question, random.Random(0))
    assert made is not None
    assert made.context == text.replace(" in Hoogveld", "")
    assert [made.context[first:last] for first, last in made.answers] == ["Anna Lund"]


def test_words_of_names_begin_no_sentence() -> None:
    """So that a verb or an article with a capital is none."""
    assert name_words([CONTEXT]) == ["Anna", "Hoogveld", "Lund", "Piet", "Vander"]


def test_an_article_is_trained_on_whole_or_not_at_all() -> None:
    """Which, its title decides, not the question."""
    asked = [Question("squad_train", f"Title {n % 50}", f"Question {n}?", CONTEXT, ()) for n in range(500)]
    sides = {(one.title, one.held_out) for one in asked}
    assert len(sides) == 50
    assert 0 < sum(held for _, held in sides) < 15


def test_the_loss_of_one_window_is_cross_entropy_over_its_tokens_and_silence() -> None:
    """Of two windows it is that over both, each against its own first token.

    One more number in all logits of one of them changes nothing.
    """
    logits = torch.randn(2, 2, 6, generator=torch.Generator().manual_seed(0))
    context = torch.tensor([[False, False, True, True, True, False]] * 2)
    votes = torch.zeros(2, 2, 6)
    votes[0, 0, 2] = votes[1, 0, 3] = 1.0
    alone = {"context": context[:1], "votes": votes[:, :1], "members": torch.tensor([[0]])}
    inside = torch.cat([logits[:, :1, :1], logits[:, :1, 2:5]], -1)[:, 0]
    expected = torch.nn.functional.cross_entropy(inside, torch.tensor([1, 2]))
    torch.testing.assert_close(shared_norm_loss(logits[:, :1], alone), expected)
    both = {"context": context, "votes": votes, "members": torch.tensor([[0, 1]])}
    moved = logits + torch.tensor([0.0, 5.0])[None, :, None]
    loss = shared_norm_loss(logits, both)
    torch.testing.assert_close(shared_norm_loss(moved, both), loss)
    assert loss > expected, "a second window is one more way to be wrong"


def test_a_teacher_votes_where_there_is_an_answer() -> None:
    """For the rest its sureness that there is none counts; where nothing answers it has no vote."""
    teacher = torch.randn(2, 3, 6, generator=torch.Generator().manual_seed(0))
    context = torch.tensor([[False, False, True, True, True, False]] * 3)
    votes = torch.zeros(2, 3, 6)
    votes[0, 0, 2] = votes[1, 0, 3] = 1.0
    batch = {
        "context": context,
        "votes": votes,
        "members": torch.tensor([[0, 1], [2, -1]]),  # the second question has no answer
        "group": torch.tensor([0, 0, 1]),
    }
    torch.testing.assert_close(soft_votes([teacher], batch, 0.0, 0.0), votes)
    mixed = soft_votes([teacher], batch, 0.6, 0.0)
    assert not mixed[:, 2].any()
    assert not mixed[:, ~context].any()
    relative = (teacher - teacher[:, :, :1])[:, :2, 2:5].reshape(2, 6)
    shares = torch.cat([torch.zeros(2, 1), relative], -1).softmax(-1)[:, 1:].reshape(2, 2, 3)
    torch.testing.assert_close(mixed[:, :2, 2:5], 0.4 * votes[:, :2, 2:5] + 0.6 * shares)
    both = soft_votes([teacher, teacher * 2], batch, 0.6, 0.3)
    alone = [soft_votes([one], batch, 0.6, 0.3) for one in (teacher, teacher * 2)]
    torch.testing.assert_close(both, (alone[0] + alone[1]) / 2)
    torch.testing.assert_close(both[:, :2], soft_votes([teacher, teacher * 2], batch, 0.6, 0.0)[:, :2])
    assert both[:, 2, 2:5].all()
    assert (both.sum((0, 2))[2] < 0.6).item(), "the most of three tenths each for a first and a last token"
