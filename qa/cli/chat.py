"""Conversation in a terminal: questions, follow-ups, and commands that begin with a slash."""

from __future__ import annotations

import contextlib
import sys

from qa.cli.output import describe, one_line
from qa.conversation import Conversation
from qa.errors import QAError
from qa.presentation import compact_location, evidence, passages_read
from qa.results import Reply

HELP = """\
Ask about the articles; follow-ups such as "And in 2019?" are understood.
  /sources  where the last reply comes from, and the passages that were read
  /why      how the last confidence was computed
  /typed    ask the last question again as it was typed, without the earlier turns
  /new      begin a new conversation
  /quit     end (so does Ctrl-D)"""


def chat(conversation: Conversation, *, mark: tuple[str, str]) -> None:
    """Read questions from standard input and print replies until it ends.

    On a terminal, lines can be edited, and earlier ones are brought back with the arrow keys.

    Args:
        conversation: Answers the questions.
        mark: The text to print before and after a marked part.
    """
    interactive = sys.stdin.isatty()
    if interactive:
        with contextlib.suppress(ImportError):  # not on Windows
            import readline  # noqa: F401  # adds line editing to `input`
        print(HELP)
    while True:
        try:
            typed = input("\n> " if interactive else "").strip()
        except EOFError:
            return
        if typed in {"/quit", "/exit", "/q"}:
            return
        if typed:
            if not interactive:
                print(f"> {one_line(typed)}")
            print(_reaction(typed, conversation, mark), flush=True)
            if not interactive:
                print()


def _reaction(typed: str, conversation: Conversation, mark: tuple[str, str]) -> str:
    """Return the text to print in response to a line."""
    last = conversation.replies[-1] if conversation.replies else None
    if typed == "/new":
        conversation.start_over()
        return "Started a new conversation."
    if typed in {"/sources", "/why", "/typed"} and last is None:
        return "Ask something first."
    if last is not None and typed == "/sources":
        return _sources(last)
    if last is not None and typed == "/why":
        return _why(last)
    if typed.startswith("/") and typed != "/typed":
        return HELP
    try:
        question = last.question if last is not None and typed == "/typed" else typed
        return describe(conversation.ask(question, as_typed=typed == "/typed"), mark=mark)
    except QAError as error:
        return one_line(str(error))


def _sources(reply: Reply) -> str:
    found = [*evidence(reply), *passages_read(reply)]
    lines = [
        f"[{number}] {item.role}: {one_line(compact_location(item.document, item.span))}\n"
        f"    {one_line(item.document[item.marks.get('sentence', item.span)])}"
        for number, item in enumerate(found, start=1)
    ]
    return "\n".join(lines) if lines else "The last reply has no source."


def _why(reply: Reply) -> str:
    best = reply.best
    if best is None or reply.remark is not None:
        return "Nothing was read for the last reply."
    lines = [f"{one_line(best.text)}: confidence {best.confidence:.2f}, score {best.score:.1f}"]
    reasons = sorted(best.reasons, key=lambda reason: -abs(reason.log_odds))
    lines += [f"  {reason.log_odds:+.2f}  {reason.feature.replace('_', ' ')}" for reason in reasons]
    others = [
        f"  {one_line(other.text)} ({other.confidence:.2f})" for other in reply.alternatives if other != best
    ]
    return "\n".join([*lines, *(["Other candidates:", *others] if others else [])])
