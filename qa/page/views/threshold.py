"""Slider for the confidence threshold: three named stops, each with its meaning."""

from __future__ import annotations

from typing import NamedTuple

from qa.page.elements import Markup, element


class Stop(NamedTuple):
    """A stop of the slider.

    Attributes:
        threshold: The lowest confidence, from 0 to 1.
        name: The name.
        meaning: Its effect.
        right: How many of 100 shown answers are right: on encyclopedia articles, and on stories.
    """

    threshold: float
    name: str
    meaning: str
    right: tuple[int, int]

    @property
    def words(self) -> str:
        """Its name, meaning and figures, in words."""
        articles, tales = self.right
        found = f"{articles} of 100 answers shown were right on encyclopedia articles, {tales} on stories"
        return f"{self.name}. {self.meaning} In a test, {found}."


STOPS = (
    Stop(0.0, "Every guess", "Always shows the best words it finds, however unsure.", (46, 28)),
    Stop(0.5, "Balanced", "Shows an answer that is more likely right than wrong.", (87, 59)),
    Stop(0.8, "Only if sure", "Shows an answer only if it is very likely right.", (94, 82)),
)
"""The figures come from docs/evaluation.md, where half of the questions have no answer."""


def threshold_html(selected: float) -> Markup:
    """Return the slider, set to the stop nearest to a threshold."""
    position = min(range(len(STOPS)), key=lambda number: abs(STOPS[number].threshold - selected))
    words = [stop.words for stop in STOPS]
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
