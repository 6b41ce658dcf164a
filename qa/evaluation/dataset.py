"""Question files: questions with known answers, as CSV, JSONL or SQuAD JSON."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.documents import Document
from qa.errors import QuestionFileError
from qa.storage import without_quote


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question with its known answers.

    Attributes:
        question: The question.
        answers: The acceptable answers. Empty if the text does not answer the question.
        context: The text that the question is about. None if the file does not contain it.
    """

    question: str
    answers: tuple[str, ...]
    context: str | None = None


def load_gold(path: Path) -> list[GoldQuestion]:
    """Read a question file.

    A CSV file has the header `question,answer` (or `question;answer`). Further columns hold further
    acceptable answers. A row without an answer is a question that the text does not answer. A JSONL row has
    `question`, `context` and `answers.text`. A JSON file has the official SQuAD format.

    Args:
        path: A `.csv`, `.jsonl` or `.json` file, which may be compressed (`.gz`).

    Raises:
        QuestionFileError: the file cannot be read, has another format, or holds no questions.
    """
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8-sig")
        name = path.name.removesuffix(".gz")
        if name.endswith(".csv"):
            gold = list(_from_csv(text))
        elif name.endswith(".jsonl"):
            gold = list(_from_jsonl(text))
        elif name.endswith(".json"):
            gold = list(_from_squad(json.loads(text)))
        else:
            raise QuestionFileError(f"{path} is not .csv, .json or .jsonl (.gz): rename or convert it.")
    except OSError as error:
        raise QuestionFileError(f"Cannot read {path}: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError, RecursionError, EOFError, csv.Error, zlib.error) as error:
        raise QuestionFileError(
            f"{path} does not have the format that its name says: {_reason(error)}."
        ) from error
    if not gold:
        raise QuestionFileError(f"{path} holds no questions.")
    return gold


def contexts(gold: Iterable[GoldQuestion]) -> list[Document]:
    """Return the distinct contexts of questions as documents `context-1`, `context-2` ...

    Raises:
        QuestionFileError: a question has no context.
    """
    texts = dict.fromkeys(question.context for question in gold)
    if None in texts:
        raise QuestionFileError("The file has questions without a context: name the documents with --corpus.")
    return [
        Document(f"context-{position}", text)
        for position, text in enumerate(texts, start=1)
        if text is not None
    ]


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not valid UTF-8"
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _from_csv(text: str) -> Iterable[GoldQuestion]:
    first_line = text.partition("\n")[0]
    # In some countries spreadsheets separate cells by semicolons.
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    heading = [cell.strip().lower() for cell in next(rows, [])]
    if heading[:2] != ["question", "answer"]:
        raise ValueError("its first line must be question,answer")
    for row in rows:
        cells = [without_quote(cell).strip() for cell in row]
        if cells and cells[0]:
            yield GoldQuestion(cells[0], tuple(cell for cell in cells[1:] if cell))


def _from_jsonl(text: str) -> Iterable[GoldQuestion]:
    for line_number, line in enumerate(text.split("\n"), start=1):  # a string may contain U+2028 and the like
        if line.strip():
            try:
                row = json.loads(line)
                yield _checked(row["question"], row["answers"]["text"], row["context"])
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"line {line_number}: {_reason(error)}") from error


def _from_squad(squad: dict[str, Any]) -> Iterable[GoldQuestion]:
    for article in squad["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                answers = [answer["text"] for answer in question["answers"]]
                yield _checked(question["question"], answers, paragraph["context"])


def _checked(question: object, answers: object, context: object) -> GoldQuestion:
    """Return a question read from JSON.

    Raises:
        TypeError: a value has the wrong type.
    """
    if not isinstance(question, str):
        raise TypeError("its question is not a string")
    if not isinstance(answers, list) or not all(isinstance(answer, str) for answer in answers):
        raise TypeError("its answers are not a list of strings")
    if not isinstance(context, str | None):
        raise TypeError("its context is not a string")
    return GoldQuestion(question, tuple(answers), context)
