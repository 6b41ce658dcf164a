"""The reader: windows, offsets, and models that cannot be used."""

from __future__ import annotations

import json
import math
import shutil
import unicodedata
from pathlib import Path
from typing import Literal

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.documents import Document, Span, text_document
from qa.errors import ModelError, QuestionError
from qa.reader import BATCH, Reader
from qa.reader.loading import WEIGHTS, load_packaged
from qa.reader.reader import MAX_ANSWER_TOKENS
from qa.results import Passage
from tests.tiny_reader import tiny_reader, whole

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300).filter(str.strip)


@pytest.fixture(scope="module")
def reader() -> Reader:
    """Return one tiny reader for all tests that only read."""
    return tiny_reader()


def test_no_span_leaves_its_sentence() -> None:
    """Not over a full stop, a heading or a blank line, nor into the next item of a list."""
    parts = ["# a b", "c d end.", "F g h.", "- 1 i", "- 2 j", "k l"]
    text = "{}\n{} {}\n\n{}\n{}\n\n{}".format(*parts)
    found = {candidate.text for candidate in tiny_reader().read("a", [whole(text)], count=10_000)}
    assert {"a b", "c d end.", "F g h.", "1 i", "2 j", "k l"} <= found
    assert all(any(span in part for part in parts) for span in found)


@settings(max_examples=60, deadline=None)
@given(question=TEXTS.map(lambda text: text[:20]), text=TEXTS, before=st.text(max_size=30))
def test_candidates_are_whole_words_inside_their_passage(question: str, text: str, before: str) -> None:
    """For any Unicode: never in the question or padding, no partial word, no white space around it."""
    reader = tiny_reader()
    document = Document("text", before + text)
    passage = Passage(document, Span(len(before), len(before + text)), 0.0, None, None)
    for candidate in reader.read(question, [passage, whole("a b c")]):
        if candidate.passage is not passage:
            continue
        assert passage.span.contains(candidate.span)
        assert document[candidate.span] == candidate.text == candidate.text.strip()
        edges = document.text[max(0, candidate.span.start - 1) : candidate.span.start + 1]
        assert not (candidate.span.start > passage.span.start and edges.isascii() and edges.isalnum())
        after = document.text[candidate.span.end : candidate.span.end + 1]
        assert not unicodedata.category(after or " ").startswith("M")


def test_addresses_and_cells_stay_whole() -> None:
    """A candidate contains all of a web address or none of it, and never parts of two table cells."""
    document = text_document("a http://b.c/d e\n\n| f g | h |", name="a.txt")
    passage = Passage(document, Span(0, len(document.text)), 0.0, None, None)
    found = {c.text for c in tiny_reader().read("a", [passage], count=10_000)}
    assert {"a", "a http://b.c/d", "http://b.c/d e", "f g", "h"} <= found
    assert not any("g |" in text or "| h" in text for text in found)
    assert not any("b.c" in text and "http://b.c/d" not in text for text in found)


def test_every_word_of_a_long_passage_is_read() -> None:
    """Nothing is lost in a passage of many windows: each of its words is among the candidates."""
    words = [f"{letter}{number}" for letter in "abcdefgh" for number in range(10)]
    found = {
        candidate.text for candidate in tiny_reader().read("a b", [whole(" ".join(words))], count=10_000)
    }
    assert set(words) <= found


def test_windows_of_one_passage_offer_a_span_once() -> None:
    """A span seen by two windows is one candidate, with its best score; two passages each offer it."""
    reader = tiny_reader()
    text = " ".join(f"{letter}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz" * 3)
    passage = whole(text)
    windows = reader.read("what", [passage], count=10_000)
    places = [(candidate.span.start, candidate.span.end) for candidate in windows]
    assert len(set(places)) == len(places)
    twice = reader.read("what", [passage, passage], count=10_000)
    assert [c.score for c in twice[::2]] == pytest.approx([c.score for c in windows], abs=1e-4)
    assert len(twice) == 2 * len(windows)


def test_scores_do_not_depend_on_what_is_read_beside(reader: Reader) -> None:
    """Batching and padding change nothing: a passage scores the same alone and among longer ones."""
    short, long = whole("a b c d", "short"), whole("x y z " * 12, "long")
    alone = {c.span: c.score for c in reader.read("which", [short])}
    beside = {c.span: c.score for c in reader.read("which", [long, short, long]) if c.passage is short}
    assert alone.keys() == beside.keys()
    for span, score in alone.items():
        assert beside[span] == pytest.approx(score, abs=1e-4)


def test_score_is_measured_against_no_answer(reader: Reader) -> None:
    """Raising the logits of the first token by 3 each lowers every score by 6."""

    class Silent(torch.nn.Module):
        def __init__(self, inner: torch.nn.Module) -> None:
            super().__init__()
            self.inner, self.config = inner, inner.config

        def forward(self, **inputs: torch.Tensor) -> object:
            out = self.inner(**inputs)
            out.start_logits[:, 0] += 3
            out.end_logits[:, 0] += 3
            return out

    quieter = Reader(Silent(reader.model), reader.tokenizer, max_tokens=reader.max_tokens)  # type: ignore[arg-type]
    for loud, low in zip(
        reader.read("a", [whole("b c d")]), quieter.read("a", [whole("b c d")]), strict=True
    ):
        assert loud.span == low.span
        assert loud.score - low.score == pytest.approx(6, abs=1e-4)


def test_answers_are_not_longer_than_the_limit(reader: Reader) -> None:
    """No candidate has more tokens than the limit, here one per word."""
    candidates = reader.read("a", [whole("b " * 40)], count=10_000)
    assert max(len(candidate.text.split()) for candidate in candidates) == MAX_ANSWER_TOKENS


def test_windows_are_read_in_full_batches_with_little_padding(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A short passage is one window, each window is read once, and windows of similar length are batched."""
    shapes = []
    forward = reader.model.forward

    def counted(**inputs: torch.Tensor) -> object:
        shapes.append(tuple(inputs["input_ids"].shape))
        return forward(**inputs)

    monkeypatch.setattr(reader.model, "forward", counted)
    monkeypatch.setattr(reader.span_model, "multiple", 1)
    lengths = [1 + number * 7 % 40 for number in range(100)]
    reader.read("a b", [whole(" ".join("c" * length), str(length)) for length in lengths])
    assert len(shapes) == math.ceil(len(lengths) / BATCH)
    assert sum(rows for rows, _ in shapes) == len(lengths)
    tokens = sum(len(["[CLS]", "a", "b", "[SEP]", "[SEP]"]) + length for length in lengths)
    assert tokens <= sum(rows * length for rows, length in shapes) < 1.15 * tokens


def test_no_passages_no_candidates(reader: Reader) -> None:
    """Nothing to read is not an error."""
    assert reader.read("a", []) == []


def test_question_that_fills_the_window_is_refused(reader: Reader) -> None:
    """Truncating the question would answer a different one."""
    with pytest.raises(QuestionError, match="fewer words"):
        reader.read("a " * 40, [whole("b c")])


def test_any_question_answering_model_can_be_used(tmp_path: Path, reader: Reader) -> None:
    """A folder in the standard format gives the same candidates as the model in memory."""
    reader.model.save_pretrained(tmp_path)
    reader.tokenizer.save_pretrained(tmp_path)
    loaded = Reader.load(str(tmp_path))
    again, before = (r.read("a b?", [whole("c d e, f g.")]) for r in (loaded, reader))
    scores = {candidate.span: candidate.score for candidate in before}
    assert {candidate.span: candidate.score for candidate in again} == pytest.approx(scores, abs=0.1)


def test_model_without_a_span_head_is_refused(tmp_path: Path, reader: Reader) -> None:
    """An encoder would get a random head and confidently answer nonsense."""
    reader.model.bert.save_pretrained(tmp_path)
    reader.tokenizer.save_pretrained(tmp_path)
    with pytest.raises(ModelError, match="not trained to find spans"):
        Reader.load(str(tmp_path))


def test_missing_model_is_a_clear_error(tmp_path: Path) -> None:
    """An empty folder is not a model, and the message says what is expected."""
    with pytest.raises(ModelError, match="give a folder or a hub model's name"):
        Reader.load(str(tmp_path))


def test_packaged_reader_answers() -> None:
    """The weights in the package find a plain answer and prefer silence where there is none."""
    passage = whole("The bridge was opened in 1932 by the mayor, Anna Lund. It cost four million crowns.")
    reader = Reader.load()
    assert reader.read("Who opened the bridge?", [passage])[0].text == "Anna Lund"
    assert reader.read("When was the bridge opened?", [passage])[0].text == "1932"
    answered = reader.read("When was the bridge opened?", [passage])[0].score
    assert reader.read("What do penguins eat?", [passage])[0].score < min(0.0, answered)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_word_keeps_its_last_accent(form: Literal["NFC", "NFD"]) -> None:
    """An accent that is a separate character is part of the answer, as it is of the word."""
    passage = whole(unicodedata.normalize(form, "The prize of 1999 was won by Beyoncé. The café is shut."))
    answer = Reader.load().read("Who won the prize?", [passage])[0].text
    assert answer == unicodedata.normalize(form, "Beyoncé")


def test_damaged_weights_are_noticed(tmp_path: Path) -> None:
    """One flipped byte in the packaged weights is an error, not a worse answer."""
    for name in ("config.json", "reader.json", "reader.safetensors"):
        shutil.copy(WEIGHTS / name, tmp_path)
    assert json.loads((tmp_path / "reader.json").read_text())["sha256"]
    damaged = bytearray((tmp_path / "reader.safetensors").read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (tmp_path / "reader.safetensors").write_bytes(damaged)
    with pytest.raises(ModelError, match="damaged"):
        load_packaged(tmp_path)
