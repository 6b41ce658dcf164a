"""Passages to candidate spans: the extractive reader. The only file that says `transformers`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qa.documents import Span
from qa.errors import ModelError, QuestionError
from qa.models import packaged_model, quiet_loading
from qa.reader.span_boundaries import addresses, snap_to_boundaries
from qa.reader.tables import ReaderInput, reader_input
from qa.results import Passage

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from transformers import BatchEncoding, PreTrainedModel, PreTrainedTokenizerFast

#: The reader that comes with the package, as `Reader.load` knows it.
PACKAGED_READER = "verbatim-qa"
WEIGHTS = Path(__file__).parent / "weights"

MAX_TOKENS = 384  # of a window: question, passage and their separators
STRIDE = 128  # tokens that two windows of one passage share
MAX_ANSWER_TOKENS = 30
BATCH = 16  # windows read at once


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that may be the answer, in places of its document.

    `score` is start logit + end logit - the same sum at its window's "no answer" token: above 0 the
    reader prefers the span to silence. Windows and passages compare by it.
    """

    passage: Passage
    span: Span
    score: float

    @property
    def text(self) -> str:
        """The words of the span."""
        return self.passage.document[self.span]


def best_spans(
    starts: NDArray[np.float32],
    ends: NDArray[np.float32],
    may_start: NDArray[np.bool_],
    may_end: NDArray[np.bool_],
    stretch: NDArray[np.int64],
    *,
    longest: int,
    count: int,
) -> list[tuple[int, int, float]]:
    """The `count` best pairs first <= last < first + longest of one window, best first.

    All arrays are (length,). A pair is of one `stretch`, the number of which each token has, and scores
    `starts[first] + ends[last]`; both are chosen together, since the two best alone need not make a
    span. Equal scores keep the order of the text.
    """
    length = len(starts)
    opened = np.where(may_start, starts, -np.inf)
    closed = np.full(length + longest - 1, -np.inf, dtype=np.float64)
    closed[:length] = np.where(may_end, ends, -np.inf)
    scores = opened[:, None] + np.lib.stride_tricks.sliding_window_view(closed, longest)
    reached = np.lib.stride_tricks.sliding_window_view(np.pad(stretch, (0, longest - 1)), longest)
    scores[reached != stretch[:, None]] = -np.inf
    flat = scores.ravel()
    possible = int(np.isfinite(flat).sum())
    order = np.argsort(-flat, kind="stable")[: min(count, possible)]
    return [(int(i) // longest, int(i) // longest + int(i) % longest, float(flat[i])) for i in order]


class Reader:
    """Reads passages for the answer to a question, with any span model that has a fast tokenizer.

    A span that scores no more than `no_answer_threshold` is less likely than no answer, where nothing
    but the reader is asked.

    Source of the method: Devlin et al. 2019 (a start and an end logit a token, the first token as
    "no answer"), windows over long passages, scores relative to each window's own "no answer".
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerFast,
        *,
        max_tokens: int = MAX_TOKENS,
        stride: int = STRIDE,
        no_answer_threshold: float = 0.0,
    ) -> None:
        self.model = model.eval()
        self.tokenizer = tokenizer
        self.no_answer_threshold = no_answer_threshold
        positions = getattr(model.config, "max_position_embeddings", max_tokens)
        self.max_tokens = min(max_tokens, positions)
        self.stride = min(stride, self.max_tokens // 4)

    @classmethod
    def load(cls, name: str = PACKAGED_READER) -> Reader:
        """The packaged reader, or another by the name of a hub model or by folder.

        The packaged one needs no network. A hub model is looked for on this machine first.

        Raises:
            ModelError: no such model, or it has no trained span head or no fast tokenizer.
        """
        with quiet_loading():
            return _packaged_reader() if name == PACKAGED_READER else _named_reader(name)

    def read(self, question: str, passages: Sequence[Passage], *, count: int = 20) -> list[Candidate]:
        """Candidates of all passages together, best first, at most `count` a window.

        A span that several windows of a passage offer is listed once, with its best score. Spans begin
        and end with whole words, a web address being one, and lie in one sentence, list item, heading or
        cell of a table; see `snap_to_boundaries` for marks that come in pairs.

        Raises:
            QuestionError: the question fills more than half a window.
        """
        if not passages:
            return []
        texts = [reader_input(passage.document, passage.span) for passage in passages]
        windows = self._windows(question, texts)
        best: dict[tuple[int, Span], Candidate] = {}
        for number, starts, ends in self._logits(windows):
            source = windows["overflow_to_sample_mapping"][number]
            for candidate in self._candidates(
                windows, number, starts, ends, passages[source], texts[source], count
            ):
                place = (source, candidate.span)
                if place not in best or candidate.score > best[place].score:
                    best[place] = candidate
        return sorted(best.values(), key=lambda c: (-c.score, c.passage.document.id, c.span))

    def _windows(self, question: str, texts: Sequence[ReaderInput]) -> BatchEncoding:
        tokens = len(self.tokenizer(question, add_special_tokens=False)["input_ids"])
        if tokens > self.max_tokens // 2:
            raise QuestionError(
                f"The question is {tokens} tokens long and at most {self.max_tokens // 2} can be read: "
                "ask it in fewer words."
            )
        windows: BatchEncoding = self.tokenizer(
            [question] * len(texts),
            [text.text for text in texts],
            max_length=self.max_tokens,
            truncation="only_second",
            stride=self.stride,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        return windows

    def _logits(
        self, windows: BatchEncoding
    ) -> Iterator[tuple[int, NDArray[np.float32], NDArray[np.float32]]]:
        """(window, start logits, end logits) of every window, in batches of like length."""
        import torch

        lengths = [len(ids) for ids in windows["input_ids"]]
        order = sorted(range(len(lengths)), key=lambda number: lengths[number])
        inputs = [name for name in self.tokenizer.model_input_names if name in windows]
        for begin in range(0, len(order), BATCH):
            batch = order[begin : begin + BATCH]
            padded = self.tokenizer.pad(
                {name: [windows[name][number] for number in batch] for name in inputs},
                padding_side="right",
                return_tensors="pt",
            )
            with torch.inference_mode():
                out = self.model(**padded)
            starts, ends = out.start_logits.float().numpy(), out.end_logits.float().numpy()
            for row, number in enumerate(batch):
                yield number, starts[row, : lengths[number]], ends[row, : lengths[number]]

    def _candidates(
        self,
        windows: BatchEncoding,
        number: int,
        starts: NDArray[np.float32],
        ends: NDArray[np.float32],
        passage: Passage,
        text: ReaderInput,
        count: int,
    ) -> Iterator[Candidate]:
        if not len(text.starts):  # of rules and empty cells alone
            return
        encoding = windows[number]
        begins, finishes = np.array(encoding.offsets).T
        stretch = np.searchsorted(text.starts, begins, side="right") - 1
        may = np.array([side == 1 for side in encoding.sequence_ids]) & (stretch >= 0)
        may &= finishes <= text.ends[stretch]
        words = np.array([-1 if word is None else word for word in encoding.word_ids])
        may_start = may & (np.r_[-2, words[:-1]] != words)
        may_end = may & (np.r_[words[1:], -2] != words)
        for address in addresses(text.text):
            may_start &= (begins <= address.start) | (address.end <= begins)
            may_end &= (finishes <= address.start) | (address.end <= finishes)
        null = encoding.ids.index(self.tokenizer.cls_token_id)
        null_score = float(starts[null]) + float(ends[null])
        for first, last, score in best_spans(
            starts, ends, may_start, may_end, stretch, longest=MAX_ANSWER_TOKENS, count=count
        ):
            if begins[first] < finishes[last]:
                away = int(text.places[stretch[first]] - text.starts[stretch[first]])
                span = snap_to_boundaries(
                    passage.text, Span(int(begins[first]), int(finishes[last])).shift(away)
                )
                if span is not None:
                    yield Candidate(passage, span.shift(passage.span.start), score - null_score)


def _packaged_reader() -> Reader:
    """The base model's weights with those that training changed laid over them."""
    from safetensors.torch import load_file
    from transformers import AutoConfig, AutoModelForQuestionAnswering, AutoTokenizer

    changed = WEIGHTS / "reader.safetensors"
    try:
        card = json.loads((WEIGHTS / "reader.json").read_text(encoding="utf-8"))
        sound = hashlib.sha256(changed.read_bytes()).hexdigest() == card["sha256"]
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{changed} is not whole: install verbatim-qa again.") from error
    if not sound:
        raise ModelError(f"{changed} is damaged: install verbatim-qa again.")
    base = packaged_model()
    model = AutoModelForQuestionAnswering.from_config(AutoConfig.from_pretrained(base))
    state = {f"bert.{name}": tensor for name, tensor in load_file(base / "model.safetensors").items()}
    state |= {name: tensor.float() for name, tensor in load_file(changed).items()}
    model.load_state_dict({name: state[name] for name in model.state_dict()})
    tokenizer: PreTrainedTokenizerFast = AutoTokenizer.from_pretrained(base)  # type: ignore[assignment]
    return Reader(model, tokenizer, no_answer_threshold=card["no_answer_threshold"])


def _named_reader(name: str) -> Reader:
    from huggingface_hub import model_info
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer, PreTrainedTokenizerFast

    def load(*, local: bool) -> tuple[Any, dict[str, Any], Any]:
        model, report = AutoModelForQuestionAnswering.from_pretrained(
            name, local_files_only=local, output_loading_info=True
        )
        return model, report, AutoTokenizer.from_pretrained(name, local_files_only=local)

    try:
        try:
            model, report, tokenizer = load(local=True)
        except OSError:
            if Path(name).is_dir():
                raise
            model_info(name)  # fails at once where the loader would try again and again
            model, report, tokenizer = load(local=False)
    except Exception as error:  # each file of a model fails in its own library's way
        reason = " ".join(str(error).split())[:200]
        raise ModelError(f"No reader {name!r}: give a folder or a hub model's name. {reason}") from error
    if report["missing_keys"]:
        raise ModelError(f"{name} was not trained to find spans: choose a question-answering model.")
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise ModelError(f"{name} has no fast tokenizer, so its answers would have no exact place.")
    return Reader(model, tokenizer)
