"""Ask a folder of documents: `python examples/ask_a_folder.py corpus "Who did Naqvi meet in Brussels?"`."""

from __future__ import annotations

import sys

from qa import Chatbot


def main() -> None:
    """Print each answer with its location and its sentence, or that there is none."""
    folder, *questions = sys.argv[1:]
    bot = Chatbot.from_corpus(folder)
    for reply in bot.ask_many(questions):
        print(reply.question)
        if reply.answer is None:
            print("  No answer found.")
            continue
        answer = reply.answer
        print(f"  {answer.text} ({answer.confidence:.0%} sure)")
        print(f"  {answer.document.id}:{answer.span.start}-{answer.span.end}")
        print(f"  {answer.document[answer.sentence]}")


if __name__ == "__main__":
    main()
