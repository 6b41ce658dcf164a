"""Ask from async code, such as a web service, without blocking its event loop."""

from __future__ import annotations

import asyncio
import json

from qa import Chatbot, Document, ReplyDict

NOTES = [
    Document("ferry", "The ferry to Norvik costs twelve crowns. It leaves at nine."),
    Document("lighthouse", "The lighthouse was finished in 1911. Its keeper was Ada Brown."),
]


async def answers(bot: Chatbot, questions: list[str]) -> list[ReplyDict]:
    """Return the replies as plain data."""
    replies = await asyncio.gather(*(bot.aask(question) for question in questions))
    return [reply.to_dict() for reply in replies]


def main() -> None:
    """Print what a service would send."""
    bot = Chatbot.from_documents(NOTES)
    questions = ["Who was the keeper of the lighthouse?", "What does the ferry cost?", "Who sank the ferry?"]
    for reply in asyncio.run(answers(bot, questions)):
        print(json.dumps({key: reply[key] for key in ("question", "answer", "document", "start", "end")}))


if __name__ == "__main__":
    main()
