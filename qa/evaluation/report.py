"""Report of a run as one HTML file: figures, charts, and every failed question with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from markupsafe import Markup

from qa.evaluation.charts import Point, bars, curve
from qa.evaluation.metrics import bins_of_equal_mass, risks
from qa.evaluation.run import Evaluation, Outcome
from qa.results import marked

STYLE = Markup("""
body { font: 16px/1.5 system-ui, sans-serif; color: #1c1c1c; background: #fff; max-width: 62rem;
  margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; } td, th { padding: .2rem .8rem .2rem 0; text-align: left; }
article { border-top: 1px solid #ccc; padding: .6rem 0; overflow-wrap: anywhere; }
blockquote { margin: .4rem 0; padding-left: .8rem; border-left: 3px solid #888; white-space: pre-wrap; }
mark { background: #ffe08a; } small { color: #555; } figure { display: inline-block; margin: 1rem 1rem 0 0; }
svg { max-width: 100%; height: auto; font: 12px system-ui, sans-serif; } svg text { fill: #1c1c1c; }
rect, circle { fill: #2f5d8a; } polyline { fill: none; } .curve { stroke: #2f5d8a; stroke-width: 2; }
.grid { stroke: #ddd; } .ideal { stroke: #888; stroke-dasharray: 4; }
""")
PAGE = Markup("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>{style}</style></head>
<body><h1>{title}</h1>
<h2>Figures</h2><table>{figures}</table>
<h2>Verdicts</h2><figure>{verdicts}</figure>{confidence}
<h2>Questions that failed: {count}</h2>{failures}
</body></html>
""")
FIGURES = {
    "questions": ("questions", "{:,}"),
    "exact match": ("exact_match", "{:.1f}"),
    "F1": ("f1", "{:.1f}"),
    "answers shown": ("coverage", "{:.1%}"),
    "right among these": ("precision", "{:.1%}"),
    "coverage at 80% precision": ("coverage_at_80", "{:.1%}"),
    "calibration error": ("calibration_error", "{:.3f}"),
    "area under risk-coverage": ("area_under_risk_coverage", "{:.3f}"),
}


def report_html(evaluation: Evaluation, figures: Mapping[str, Any], *, title: str) -> str:
    """Return the report. It is self-contained: it has no script and loads nothing.

    Args:
        evaluation: The run, of at least one question.
        figures: The result of its `to_dict`.
        title: The heading.
    """
    failed = [outcome for outcome in evaluation.outcomes if not outcome.verdict.startswith("right")]
    return PAGE.format(
        title=title,
        style=STYLE,
        figures=Markup("").join(_rows(figures)),
        verdicts=bars("Questions by verdict", figures["verdicts"]),
        confidence=_confidence(evaluation) if evaluation.retrieved else "",
        count=len(failed),
        failures=Markup("").join(map(_failure, failed)),
    )


def _rows(figures: Mapping[str, Any]) -> Iterable[Markup]:
    shown = {
        name: form.format(figures[key])
        for name, (key, form) in FIGURES.items()
        if figures.get(key) is not None
    }
    shown |= {name: f"{share:.1%}" for name, share in figures.get("retrieval", {}).items()}
    for name, value in shown.items():
        yield Markup("<tr><th>{}</th><td>{}</td></tr>").format(name, value)


def _confidence(evaluation: Evaluation) -> Markup:
    """Return the risk-coverage curve and the reliability diagram."""
    confidences, rights = evaluation.confidences, evaluation.rights
    wrong = risks(confidences, rights)
    shares = (np.arange(len(wrong)) + 1) / len(wrong)
    reliability = [
        Point(float(confidences[rows].mean()), float(rights[rows].mean()))
        for rows in bins_of_equal_mass(confidences)
    ]
    return Markup("<h2>Confidence</h2><figure>{}</figure><figure>{}</figure>").format(
        curve(
            "Risk and coverage: the share of wrong answers if only the most confident are shown",
            [Point(float(share), float(risk)) for share, risk in zip(shares, wrong, strict=True)],
            x="share of questions answered",
            y="share of these that are wrong",
        ),
        curve(
            "Reliability: the share of right answers at each confidence",
            reliability,
            x="confidence",
            y="share right",
            diagonal=True,
            dots=True,
        ),
    )


def _failure(outcome: Outcome) -> Markup:
    """Return a question with the expected answers, what was found, and where."""
    wanted = " / ".join(outcome.gold.answers) if outcome.gold.answers else "no answer"
    found = Markup("<p>Nothing was found.</p>")
    if outcome.evidence is not None:
        place = outcome.evidence.to_dict()
        page = "" if place["page"] is None else f", page {place['page']}"
        found = Markup("<blockquote>{}</blockquote><small>{}:{}-{}{} · confidence {:.2f}, {}</small>").format(
            marked(place["sentence"], place["start"], place["end"]),
            place["document"],
            place["start"],
            place["end"],
            page,
            outcome.confidence,
            "shown" if outcome.shown else "not shown",
        )
    return Markup("<article><h3>{}</h3><p><strong>{}</strong>; expected: {}</p>{}</article>\n").format(
        outcome.gold.question, outcome.verdict, wanted, found
    )
