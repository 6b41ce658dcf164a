from __future__ import annotations

from dataclasses import replace

import pytest

from qa.page.views.explanation import KINDS, OTHER_KIND, explanation_html, weigh
from qa.reader.features import FEATURES
from qa.results import Reason
from tests.page.dom import count, looks, texts
from tests.replies import ANSWERED, NOTHING, REASONS, SILENT, YEAR


def test_every_feature_has_words() -> None:
    """The calibrator's features are each of one kind."""
    named = [name for _, names in KINDS for name in names]
    assert sorted(named) == sorted(FEATURES)


def test_reasons_of_one_kind_are_added_up() -> None:
    """The weightiest kind first, for or against, and no reason is lost."""
    totals = weigh((*REASONS, Reason("new", 0.25)))
    assert totals[0][0] == KINDS[0][0]
    assert totals[0][1] == pytest.approx(2.0)
    assert [abs(total) for _, total in totals] == sorted((abs(total) for _, total in totals), reverse=True)
    assert dict(totals)[OTHER_KIND] == 0.25
    assert sum(total for _, total in totals) == pytest.approx(2.85)


def test_passages_spans_and_reasons_are_shown() -> None:
    """Both ranks of each passage, score and confidence of each span, log-odds of each kind of reason."""
    markup = explanation_html(2, ANSWERED, "Why this answer")
    first, second = texts(markup, ".passages li")
    assert "by meaning no. 1, by words not found" in first
    assert second == "fires.pdf, page 2by meaning no. 4, by words no. 2The mill: 1822."
    assert texts(markup, ".spans li") == [
        "1822score 6.2, chance 0.87",
        "the riverscore -1.5, chance 0.21",
    ]
    reasons = texts(markup, ".reasons li")
    assert reasons[0] == "The reader prefers it to silence+2.0"
    assert reasons[-1] == "How near its passage is to the question−0.1"
    assert "a chance of 87 in 100" in texts(markup, ".note")[0]
    assert looks(markup) == [{"turn": 2, "track": "passages", "position": position} for position in (0, 1)]


def test_reasons_that_weigh_next_to_nothing_are_left_out() -> None:
    """They would be a bar of no length and a number of 0.0."""
    best = replace(YEAR, reasons=(*REASONS, Reason("lead", 0.04)))
    markup = explanation_html(0, replace(ANSWERED, answer=best), "Why this answer")
    assert "Its lead" not in "".join(texts(markup, ".reasons"))
    assert count(markup, ".reasons .bar") == 3
    nothing = replace(YEAR, reasons=(Reason("lead", 0.0),))
    assert count(explanation_html(0, replace(ANSWERED, answer=nothing), "Why this answer"), ".bar") == 0


def test_silence_is_explained_by_the_best_candidate() -> None:
    """It says whose reasons they are. Without any, and without a passage, nothing is made up."""
    assert texts(explanation_html(0, SILENT, "Why no answer"), "h4") == ["Best spans", "Passages read"]
    with_reasons = replace(SILENT, alternatives=(YEAR,))
    assert texts(explanation_html(0, with_reasons, "Why no answer"), "h4")[0] == ("What decided for “1822”")
    assert explanation_html(0, NOTHING, "Why no answer") == ""
