"""Files of questions with known answers."""

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


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question, its acceptable answers (none: the text does not say) and the text it is asked of."""

    question: str
    answers: tuple[str, ...]
    context: str | None = None


def load_gold(path: Path) -> list[GoldQuestion]:
    """Questions of a CSV, a JSONL (gzip too), or an official SQuAD JSON file.

    CSV has a heading `question,answer` (or `question;answer`) and any number of further columns with other
    acceptable answers; empty answers mean that the text does not say. A JSONL row has `question`,
    `context` and `answers.text`.

    Raises:
        QuestionFileError: unreadable, of another form, or without questions.
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
        raise QuestionFileError(f"{path} is not of the form its name says: {_reason(error)}.") from error
    if not gold:
        raise QuestionFileError(f"{path} holds no questions.")
    return gold


def contexts(gold: Iterable[GoldQuestion]) -> list[Document]:
    """The different contexts of questions as documents, named by number.

    Raises:
        QuestionFileError: a question has none.
    """
    texts = dict.fromkeys(one.context for one in gold)
    if None in texts:
        raise QuestionFileError("The file has questions without a context: name the articles with --corpus.")
    return [
        Document(f"context-{number}", text) for number, text in enumerate(texts, start=1) if text is not None
    ]


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is no text in UTF-8"
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _from_csv(text: str) -> Iterable[GoldQuestion]:
    first = text.partition("\n")[0]
    mark = ";" if first.count(";") > first.count(",") else ","  # as the country's spreadsheets have it
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    heading = [cell.strip().lower() for cell in next(rows, [])]
    if heading[:2] != ["question", "answer"]:
        raise ValueError("its first line must be question,answer")
    for cells in rows:
        if cells and cells[0].strip():
            yield GoldQuestion(cells[0].strip(), tuple(cell.strip() for cell in cells[1:] if cell.strip()))


def _from_jsonl(text: str) -> Iterable[GoldQuestion]:
    for number, line in enumerate(text.split("\n"), start=1):  # a string may hold other ends of lines
        if line.strip():
            try:
                row = json.loads(line)
                yield _checked(row["question"], row["answers"]["text"], row["context"])
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"line {number}: {_reason(error)}") from error


def _from_squad(squad: dict[str, Any]) -> Iterable[GoldQuestion]:
    for article in squad["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                answers = [answer["text"] for answer in question["answers"]]
                yield _checked(question["question"], answers, paragraph["context"])


def _checked(question: object, answers: object, context: object) -> GoldQuestion:
    """What JSON says of a question, if it is of the right types.

    Raises:
        TypeError: it is not.
    """
    if not isinstance(question, str):
        raise TypeError("its question is no text")
    if not isinstance(answers, list) or not all(isinstance(answer, str) for answer in answers):
        raise TypeError("its answers are no list of texts")
    if not isinstance(context, str | None):
        raise TypeError("its context is no text")
    return GoldQuestion(question, tuple(answers), context)
