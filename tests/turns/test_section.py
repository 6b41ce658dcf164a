"""Sections by their headings: whole, exact, with their location, in every form of a reply."""

from __future__ import annotations

import json

import pytest

from qa.chatbot import Chatbot
from qa.cli.output import describe
from qa.conversation import Conversation
from qa.documents import Document, text_document
from qa.index import Index
from qa.page.views.turns import ShownTurn, row_of, turn_html
from qa.presentation import Turn, evidence, to_markdown
from qa.presentation.citation import location
from qa.results import Reply, Section
from qa.retrieval import HybridRetriever
from qa.settings import DEFAULTS
from tests.helpers import INDIFFERENT, READER
from tests.page.dom import looks, one, texts
from tests.tiny_embedder import WordEmbedder

COUNCIL = text_document(
    "# Town council\n\n## Opening hours\n\nThe office opens at nine.\n\n"
    "## Fees and charges\n\nA permit costs 12 crowns.\n\n### Refunds\n\nAsk <b>Anna</b> Lund.\n\n"
    "- by bank\n- in cash\n\n## 3.2 Rules for dogs\n\nDogs are led.\n\n## Empty\n",
    name="council.md",
)
FEES = COUNCIL.text[COUNCIL.text.index("## Fees") : COUNCIL.text.index("\n\n## 3.2")]
HANDBOOK = text_document(
    "# Handbook\n\n## Chapter 2: Safety\n\nWear gloves.\n\n## Chapter 21: Dogs\n\nDogs bite.\n\n"
    "## Opening hours\n\nThe hall opens at ten.\n\n## Appendix B\n\nA plan.\n\n## What it is\n\nA guide.\n",
    name="handbook.md",
)


def bot(*documents: Document) -> Chatbot:
    embedder = WordEmbedder()
    retriever = HybridRetriever(Index.build(documents, embedder, size=20, overlap=5), embedder)
    return Chatbot(retriever, READER, INDIFFERENT)


BOT = bot(COUNCIL, HANDBOOK)


def sections(reply: Reply) -> tuple[Section, ...]:
    assert reply.remark is not None
    assert reply.remark.kind == "section"
    assert (reply.answer, reply.perhaps, reply.passages) == (None, None, ())
    return reply.remark.sections


@pytest.mark.parametrize(
    ("typed", "heading"),
    [
        ("Show me the section on fees", "## Fees and charges"),
        ("What does the section “Refunds” say?", "### Refunds"),
        ("Read me the chapter Safety", "## Chapter 2: Safety"),
        ("show me chapter 2", "## Chapter 2: Safety"),
        ("What is in section 3.2 of the council?", "## 3.2 Rules for dogs"),
        ("Show me the chapter about dogs", "## Chapter 21: Dogs"),
        ("Show me the section on dog rules", "## 3.2 Rules for dogs"),
        ("What does the opening hours section of the handbook say?", "## Opening hours"),
        ("Open appendix B", "## Appendix B"),
        ("What does the section What it is say?", "## What it is"),
    ],
)
def test_a_heading_is_found_by_words_or_number(typed: str, heading: str) -> None:
    (section,) = sections(BOT.ask(typed))
    assert section.text.startswith(f"{heading}\n")
    assert section.left == 0


@pytest.mark.parametrize(
    ("typed", "heading"),
    [
        ("show me the fees", "## Fees and charges"),
        ("Could you read out the charges and fees, please?", "## Fees and charges"),
        ("list all the refunds", "### Refunds"),
        ("give me the list of refunds", "### Refunds"),
        ("let me see the dog rules", "## 3.2 Rules for dogs"),
    ],
)
def test_a_heading_is_found_without_the_word_section(typed: str, heading: str) -> None:
    reply = BOT.ask(typed)
    (section,) = sections(reply)
    assert section.text.startswith(f"{heading}\n")
    conversation = Conversation(BOT)
    conversation.ask(typed)
    assert conversation.ask("And the safety chapter?").read_as == "Show me the safety chapter"


@pytest.mark.parametrize(
    "typed",
    [
        "what are the fees",
        "Who pays the fees?",
        "show me the fees of students",
        "Show me the handbook",
        "show me who pays the fees",
        "list the gloves",
    ],
)
def test_questions_and_words_that_are_not_a_heading_stay_questions(typed: str) -> None:
    reply = BOT.ask(typed)
    assert reply.remark is None
    assert reply.read_as is None


def test_a_section_ends_before_the_next_that_is_not_below_it() -> None:
    """The section is a span of its document, also in JSON."""
    (section,) = sections(BOT.ask("Show me the section on fees"))
    assert section.text == FEES
    plain = json.loads(json.dumps(BOT.ask("Show me the section on fees").to_dict()))
    (quoted,) = plain["remark"]["sections"]
    assert COUNCIL.text[quoted["start"] : quoted["end"]] == quoted["text"] == FEES
    assert (quoted["section"], quoted["left"]) == (["Town council", "Fees and charges"], 0)


def test_headings_that_fit_equally_well_are_all_quoted() -> None:
    found = sections(BOT.ask("Show me the section Opening hours"))
    assert [one.document.id for one in found] == ["council.md", "handbook.md"]


@pytest.mark.parametrize("typed", ["Show me the clause Tea", "show me chapter 3", "Read the section Empty"])
def test_a_request_for_a_missing_section_is_a_question(typed: str) -> None:
    reply = BOT.ask(typed)
    assert reply.remark is None
    assert reply.passages


def test_a_long_section_is_cut_after_a_sentence() -> None:
    """The number of words that are left out is given."""
    text = "# Long\n\n" + "The mill burnt down. " * 150 + "\n\n# Next\n\nEnd.\n"
    (section,) = sections(bot(text_document(text, name="long.md")).ask("Show me the section Long"))
    assert section.text.endswith("The mill burnt down.")
    assert DEFAULTS.quoted_characters - 21 < len(section.text) <= DEFAULTS.quoted_characters
    assert section.text.count("mill") + section.left / 4 == 150
    reply = BOT.ask("Show me the section Fees")
    assert "more words" not in describe(reply)
    long = bot(text_document(text, name="long.md")).ask("Show me the section Long")
    told = f"and {section.left} more words"
    assert told in describe(long)
    assert told in to_markdown([Turn("?", long)])
    assert told in turn_html(0, Turn("?", long))


def test_of_many_documents_those_that_fit_are_searched() -> None:
    many = [
        text_document(f"# Note {n}\n\nRain {n}.\n", name=f"{n}.md") for n in range(DEFAULTS.listed_documents)
    ]
    found = sections(bot(*many, HANDBOOK).ask("Read the chapter Safety"))
    assert [one.document for one in found] == [HANDBOOK]


def test_the_next_question_may_name_another_section() -> None:
    """Like any follow-up that replaces a part of the question before."""
    conversation = Conversation(BOT)
    conversation.ask("What does the section on fees say?")
    reply = conversation.ask("And the safety chapter?")
    assert reply.read_as == "Show me the safety chapter"
    assert [one.text.splitlines()[0] for one in sections(reply)] == ["## Chapter 2: Safety"]
    reply = conversation.ask("What about dog rules?")
    assert reply.read_as == "Show me the section on dog rules"
    assert [one.text.splitlines()[0] for one in sections(reply)] == ["## 3.2 Rules for dogs"]


def test_the_sentences_that_answer_are_marked() -> None:
    """If the request has a topic that the section mentions; otherwise it is an ordinary question."""
    packaged = Chatbot.from_documents([COUNCIL, HANDBOOK])
    assert packaged.ask("What does the section on fees say about gloves?").remark is None
    reply = packaged.ask("What does the section on fees say about the cost of a permit?")
    (section,) = sections(reply)
    assert section.text == FEES
    assert [COUNCIL[span] for span in section.marked] == ["A permit costs 12 crowns."]
    assert "[A permit costs 12 crowns.]" in describe(reply)
    assert texts(turn_html(0, Turn("?", reply)), "mark.answer") == ["A permit costs 12 crowns."]
    assert "<mark>A permit costs 12 crowns.</mark>" in reply._repr_html_()


def test_every_form_of_a_reply_has_the_section_and_its_location() -> None:
    """As text, never as markup; the location opens the document."""
    reply = BOT.ask("Show me the section on fees")
    (section,) = sections(reply)
    lines = [line.strip() for line in describe(reply).splitlines()]
    assert lines[0] == "Found by its heading:"
    assert [line for line in FEES.splitlines() if line not in lines] == []
    assert lines[-1] == f"council.md:{section.span.start}-{section.span.end}"
    markup = turn_html(0, Turn("?", reply))
    assert texts(markup, "blockquote.section .heading") == ["## Fees and charges", "### Refunds"]
    assert texts(markup, "blockquote.section li") == ["- by bank", "- in cash"]
    assert "&lt;b&gt;Anna" in markup
    copied = one(markup, "[data-copy]").attributes["data-copy"]
    assert copied == f"“{FEES}”\n— Town council › Fees and charges, {location(COUNCIL, section.span)}"
    assert [target["position"] for target in looks(markup)] == [0]
    assert [(one.document, one.span) for one in evidence(reply)] == [(COUNCIL, section.span)]
    assert "> A permit costs 12 crowns." in to_markdown([Turn("?", reply)])
    assert "&lt;b&gt;Anna" in reply._repr_html_()
    assert "A permit costs" in row_of(ShownTurn(Turn("?", reply), 0))["announce"]
