"""Remarks on the page: the program's own words, and quotations that open their place."""

from __future__ import annotations

from qa.page.views.turns import ShownTurn, row_of, turn_html
from qa.presentation import Turn, evidence
from qa.results import Remark, Reply
from qa.turns import guide
from tests.page.dom import count, looks, texts
from tests.replies import MILL, PASSAGE, REGISTER

GUIDE = Reply(
    "What is this about?", None, (), (), remark=Remark("guide", "I quote.", (guide(MILL), guide(REGISTER)), 3)
)
WORDS = Reply("mills burning", None, (), (PASSAGE,) * 4, remark=Remark("keywords", "Key words."))


def shown(reply: Reply) -> str:
    return turn_html(0, Turn(reply.question, reply), rated=True)


def test_a_guide_names_each_document_and_quotes_how_it_begins() -> None:
    """Each sentence opens its own place, and the name opens the document."""
    markup = shown(GUIDE)
    assert texts(markup, ".lead") == ["I quote."]
    assert texts(markup, ".guide .facts") == [
        "mill.txt text, 17 words",
        "fires.pdf Fires. PDF, 2 pages, 7 words",
    ]
    found = evidence(GUIDE)
    assert texts(markup, ".guide blockquote") == [item.document[item.span] for item in found]
    opened = looks(markup)
    assert [target["position"] for target in opened if "position" in target] == list(range(len(found)))
    assert [target["document"] for target in opened if "document" in target] == ["mill.txt", "fires.pdf"]
    assert texts(markup, ".reply > .note") == ["and 3 more documents"]
    assert row_of(ShownTurn(Turn("?", GUIDE), 0))["announce"] == "I quote."


def test_keywords_are_marked_in_their_passages() -> None:
    """Three passages are shown; none is presented as an answer, and readers are not asked to rate them."""
    markup = shown(WORDS)
    assert count(markup, "blockquote") == 3
    assert texts(markup, "mark.word") == ["mill", "burnt"] * 3 or texts(markup, "mark.word") == ["mill"] * 3
    assert count(markup, "mark.answer, .rating, .confidence") == 0
