"""Output of the shell: replies and figures as text for people, or JSON."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TextIO

from qa.documents import UNSAFE_IN_LINE, Document, Span
from qa.presentation import (
    DIFFER,
    SHOWN_PASSAGES,
    cell_label,
    compact_location,
    confidence_words,
    dated_place,
    guide_facts,
    is_numbered,
    is_whole_sentence,
    matches,
    missing,
    rivals,
    row_cells,
    without_answer,
    words_left,
)
from qa.results import Answer, Citation, Passage, Reply, Section

_SPACE = re.compile(r"\s+")
_KEPT = re.compile(r"([\n\t])")


def one_line(text: str) -> str:
    """Return text on one line, with an escape for each character that could control a terminal."""
    return _escaped(_SPACE.sub(" ", text))


def _escaped(text: str) -> str:
    """Return text with an escape for each character that could control a terminal."""
    return UNSAFE_IN_LINE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


class PrintableStream(io.TextIOBase):
    """A text stream that escapes the characters that could control a terminal.

    Args:
        stream: The stream to write to.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write text. Line ends and tabs are kept."""
        self._stream.write("".join(map(_printable, _KEPT.split(text))))
        return len(text)

    def flush(self) -> None:
        """Flush the stream."""
        self._stream.flush()

    def isatty(self) -> bool:
        """Return false, so that libraries write no colours."""
        return False

    def fileno(self) -> int:
        """Return the file descriptor of the stream."""
        return self._stream.fileno()


def _printable(text: str) -> str:
    return text if _KEPT.fullmatch(text) else _escaped(text)


def print_json(data: Any) -> None:
    """Print plain data as indented JSON."""
    print(json.dumps(data, ensure_ascii=False, indent=2))


def describe(reply: Reply, *, mark: tuple[str, str] = ("[", "]")) -> str:
    """Return a reply as lines of text.

    Args:
        reply: The reply to describe.
        mark: The text to print before and after the answer in its sentence, or the sentence in its passage.
    """
    if reply.more:
        replies = [describe(one, mark=mark) for one in (replace(reply, more=()), *reply.more)]
        questions = [one_line(one.question) for one in (reply, *reply.more)]
        return "\n\n".join(f"{asked}\n\n{told}" for asked, told in zip(questions, replies, strict=True))
    lines = [] if reply.read_as is None else [f"Read as: {one_line(reply.read_as)}", ""]
    if reply.answer is not None:
        lines += [*_answer_lines(reply.answer, mark), *_disagreement_lines(reply, mark)]
        return "\n".join(lines)
    lines.append(without_answer(reply))
    if reply.remark is not None:
        return "\n".join([*lines, *_remark_lines(reply, mark)])
    if reply.perhaps is not None:
        lines += ["", *_answer_lines(reply.perhaps, mark)]
        for rival in rivals(reply):
            around = [] if is_whole_sentence(rival) else [_in_sentence(rival, mark)]
            lines += ["", f"Or: {one_line(rival.text)}", *around, *_place_lines(rival)]
        return "\n".join(lines)
    if reply.passages:
        nearest = reply.passages[0]
        shown = one_line(nearest.text)
        if nearest.best_sentence is not None:
            shown = marked(nearest.document, nearest.span, [nearest.best_sentence], mark)
        lines += ["", f"  {shown}", f"  {one_line(compact_location(nearest.document, nearest.span))}"]
    if missing(reply):
        lines += ["", one_line(missing(reply))]
    return "\n".join(lines)


def describe_passages(words: str, passages: Sequence[Passage], *, mark: tuple[str, str] = ("[", "]")) -> str:
    """Return passages as lines of text, with the search words marked."""
    return "\n\n".join("\n".join(_passage_lines(words, passage, mark)) for passage in passages)


def _remark_lines(reply: Reply, mark: tuple[str, str]) -> list[str]:
    if reply.remark is None:
        return []
    lines: list[str] = []
    for section in reply.remark.sections:
        lines += ["", *_section_lines(section, mark)]
    for guide in reply.remark.guides:
        lines += ["", f"{one_line(guide.document.id)} ({one_line(guide_facts(guide))})"]
        lines += [f"  # {one_line(heading.text)}" for heading in guide.headings]
        for sentence in guide.lead:
            where = one_line(compact_location(guide.document, sentence.span))
            lines.append(f"  {one_line(sentence.text)} ({where})")
    if reply.remark.more:
        lines += ["", f"and {reply.remark.more:,} more documents"]
    for passage in reply.passages[:SHOWN_PASSAGES]:
        lines += ["", *_passage_lines(reply.question, passage, mark)]
    return lines


def _section_lines(section: Section, mark: tuple[str, str]) -> list[str]:
    quoted = marked(section.document, section.span, section.marked, mark, written=str)
    return [
        *(f"  {_printable(line)}".rstrip() for line in quoted.splitlines()),
        *([f"  {words_left(section)}"] if section.left else []),
        "",
        f"  {one_line(compact_location(section.document, section.span))}",
    ]


def _passage_lines(words: str, passage: Passage, mark: tuple[str, str]) -> list[str]:
    quoted = marked(passage.document, passage.span, matches(words, passage), mark)
    return [f"  {quoted}", f"  {one_line(compact_location(passage.document, passage.span))}"]


def _answer_lines(answer: Answer, mark: tuple[str, str]) -> list[str]:
    if answer.evidence:
        return _evidence_lines(answer, mark)
    words = [one_line(answer.document[item]) for item in answer.spans]
    lines = [f"- {item}" for item in words] if answer.items else words
    says_all = bool(answer.items) and is_whole_sentence(answer)  # the items are the whole list
    return [*lines, "", *([] if says_all else [_in_sentence(answer, mark)]), *_place_lines(answer)]


def _in_sentence(citation: Citation, mark: tuple[str, str]) -> str:
    """Return the quoted words in their sentence, or a table cell after its headings."""
    label = cell_label(citation)
    if label:
        return f"  {one_line(label)}: {mark[0]}{one_line(citation.text)}{mark[1]}"
    return f"  {_quoted(citation, mark)}"


def _quoted(citation: Citation, mark: tuple[str, str]) -> str:
    """Return the sentence with its words marked; of a table row the cells, after their columns' headings."""
    document, span = citation.document, citation.span
    cells = []
    for heading, cell in row_cells(document, citation.sentence):
        words = marked(document, cell, [span] if cell.contains(span) else [], mark)
        cells.append(f"{one_line(heading)}: {words}" if heading else words)
    return "; ".join(cells) if cells else marked(document, citation.sentence, [span], mark)


def _place_lines(answer: Answer) -> list[str]:
    section = [f"  {one_line(' › '.join(answer.section))}"] if answer.section else []
    return [
        *section,
        f"  {one_line(compact_location(answer.document, answer.span))}",
        f"  {confidence_words(answer.confidence)} ({answer.confidence:.2f})",
    ]


def _evidence_lines(answer: Answer, mark: tuple[str, str]) -> list[str]:
    """Return the sentences of an answer, numbered or not, after the answer's own words if it has any."""
    lines = [] if answer.is_sentences else [one_line(answer.text), ""]
    numbered = is_numbered(answer)
    for number, one in enumerate(answer.evidence, start=1):
        label = f"[{number}] " if numbered else ""
        lines.append(f"{label}{_quoted(one, mark)}")
        lines.append(f"  {one_line(compact_location(one.document, one.sentence))}")
    return [*lines, "", f"  {confidence_words(answer.confidence)} ({answer.confidence:.2f})"]


def _disagreement_lines(reply: Reply, mark: tuple[str, str]) -> list[str]:
    lines = ["", DIFFER] if reply.disagreement else []
    for one in reply.disagreement:
        lines.append(f"- {one_line(one.text)} ({one_line(dated_place(one))})")
        lines += [] if one == reply.answer or is_whole_sentence(one) else [_in_sentence(one, mark)]
    return lines


def marked(
    document: Document,
    whole: Span,
    parts: Iterable[Span],
    mark: tuple[str, str],
    *,
    written: Callable[[str], str] = one_line,
) -> str:
    """Return the text of a span with marks around parts of it.

    Args:
        document: The document.
        whole: The span.
        parts: The parts to mark, in order.
        mark: The text before and after each part.
        written: Formats each piece of text, by default on one line.
    """
    pieces, done, text = [], whole.start, document.text
    for part in parts:
        pieces += [written(text[done : part.start]), mark[0], written(document[part]), mark[1]]
        done = part.end
    return "".join([*pieces, written(text[done : whole.end])])


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
