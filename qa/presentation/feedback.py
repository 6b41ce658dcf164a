"""Feedback: readers' ratings of replies as CSV files, one of which `qa eval` reads."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from threading import Lock
from typing import Literal, get_args

from qa.errors import FeedbackError
from qa.results import Reply
from qa.settings import DEFAULTS
from qa.storage import (
    append_to,
    cut_off,
    make_folder,
    replace_file,
    with_quote,
    without_quote,
    write_whole,
)

Rating = Literal["right", "wrong", "wrong place", "should not know"]

MAX_ROW_BYTES = 64 * 1024
"""The longest torn row at the end of a file. Anything longer is other damage."""

COLUMNS = ("time", "verdict", "question", "answer", "document", "start", "end", "confidence")


class Feedback:
    """Two CSV files in a folder, created with the first rating.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front, which `qa eval` removes.

    `feedback.csv` has one row for each rating: time, rating, question, answer, position, confidence.

    `questions.csv` is a question file for `qa eval`, made from the latest rating of each question. An
    answer or guess rated "right" is the expected one. A question rated "right" without one, or "should
    not know", expects none. "wrong" and "wrong place" do not reveal the right answer, so such questions are
    left out.
    """

    def __init__(self, folder: Path) -> None:
        self.ratings_path, self.questions_path = folder / "feedback.csv", folder / "questions.csv"
        self._lock = Lock()

    def add(self, rating: str, reply: Reply) -> None:
        """Store a rating.

        Args:
            rating: One of `Rating`.
            reply: The reply that is rated.

        Raises:
            FeedbackError: The rating is unknown, or the files cannot be read or written, or are full.
        """
        if rating not in get_args(Rating):
            raise FeedbackError(f"unknown rating {rating!r}: use one of {', '.join(get_args(Rating))}.")
        answer = reply.shown
        row = (
            datetime.now(timezone.utc).isoformat(timespec="seconds"),
            rating,
            reply.question.replace("\0", ""),  # CSV cannot hold a null
            "" if answer is None else answer.text.replace("\0", ""),
            "" if answer is None else answer.document.id,
            "" if answer is None else str(answer.span.start),
            "" if answer is None else str(answer.span.end),
            f"{reply.confidence:.4f}",
        )
        with self._lock:
            try:
                self._write(row)
            except (OSError, ValueError, csv.Error) as error:
                raise FeedbackError(
                    f"feedback cannot be stored in {self.ratings_path} ({error}): fix or move it."
                ) from error

    def _write(self, row: Sequence[str]) -> None:
        make_folder(self.ratings_path.parent)
        rows = self._rows()
        if rows and self.ratings_path.stat().st_size > DEFAULTS.max_feedback_bytes:
            raise FeedbackError(f"{self.ratings_path} is full: move it away.")
        append_to(self.ratings_path, _csv([row] if rows else [COLUMNS, row]), sync=True)
        questions = _csv([("question", "answer"), *_expected_answers([*rows[1:], row]).items()])
        unfinished = self.questions_path.with_suffix(f".{os.getpid()}.part")
        write_whole(unfinished, questions)
        replace_file(unfinished, self.questions_path)

    def _rows(self) -> list[list[str]]:
        """Return the rows of the file, its heading included; none if there is no file.

        An incomplete last row, which a crash or a loss of power leaves, is cut off.
        """
        if not self.ratings_path.exists():
            return []
        content = self.ratings_path.read_bytes()
        rows, size = _whole_rows(content)
        if rows and tuple(rows[0]) != COLUMNS:
            raise ValueError("not a feedback file")
        if size < len(content):
            cut_off(self.ratings_path, size)
        return [[without_quote(cell) for cell in row] for row in rows]


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV in which no spreadsheet sees a formula."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[with_quote(cell) for cell in row] for row in rows])
    return text.getvalue().encode()


def _whole_rows(content: bytes) -> tuple[list[list[str]], int]:
    """Return the rows of CSV and the number of bytes that they take, without a torn last row.

    Raises:
        ValueError: More than the last row is damaged.
        csv.Error: Likewise.
    """
    end = len(content)
    while end:
        try:
            if content[:end].endswith(b"\n"):
                text = content[:end].decode("utf-8")
                return [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row], end
        except (csv.Error, UnicodeDecodeError):
            if len(content) - end > MAX_ROW_BYTES:
                raise
        end = content.rfind(b"\n", 0, end - 1) + 1
    return [], 0


def _expected_answers(rows: Iterable[Sequence[str]]) -> dict[str, str]:
    """Return each question whose right answer is known, with that answer, or "" if it has none."""
    expected: dict[str, str] = {}
    for _, rating, question, answer, *_ in rows:
        expected.pop(question, None)  # the latest rating counts, and moves the question to the end
        if rating == "right":
            expected[question] = answer
        elif rating == "should not know":
            expected[question] = ""
    return expected
