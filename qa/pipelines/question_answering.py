"""Extractive question answering over a given context, with the arguments and results of transformers 4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

from qa.errors import ModelError
from qa.pipelines.answers import PipelineAnswer, Window, answers
from qa.pipelines.inputs import DEFAULT_MAX_TOKENS, DEFAULT_STRIDE, Example, Options, examples_of
from qa.reader import BATCH, PACKAGED_READER, Reader, span_logits

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

TASK = "question-answering"
CHUNK = 16  # batches that are tokenized at once, so that windows of similar length can share a batch


def pipeline(
    task: str = TASK,
    model: str | PreTrainedModel = PACKAGED_READER,
    tokenizer: PreTrainedTokenizerFast | None = None,
    *,
    dtype: Literal["auto", "float32"] = "auto",
    batch_size: int = BATCH,
    **options: Any,
) -> QuestionAnsweringPipeline:
    """Return a pipeline that answers questions from the context given with each.

    Args:
        task: "question-answering".
        model: The packaged reader, or any span model: a folder, a name on the hub, or the model itself.
        tokenizer: The tokenizer, if `model` is the model itself. It must be a fast one.
        dtype: "auto" computes in bfloat16 if the processor has instructions for it, and with OpenVINO if that
            is installed. "float32" returns the same scores as transformers. It has no effect on a model that
            is passed itself.
        batch_size: The most windows that are read at once.
        **options: Defaults for the options of a call.

    Raises:
        ModelError: there is no such model, it has no trained span head, or no fast tokenizer.
        ValueError: the task or the value of an option is not supported.
        TypeError: there is no such option.
    """
    if task != TASK:
        raise ValueError(f"There is no pipeline {task!r}: only {TASK!r}.")
    if dtype not in ("auto", "float32"):
        raise ValueError(f"dtype is {dtype!r}: give 'auto' or 'float32'.")
    if isinstance(model, str):
        reader = Reader.load(model, precise=dtype == "float32")
    elif tokenizer is None or not getattr(tokenizer, "is_fast", False):
        raise ModelError("Pass the fast tokenizer of the model too: it knows the offsets of each token.")
    else:
        reader = Reader(model, tokenizer)
    return QuestionAnsweringPipeline(reader, batch_size=batch_size, options=Options(**options))


class QuestionAnsweringPipeline:
    """Answers questions from the context given with each. It can be used by several threads at once.

    Args:
        reader: The span model and its tokenizer.
        batch_size: The most windows that are read at once.
        options: Defaults for the options of a call.
    """

    task = TASK

    def __init__(self, reader: Reader, *, batch_size: int = BATCH, options: Options | None = None) -> None:
        _check_batch_size(batch_size)
        self.model, self.tokenizer, self.batch_size = reader.model, reader.tokenizer, batch_size
        self._span_model = reader.span_model
        self.options = Options() if options is None else options
        longest = getattr(reader.tokenizer, "model_max_length", DEFAULT_MAX_TOKENS)
        self._max_tokens = min(longest, reader.span_model.max_tokens or longest)
        # A model that is padded on the left was trained with the context first.
        self._sequence = 1 if getattr(reader.tokenizer, "padding_side", "right") == "right" else 0
        self._windowing = lru_cache(8)(self._windowing_tokenizer)

    def __call__(
        self,
        *inputs: Any,
        question: str | list[str] | None = None,
        context: str | list[str] | None = None,
        batch_size: int | None = None,
        **options: Any,
    ) -> Any:
        """Answer one question or many.

        Args:
            *inputs: A dictionary with `question` and `context`; several, or an iterable of them; or a
                question and a context.
            question: A question or a list of questions.
            context: A context, or a list with one for each question.
            batch_size: The most windows that are read at once.
            **options: See `Options`: `top_k`, `doc_stride`, `max_answer_len`, `max_seq_len`,
                `max_question_len`, `handle_impossible_answer`, `align_to_words`.

        Returns:
            A `PipelineAnswer`, or a list of them if `top_k` is more than 1. For a list of questions, a list
            of these; for any other iterable, an iterator that reads it a batch at a time.

        Raises:
            ValueError: an argument is missing or empty, or the value of an option is not supported.
            TypeError: there is no such option.
        """
        chosen = replace(
            self.options, **{name: value for name, value in options.items() if value is not None}
        )
        size = self.batch_size if batch_size is None else batch_size
        _check_batch_size(size)
        examples = examples_of(inputs, question, context)
        if isinstance(examples, Example):
            return next(self._stream([examples], chosen, size, 1))
        if isinstance(examples, list):
            return list(self._stream(examples, chosen, size, CHUNK * size))
        return self._stream(examples, chosen, size, size)

    def _stream(
        self, examples: Iterable[Example], options: Options, batch_size: int, chunk_size: int
    ) -> Iterator[PipelineAnswer | list[PipelineAnswer]]:
        """Yield the result of each example, reading `chunk_size` examples at a time."""
        waiting = iter(examples)
        while chunk := list(islice(waiting, chunk_size)):
            for found in self._answers(chunk, options, batch_size):
                yield found[0] if options.top_k == 1 else found

    def _answers(
        self, examples: Sequence[Example], options: Options, batch_size: int
    ) -> Iterator[list[PipelineAnswer]]:
        encodings = [self._encodings(example, options) for example in examples]
        flat = [encoding for parts in encodings for encoding in parts]
        logits = {
            position: (starts, ends)
            for position, starts, ends in span_logits(
                self._span_model, self.tokenizer, flat, batch=batch_size
            )
        }
        windows = (
            Window(encoding, *logits[position], self._null(encoding))
            for position, encoding in enumerate(flat)
        )
        for example, parts in zip(examples, encodings, strict=True):
            yield answers(
                example.context,
                list(islice(windows, len(parts))),
                sequence=self._sequence,
                max_answer_len=options.max_answer_len,
                align_to_words=options.align_to_words,
                handle_impossible_answer=options.handle_impossible_answer,
                top_k=options.top_k,
            )

    def _null(self, encoding: Encoding) -> int | None:
        """Return the index of the first [CLS] token, which represents no answer."""
        token = self.tokenizer.cls_token_id
        return encoding.ids.index(token) if token in encoding.ids else None

    def _encodings(self, example: Example, options: Options) -> list[Encoding]:
        """Return the windows of an example."""
        max_tokens = options.max_seq_len
        if max_tokens is None:
            max_tokens = min(self._max_tokens, DEFAULT_MAX_TOKENS)
        elif max_tokens > self._max_tokens:
            raise ValueError(
                f"max_seq_len is {max_tokens}: the model reads at most {self._max_tokens} tokens"
            )
        whole = self._windowing(None, 0)
        asked = whole.encode(example.question, add_special_tokens=False)
        question, length = example.question, min(len(asked), options.max_question_len)
        if length < len(asked):
            question = question[: asked.offsets[length - 1][1]]
        room = max_tokens - length - whole.num_special_tokens_to_add(is_pair=True)
        stride = options.doc_stride
        if stride is None:
            stride = min(DEFAULT_STRIDE, max_tokens // 2)
            stride = stride if stride < room else room // 2
        if not 0 <= stride < room:
            raise ValueError(
                f"A window of {max_tokens} tokens has room for {max(room, 0)} of the context: "
                "give a larger max_seq_len, or a smaller doc_stride or max_question_len."
            )
        texts = (question, example.context) if self._sequence else (example.context, question)
        first = self._windowing(max_tokens, stride).encode(*texts)
        return [first, *first.overflowing]

    def _windowing_tokenizer(self, max_tokens: int | None, stride: int) -> Tokenizer:
        """Return a copy of the tokenizer that splits contexts. Threads share it: it is never modified."""
        tokenizer = deepcopy(self.tokenizer.backend_tokenizer)
        tokenizer.no_padding()
        tokenizer.no_truncation()
        if max_tokens is not None:
            strategy = "only_second" if self._sequence else "only_first"
            tokenizer.enable_truncation(max_tokens, stride=stride, strategy=strategy)
        return tokenizer


def _check_batch_size(batch_size: int) -> None:
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}: it must be at least 1")
