"""Which questions are trained on: each once, and no copy of a paragraph on both sides."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from training.questions import HELD_OUT_IN, SQUAD, SQUAD_SENTENCES, Question, load, load_all, paragraph_key

MILL = "The mill at Hoogveld was built by Anna Lund. It burnt down in 1822."
COPY = MILL.lower().replace("hoogveld was", "hoogveld  was")  # as another file has it


def write(folder: Path, source: str, *rows: tuple[str, str, str, str]) -> None:
    """A file of (title, question, context, answer); an empty answer for none."""
    with gzip.open(folder / f"{source}.jsonl.gz", "wt", encoding="utf-8") as lines:
        for number, (title, question, context, answer) in enumerate(rows):
            texts, starts = ([answer], [context.index(answer)]) if answer else ([], [])
            row = {
                "id": f"{source}-{number}",
                "title": title,
                "question": question,
                "context": context,
                "answers": {"text": texts, "answer_start": starts},
            }
            lines.write(json.dumps(row) + "\n")


def test_a_question_keeps_the_places_of_its_answers(tmp_path: Path) -> None:
    write(
        tmp_path,
        "squad_train",
        ("Mills", " Who built it? ", MILL, "Anna Lund"),
        ("Mills", "Who sold it?", MILL, ""),
    )
    built, sold = load(tmp_path, "squad_train")
    assert (built.text, built.answer_texts) == ("Who built it?", ["Anna Lund"])
    assert built.may_be_answered_by("It was ANNA LUND.")
    assert not built.may_be_answered_by("It burnt down.")
    assert (sold.answers, sold.answer_texts) == ((), [])


@pytest.mark.parametrize("title", ["", None, "CNN", "wikinews", "Filtered_Reddit_12"])
def test_where_the_title_says_nothing_the_paragraph_is_the_article(tmp_path: Path, title: str) -> None:
    write(tmp_path, "newsqa_val_windows", (title, "Who?", MILL, ""), (title, "Who?", COPY, ""))
    assert {one.article for one in load(tmp_path, "newsqa_val_windows")} == {paragraph_key(MILL)}


def test_copies_of_a_paragraph_are_held_out_together(tmp_path: Path) -> None:
    """In other case or spacing, in files with and without titles, and its sentences too."""
    first, second, third = SQUAD[0], SQUAD[4], SQUAD[5]
    write(tmp_path, first, ("", "Who built the mill?", MILL, "Anna Lund"))
    write(tmp_path, second, ("", "who sold the mill?", COPY, ""))
    write(tmp_path, third, ("Mills", "When did it burn?", MILL.upper(), "1822"))
    write(
        tmp_path, SQUAD_SENTENCES, ("", "Who built?", "The mill at Hoogveld was built by Anna Lund.", "Lund")
    )
    questions = load_all(tmp_path, (first, second, third, SQUAD_SENTENCES))
    assert len(questions) == 4
    assert {one.article for one in questions} == {"Mills"}
    assert len({one.held_out for one in questions}) == 1


def test_another_source_keeps_an_article_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, "squad_train", ("Mills", "Who built it?", MILL, "Anna Lund"))
    write(tmp_path, "tydiqa_english", ("Molen", "Who?", "A mill of Piet.", "Piet"))
    questions = load_all(tmp_path, ("squad_train", "tydiqa_english"))
    assert [one.article for one in questions] == ["Mills", "Molen"]


def test_a_question_on_a_paragraph_is_read_once(tmp_path: Path) -> None:
    """Whatever the case of either; the same question on another paragraph is another one."""
    write(tmp_path, SQUAD[0], ("Mills", "Who built it?", MILL, "Anna Lund"))
    write(tmp_path, SQUAD[4], ("", "who built it", COPY, ""), ("", "Who built it?", "It was Piet.", "Piet"))
    questions = load_all(tmp_path, (SQUAD[0], SQUAD[4]))
    assert [(one.source, one.context) for one in questions] == [(SQUAD[0], MILL), (SQUAD[4], "It was Piet.")]


def test_about_one_article_in_eight_is_held_out_whole() -> None:
    articles = [f"Article {number}" for number in range(800)]
    held = [Question("squad_train", article, "Who?", MILL, ()).held_out for article in articles]
    assert 70 < sum(held) < 130
    assert HELD_OUT_IN == 8
    assert held == [Question("tydiqa_english", article, "When?", COPY, ()).held_out for article in articles]
