from __future__ import annotations

import json
import re
from pathlib import Path

from qa.page.views.threshold import STOPS, threshold_html
from qa.settings import DEFAULTS
from tests.page.dom import one, texts

EVALUATION = Path(__file__).parents[3] / "docs" / "evaluation.md"


def test_the_slider_is_set_to_the_nearest_of_three_named_stops() -> None:
    """The default is one of them. Each has an explanation."""
    assert DEFAULTS.min_confidence in {stop.threshold for stop in STOPS}
    for selected, position in ((0.0, 0), (DEFAULTS.min_confidence, 1), (0.95, 2)):
        markup = threshold_html(selected)
        slider = one(markup, "input").attributes
        assert (slider["value"], slider["max"]) == (str(position), "2")
        assert json.loads(str(slider["data-thresholds"])) == [stop.threshold for stop in STOPS]
        assert json.loads(str(slider["data-words"]))[position] == one(markup, "output").text()
        assert texts(markup, ".stops span") == [stop.name for stop in STOPS]


def test_the_figures_are_the_measured_ones() -> None:
    """For each stop, as in the output of the benchmark and in the documentation."""
    evaluation = EVALUATION.read_text(encoding="utf-8")
    percent = r"\| [0-9.]+% \| ([0-9.]+)% "
    for stop in STOPS:
        row = re.search(rf"^\| {stop.name}, {stop.threshold} {percent}{percent}\|$", evaluation, re.MULTILINE)
        assert row is not None
        assert stop.right == (round(float(row[1])), round(float(row[2])))
        assert (
            f"{stop.right[0]} of 100 answers shown were right on encyclopedia articles, {stop.right[1]} on"
            in stop.words
        )
