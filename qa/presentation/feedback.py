"""Feedback: readers' ratings of replies as CSV files, one of which `qa eval` reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from threading import Lock
from typing import Literal, get_args

from qa.errors import FeedbackError
from qa.results import Reply
from qa.settings import DEFAULTS
from qa.storage import replace_file, write_whole

Rating = Literal["right", "wrong", "wrong place", "should not know"]

COLUMNS = ("time", "verdict", "question", "answer", "document", "start", "end", "confidence")


class Feedback:
    """Two CSV files in a folder, created with the first rating.

    `feedback.csv` has one row for each rating: time, rating, question, answer, position, confidence.

    `questions.csv` is a question file for `qa eval`, made from the latest rating of each question. An
    answer or guess rated "right" is the expected one. A question rated "right" without one, or "should
    not know", expects none. "wrong" and "wrong place" do not tell the right answer, so such questions are
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
            FeedbackError: There is no such rating, the files cannot be read or written, or are full.
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
        self.ratings_path.parent.mkdir(parents=True, exist_ok=True)
        rows = self._rows()
        if rows and self.ratings_path.stat().st_size > DEFAULTS.max_feedback_bytes:
            raise FeedbackError(f"{self.ratings_path} is full: move it away.")
        with self.ratings_path.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([row] if rows else [COLUMNS, row])
        questions = io.StringIO(newline="")
        csv.writer(questions).writerows(
            [("question", "answer"), *_expected_answers([*rows[1:], row]).items()]
        )
        unfinished = self.questions_path.with_suffix(".part")
        write_whole(unfinished, questions.getvalue().encode())
        replace_file(unfinished, self.questions_path)

    def _rows(self) -> list[list[str]]:
        """Return the rows of the file, its heading included; none if there is no file."""
        if not self.ratings_path.exists():
            return []
        text = self.ratings_path.read_bytes().decode("utf-8")
        rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
        if rows and tuple(rows[0]) != COLUMNS:
            raise ValueError("not a feedback file")
        return rows


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
