"""Export of a conversation as Markdown or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.errors import QAError
from qa.presentation.citation import in_sentence, is_whole_sentence, location, source
from qa.presentation.rivals import DIFFER, dated_place, rivals
from qa.presentation.wording import confidence_words, guide_facts, without_answer, words_left
from qa.results import Answer, Reply

# Characters that are markup anywhere, and beginnings of lines that need a backslash after them.
_MARKUP = re.compile(r"([\\`*_\[\]<>&#|~!$])")
_LINE_MARKUP = re.compile(r"^ *(?:\d+(?=[.)])|(?=[-+=]))", re.MULTILINE)


READ_AS = "Read as: "
"""The beginning of the line with the question as it was read."""

SHOWN_PASSAGES = 3
"""How many passages are shown with a remark."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation and its outcome.

    Attributes:
        question: The question as it was typed.
        outcome: The reply, the error, or the progress to show while there is neither.
    """

    question: str
    outcome: Reply | QAError | str


def to_markdown(turns: Sequence[Turn]) -> str:
    """Return a conversation as Markdown with a heading for each question. Markup in texts is escaped."""
    return "\n".join(["# Questions and answers", *map(_turn_markdown, turns)]) + "\n"


def to_json(turns: Sequence[Turn]) -> str:
    """Return a conversation as a JSON list: each reply's `to_dict`, or `question` and `error`."""
    rows = [
        turn.outcome.to_dict()
        if isinstance(turn.outcome, Reply)
        else {"question": turn.question, "error": str(turn.outcome)}
        for turn in turns
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


def _turn_markdown(turn: Turn) -> str:
    outcome = turn.outcome
    words = reply_markdown(outcome) if isinstance(outcome, Reply) else _literal(str(outcome))
    return f"\n## {_literal(_one_line(turn.question))}\n\n{words}"


def reply_markdown(reply: Reply) -> str:
    """Return a reply as Markdown: the answer in bold, the sentence as a quotation, and the source.

    Further questions that were typed with this one are left out, see `Reply.more`.
    """
    lines = []
    if reply.read_as is not None:
        lines.append(f"{READ_AS}{_literal(_one_line(reply.read_as))}\n")
    if reply.answer is not None:
        return "\n".join([*lines, _answer_markdown(reply.answer), *_disagreement_markdown(reply)])
    lines.append(_literal(without_answer(reply)))
    if reply.remark is not None:
        lines += _remark_markdown(reply)
    elif reply.perhaps is not None:
        lines.append(f"\n{_answer_markdown(reply.perhaps)}")
        lines += [f"\n{_answer_markdown(rival, is_rival=True)}" for rival in rivals(reply)]
    elif reply.passages:
        nearest = reply.passages[0]
        lines += [
            "",
            _quote_block(nearest.text),
            f"\n{_literal(location(nearest.document, nearest.span))}",
        ]
    return "\n".join(lines)


def _disagreement_markdown(reply: Reply) -> list[str]:
    lines = [f"\n{DIFFER}"] if reply.disagreement else []
    for one in reply.disagreement:
        lines.append(f"\n**{_literal(_one_line(one.text))}** ({_literal(dated_place(one))})")
        is_said = one == reply.answer or is_whole_sentence(one)
        lines += [] if is_said else ["", _quote_block(in_sentence(one))]
    return lines


def _remark_markdown(reply: Reply) -> list[str]:
    if reply.remark is None:
        return []
    lines = []
    for section in reply.remark.sections:
        lines += [f"\n{_quote_block(section.text)}", f"\n{_literal(source(section))}"]
        lines += [f"\n{words_left(section)}"] if section.left else []
    for guide in reply.remark.guides:
        lines.append(f"\n**{_literal(guide.document.id)}** {_literal(guide_facts(guide))}\n")
        lines += [f"- {_literal(_one_line(heading.text))}" for heading in guide.headings]
        lines += [f"\n{_quote_block(sentence.text)}" for sentence in guide.lead]
    for passage in reply.passages[:SHOWN_PASSAGES]:
        lines += [
            f"\n{_quote_block(passage.text)}",
            f"\n{_literal(location(passage.document, passage.span))}",
        ]
    return lines


def _answer_markdown(answer: Answer, *, is_rival: bool = False) -> str:
    words = confidence_words(answer.confidence)
    if answer.evidence:
        quotes = [f"{_quote_block(in_sentence(one))}\n\n{_literal(source(one))}" for one in answer.evidence]
        headline = [] if answer.is_sentences else [f"**{_literal(_one_line(answer.text))}**"]
        return "\n\n".join([*headline, *quotes, f"{words} ({answer.confidence:.2f})."])
    facts = f"{words} ({answer.confidence:.2f}). Source: {_literal(source(answer))}"
    around = [] if is_rival and is_whole_sentence(answer) else [_quote_block(in_sentence(answer))]
    return "\n\n".join([f"**{_literal(_one_line(answer.text))}**", *around, facts])


def _quote_block(text: str) -> str:
    return "\n".join(f"> {_literal(line.strip())}" for line in text.splitlines())


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _literal(text: str) -> str:
    r"""Return Markdown that shows `text`: put a backslash before everything that could be markup."""
    return _LINE_MARKUP.sub(r"\g<0>\\", _MARKUP.sub(r"\\\1", text))
