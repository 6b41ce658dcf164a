"""Slider for the confidence threshold: three stops with names, and what each means."""

from __future__ import annotations

from typing import NamedTuple

from qa.page.elements import Markup, element


class Stop(NamedTuple):
    """A stop of the slider: the least confidence, from 0 to 1, its name and its meaning."""

    threshold: float
    name: str
    meaning: str


STOPS = (
    Stop(0.0, "Every guess", "Always shows the best span, however unsure."),
    Stop(
        0.5,
        "Balanced",
        "Answers where it is more likely right than wrong. "
        "Of 5,656 test questions it answered 57 in 100, and 82 in 100 of these answers were right.",
    ),
    Stop(0.8, "Only if sure", "Answers only where at least 4 of 5 such answers are right."),
)
"""The figures are those of docs/evaluation.md."""


def threshold_html(selected: float) -> Markup:
    """Return the slider, set to the stop that is nearest to a threshold."""
    position = min(range(len(STOPS)), key=lambda number: abs(STOPS[number].threshold - selected))
    words = [f"{stop.name}. {stop.meaning}" for stop in STOPS]
    slider = element(
        "input",
        type="range",
        id="threshold-range",
        min=0,
        max=len(STOPS) - 1,
        step=1,
        value=position,
        aria_label="How sure must it be?",
        data_thresholds=[stop.threshold for stop in STOPS],
        data_words=words,
    )
    names = [element("span", stop.name) for stop in STOPS]
    label = element("label", "How sure must it be?", for_="threshold-range")
    return (
        element("h2", label)
        + slider
        + element("div", *names, class_="stops", aria_hidden="true")
        + element("output", words[position], for_="threshold-range", class_="meaning")
    )
