"""What readers say of replies, kept in a folder on this machine; `qa eval` reads it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from threading import Lock
from typing import Literal, get_args

from qa.errors import FeedbackError
from qa.results import Reply
from qa.settings import DEFAULTS

Verdict = Literal["right", "wrong", "wrong place", "should not know"]

COLUMNS = ("time", "verdict", "question", "answer", "document", "start", "end", "confidence")


class Feedback:
    """Two files in a folder, made with the first word that is kept.

    `feedback.csv` has every word with its time, the answer and its place. `questions.csv` has, of each
    question, what is known by the last word: the answer that was right, or none where the text does
    not say. It is a file for `qa eval`; "wrong" and "wrong place" say no right answer and are not in it.
    """

    def __init__(self, folder: Path) -> None:
        self.words, self.questions = folder / "feedback.csv", folder / "questions.csv"
        self._lock = Lock()

    def add(self, verdict: str, reply: Reply) -> None:
        """Keep a word on a reply.

        Raises:
            FeedbackError: there is no such word, or it cannot be written, or too much has been kept.
        """
        if verdict not in get_args(Verdict):
            raise FeedbackError(f"{verdict!r} is no verdict: give one of {', '.join(get_args(Verdict))}.")
        answer = reply.answer
        row = (
            datetime.now(timezone.utc).isoformat(timespec="seconds"),
            verdict,
            reply.question.replace("\0", ""),
            "" if answer is None else answer.text.replace("\0", ""),
            "" if answer is None else answer.document.id,
            "" if answer is None else str(answer.span.start),
            "" if answer is None else str(answer.span.end),
            f"{reply.confidence:.4f}",
        )
        with self._lock:
            try:
                self._keep(row)
            except (OSError, ValueError, csv.Error) as error:
                raise FeedbackError(f"{self.words} cannot be kept ({error}): mend or move it.") from error

    def _keep(self, row: Sequence[str]) -> None:
        self.words.parent.mkdir(parents=True, exist_ok=True)
        rows = self._rows()
        if rows and self.words.stat().st_size > DEFAULTS.max_feedback_bytes:
            raise FeedbackError(f"{self.words} is full: move it away.")
        with self.words.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([row] if rows else [COLUMNS, row])
        known: dict[str, str] = {}
        for _, verdict, question, answer, *_ in (*rows[1:], row):
            known.pop(question, None)
            if verdict in {"right", "should not know"}:
                known[question] = answer if verdict == "right" else ""
        whole = self.questions.with_suffix(".part")
        with whole.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("question", "answer"), *known.items()])
        whole.replace(self.questions)

    def _rows(self) -> list[list[str]]:
        if not self.words.exists():
            return []
        text = self.words.read_bytes().decode("utf-8")
        rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
        if rows and tuple(rows[0]) != COLUMNS:
            raise ValueError("it is no file of feedback")
        return rows
