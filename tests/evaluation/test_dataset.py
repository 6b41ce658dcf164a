"""Question files: every format, and clear errors for bad ones."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from qa.errors import QuestionFileError
from qa.evaluation import GoldQuestion, contexts, load_gold

ROW = {"question": "Who?", "context": "Ann did.", "answers": {"text": ["Ann"], "answer_start": [0]}}
SQUAD = {
    "data": [
        {"paragraphs": [{"context": "Ann did.", "qas": [{"question": "Who?", "answers": [{"text": "Ann"}]}]}]}
    ]
}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", json.dumps(ROW).encode()),
        ("a.jsonl.gz", gzip.compress(json.dumps(ROW).encode(), mtime=0)),
        ("a.json", json.dumps(SQUAD).encode()),
    ],
)
def test_formats_with_contexts(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert load_gold(tmp_path / name) == [GoldQuestion("Who?", ("Ann",), "Ann did.")]


def test_csv_cells_keep_their_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('question,answer\n"Who,\nthen?","Ann\nLund"\n', encoding="utf-8")
    assert load_gold(path) == [GoldQuestion("Who,\nthen?", ("Ann\nLund",))]


def test_csv_with_several_answers_and_with_none(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for text in (
        '\ufeffquestion,answer\nWho?,Ann,"Lee, Ann"\nWhy?,\n\n',
        "question;answer\nWho?;Ann;Lee, Ann\nWhy?;\n",
    ):
        path.write_text(text, encoding="utf-8")
        assert load_gold(path) == [GoldQuestion("Who?", ("Ann", "Lee, Ann")), GoldQuestion("Why?", ())]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"ask,reply\nWho?,Ann"),
        ("a.csv", b"question,answer\n"),
        ("a.csv", b"\xff\xfe\x00"),
        ("a.json", b"[]"),
        ("a.json", b"{"),
        ("a.json", b"[" * 200_000),
        ("a.jsonl", b'{"question": "Who?"}'),
        ("a.jsonl.gz", b"\x1f\x8b broken"),
        ("a.jsonl.gz", b"\x1f\x8b\x08" + bytes(7) + b"\xff" * 20),
        ("a.csv", b"question,answer\nWho?," + b"n" * 200_000),
        ("a.json", json.dumps(SQUAD).replace('"Who?"', "null").encode()),
        ("a.txt", b"Who?"),
    ],
    ids=lambda value: str(value[:20]),
)
def test_bad_files_are_clear_errors(tmp_path: Path, name: str, content: bytes) -> None:
    """The message is one line, with the name of the file and without names of exceptions."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(QuestionFileError, match=name) as caught:
        load_gold(tmp_path / name)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < len(str(tmp_path)) + 150
    assert "Error(" not in message


@pytest.mark.parametrize("wrong", [{"question": None}, {"answers": {"text": "Ann"}}, {"context": 1}, None])
def test_an_error_names_the_line_of_a_row_with_wrong_types(
    tmp_path: Path, wrong: dict[str, object] | None
) -> None:
    path = tmp_path / "a.jsonl"
    row = None if wrong is None else {**ROW, **wrong}
    path.write_text(f"{json.dumps(ROW)}\n\n{json.dumps(row)}\n", encoding="utf-8")
    with pytest.raises(QuestionFileError, match="line 3: "):
        load_gold(path)


def test_only_line_feeds_separate_the_rows_of_jsonl(tmp_path: Path) -> None:
    """Texts may contain other Unicode line breaks. A carriage return before a line feed is ignored."""
    path = tmp_path / "a.jsonl"
    row = json.dumps({**ROW, "context": "Ann\u2028did\x85."}, ensure_ascii=False)
    path.write_bytes(f"{row}\r\n{row}\r\n".encode())
    assert load_gold(path) == [GoldQuestion("Who?", ("Ann",), "Ann\u2028did\x85.")] * 2


def test_contexts_become_documents_once() -> None:
    gold = [GoldQuestion("a?", (), "One."), GoldQuestion("b?", (), "Two."), GoldQuestion("c?", (), "One.")]
    assert [document.text for document in contexts(gold)] == ["One.", "Two."]
    with pytest.raises(QuestionFileError, match="--corpus"):
        contexts([*gold, GoldQuestion("d?", ())])


def test_missing_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(QuestionFileError, match=r"none\.csv"):
        load_gold(tmp_path / "none.csv")
