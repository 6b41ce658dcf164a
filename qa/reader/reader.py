"""Extractive reader: a question and passages to candidate spans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from qa.documents import Span
from qa.errors import QuestionError
from qa.models import collector_paused, quiet_loading
from qa.reader.candidate import Candidate, best_first
from qa.reader.decoding import best_of_each, best_spans
from qa.reader.input_writer import ReaderInput
from qa.reader.linearization import reader_input
from qa.reader.loading import load_compiled, load_named, load_packaged
from qa.reader.span_boundaries import addresses, snap_to_boundaries, snap_to_cell
from qa.reader.span_model import SpanModel, TorchSpanModel
from qa.reader.windows import RememberingModel
from qa.results import Passage

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Encoding
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

#: The name of the packaged reader, for `Reader.load`.
PACKAGED_READER = "verbatim-qa"

MAX_TOKENS = 384  # of a window: question, passage and separators
STRIDE = 128  # tokens that neighbouring windows of one passage share
MAX_ANSWER_TOKENS = 30


class Window(NamedTuple):
    """A question and a passage, or a part of it, that are read at once.

    Attributes:
        question: The position of the question among those that are read.
        source: The position of the passage among those of the question.
        passage: The passage.
        text: The text that is read for it.
        encoding: The tokens.
    """

    question: int
    source: int
    passage: Passage
    text: ReaderInput
    encoding: Encoding


class Reader:
    """Reads passages for the answer to a question.

    Source of the method: Devlin et al. 2019. Each token has a start and an end logit; the first token
    represents "no answer"; long passages are read in overlapping windows; a span's score is relative to
    its own window's null score.
    """

    def __init__(
        self,
        model: PreTrainedModel | SpanModel,
        tokenizer: PreTrainedTokenizerFast,
        *,
        max_tokens: int = MAX_TOKENS,
        stride: int = STRIDE,
        no_answer_threshold: float = 0.0,
    ) -> None:
        """Wrap a span model.

        Args:
            model: A model that returns a start and an end logit per token.
            tokenizer: Its fast tokenizer, which gives offsets.
            max_tokens: Maximum number of tokens in a window.
            stride: The tokens that neighbouring windows share, at most a quarter of `max_tokens`.
            no_answer_threshold: Where the reader alone decides, a span must score above this to be likelier
                than no answer.
        """
        self.model: Any = model
        self.span_model = model if isinstance(model, SpanModel) else TorchSpanModel(model)
        self.tokenizer = tokenizer
        self._remembering = RememberingModel(self.span_model, tokenizer)
        self._tokenizing = Lock()  # each call sets the tokenizer's truncation, for all threads
        self.no_answer_threshold = no_answer_threshold
        self.max_tokens = min(max_tokens, self.span_model.max_tokens or max_tokens)
        self.stride = min(stride, self.max_tokens // 4)

    @classmethod
    def load(cls, name: str = PACKAGED_READER, *, precise: bool = False) -> Reader:
        """Load the packaged reader, or another by folder or hub name.

        The packaged reader needs no network, and runs in OpenVINO where that is installed. A hub model is
        looked for on this machine first.

        Args:
            name: The reader.
            precise: Whether to compute in float32 where bfloat16 is faster.

        Raises:
            ModelError: no such model, or it has no trained span head or no fast tokenizer.
        """
        with collector_paused(), quiet_loading():
            if name != PACKAGED_READER:
                return cls(*load_named(name, precise=precise))
            packaged = None if precise else load_compiled()
            model, tokenizer, threshold = load_packaged(precise=precise) if packaged is None else packaged
            return cls(model, tokenizer, no_answer_threshold=threshold)

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text of any length has."""
        with self._tokenizing:
            return len(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def read(self, question: str, passages: Sequence[Passage], *, count: int = 20) -> list[Candidate]:
        """Return the candidates of all passages together, best first.

        Spans begin and end with whole words (a web address is one word) and lie in one sentence, list
        item, heading, value or table cell; see `snap_to_boundaries` for quotation marks and brackets, and
        `snap_to_cell` for cells. No span lies in the title and headings before a passage. A span
        that several windows of a passage offer is listed once, with its best score.

        Args:
            question: The question.
            passages: What to read.
            count: Maximum number of candidates per window.

        Raises:
            QuestionError: the question fills more than half a window.
        """
        return self.read_many([(question, passages)], count=count)[0]

    def read_many(
        self, asked: Sequence[tuple[str, Sequence[Passage]]], *, count: int | None = 20
    ) -> list[list[Candidate]]:
        """Do `read` for several questions, each with its passages, reading windows of several at once.

        Args:
            asked: Questions, each with what to read.
            count: Maximum number of candidates per window; None for the best of each sentence.

        Raises:
            QuestionError: a question fills more than half a window.
        """
        windows = [
            window
            for number, (question, passages) in enumerate(asked)
            for window in self._windows(number, question, passages)
        ]
        best: list[dict[tuple[int, Span], Candidate]] = [{} for _ in asked]
        for window, starts, ends in self._logits(windows):
            known = best[window.question]
            for candidate in self._candidates(window, starts, ends, count):
                key = (window.source, candidate.span)
                if key not in known or candidate.score > known[key].score:
                    known[key] = candidate
        return [best_first(found.values()) for found in best]

    def read_sentences(self, question: str, passages: Sequence[Passage]) -> list[Candidate]:
        """Return the best candidate of each sentence, list item, heading, value or cell, best first.

        Args:
            question: The question.
            passages: What to read.

        Raises:
            QuestionError: the question fills more than half a window.
        """
        return self.read_many([(question, passages)], count=None)[0]

    def _windows(self, number: int, question: str, passages: Sequence[Passage]) -> Iterator[Window]:
        if not passages:
            return
        tokens = self.count_tokens(question)
        if tokens > self.max_tokens // 2:
            raise QuestionError.too_many_tokens(tokens, self.max_tokens // 2)
        inputs = [reader_input(passage.document, passage.span, question) for passage in passages]
        with self._tokenizing:
            found = self.tokenizer(
                [question] * len(inputs),
                [text.text for text in inputs],
                max_length=self.max_tokens,
                truncation="only_second",
                stride=self.stride,
                return_overflowing_tokens=True,
                return_offsets_mapping=True,
            )
        sources: list[int] = found["overflow_to_sample_mapping"]
        for source, encoding in zip(sources, found.encodings or [], strict=True):
            yield Window(number, source, passages[source], inputs[source], encoding)

    def _logits(
        self, windows: Sequence[Window]
    ) -> Iterator[tuple[Window, NDArray[np.float32], NDArray[np.float32]]]:
        """Yield (window, start logits, end logits); batches of similar length are read at once."""
        encodings = [window.encoding for window in windows]
        for position, starts, ends in self._remembering.span_logits(encodings):
            yield windows[position], starts, ends

    def _candidates(
        self, window: Window, starts: NDArray[np.float32], ends: NDArray[np.float32], count: int | None
    ) -> Iterator[Candidate]:
        """Yield the best candidates of one window, whose logits are (length,)."""
        passage, text, encoding = window.passage, window.text, window.encoding
        if not len(text.starts):  # only table rules and empty cells
            return
        token_starts, token_ends = np.array(encoding.offsets).T
        # Tokens of the passage that lie in a sentence or cell.
        segments = np.searchsorted(text.starts, token_starts, side="right") - 1
        allowed = np.array([side == 1 for side in encoding.sequence_ids]) & (segments >= 0)
        allowed &= token_ends <= text.ends[segments]
        # Spans begin and end with whole words, and an address counts as one.
        words = np.array([-1 if word is None else word for word in encoding.word_ids])
        may_start = allowed & (np.r_[-2, words[:-1]] != words)
        may_end = allowed & (np.r_[words[1:], -2] != words)
        for address in addresses(text.text):
            may_start &= (token_starts <= address.start) | (address.end <= token_starts)
            may_end &= (token_ends <= address.start) | (address.end <= token_ends)
        null = encoding.ids.index(self.tokenizer.cls_token_id)
        null_score = float(starts[null]) + float(ends[null])
        most = len(starts) * MAX_ANSWER_TOKENS if count is None else count
        spans = best_spans(
            starts, ends, may_start, may_end, segments, max_length=MAX_ANSWER_TOKENS, count=most
        )
        for first, last, score in best_of_each(spans, segments) if count is None else spans:
            if token_starts[first] < token_ends[last]:
                offset = int(text.offsets[segments[first]] - text.starts[segments[first]])
                found = Span(int(token_starts[first]), int(token_ends[last])).shift(offset)
                segment = int(segments[first])
                if text.is_cell[segment]:
                    cell = Span(int(text.starts[segment]), int(text.ends[segment])).shift(offset)
                    span = snap_to_cell(passage.text, found, cell)
                else:
                    span = snap_to_boundaries(passage.text, found)
                if span is not None:
                    yield Candidate(passage, span.shift(passage.span.start), score - null_score)
