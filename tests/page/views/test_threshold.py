"""How sure an answer must be, in words of precision."""

from __future__ import annotations

import html
import json
import re

import pytest

from qa.page.views.threshold import threshold_html, threshold_words
from qa.settings import DEFAULTS


@pytest.mark.parametrize(
    ("probability", "words"), [(0.5, "1 of 2"), (0.75, "3 of 4"), (0.8, "4 of 5"), (0.95, "19 of 20")]
)
def test_a_chance_is_told_as_so_many_of_so_many(probability: float, words: str) -> None:
    """0.8 means that four of five such answers are right."""
    assert threshold_words(probability) == f"Answer only where at least {words} such answers are right."


def test_nothing_may_be_asked_for() -> None:
    """At 0 the best span is always shown."""
    assert threshold_words(0.0).startswith("Always")


@pytest.mark.parametrize("chosen", [0.5, 0.62])
def test_the_slider_stands_at_what_was_chosen(chosen: float) -> None:
    """Among the steps in order, or between them where it is none of them."""
    markup = threshold_html(chosen)
    found = dict(re.findall('([a-z-]+)="([^"]*)"', markup))
    probabilities = json.loads(html.unescape(found["data-chances"]))
    assert probabilities == sorted({*DEFAULTS.threshold_stops, chosen})
    assert probabilities[int(found["value"])] == chosen
    assert int(found["max"]) == len(probabilities) - 1
    assert json.loads(html.unescape(found["data-words"])) == [
        threshold_words(probability) for probability in probabilities
    ]
