"""Figures over known predictions, and the forms of question files."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.errors import QuestionFileError
from qa.evaluation import Evaluation, contexts, f1, load_gold
from qa.evaluation.dataset import Gold
from qa.evaluation.metrics import (
    area_under_risk_coverage,
    calibration_error,
    coverage_at,
    exact_match,
    retrieval_figures,
    suggest_min_confidence,
)
from qa.evaluation.run import judge
from tests.tiny_reader import tiny_reader


@pytest.mark.parametrize(
    ("prediction", "answers", "exact", "overlap"),
    [
        ("The Cat.", ["cat"], 1, 1),
        ("a big cat", ["cat"], 0, 2 / 3),
        ("cat cat", ["cat"], 0, 2 / 3),
        ("dog", ["cat", "the dog"], 1, 1),
        ("", [], 1, 1),
        ("dog", [], 0, 0),
        ("", ["cat"], 0, 0),
    ],
)
def test_exact_match_and_f1_are_the_official_ones(
    prediction: str, answers: list[str], exact: float, overlap: float
) -> None:
    """Case, punctuation and articles do not count, words do, as often as they stand; the best answer does."""
    assert exact_match(prediction, answers) == exact
    assert f1(prediction, answers) == pytest.approx(overlap)


def test_every_question_has_its_verdict() -> None:
    """Where it failed is told apart: not retrieved, misread, wrongly abstained, wrongly answered."""
    gold, silent = Gold("Who?", ("Ann Lee",)), Gold("Who?", ())
    assert judge(gold, "Ann", shown=True, confidence=0.9, rank=2).verdict == "right"
    assert judge(gold, "Bob", shown=True, confidence=0.9, rank=2).verdict == "misread"
    assert judge(gold, "Bob", shown=True, confidence=0.9, rank=None).verdict == "not retrieved"
    assert judge(gold, "Ann", shown=False, confidence=0.1, rank=1).verdict == "wrongly abstained"
    assert judge(silent, "Ann", shown=True, confidence=0.9, rank=None).verdict == "wrongly answered"
    assert judge(silent, "Ann", shown=False, confidence=0.1, rank=None).verdict == "rightly abstained"


def test_known_outcomes_give_known_figures() -> None:
    """Four questions whose figures can be reckoned by hand."""
    gold, silent = Gold("Who?", ("Ann Lee",)), Gold("Who?", ())
    figures = Evaluation(
        (
            judge(gold, "Ann Lee", shown=True, confidence=0.9, rank=1),
            judge(gold, "Ann", shown=True, confidence=0.8, rank=4),
            judge(gold, "Bob", shown=False, confidence=0.3, rank=None),
            judge(silent, "Bob", shown=False, confidence=0.2, rank=None),
        ),
        True,
    ).to_dict()
    assert figures["exact_match"] == pytest.approx(50)
    assert figures["f1"] == pytest.approx(100 * (1 + 2 / 3 + 0 + 1) / 4)
    assert figures["answerable"] == {
        "questions": 3, "exact_match": pytest.approx(100 / 3), "f1": pytest.approx(100 * (5 / 3) / 3),
    }  # fmt: skip
    assert figures["unanswerable"]["exact_match"] == 100
    assert figures["coverage"] == 0.5
    assert figures["precision"] == 1
    assert figures["coverage_at_80"] == 0.5
    assert figures["retrieval"] == {
        "hit@1": pytest.approx(1 / 3), "hit@5": pytest.approx(2 / 3), "hit@20": pytest.approx(2 / 3),
        "mrr": pytest.approx((1 + 0.25) / 3),
    }  # fmt: skip
    assert figures["verdicts"]["not retrieved"] == 1
    assert [failure["verdict"] for failure in figures["failures"]] == ["not retrieved"]
    assert figures["suggestion"]["min_confidence"] == 0.8
    assert figures["suggestion"]["coverage"] == 0.5


def test_calibration_error_of_known_bins() -> None:
    """Perfect confidence has no error; a constant that is off by 0.3 has 0.3."""
    rights = np.array([True] * 6 + [False] * 4)
    assert calibration_error(rights.astype(float), rights) == 0
    assert calibration_error(np.full(10, 0.9), rights) == pytest.approx(0.42, abs=0.2)
    many = np.tile(rights, 30)
    assert calibration_error(np.full(300, 0.9), many[np.argsort(np.arange(300) % 10, kind="stable")]) > 0.29


def test_area_under_risk_coverage_of_a_known_order() -> None:
    """Right, wrong, right: the risks are 0, 1/2 and 1/3."""
    area = area_under_risk_coverage(np.array([0.9, 0.5, 0.7]), np.array([True, True, False]))
    assert area == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


def test_coverage_at_a_precision() -> None:
    """The most that can be shown: the first four of five, one of them wrong."""
    rights = np.array([True, False, True, True, False])
    assert coverage_at(np.array([0.9, 0.8, 0.7, 0.6, 0.5]), rights, 0.75) == pytest.approx(0.8)
    assert coverage_at(np.array([0.9, 0.8]), np.array([False, False]), 0.5) == 0


@pytest.mark.parametrize("rights", [[True, False, False, False], [False, False, False, True]])
def test_coverage_takes_all_of_equal_confidences_or_none(rights: list[bool]) -> None:
    """No bar parts them, so the order of their rows does not count."""
    assert coverage_at(np.full(4, 0.7), np.array(rights), 0.8) == 0
    assert coverage_at(np.full(4, 0.7), np.array(rights), 0.25) == 1


def test_suggested_bar_keeps_its_precision() -> None:
    """The bar is the confidence of the last answer to be shown; equal confidences stay together."""
    confidences = np.array([0.9, 0.8, 0.8, 0.5, 0.4])
    suggestion = suggest_min_confidence(confidences, np.array([True, True, False, True, False]), 0.75)
    assert suggestion is not None
    assert (suggestion.min_confidence, suggestion.precision, suggestion.coverage) == (0.5, 0.75, 0.8)
    assert 0 < suggestion.low < 0.75 < suggestion.high < 1
    assert suggest_min_confidence(confidences, np.zeros(5, dtype=bool), 0.75) is None


@given(
    st.lists(st.tuples(st.floats(0, 1) | st.sampled_from([0.876, 0.8799, 0.29]), st.booleans()), min_size=1),
    st.floats(0, 1),
)
@example([(0.876, True), (0.876, True), (0.876, True), (0.5, False)], 0.8)
@example([(0.674, True), (0.672, False)], 0.8)
def test_a_suggested_bar_shows_what_it_says(asked: list[tuple[float, bool]], precision: float) -> None:
    """Short as it is, just those are above it, and so many of them right, that were measured."""
    confidences, rights = np.array([one for one, _ in asked]), np.array([right for _, right in asked])
    suggestion = suggest_min_confidence(confidences, rights, precision)
    if suggestion is not None:
        shown = confidences >= suggestion.min_confidence
        assert shown.mean() == pytest.approx(suggestion.coverage)
        assert rights[shown].mean() == pytest.approx(suggestion.precision)


def test_a_suggested_bar_is_no_longer_than_it_must_be() -> None:
    """Two decimal places, cut and not rounded, or as many more as part it from the next."""
    rights = np.array([True, False])
    for last, following, bar in ((0.876, 0.5, 0.87), (0.876, 0.874, 0.876), (0.67451, 0.67449, 0.6745)):
        suggestion = suggest_min_confidence(np.array([last, following]), rights, 0.8)
        assert suggestion is not None
        assert suggestion.min_confidence == bar


def test_retrieval_figures_of_known_ranks() -> None:
    """Ranks 1, 5 and none of three questions."""
    assert retrieval_figures([1, 5, None]) == {
        "hit@1": pytest.approx(1 / 3), "hit@5": pytest.approx(2 / 3), "hit@20": pytest.approx(2 / 3),
        "mrr": pytest.approx(1.2 / 3),
    }  # fmt: skip


def test_reader_is_evaluated_on_its_own_contexts() -> None:
    """The prediction is a span of the context, and abstaining is allowed only if asked for."""
    gold = [Gold("who?", ("anna",), "anna met bob."), Gold("why?", (), "anna met bob.")]
    reader = tiny_reader()
    reader.no_answer_threshold = 1e9
    answered = Evaluation.of_reader(reader, gold)
    assert all(outcome.shown and outcome.best in outcome.gold.context for outcome in answered.outcomes)  # type: ignore[operator]
    silent = Evaluation.of_reader(reader, gold, abstain=True)
    assert [outcome.exact for outcome in silent.outcomes] == [0, 1]
    assert "retrieval" not in silent.to_dict()


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
        ("a.jsonl.gz", gzip.compress(json.dumps(ROW).encode())),
        ("a.json", json.dumps(SQUAD).encode()),
    ],
)
def test_forms_with_contexts(tmp_path: Path, name: str, content: bytes) -> None:
    """JSONL, the same gzipped, and the official SQuAD JSON."""
    (tmp_path / name).write_bytes(content)
    assert load_gold(tmp_path / name) == [Gold("Who?", ("Ann",), "Ann did.")]


def test_csv_cells_keep_their_line_breaks(tmp_path: Path) -> None:
    """A quoted cell may run over lines."""
    path = tmp_path / "a.csv"
    path.write_text('question,answer\n"Who,\nthen?","Ann\nLund"\n', encoding="utf-8")
    assert load_gold(path) == [Gold("Who,\nthen?", ("Ann\nLund",))]


def test_csv_with_several_answers_and_with_none(tmp_path: Path) -> None:
    """Further columns are further answers; an empty answer means that the text does not say."""
    path = tmp_path / "a.csv"
    for text in (
        '\ufeffquestion,answer\nWho?,Ann,"Lee, Ann"\nWhy?,\n\n',
        "question;answer\nWho?;Ann;Lee, Ann\nWhy?;\n",
    ):
        path.write_text(text, encoding="utf-8")
        assert load_gold(path) == [Gold("Who?", ("Ann", "Lee, Ann")), Gold("Why?", ())]


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
)
def test_bad_files_are_clear_errors(tmp_path: Path, name: str, content: bytes) -> None:
    """One line that names the file, whatever is wrong with it."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(QuestionFileError, match=name) as caught:
        load_gold(tmp_path / name)
    told = str(caught.value)
    assert "\n" not in told
    assert len(told) < len(str(tmp_path)) + 150
    assert "Error(" not in told


@pytest.mark.parametrize("wrong", [{"question": None}, {"answers": {"text": "Ann"}}, {"context": 1}, None])
def test_a_row_of_wrong_types_is_told_by_its_line(tmp_path: Path, wrong: dict[str, object] | None) -> None:
    """A text is not taken for a list of letters, nor nothing for a question."""
    path = tmp_path / "a.jsonl"
    row = None if wrong is None else {**ROW, **wrong}
    path.write_text(f"{json.dumps(ROW)}\n\n{json.dumps(row)}\n", encoding="utf-8")
    with pytest.raises(QuestionFileError, match="line 3: "):
        load_gold(path)


def test_only_line_feeds_part_the_rows_of_jsonl(tmp_path: Path) -> None:
    """What Unicode calls the end of a line may stand in a text; a carriage return before one does no harm."""
    path = tmp_path / "a.jsonl"
    row = json.dumps({**ROW, "context": "Ann\u2028did\x85."}, ensure_ascii=False)
    path.write_bytes(f"{row}\r\n{row}\r\n".encode())
    assert load_gold(path) == [Gold("Who?", ("Ann",), "Ann\u2028did\x85.")] * 2


def test_contexts_become_documents_once() -> None:
    """Questions on one context share its document; a question without one needs a corpus."""
    gold = [Gold("a?", (), "One."), Gold("b?", (), "Two."), Gold("c?", (), "One.")]
    assert [document.text for document in contexts(gold)] == ["One.", "Two."]
    with pytest.raises(QuestionFileError, match="--corpus"):
        contexts([*gold, Gold("d?", ())])


def test_missing_file_is_a_clear_error(tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(QuestionFileError, match=r"none\.csv"):
        load_gold(tmp_path / "none.csv")
