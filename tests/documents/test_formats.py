"""Every format from a file to an answer, with the packaged models."""

from __future__ import annotations

import pytest

from qa.chatbot import Chatbot
from qa.documents import Document
from tests.helpers import FILES


@pytest.fixture(scope="module")
def bot() -> Chatbot:
    """A chatbot with one document, which does not contain the answer."""
    return Chatbot.from_documents([Document("bees.txt", "Bees are kept in hives, and make honey of nectar.")])


@pytest.mark.parametrize(
    "name",
    [
        "ferry.md",
        "chromium.html",
        "latex.pdf",
        "writer.docx",
        "two-chapters.epub",
        "by-hand.odt",
        "by-hand.rtf",
        "python.pptx",
        "python.eml",
    ],
)
def test_an_answer_is_the_text_at_its_offsets(bot: Chatbot, name: str) -> None:
    """In each format the answer is found, is the text at its offsets, and has the right page."""
    document = bot.add(FILES / name)
    reply = bot.ask("Who built the Maid of Skerra in Aberdeen?", min_confidence=0)
    bot.remove(document.id)
    assert reply.answer is not None
    assert reply.answer.document == document
    assert reply.answer.text.split()[:2] == ["Douglas", "Finch"]
    span = reply.answer.span
    assert document.text[span.start : span.end] == reply.answer.text
    assert document.page(span.start) == (1 if name.endswith((".pdf", ".pptx")) else None)


def test_an_answer_on_the_second_page_says_so(bot: Chatbot) -> None:
    document = bot.add(FILES / "writer.pdf")
    reply = bot.ask("Where has a successor of the ferry been ordered?", min_confidence=0)
    bot.remove(document.id)
    assert reply.answer is not None
    assert "Gdańsk" in reply.answer.text
    assert document.page(reply.answer.span.start) == 2
