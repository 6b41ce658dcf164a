"""The pipeline: the old arguments and results, exact places, windows and scores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from qa import pipeline
from qa.errors import ModelError
from qa.pipelines import QuestionAnsweringPipeline
from qa.pipelines.inputs import Options
from tests.tiny_reader import tiny_reader

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)
KEEPER: dict[str, Any] = {
    "question": "Who kept the lighthouse?",
    "context": "The lighthouse of Norvik was kept by Ada Brown.",
}
BUILT: dict[str, Any] = {
    "question": "When was the mill built?",
    "context": "The mill was built in 1822 by a baker.",
}


@pytest.fixture(scope="module")
def tiny() -> QuestionAnsweringPipeline:
    return QuestionAnsweringPipeline(tiny_reader())


@pytest.fixture(scope="module")
def packaged() -> QuestionAnsweringPipeline:
    return pipeline("question-answering")


def by_definition(
    tiny: QuestionAnsweringPipeline, question: str, context: str, longest: int
) -> tuple[float, int, int]:
    """Return the likeliest pair of tokens in a context of one window, by trying all pairs."""
    encoding = tiny.tokenizer(question, context, return_offsets_mapping=True, return_tensors="pt")
    offsets = encoding.pop("offset_mapping")[0].tolist()
    with torch.inference_mode():
        out = tiny.model(**encoding)
    inside = [side == 1 for side in encoding.sequence_ids()]
    possible = torch.tensor([True, *inside[1:]])  # [CLS] and the context
    starts, ends = (
        logits[0].masked_fill(~possible, -torch.inf).softmax(0).tolist()
        for logits in (out.start_logits, out.end_logits)
    )
    tokens = [token for token, is_inside in enumerate(inside) if is_inside]
    score, first, last = max(
        (starts[first] * ends[last], first, last)
        for first in tokens
        for last in tokens
        if first <= last < first + longest
    )
    return score, offsets[first][0], offsets[last][1]


@pytest.mark.parametrize("longest", [1, 4, 15])
def test_the_score_is_the_product_of_two_softmaxes(tiny: QuestionAnsweringPipeline, longest: int) -> None:
    context = "abc de, fgh."
    found = tiny(question="ab", context=context, max_answer_len=longest, align_to_words=False)
    score, start, end = by_definition(tiny, "ab", context, longest)
    assert (found["start"], found["end"]) == (start, end)
    assert found["score"] == pytest.approx(score, abs=1e-5)
    assert found["answer"] == context[start:end]


@settings(max_examples=60, deadline=None)
@given(question=TEXTS, context=TEXTS, align=st.booleans(), impossible=st.booleans())
def test_answers_are_exact_for_any_text(question: str, context: str, align: bool, impossible: bool) -> None:
    """The answer is `context[start:end]` for any Unicode text, long questions and many windows included."""
    found = QuestionAnsweringPipeline(tiny_reader())(
        question=question,
        context=context,
        top_k=4,
        max_question_len=12,
        align_to_words=align,
        handle_impossible_answer=impossible,
    )
    assert 1 <= len(found) <= 4
    for one in found:
        assert one["answer"] == context[one["start"] : one["end"]] == one["answer"].strip()
        assert 0 <= one["score"] <= 1 + 1e-6
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
    assert len({one["answer"].lower() for one in found}) == len(found)


def test_every_way_to_ask(packaged: QuestionAnsweringPipeline) -> None:
    one, other = packaged(KEEPER), packaged(BUILT)
    assert (one["answer"], other["answer"]) == ("Ada Brown", "1822")
    assert one.keys() == {"score", "start", "end", "answer"}

    def close(found: Any, *expected: Any) -> bool:
        pairs = list(zip(found, expected, strict=True))
        return all(
            {**left, "score": 0} == {**right, "score": 0}
            and left["score"] == pytest.approx(right["score"], abs=0.01)
            for left, right in pairs
        )

    questions, contexts = [KEEPER["question"], BUILT["question"]], [KEEPER["context"], BUILT["context"]]
    assert close([packaged(**KEEPER)], one)
    assert close([packaged(*KEEPER.values())], one)
    assert close(packaged([KEEPER]), one)
    assert close(packaged([KEEPER, BUILT]), one, other)
    assert close(packaged(KEEPER, BUILT), one, other)
    assert close(packaged(question=questions, context=contexts), one, other)
    assert close(packaged(question=[KEEPER["question"]] * 2, context=KEEPER["context"]), one, one)
    assert packaged([]) == []
    assert [len(each) for each in packaged([KEEPER, BUILT], top_k=2)] == [2, 2]


def test_an_iterator_is_read_a_batch_at_a_time(tiny: QuestionAnsweringPipeline) -> None:
    taken = 0

    def examples() -> Iterator[dict[str, str]]:
        nonlocal taken
        for _ in range(10):
            taken += 1
            yield {"question": "a", "context": "b c"}

    found = tiny(examples(), batch_size=3)
    assert taken == 0
    next(found)
    assert taken == 3
    assert len(list(found)) == 9


def test_batches_change_nothing(tiny: QuestionAnsweringPipeline) -> None:
    rng = np.random.default_rng(0)
    examples = [
        {"question": "ab c", "context": " ".join(rng.choice(list("abcdefgh"), size))}
        for size in rng.integers(1, 120, 25)
    ]
    alone = [tiny(example) for example in examples]
    for size in (1, 4, 100):
        for found, expected in zip(tiny(examples, batch_size=size), alone, strict=True):
            assert (found["start"], found["end"]) == (expected["start"], expected["end"])
            assert found["score"] == pytest.approx(expected["score"], abs=1e-5)


def test_the_answer_of_a_long_context_is_found_in_any_window(packaged: QuestionAnsweringPipeline) -> None:
    filler = "The river is long and nobody has measured it. " * 60
    for context in (
        KEEPER["context"] + filler,
        filler + KEEPER["context"] + filler,
        filler + KEEPER["context"],
    ):
        found = packaged(question=KEEPER["question"], context=context)
        assert found["answer"] == "Ada Brown"
        assert found["start"] == context.index("Ada Brown")
        assert found["score"] <= 1  # although neighbouring windows share the answer


def test_a_context_without_the_answer_may_have_none(packaged: QuestionAnsweringPipeline) -> None:
    silent = {"question": "Who painted the ceiling?", "context": KEEPER["context"]}
    found = packaged(silent, handle_impossible_answer=True)
    assert (found["answer"], found["start"], found["end"]) == ("", 0, 0)
    assert found["score"] > 0.5
    assert packaged(silent)["answer"]
    assert packaged(KEEPER, handle_impossible_answer=True)["answer"] == "Ada Brown"


def test_a_context_without_words_has_no_answer(tiny: QuestionAnsweringPipeline) -> None:
    assert tiny(question="a", context=" \n") == {"score": 0.0, "start": 0, "end": 0, "answer": ""}


def test_words_are_whole_where_a_window_cuts_them(tiny: QuestionAnsweringPipeline) -> None:
    """The tokens are letters, so windows begin and end in the middle of words."""
    context = "abcdefghijklmnopqrstuvwxyz " * 6
    found = tiny(question="a", context=context, top_k=50)
    assert {one["answer"].replace("abcdefghijklmnopqrstuvwxyz", "").strip() for one in found} == {""}
    parts = tiny(question="a", context=context, top_k=50, align_to_words=False)
    assert any(len(one["answer"]) < 26 for one in parts)


def test_the_score_of_an_answer_does_not_depend_on_how_many_are_asked_for(
    packaged: QuestionAnsweringPipeline,
) -> None:
    one, many = packaged(KEEPER), packaged(KEEPER, top_k=20)
    assert one["score"] == pytest.approx(many[0]["score"], abs=1e-4)


def test_default_options_can_be_overridden() -> None:
    two = pipeline(top_k=2, max_answer_len=3)
    assert len(two(KEEPER)) == 2
    assert two(KEEPER, top_k=1)["answer"] == "Ada Brown"
    assert two.options == Options(top_k=2, max_answer_len=3)


def test_a_long_question_is_cut(tiny: QuestionAnsweringPipeline) -> None:
    long = tiny(question="ab cd " * 50, context="e f g", max_question_len=4)
    assert long == tiny(question="ab cd", context="e f g", max_question_len=4)


def test_a_model_and_its_tokenizer_are_taken() -> None:
    reader = tiny_reader()
    given = pipeline("question-answering", reader.model, reader.tokenizer)
    assert given.model is reader.model
    assert given(question="a", context="b c") == QuestionAnsweringPipeline(reader)(
        question="a", context="b c"
    )
    with pytest.raises(ModelError, match="fast tokenizer"):
        pipeline("question-answering", reader.model)


def test_a_model_padded_on_the_left_reads_the_context_first() -> None:
    reader = tiny_reader()
    reader.tokenizer.padding_side = "left"
    context = "c d e f g " * 20
    found = QuestionAnsweringPipeline(reader)(question="a b", context=context, top_k=5)
    assert all(one["answer"] == context[one["start"] : one["end"]] for one in found)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ({}, "missing"),
        ({"question": "", "context": "a"}, "empty"),
        ({"question": "a"}, "context"),
        ({"question": ["a", "b"], "context": ["c"]}, "2 questions and 1 contexts"),
        ({"question": "a", "context": "b", "top_k": 0}, "top_k is 0"),
        ({"question": "a", "context": "b", "max_answer_len": 0}, "max_answer_len is 0"),
        ({"question": "a", "context": "b", "doc_stride": -1}, "doc_stride is -1"),
        ({"question": "a", "context": "b", "doc_stride": 60}, "larger max_seq_len"),
        ({"question": "a", "context": "b", "max_seq_len": 4}, "larger max_seq_len"),
        ({"question": "a", "context": "b", "max_seq_len": 1000}, "at most 48"),
        ({"question": "a", "context": "b", "batch_size": 0}, "batch_size is 0"),
    ],
)
def test_wrong_arguments_are_named(tiny: QuestionAnsweringPipeline, call: dict[str, Any], error: str) -> None:
    with pytest.raises(ValueError, match=error):
        tiny(**call)


def test_wrong_inputs_are_named(tiny: QuestionAnsweringPipeline) -> None:
    with pytest.raises(ValueError, match="both ways"):
        tiny(KEEPER, question="a")
    with pytest.raises(ValueError, match="dictionary"):
        tiny([{"question": "a"}])
    with pytest.raises(ValueError, match="dictionary"):
        tiny("a")
    with pytest.raises(TypeError, match="int, not a string"):
        tiny(question=1, context="a")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="colour"):
        tiny(KEEPER, colour="red")
    with pytest.raises(ValueError, match="only 'question-answering'"):
        pipeline("translation")
    with pytest.raises(ValueError, match="float32"):
        pipeline(dtype="int8")  # type: ignore[arg-type]
