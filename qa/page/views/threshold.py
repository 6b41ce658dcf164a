"""Slider for the confidence threshold, labelled in terms of precision."""

from __future__ import annotations

from fractions import Fraction

from qa.page.elements import Markup, element

STOPS = (0.0, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95)


def threshold_words(threshold: float) -> str:
    """Return what a threshold from 0 to 1 means as precision: 0.8 is 4 of 5."""
    if threshold == 0:
        return "Always show the best span, however unsure."
    share = Fraction(threshold).limit_denominator(20)
    return f"Answer only where at least {share.numerator} of {share.denominator} such answers are right."


def threshold_html(selected: float) -> Markup:
    """Return the slider, set to `selected`. The other stops are `STOPS`."""
    thresholds = sorted({*STOPS, selected})
    position = thresholds.index(selected)
    words = [threshold_words(threshold) for threshold in thresholds]
    slider = element(
        "input",
        type="range",
        id="threshold-range",
        min=0,
        max=len(thresholds) - 1,
        step=1,
        value=position,
        data_thresholds=thresholds,
        data_words=words,
    )
    label = element("label", "How sure must it be?", for_="threshold-range")
    return element("h2", label) + slider + element("output", words[position], for_="threshold-range")
