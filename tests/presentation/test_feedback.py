"""What readers say is kept, and `qa eval` can read it."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from qa.documents import Document, Span
from qa.errors import FeedbackError
from qa.evaluation import GoldQuestion, load_gold
from qa.presentation import Feedback
from qa.presentation import feedback as module
from qa.results import Answer, Reply
from qa.settings import DEFAULTS
from tests.replies import ANSWERED, SILENT


def test_what_is_known_by_it_is_a_file_of_questions(tmp_path: Path) -> None:
    """A right answer is one; what should not be known has none; the last word on a question counts."""
    kept = Feedback(tmp_path / "made" / "for it")
    kept.add("wrong", ANSWERED)
    kept.add("right", ANSWERED)
    kept.add("right", SILENT)
    assert load_gold(kept.questions) == [
        GoldQuestion(ANSWERED.question, ("1822",)),
        GoldQuestion(SILENT.question, ()),
    ]
    kept.add("should not know", ANSWERED)
    assert load_gold(kept.questions) == [
        GoldQuestion(SILENT.question, ()),
        GoldQuestion(ANSWERED.question, ()),
    ]
    kept.add("wrong place", ANSWERED)
    assert load_gold(kept.questions) == [GoldQuestion(SILENT.question, ())]


def test_every_word_is_kept_with_the_place_it_was_about(tmp_path: Path) -> None:
    """One row each, also over a restart, in the order in which they were said."""
    Feedback(tmp_path).add("wrong place", ANSWERED)
    Feedback(tmp_path).add("wrong", SILENT)
    with (tmp_path / "feedback.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["verdict"] for row in rows] == ["wrong place", "wrong"]
    told = [(row["answer"], row["document"], row["start"], row["end"], row["confidence"]) for row in rows]
    assert told == [("1822", "mill.txt", "46", "50", "0.8700"), ("", "", "", "", "0.2100")]
    assert all(row["time"].endswith("+00:00") for row in rows)


@pytest.mark.parametrize("text", ['a "quoted", one', "two\nlines\r\nand a \x00 null", "=1+1", "ünï 漢字"])
def test_any_letters_are_read_back(tmp_path: Path, text: str) -> None:
    """What a table's form could break is quoted; a null, which no table can hold, is left out."""
    answer = Answer(Document("a", text), Span(0, len(text)), Span(0, len(text)), 0.5)
    for question in (f"Is it {text}?", "Is it?"):
        Feedback(tmp_path).add("right", Reply(question, answer, (), ()))
    whole = text.replace("\0", "")
    assert load_gold(tmp_path / "questions.csv") == [
        GoldQuestion(f"Is it {whole}?", (whole,)),
        GoldQuestion("Is it?", (whole,)),
    ]


def test_what_cannot_be_kept_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown word, a place that is a file, a file of other things, and one that is full."""
    with pytest.raises(FeedbackError, match="no verdict"):
        Feedback(tmp_path).add("great", ANSWERED)
    (tmp_path / "file").write_text("")
    with pytest.raises(FeedbackError, match="mend or move it"):
        Feedback(tmp_path / "file").add("right", ANSWERED)
    (tmp_path / "feedback.csv").write_text("name,age\nAda,36\n")
    with pytest.raises(FeedbackError, match="no file of feedback"):
        Feedback(tmp_path).add("right", ANSWERED)
    assert (tmp_path / "feedback.csv").read_text() == "name,age\nAda,36\n"
    (tmp_path / "feedback.csv").unlink()
    Feedback(tmp_path).add("right", ANSWERED)
    monkeypatch.setattr(module, "DEFAULTS", replace(DEFAULTS, max_feedback_bytes=10))
    with pytest.raises(FeedbackError, match="is full: move it away"):
        Feedback(tmp_path).add("right", ANSWERED)
