"""Answers of the pipeline: turns the logits of windows into texts with scores and offsets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypedDict

import numpy as np

from qa.documents import Span, strip_span
from qa.reader import best_spans

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Encoding

MIN_PAIRS = 12  # the least number of token pairs of a window that are considered


class PipelineAnswer(TypedDict):
    """An answer: `context[start:end]`. The score is from 0 to 1; see `answers`."""

    score: float
    start: int
    end: int
    answer: str


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a context that was read.

    Attributes:
        encoding: Its tokens.
        starts: The start logits, (tokens,).
        ends: The end logits, (tokens,).
        null: The index of the token that represents no answer. None if the model has none.
    """

    encoding: Encoding
    starts: NDArray[np.float32]
    ends: NDArray[np.float32]
    null: int | None


class ScoredSpan(NamedTuple):
    """A span of the context with its probability in one window."""

    span: Span
    probability: float


def answers(
    context: str,
    windows: Sequence[Window],
    *,
    sequence: int,
    max_answer_len: int,
    align_to_words: bool,
    handle_impossible_answer: bool,
    top_k: int,
) -> list[PipelineAnswer]:
    """Return the answers to one question, best first, or an empty answer if there are none.

    The probability of a token pair is the product of two softmaxes over the context tokens of its window and
    the null token. The score of a text is the sum over its pairs in one window, wherever they are; of all
    windows, the highest sum counts. Its offsets are those of the best pair. The score of no answer is the
    product of the null token's probabilities; of all windows, the lowest product counts.

    Args:
        context: The whole context.
        windows: The windows of it that were read.
        sequence: Whether the context is the first (0) or second (1) text of a window.
        max_answer_len: The most tokens in an answer.
        align_to_words: Whether answers are extended to whole words.
        handle_impossible_answer: Whether the empty answer may be the best.
        top_k: The most answers to return.
    """
    count = max(MIN_PAIRS, 2 * top_k + 10)
    words = whole_words(windows, sequence) if align_to_words else None
    best: dict[str, PipelineAnswer] = {}
    nothing: PipelineAnswer = {"score": 1.0, "start": 0, "end": 0, "answer": ""}
    for window in windows:
        pairs, null = _pairs(window, sequence, max_answer_len, count)
        nothing["score"] = min(nothing["score"], null)
        spans = _spans(context, window.encoding, pairs, words)
        for text, answer in _by_text(context, spans).items():
            if text not in best or answer["score"] > best[text]["score"]:
                best[text] = answer
    if not best:
        return [nothing | {"score": nothing["score"] if handle_impossible_answer else 0.0}]
    found = [*best.values(), *([nothing] if handle_impossible_answer else [])]
    return sorted(found, key=lambda answer: -answer["score"])[:top_k]


def _pairs(
    window: Window, sequence: int, max_answer_len: int, count: int
) -> tuple[list[tuple[int, int, float]], float]:
    """Return the likeliest (first token, last token, probability), and the probability of no answer."""
    inside = np.array([side == sequence for side in window.encoding.sequence_ids])
    possible = inside.copy()
    if window.null is not None:
        possible[window.null] = True
    starts, ends = (_log_softmax(logits, possible) for logits in (window.starts, window.ends))
    pairs = best_spans(
        starts, ends, inside, inside, np.zeros(len(inside), np.int64), max_length=max_answer_len, count=count
    )
    null = 0.0 if window.null is None else float(np.exp(starts[window.null] + ends[window.null]))
    return [(first, last, float(np.exp(score))) for first, last, score in pairs], null


def _log_softmax(logits: NDArray[np.float32], possible: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the logarithms of probabilities over the possible tokens."""
    if not possible.any():
        return np.full_like(logits, -np.inf)
    chosen = logits[possible]
    largest = chosen.max()
    return logits - np.float32(largest + np.log(np.exp(chosen - largest).sum()))


def _spans(
    context: str,
    encoding: Encoding,
    pairs: Iterable[tuple[int, int, float]],
    words: dict[int, tuple[int, int]] | None,
) -> Iterable[ScoredSpan]:
    """Yield the span of each pair, extended to whole words if `words` are given."""
    offsets, word_ids = encoding.offsets, encoding.word_ids
    for first, last, probability in pairs:
        start, end = offsets[first][0], offsets[last][1]
        first_word, last_word = word_ids[first], word_ids[last]
        if words is not None and first_word is not None and last_word is not None:
            start, end = words[first_word][0], words[last_word][1]
        span = strip_span(context, start, end)
        if span is not None:
            yield ScoredSpan(span, probability)


def _by_text(context: str, spans: Iterable[ScoredSpan]) -> dict[str, PipelineAnswer]:
    """Return an answer for each lower-cased text: the sum of its probabilities, and its first offsets."""
    found: dict[str, PipelineAnswer] = {}
    for span, probability in spans:
        text = context[span.start : span.end]
        answer: PipelineAnswer = {"score": 0.0, "start": span.start, "end": span.end, "answer": text}
        found.setdefault(text.lower(), answer)["score"] += probability
    return found


def whole_words(windows: Sequence[Window], sequence: int) -> dict[int, tuple[int, int]]:
    """Return the (start, end) of each word of the context, even if a window cuts it in two."""
    words: dict[int, tuple[int, int]] = {}
    for window in windows:
        encoding = window.encoding
        for side, word, (start, end) in zip(
            encoding.sequence_ids, encoding.word_ids, encoding.offsets, strict=True
        ):
            if side == sequence and word is not None:
                known = words.get(word, (start, end))
                words[word] = (min(start, known[0]), max(end, known[1]))
    return words
