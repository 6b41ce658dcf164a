"""Thresholds: figures that a run must reach, so that a build can fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from qa.errors import QuestionFileError

#: The keys that lead to each supported figure in `Evaluation.to_dict`. Higher is better for all of them.
FIGURES: dict[str, tuple[str, ...]] = {
    "f1": ("f1",),
    "exact_match": ("exact_match",),
    "answerable_f1": ("answerable", "f1"),
    "unanswerable_f1": ("unanswerable", "f1"),
    "precision": ("precision",),
    "coverage": ("coverage",),
    "coverage_at_80": ("coverage_at_80",),
    "hit@1": ("retrieval", "hit@1"),
    "hit@5": ("retrieval", "hit@5"),
    "hit@20": ("retrieval", "hit@20"),
    "mrr": ("retrieval", "mrr"),
}


class Threshold(NamedTuple):
    """The least value of a figure, on the scale of `Evaluation.to_dict`."""

    figure: str
    least: float

    @classmethod
    def parse(cls, text: str) -> Threshold:
        """Read `80` (F1) or `precision=0.9`.

        Raises:
            ValueError: there is no such figure, or the value is not a number.
        """
        name, equals, value = text.rpartition("=")
        figure = name if equals else "f1"
        if figure not in FIGURES:
            raise ValueError(f"unknown metric {figure!r}: choose one of {', '.join(FIGURES)}")
        return cls(figure, float(value))


def below(figures: Mapping[str, Any], thresholds: Sequence[Threshold]) -> list[str]:
    """Return a line for each figure that is below its threshold.

    Raises:
        QuestionFileError: the run has no such figure.
    """
    lines = []
    for figure, least in thresholds:
        value: Any = figures
        for key in FIGURES[figure]:
            value = value.get(key) if isinstance(value, Mapping) else None
        if value is None:
            raise QuestionFileError(f"This run has no figure {figure}: leave it out of --fail-under.")
        if value < least:
            lines.append(f"{figure} is {value:.4g}, below {least:g}")
    return lines
