"""What the shell prints, laid out for people."""

from __future__ import annotations

import re
from typing import Any

from qa.presentation import confidence_words, missing, silence
from qa.results import Answer, Passage, Reply

_SPACE = re.compile(r"\s+")
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def describe_figures(figures: dict[str, Any]) -> str:
    """The figures of `Evaluation.to_dict` as a table, and what they suggest."""
    lines = [f"{'':<14}{'questions':>10}{'exact':>8}{'F1':>8}"]
    for name, row in (("all", figures), *((name, figures[name]) for name in ("answerable", "unanswerable"))):
        if row["questions"]:
            lines.append(f"{name:<14}{row['questions']:>10,}{row['exact_match']:>8.1f}{row['f1']:>8.1f}")
    precision = "-" if figures["precision"] is None else f"{figures['precision']:.1%}"
    verdicts = ", ".join(f"{count} {name}" for name, count in figures["verdicts"].items() if count)
    lines += ["", f"shown         {figures['coverage']:.1%} of the questions, {precision} of them right"]
    lines.append(f"verdicts      {verdicts}")
    if "retrieval" in figures:
        hits = "  ".join(f"{name} {share:.1%}" for name, share in figures["retrieval"].items())
        lines += [
            f"retrieval     {hits}",
            f"confidence    calibration error {figures['calibration_error']:.3f}, "
            f"coverage at 80% right {figures['coverage_at_80']:.1%}",
        ]
    suggestion = figures.get("suggestion")
    if suggestion is not None:
        lines.append(
            f"suggestion    --min-confidence {suggestion['min_confidence']}: "
            f"{suggestion['precision']:.1%} right "
            f"(90% interval {suggestion['low']:.1%} to {suggestion['high']:.1%}) "
            f"of the {suggestion['coverage']:.1%} shown"
        )
    return "\n".join(lines)


def describe(reply: Reply, *, mark: tuple[str, str] = ("[", "]")) -> str:
    """The reply for people to read; `mark` is written before and after the answer in its sentence."""
    lines = [] if reply.read_as is None else [f"Read as: {on_one_line(reply.read_as)}", ""]
    if reply.answer is not None:
        return "\n".join([*lines, _describe_answer(reply.answer, mark)])
    lines.append(f"{silence(reply)} {on_one_line(missing(reply))}".rstrip())
    if reply.passages:
        closest = reply.passages[0]
        lines += [
            "",
            f"The closest passage, not an answer ({_place(closest)}):",
            f"  {on_one_line(closest.excerpt)}",
        ]
    return "\n".join(lines)


def _describe_answer(answer: Answer, mark: tuple[str, str]) -> str:
    document, span, sentence = answer.document, answer.span, answer.sentence
    before, after = document.text[sentence.start : span.start], document.text[span.end : sentence.end]
    marked = f"{on_one_line(before)}{mark[0]}{on_one_line(answer.text)}{mark[1]}{on_one_line(after)}"
    return "\n".join(
        (
            on_one_line(answer.text),
            "",
            f"  {marked}",
            f"  {_place(answer)}",
            f"  {confidence_words(answer.confidence)} ({answer.confidence:.2f})",
        )
    )


def _place(found: Answer | Passage) -> str:
    page = found.document.page(found.span.start)
    place = f"{on_one_line(found.document.id)}:{found.span.start}-{found.span.end}"
    return place if page is None else f"{place}, page {page}"


def on_one_line(text: str) -> str:
    """On one line, with what would steer the terminal or turn the letters round shown as an escape."""
    return _STEERING.sub(lambda match: match[0].encode("unicode_escape").decode(), _SPACE.sub(" ", text))
