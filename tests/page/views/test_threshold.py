from __future__ import annotations

import json
import re
from pathlib import Path

from qa.page.views.threshold import STOPS, threshold_html
from qa.settings import DEFAULTS
from tests.page.dom import one, texts

EVALUATION = Path(__file__).parents[3] / "docs" / "evaluation.md"


def test_the_slider_stands_at_the_nearest_of_three_named_stops() -> None:
    """The default is one of them. Each says what it means."""
    assert DEFAULTS.min_confidence in {stop.threshold for stop in STOPS}
    for selected, position in ((0.0, 0), (DEFAULTS.min_confidence, 1), (0.95, 2)):
        markup = threshold_html(selected)
        slider = one(markup, "input").attributes
        assert (slider["value"], slider["max"]) == (str(position), "2")
        assert json.loads(str(slider["data-thresholds"])) == [stop.threshold for stop in STOPS]
        assert json.loads(str(slider["data-words"]))[position] == one(markup, "output").text()
        assert texts(markup, ".stops span") == [stop.name for stop in STOPS]


def test_the_figures_are_those_that_were_measured() -> None:
    """Of the questions on which the bars were chosen, how many were answered, and how many of these right."""
    evaluation = EVALUATION.read_text(encoding="utf-8")
    asked = int(re.findall(r"chosen on ([0-9,]+) questions", evaluation)[0].replace(",", ""))
    answered, right = re.findall(r"at least 0.5 \| answered \| ([0-9,]+) \| (\d+)%", evaluation)[0]
    share = 100 * int(answered.replace(",", "")) / asked
    told = f"Of {asked:,} test questions it answered {share:.0f} in 100, and {right} in 100 of these"
    assert told in STOPS[1].meaning
