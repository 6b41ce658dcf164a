from __future__ import annotations

from dataclasses import replace

import pytest

from qa.page.views.explanation import IN_WORDS, KINDS, OTHER_KIND, explanation_html, reasons_words, weigh
from qa.reader.features import FEATURES
from qa.results import Reason
from tests.page.dom import count, looks, texts
from tests.replies import ANSWERED, NOTHING, REASONS, SILENT, YEAR


def test_every_feature_has_words() -> None:
    """Each of the calibrator's features belongs to one kind."""
    named = [name for _, names in KINDS for name in names]
    assert sorted(named) == sorted(FEATURES)


def test_reasons_are_given_in_words_first() -> None:
    """The strongest for it and against it; the numbers are folded away. Every kind has words for both."""
    assert IN_WORDS.keys() == {kind for kind, _ in KINDS}
    best = replace(YEAR, reasons=(Reason("score", 2.5), Reason("lead", -1.0), Reason("support", 0.1)))
    reply = replace(ANSWERED, answer=best)
    words = "The sentence says it plainly; but another answer is close behind."
    assert reasons_words(reply) == words
    assert texts(explanation_html(0, reply), "p.in-words") == [words]
    assert count(explanation_html(0, reply), "details.numbers:not([open]) .reasons") == 1
    silent = replace(SILENT, alternatives=(replace(YEAR, reasons=()),))
    assert reasons_words(silent) == "Of “1822”: there is no strong evidence either way."
    assert reasons_words(NOTHING) == ""


def test_reasons_of_one_kind_are_added_up() -> None:
    """The strongest kind first, for or against, and no reason is lost."""
    totals = weigh((*REASONS, Reason("new", 0.25)))
    assert totals[0][0] == KINDS[0][0]
    assert totals[0][1] == pytest.approx(2.0)
    assert [abs(total) for _, total in totals] == sorted((abs(total) for _, total in totals), reverse=True)
    assert dict(totals)[OTHER_KIND] == 0.25
    assert sum(total for _, total in totals) == pytest.approx(2.85)


def test_passages_spans_and_reasons_are_shown() -> None:
    """Both ranks of each passage, score and confidence of each span, log-odds of each kind of reason."""
    markup = explanation_html(2, ANSWERED)
    first, second = texts(markup, ".passages li")
    assert "by meaning no. 1, by words not found" in first
    assert second == "fires.pdf, page 2by meaning no. 4, by words no. 2The mill: 1822."
    assert texts(markup, ".spans li") == [
        "1822score 6.2, chance 0.87",
        "the riverscore −1.5, chance 0.21",
    ]
    reasons = texts(markup, ".reasons li")
    assert reasons[0] == "The reader prefers it to no answer+2.0"
    assert reasons[-1] == "How near its passage is to the question−0.1"
    assert "being right: 87 in 100" in texts(markup, ".note")[0]
    assert looks(markup) == [{"turn": 2, "track": "passages", "position": position} for position in (0, 1)]


def test_negligible_reasons_are_left_out() -> None:
    """They would be shown as 0.0 with an empty bar."""
    best = replace(YEAR, reasons=(*REASONS, Reason("lead", 0.04)))
    markup = explanation_html(0, replace(ANSWERED, answer=best))
    assert "Its lead" not in "".join(texts(markup, ".reasons"))
    assert count(markup, ".reasons .bar") == 3
    nothing = replace(YEAR, reasons=(Reason("lead", 0.0),))
    assert count(explanation_html(0, replace(ANSWERED, answer=nothing)), ".bar") == 0


def test_a_missing_answer_is_explained_by_the_best_candidate() -> None:
    """It names the candidate. Without a candidate or a passage, there is no explanation."""
    assert texts(explanation_html(0, SILENT), "h4") == ["Best spans", "Passages read"]
    with_reasons = replace(SILENT, alternatives=(YEAR,))
    assert texts(explanation_html(0, with_reasons), "h4")[0] == ("What decided for “1822”")
    assert explanation_html(0, NOTHING) == ""
