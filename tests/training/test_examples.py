"""A pass over the questions as windows of tokens."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from tests.tiny_tokenizer import tiny_tokenizer
from training.examples import MAX_TOKENS, Window, as_typed, load_tokenizer, one_pass
from training.questions import Question

MILL = "the mill at hoogveld was built by anna lund. it burnt down in 1822."
MAKER = MILL.index("anna"), MILL.index(". it")
WHO = Question("squad_train", "Mills", "who built the mill?", MILL, (MAKER, (MAKER[0] + 5, MAKER[1])))
SILENT = Question("nq_maorlavi", "Bread", "who baked the bread?", "bread is baked of flour.", ())
FILLER = [replace(SILENT, context=f"loaf {number} is of flour.") for number in range(8)]


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    """One of letters, that has a limit baked in."""
    folder = tmp_path_factory.mktemp("base")
    tiny_tokenizer(max_tokens=512, limit=12).backend_tokenizer.save(str(folder / "tokenizer.json"))
    return load_tokenizer(folder)


def words(tokenizer: Tokenizer, window: Window, first: int, last: int) -> str:
    """What a window says from one token to another, without spaces."""
    return tokenizer.decode(window.ids[first : last + 1].tolist()).replace(" ##", "").replace(" ", "")


def test_a_tokenizer_loses_its_limit(tokenizer: Tokenizer) -> None:
    assert len(tokenizer.encode(MILL).ids) > 12
    assert len(tokenizer.encode("a").ids) == 3


def test_a_window_votes_for_the_tokens_of_its_answers(tokenizer: Tokenizer) -> None:
    """Half each where annotators differ; an unanswerable question has no votes."""
    windows = [window for group in one_pass([WHO, SILENT, *FILLER], tokenizer, 0) for window in group]
    voted = [window for window in windows if window.starts]
    assert voted
    for window in voted:
        (end,) = window.ends
        assert {words(tokenizer, window, start, end) for start in window.starts} == {"annalund", "lund"}
        assert list(window.starts.values()) == [0.5, 0.5]
        assert window.ends == {end: 1.0}
        assert min(window.starts) >= window.context_start
    asked = tokenizer.encode(SILENT.text.rstrip("?"), add_special_tokens=False).ids
    silent = [window for window in windows if window.ids[1 : 1 + len(asked)].tolist() == asked]
    assert silent
    assert not any(window.starts or window.ends for window in silent)


def test_a_group_with_an_answer_begins_with_its_window(tokenizer: Tokenizer) -> None:
    """The windows beside it are of wrong paragraphs, and what is changed has no votes."""
    seen = [group for seed in range(60) for group in one_pass([WHO, *FILLER], tokenizer, seed)]
    assert all(not window.starts for group in seen for window in group[1:])
    lengths = {len(group) for group in seen if group[0].starts}
    assert lengths == {1}, "one answerable question is too few to be read beside others"
    many = [replace(WHO, text=f"who built mill {number}?") for number in range(40)]
    groups = one_pass([*many, *FILLER], tokenizer, 1)
    assert {len(group) for group in groups if group[0].starts} >= {1, 3}
    assert any(not group[0].starts for group in groups)


def test_the_same_seed_makes_the_same_pass(tokenizer: Tokenizer) -> None:
    questions = [WHO, SILENT, *FILLER]
    one, same, other = (one_pass(questions, tokenizer, seed) for seed in (3, 3, 4))

    def ids(groups: list[list[Window]]) -> list[list[int]]:
        return [window.ids.tolist() for group in groups for window in group]

    assert ids(one) == ids(same)
    assert ids(one) != ids(other)


@pytest.mark.parametrize("place", ["begin", "middle", "end"])
def test_a_long_context_becomes_a_window_with_a_whole_answer(tokenizer: Tokenizer, place: str) -> None:
    filler = "so it was said of bread and flour. " * 30
    context = {"begin": MILL + filler, "middle": filler + MILL + filler, "end": filler + MILL}[place]
    start = context.index("anna")
    question = replace(WHO, context=context, answers=((start, start + len("anna lund")),))
    for seed in range(5):
        groups = one_pass([question, *FILLER], tokenizer, seed)
        voted = [window for group in groups for window in group if window.starts]
        assert voted
        for window in voted:
            assert len(window.ids) == MAX_TOKENS
            (first,), (last,) = window.starts, window.ends
            assert words(tokenizer, window, first, last) == "annalund"


def test_an_answer_that_no_window_can_hold_is_not_trained_on(tokenizer: Tokenizer) -> None:
    """A window without it would teach that there is none."""
    context = "so it was said of bread and flour. " * 30
    question = replace(WHO, context=context, answers=((0, len(context) - 1),))
    groups = one_pass([question], tokenizer, 0)
    assert not any(window.starts for group in groups for window in group)
    asked = tokenizer.encode(question.text.rstrip("?"), add_special_tokens=False).ids
    assert not any(group[0].ids[1 : 1 + len(asked)].tolist() == asked for group in groups)


def test_unanswerable_questions_that_people_wrote_are_read_twice(tokenizer: Tokenizer) -> None:
    natural = [
        replace(SILENT, source="squad2_train_unansq", text=f"who is {number}?") for number in range(20)
    ]
    assert len(one_pass(natural, tokenizer, 0)) == 40
    reddit = [replace(one, source="squadshifts_reddit", answers=((0, 5),)) for one in natural * 10]
    drawn = [group for group in one_pass([*reddit, *FILLER], tokenizer, 0) if group[0].starts]
    assert 70 < len(drawn) < 140


@given(st.integers(0, 2**32), st.text(max_size=50))
def test_a_question_as_typed_differs_by_a_slip_and_its_mark(seed: int, question: str) -> None:
    """Never in the beginning, which says what it asks for."""
    typed = as_typed(question, random.Random(seed))
    bare = question.rstrip("?. ")
    assert len(bare) - 1 <= len(typed) <= len(question) + 1
    assert typed[:1] == question[:1] or not bare
