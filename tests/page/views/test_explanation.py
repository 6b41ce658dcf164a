"""Why a reply is what it is: what was read, found and weighed, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa.page.views.explanation import KINDS, OTHER_KIND, explanation_html, weigh
from qa.reader.features import FEATURES
from qa.results import Reason
from tests.helpers import asked, plain
from tests.replies import ANSWERED, NOTHING, REASONS, SILENT, YEAR


def test_every_feature_has_words() -> None:
    """What the calibrator looks at is told by kind; nothing is a sign without a name."""
    named = [name for _, names in KINDS for name in names]
    assert sorted(named) == sorted(FEATURES)


def test_reasons_of_one_kind_count_together() -> None:
    """The weightiest first, for or against, and none is lost."""
    totals = weigh((*REASONS, Reason("new", 0.25)))
    assert totals[0][0] == KINDS[0][0]
    assert totals[0][1] == pytest.approx(2.0)
    assert [abs(total) for _, total in totals] == sorted((abs(total) for _, total in totals), reverse=True)
    assert dict(totals)[OTHER_KIND] == 0.25
    assert sum(total for _, total in totals) == pytest.approx(2.85)


def test_what_was_read_found_and_weighed_is_told() -> None:
    """Both ranks of each passage, score and chance of each span, log-odds of each kind of reason."""
    markup = explanation_html(2, ANSWERED, "Why this answer")
    text = plain(markup)
    assert "by meaning no. 1, by words not found" in text
    assert "fires.pdf, page 2by meaning no. 4, by words no. 2The mill: 1822." in text
    assert "1822score 6.2, chance 0.87" in text
    assert "the riverscore -1.5, chance 0.21" in text
    assert "The reader prefers it to silence+2.0" in text
    assert "its passage is to the question−0.1" in text
    assert "a chance of 87 in 100" in text
    assert asked(markup) == [{"turn": 2, "track": "passages", "number": number} for number in (0, 1)]


def test_what_weighs_next_to_nothing_is_left_out() -> None:
    """It would be a bar of no length and a number of 0.0."""
    best = replace(YEAR, reasons=(*REASONS, Reason("lead", 0.04)))
    markup = explanation_html(0, replace(ANSWERED, answer=best), "Why this answer")
    assert "Its lead" not in markup
    assert markup.count('class="bar"') == 3
    nothing = replace(YEAR, reasons=(Reason("lead", 0.0),))
    assert 'class="bar"' not in explanation_html(0, replace(ANSWERED, answer=nothing), "Why this answer")


def test_silence_tells_of_the_best_candidate() -> None:
    """Whose reasons they are is said; without any, and without a passage, nothing is made up."""
    markup = explanation_html(0, SILENT, "Why no answer")
    assert "What decided" not in markup  # that candidate came without reasons
    assert "the riverscore -1.5" in plain(markup)
    assert explanation_html(0, NOTHING, "Why no answer") == ""
