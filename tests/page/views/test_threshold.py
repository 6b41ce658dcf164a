from __future__ import annotations

import json

import pytest

from qa.page.views.threshold import STOPS, threshold_html, threshold_words
from tests.page.dom import one


@pytest.mark.parametrize(
    ("threshold", "words"), [(0.5, "1 of 2"), (0.75, "3 of 4"), (0.8, "4 of 5"), (0.95, "19 of 20")]
)
def test_a_threshold_is_worded_as_precision(threshold: float, words: str) -> None:
    assert threshold_words(threshold) == f"Answer only where at least {words} such answers are right."


def test_a_threshold_of_0_always_answers() -> None:
    assert threshold_words(0.0).startswith("Always")


@pytest.mark.parametrize("selected", [0.5, 0.62])
def test_the_slider_stands_at_the_selected_threshold(selected: float) -> None:
    """Among the stops in order, or between them if it is none of them."""
    markup = threshold_html(selected)
    slider = one(markup, "input").attributes
    thresholds = json.loads(str(slider["data-thresholds"]))
    assert thresholds == sorted({*STOPS, selected})
    assert thresholds[int(str(slider["value"]))] == selected
    assert int(str(slider["max"])) == len(thresholds) - 1
    words = [threshold_words(threshold) for threshold in thresholds]
    assert json.loads(str(slider["data-words"])) == words
    assert one(markup, "output").text() == threshold_words(selected)
