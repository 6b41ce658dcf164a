"""Inputs of the pipeline: the ways to pass questions with contexts, and the options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

DEFAULT_MAX_TOKENS = 384
DEFAULT_STRIDE = 128


class Example(NamedTuple):
    """A question and the text to look for its answer in."""

    question: str
    context: str


@dataclass(frozen=True, slots=True)
class Options:
    """How to read and what to return. All lengths are in tokens.

    Attributes:
        top_k: How many answers to return.
        doc_stride: The overlap of neighbouring windows. None for 128, or less if that does not fit.
        max_answer_len: The longest answer, before it is extended to whole words.
        max_seq_len: The longest window, question and context. None for 384, or less if the model reads less.
        max_question_len: The longest question. The rest of a longer one is cut off.
        handle_impossible_answer: Whether an empty answer may be returned.
        align_to_words: Whether answers are extended to whole words.

    Raises:
        ValueError: A length is below 1.
    """

    top_k: int = 1
    doc_stride: int | None = None
    max_answer_len: int = 15
    max_seq_len: int | None = None
    max_question_len: int = 64
    handle_impossible_answer: bool = False
    align_to_words: bool = True

    def __post_init__(self) -> None:
        for name in ("top_k", "max_answer_len", "max_seq_len", "max_question_len"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} is {value}: it must be at least 1")
        if self.doc_stride is not None and self.doc_stride < 0:
            raise ValueError(f"doc_stride is {self.doc_stride}: it must be at least 0")


def examples_of(inputs: tuple[Any, ...], question: Any, context: Any) -> Any:
    """Return the examples of a call: a single one, a list of them, or a lazy iterable.

    Args:
        inputs: The positional arguments: a dictionary with `question` and `context`, several of them, a list
            or another iterable of them, or a question and a context.
        question: A question or a list of questions.
        context: A context, or a list with one for each question.

    Raises:
        ValueError: The arguments have none of these forms, or one is empty.
        TypeError: A question or context is not a string.
    """
    if inputs and (question is not None or context is not None):
        raise ValueError("Give question= and context=, or dictionaries with both, but not both ways at once.")
    if len(inputs) == 2 and all(isinstance(one, str) for one in inputs):
        return _example(*inputs)
    if len(inputs) == 1:
        return _from_mappings(inputs[0])
    if inputs:
        return [_from_mapping(one) for one in inputs]
    if isinstance(question, list):
        contexts = context if isinstance(context, list) else [context] * len(question)
        if len(contexts) != len(question):
            raise ValueError(f"There are {len(question)} questions and {len(contexts)} contexts.")
        return [_example(*pair) for pair in zip(question, contexts, strict=True)]
    return _example(question, context)


def _from_mappings(given: Any) -> Any:
    if isinstance(given, Mapping):
        return _from_mapping(given)
    if isinstance(given, list | tuple):
        return [_from_mapping(one) for one in given]
    if isinstance(given, Iterable) and not isinstance(given, str):
        return (_from_mapping(one) for one in given)
    raise ValueError("Give question= and context=, or a dictionary with both.")


def _from_mapping(given: Any) -> Example:
    if not isinstance(given, Mapping) or not {"question", "context"} <= given.keys():
        raise ValueError("Give each question as a dictionary with the keys `question` and `context`.")
    return _example(given["question"], given["context"])


def _example(question: Any, context: Any) -> Example:
    for name, value in (("question", question), ("context", context)):
        if value is None or value == "":
            raise ValueError(f"`{name}` is missing or empty.")
        if not isinstance(value, str):
            raise TypeError(f"`{name}` is {type(value).__name__}, not a string.")
    return Example(question, context)
