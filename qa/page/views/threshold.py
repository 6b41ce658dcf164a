"""How sure an answer must be to be shown: a slider that speaks in words of precision."""

from __future__ import annotations

import json
from fractions import Fraction

from qa.page.highlight import attribute
from qa.settings import DEFAULTS


def threshold_words(probability: float) -> str:
    """What it means to ask for a chance, 0 to 1, as precision: 0.8 is 4 of 5."""
    if probability == 0:
        return "Always show the best span, however unsure."
    share = Fraction(probability).limit_denominator(20)
    return f"Answer only where at least {share.numerator} of {share.denominator} such answers are right."


def threshold_html(chosen: float) -> str:
    """The slider, standing at `chosen`."""
    probabilities = sorted({*DEFAULTS.threshold_stops, chosen})
    place = probabilities.index(chosen)
    words = [threshold_words(probability) for probability in probabilities]
    return (
        '<h2><label for="bar-range">How sure must it be?</label></h2>'
        f'<input type="range" id="bar-range" min="0" max="{len(probabilities) - 1}" step="1" value="{place}" '
        f'data-chances="{attribute(json.dumps(probabilities))}" data-words="{attribute(json.dumps(words))}">'
        f'<output for="bar-range">{words[place]}</output>'
    )
