"""The document panel on the server: which visitors get pictures of pages, and when."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa.chatbot import Chatbot
from qa.corpus import Corpus
from qa.documents import Document
from qa.page.handlers import Handlers
from qa.page.reader_handlers import GONE
from qa.page.sessions import Sessions
from qa.retrieval import HybridRetriever
from tests.helpers import BRIDGE, INDIFFERENT, tiny_chatbot
from tests.page.dom import attributes, count, texts
from tests.page.test_handlers import asking
from tests.pages import pdf
from tests.tiny_embedder import WordEmbedder
from tests.tiny_reader import tiny_reader

FIRST = {"turn": 0, "track": "evidence", "position": 0}
MILL = pdf([[(50, 700, 12, "The mill burnt down in May.")]])


def asked(sessions: Sessions, session: str) -> Handlers:
    """Return handlers after a question in a session, with evidence in the PDF."""
    handlers = Handlers(sessions, None)
    (*_, last) = handlers.ask(asking("What burnt down?"), session)
    assert texts(last["document"], ".pages") == ["Page 1 of 1"]
    return handlers


def test_a_page_of_an_upload_is_drawn_for_its_visitor_while_the_file_exists(tmp_path: Path) -> None:
    """Not for others, not for another text with this name, and not once the file is gone."""
    path = tmp_path / "mill.pdf"
    path.write_bytes(MILL)
    sessions = Sessions(tiny_chatbot(BRIDGE))
    sessions.add("me", path)
    sessions.remove("me", "0.txt")
    handlers = asked(sessions, "me")
    (opened,) = handlers.reader.look(FIRST, "me").values()
    (drawn,) = handlers.reader.picture(FIRST, "me").values()
    assert attributes(str(opened), "data-picture") == attributes(str(drawn), "data-for")
    assert count(str(drawn), "img") == 1
    assert handlers.reader.picture(FIRST, "bob") == {}
    sessions.add("me", "The mill burnt down.", name="mill.pdf.txt")
    assert count(str(handlers.reader.picture(FIRST, "me")["picture"]), "img") == 1
    path.unlink()
    assert texts(str(handlers.reader.picture(FIRST, "me")["picture"]), ".note") == [GONE]
    (opened,) = handlers.reader.look(FIRST, "me").values()
    assert count(str(opened), ".page-picture") == 0


def test_places_from_before_a_restart_can_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the data that the browser kept; documents that have changed since are reported."""
    messages: list[str] = []
    monkeypatch.setattr("gradio.Info", lambda message, **_: messages.append(message))
    former, session = Handlers(Sessions(tiny_chatbot(BRIDGE)), None), "me"
    *_, last = former.ask(asking(), session)
    (row,) = json.loads(attributes(str(last["latest"]), "data-turns")[0])
    again = Handlers(Sessions(tiny_chatbot(BRIDGE)), None)
    changed = Handlers(Sessions(tiny_chatbot("Other words.")), None)
    for track, kept in row["saved"]["places"].items():
        assert kept
        for position in range(len(kept)):
            target = {"turn": 0, "track": track, "position": position}
            opened = former.reader.look(target, session)["document"]
            event = {**target, "kept": kept}
            assert again.reader.look(event, "new")["document"] == opened
            assert changed.reader.look(event, "new").keys() == {"document_list", "welcome"}
            assert "says something else there now" in messages[-1]
    first = row["saved"]["places"]["evidence"][0]
    wrong: object
    for wrong in (None, [], [None], [{}], "x", 7, [{**first, "marks": 3}]):
        assert again.reader.look({**FIRST, "kept": wrong}, "new") == {}


@pytest.mark.parametrize(
    "event", [None, [], {}, {"turn": 0}, {**FIRST, "position": 99}, {**FIRST, "turn": []}]
)
def test_a_malformed_request_draws_nothing(tmp_path: Path, event: object) -> None:
    (tmp_path / "mill.pdf").write_bytes(MILL)
    sessions = Sessions(tiny_chatbot("nothing"))
    sessions.add("me", tmp_path / "mill.pdf")
    sessions.remove("me", "0.txt")
    assert asked(sessions, "me").reader.picture(event, "me") == {}


def test_a_page_of_the_corpus_is_drawn_except_for_sessions_that_replaced_it(tmp_path: Path) -> None:
    (tmp_path / "mill.pdf").write_bytes(MILL)
    embedder = WordEmbedder()
    corpus = Corpus(tmp_path)
    corpus.sync(embedder)
    chatbot = Chatbot(HybridRetriever(corpus.index, embedder), tiny_reader(), INDIFFERENT, corpus=corpus)
    sessions = Sessions(chatbot)
    (document,) = sessions.documents("")
    assert sessions.file("anybody", document) == tmp_path / "mill.pdf"
    sessions.remove("me", "mill.pdf")
    assert sessions.file("me", document) is None
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mill.pdf").write_bytes(pdf([[(50, 700, 12, "Another mill stands.")]]))
    own = sessions.add("me", tmp_path / "other" / "mill.pdf")
    assert sessions.file("me", own) == tmp_path / "other" / "mill.pdf"
    assert sessions.file("me", document) is None
    assert sessions.file("anybody", document) == tmp_path / "mill.pdf"
    assert sessions.file("anybody", Document("no.pdf", "Nothing.", pages=(0,))) is None
