"""Feedback is stored in files that `qa eval` can read."""

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
from tests.replies import ANSWERED, PERHAPS, SILENT


def test_questions_have_the_answer_of_their_latest_rating(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path / "new" / "folder")
    feedback.add("wrong", ANSWERED)
    feedback.add("right", ANSWERED)
    feedback.add("right", SILENT)
    assert load_gold(feedback.questions_path) == [
        GoldQuestion(ANSWERED.question, ("1822",)),
        GoldQuestion(SILENT.question, ()),
    ]
    feedback.add("should not know", ANSWERED)
    assert load_gold(feedback.questions_path) == [
        GoldQuestion(SILENT.question, ()),
        GoldQuestion(ANSWERED.question, ()),
    ]
    feedback.add("wrong place", ANSWERED)
    assert load_gold(feedback.questions_path) == [GoldQuestion(SILENT.question, ())]


def test_a_guess_that_is_right_is_the_expected_answer(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    feedback.add("right", PERHAPS)
    assert load_gold(feedback.questions_path) == [GoldQuestion(PERHAPS.question, ("1822",))]


def test_every_rating_is_stored_with_the_position_it_was_about(tmp_path: Path) -> None:
    """One row for each, in order, also after a restart."""
    Feedback(tmp_path).add("wrong place", ANSWERED)
    Feedback(tmp_path).add("wrong", SILENT)
    with (tmp_path / "feedback.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["verdict"] for row in rows] == ["wrong place", "wrong"]
    columns = ("answer", "document", "start", "end", "confidence")
    assert [tuple(row[column] for column in columns) for row in rows] == [
        ("1822", "mill.txt", "46", "50", "0.8700"),
        ("", "", "", "", "0.2100"),
    ]
    assert all(row["time"].endswith("+00:00") for row in rows)


@pytest.mark.parametrize(
    "text",
    [
        'a "quoted", one',
        "two\nlines\r\nand a \x00 null",
        "=1+1",
        "'=1",
        "''-1",
        "'tis",
        "-5",
        "@SUM(A1)",
        "ünï 漢字",
    ],
)
def test_any_characters_are_read_back(tmp_path: Path, text: str) -> None:
    """Special characters are quoted. A null, which CSV cannot hold, is left out."""
    answer = Answer(Document("a", text), Span(0, len(text)), Span(0, len(text)), 0.5)
    for question in (f"Is it {text}?", "Is it?"):
        Feedback(tmp_path).add("right", Reply(question, answer, (), ()))
    expected = text.replace("\0", "")
    assert load_gold(tmp_path / "questions.csv") == [
        GoldQuestion(f"Is it {expected}?", (expected,)),
        GoldQuestion("Is it?", (expected,)),
    ]


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    """A spreadsheet that opens the files never evaluates what a visitor typed."""
    for text in ('=HYPERLINK("http://x.example")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"):
        answer = Answer(Document(text, text), Span(0, len(text)), Span(0, len(text)), 0.5)
        Feedback(tmp_path).add("right", Reply(text, answer, (), ()))
    for name in ("feedback.csv", "questions.csv"):
        with (tmp_path / name).open(encoding="utf-8", newline="") as file:
            assert [cell for row in csv.reader(file) for cell in row if cell[:1] in tuple("=+-@\t\r")] == []
    assert load_gold(tmp_path / "questions.csv")[0].question == '=HYPERLINK("http://x.example")'


@pytest.mark.parametrize("question", ["Is it?", 'Is it\n"this",\nor that?'])
def test_a_torn_row_is_cut_off(tmp_path: Path, question: str) -> None:
    """Wherever it is torn, no other row is lost."""
    Feedback(tmp_path).add("wrong", ANSWERED)
    path = tmp_path / "feedback.csv"
    whole = path.read_bytes()
    Feedback(tmp_path).add("right", replace(PERHAPS, question=question))
    torn = path.read_bytes()
    for size in range(len(whole) + 1, len(torn)):
        path.write_bytes(torn[:size])
        Feedback(tmp_path).add("right", SILENT)
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, strict=True))
        assert [len(row) for row in rows] == [8] * 3
        assert [row[2] for row in rows[1:]] == [ANSWERED.question, SILENT.question]
        assert load_gold(tmp_path / "questions.csv") == [GoldQuestion(SILENT.question, ())]


def test_what_cannot_be_stored_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown rating, a folder that is a file, a file of something else, and one that is full."""
    with pytest.raises(FeedbackError, match="unknown rating"):
        Feedback(tmp_path).add("great", ANSWERED)
    (tmp_path / "file").write_text("")
    with pytest.raises(FeedbackError, match="fix or move it"):
        Feedback(tmp_path / "file").add("right", ANSWERED)
    (tmp_path / "feedback.csv").write_text("name,age\nAda,36\n")
    with pytest.raises(FeedbackError, match="not a feedback file"):
        Feedback(tmp_path).add("right", ANSWERED)
    assert (tmp_path / "feedback.csv").read_text() == "name,age\nAda,36\n"
    (tmp_path / "feedback.csv").unlink()
    Feedback(tmp_path).add("right", ANSWERED)
    monkeypatch.setattr(module, "DEFAULTS", replace(DEFAULTS, max_feedback_bytes=10))
    with pytest.raises(FeedbackError, match="is full: move it away"):
        Feedback(tmp_path).add("right", ANSWERED)
