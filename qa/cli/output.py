"""Output of the shell: replies and figures as text for people, or JSON."""

from __future__ import annotations

import json
import re
from typing import Any

from qa.documents import UNSAFE_IN_LINE
from qa.presentation import cell_label, compact_location, confidence_words, missing, silence
from qa.results import Answer, Reply

_SPACE = re.compile(r"\s+")


def one_line(text: str) -> str:
    """Return text on one line, with an escape for each character that could control a terminal."""
    return UNSAFE_IN_LINE.sub(lambda match: match[0].encode("unicode_escape").decode(), _SPACE.sub(" ", text))


def print_json(data: Any) -> None:
    """Print plain data as indented JSON."""
    print(json.dumps(data, ensure_ascii=False, indent=2))


def describe(reply: Reply, *, mark: tuple[str, str] = ("[", "]")) -> str:
    """Return a reply as lines of text.

    Args:
        reply: The reply to describe.
        mark: What to write before and after the answer in its sentence.
    """
    lines = [] if reply.read_as is None else [f"Read as: {one_line(reply.read_as)}", ""]
    if reply.answer is not None:
        return "\n".join([*lines, *_answer_lines(reply.answer, mark)])
    lines.append(f"{silence(reply)} {one_line(missing(reply))}".rstrip())
    if reply.passages:
        closest = reply.passages[0]
        where = one_line(compact_location(closest.document, closest.span))
        lines += ["", f"The closest passage, not an answer ({where}):", f"  {one_line(closest.excerpt)}"]
    return "\n".join(lines)


def _answer_lines(answer: Answer, mark: tuple[str, str]) -> list[str]:
    text, span, sentence = answer.document.text, answer.span, answer.sentence
    before, after = text[sentence.start : span.start], text[span.end : sentence.end]
    quote = f"{one_line(before)}{mark[0]}{one_line(answer.text)}{mark[1]}{one_line(after)}"
    label = cell_label(answer)
    words = [one_line(answer.document[item]) for item in answer.spans]
    section = [f"  {one_line(' › '.join(answer.section))}"] if answer.section else []
    return [
        *([f"- {item}" for item in words] if answer.items else words),
        "",
        f"  {one_line(label)}: {mark[0]}{one_line(answer.text)}{mark[1]}" if label else f"  {quote}",
        *section,
        f"  {one_line(compact_location(answer.document, span))}",
        f"  {confidence_words(answer.confidence)} ({answer.confidence:.2f})",
    ]


def describe_figures(figures: dict[str, Any]) -> str:
    """Return the figures of `Evaluation.to_dict` as a table, with the suggested threshold."""
    lines = [f"{'':<14}{'questions':>10}{'exact':>8}{'F1':>8}"]
    for name in ("all", "answerable", "unanswerable"):
        row = figures if name == "all" else figures[name]
        if row["questions"]:
            lines.append(f"{name:<14}{row['questions']:>10,}{row['exact_match']:>8.1f}{row['f1']:>8.1f}")
    precision = "-" if figures["precision"] is None else f"{figures['precision']:.1%}"
    verdicts = ", ".join(f"{count} {name}" for name, count in figures["verdicts"].items() if count)
    lines += [
        "",
        f"shown         {figures['coverage']:.1%} of the questions, {precision} of them right",
        f"verdicts      {verdicts}",
    ]
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
