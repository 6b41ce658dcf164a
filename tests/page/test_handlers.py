from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from qa.page.changes import Changes
from qa.page.handlers import Handlers
from qa.page.sessions import Sessions
from qa.presentation import Feedback
from tests.helpers import BRIDGE, tiny_chatbot
from tests.page.dom import attributes, count, letters, looks, plain, texts
from tests.replies import HOSTILE

QUESTION = "Who opened the bridge?"
RIGHT = {"turn": 0, "verdict": "right"}


def tiny_handlers(folder: Path | None = None, *, keep: bool = False) -> Handlers:
    """Return handlers over a short text. Readers are asked for verdicts if `folder` is given."""
    feedback = None if folder is None else Feedback(folder)
    return Handlers(Sessions(tiny_chatbot(BRIDGE), keep=keep), feedback)


def rows(changes: Changes) -> list[dict[str, Any]]:
    """Return the turns that are sent to the browser."""
    found: list[dict[str, Any]] = json.loads(attributes(changes["latest"], "data-turns")[0])
    return found


def shown(changes: Changes) -> str:
    """Return those turns as HTML."""
    return "".join(row["html"] for row in rows(changes))


def asking(question: str = QUESTION, *, threshold: Any = 0.0, conversation: int = 0) -> dict[str, Any]:
    """Return the event that the browser sends with a question."""
    return {"question": question, "threshold": threshold, "conversation": conversation}


def after(handlers: Handlers, question: str = QUESTION, *, threshold: float = 0.0) -> str:
    """Ask a question as "me". Return the turn as HTML."""
    *_, last = handlers.ask(asking(question, threshold=threshold), "me")
    return shown(last)


def test_a_question_is_shown_at_once_then_progress_then_the_answer() -> None:
    """Finally, the document panel opens the answer, and the list shows other visitors' changes."""
    first, second, last = tiny_handlers().ask(asking(), "me")
    assert texts(shown(first), ".question, .progress") == [QUESTION, "Searching..."]
    assert second.keys() == {"latest"}
    assert texts(shown(second), ".progress") == ["Reading 3 passages..."]
    assert [row["saved"] for row in rows(second)] == [None]
    (row,) = rows(last)
    (answer,) = texts(row["html"], ".answer-text")
    assert json.loads(row["saved"]["json"])["answer"] == answer
    assert answer in row["saved"]["markdown"]
    assert letters(last["document"]) == BRIDGE
    assert count(last["document"], "mark.sentence.answer") > 0
    assert texts(last["document_list"], ".name") == ["0.txt"]


def test_a_question_is_read_with_the_previous_turns_unless_asked_alone() -> None:
    handlers = tiny_handlers()
    after(handlers, "Where is the bridge?")
    for alone, read_as in ((False, ["Read as: When is the bridge? as typed"]), (True, [])):
        *_, last = handlers.ask({**asking("When?"), "alone": alone}, "me")
        assert texts(shown(last), ".read-as") == read_as
        assert count(shown(last), "[data-alone]") == len(read_as)


def test_two_questions_are_two_turns() -> None:
    handlers = tiny_handlers()
    both = after(handlers, "Who opened the bridge? When was the line closed?")
    assert texts(both, ".question") == ["Who opened the bridge?", "When was the line closed?"]
    assert count(both, ".reply") == 2


def test_small_talk_opens_the_questions_to_try() -> None:
    """Nothing is read, so no progress is shown, and the document panel does not change."""
    handlers = tiny_handlers()
    _, last = handlers.ask(asking("hello"), "me")
    assert texts(shown(last), ".lead")[0].startswith("Hello!")
    assert "document" not in last


def test_only_the_new_turn_is_sent() -> None:
    """And, during progress, the previous turn, which the browser may not have seen."""
    handlers = tiny_handlers()
    for number in range(4):
        *progress, last = handlers.ask(asking(), "me")
        assert [row["number"] for row in rows(last)] == [number]
        for step in progress:
            assert [row["number"] for row in rows(step)] == ([number - 1, number] if number else [0])


def test_the_threshold_decides_and_a_refused_question_gets_one_line() -> None:
    handlers = tiny_handlers()
    assert texts(after(handlers, threshold=0.9), ".lead") == [
        "Nothing reaches the confidence that you asked for. Perhaps:"
    ]
    *_, last = handlers.ask(asking("x" * 5_000, threshold=0.5), "me")
    assert "ask it in fewer words" in texts(shown(last), ".notice")[0]
    assert rows(last)[0]["refused"] == "x" * 5_000
    assert "document" not in last


@pytest.mark.parametrize(
    "event", [asking("  "), asking(threshold=2), asking(threshold="x"), {}, {"question": QUESTION}, [], None]
)
def test_a_blank_or_malformed_question_changes_nothing(event: object) -> None:
    assert list(tiny_handlers().ask(event, "me")) == []


def test_a_new_conversation_drops_earlier_questions() -> None:
    """Those in progress and those that wait. Other sessions and later questions are not affected."""
    handlers = tiny_handlers()
    steps = handlers.ask(asking(), "me")
    next(steps)
    changes = handlers.start_over({"conversation": 1}, "me")
    assert count(changes["document"], "mark") == 0
    assert list(steps) == []
    assert list(handlers.ask(asking(), "me")) == []
    assert len(list(handlers.ask(asking(conversation=1), "me"))) == 3
    assert len(list(handlers.ask(asking(), "you"))) == 3
    assert handlers.start_over({}, "me") == {}


def test_buttons_open_the_place_they_name() -> None:
    """Evidence, passages, parts and documents."""
    handlers = tiny_handlers()
    for target in looks(after(handlers)):
        assert letters(handlers.reader.look(target, "me")["document"]) == BRIDGE
    passage = handlers.reader.look({"turn": 0, "track": "passages", "position": 0}, "me")
    assert count(passage["document"], "mark.passage") > 0
    assert letters(handlers.reader.look({"document": "0.txt"}, "me")["document"]) == BRIDGE


@pytest.mark.parametrize(
    "event",
    [
        {"turn": 7, "track": "evidence", "position": 0},
        {"turn": 0, "track": "evidence", "position": 99},
        {"turn": 0, "track": "__class__", "position": 0},
        {"turn": "0", "track": "evidence", "position": 0},
        {"turn": 0, "track": "evidence", "position": 0, "part": "x"},
        {},
        [],
        None,
    ],
)
def test_events_for_unknown_places_change_nothing(event: object) -> None:
    """Any client can send anything."""
    handlers = tiny_handlers()
    after(handlers)
    assert handlers.reader.look(event, "me") == {}


def test_opening_a_removed_document_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The open document stays, and the list is updated."""
    messages: list[str] = []
    monkeypatch.setattr("gradio.Info", lambda message, **_: messages.append(message))
    changes = tiny_handlers().reader.look({"document": "<no>.txt"}, "me")
    assert changes.keys() == {"document_list", "welcome"}
    assert texts(changes["document_list"], ".name") == ["0.txt"]
    assert messages == ["&lt;no&gt;.txt is no longer there."]


def added(handlers: Handlers, *files: tuple[str, Path]) -> list[Changes]:
    """Add files as "me". Return the changes to the page, step by step."""
    return [handlers.documents.take_files(files, "me"), *handlers.documents.add_waiting("me")]


def test_files_are_added_one_by_one_each_with_its_outcome(tmp_path: Path) -> None:
    """Readable files can be opened and questioned; the others have a reason."""
    handlers = tiny_handlers()
    files: list[tuple[str, Path]] = []
    for name, data in {"<b>.txt": b"The mill burnt down.", "b.exe": b"MZ", "c.txt": b"\x00\x01"}.items():
        files.append((name, tmp_path / f"{len(files)}{Path(name).suffix}"))
        files[-1][1].write_bytes(data)
    first, *steps = added(handlers, *files)
    assert texts(first["uploads"], "li .name") == ["<b>.txt", "b.exe", "c.txt"]
    assert texts(first["uploads"], "li .state") == ["is waiting"] * 3
    assert first["files"] is None, "the box is empty for the next"
    ready = [step for step in steps if "document" in step]
    assert [letters(step["document"]) for step in ready] == ["The mill burnt down."]
    last = steps[-1]
    assert texts(last["uploads"], ".done .state") == ["is ready"]
    program, binary = texts(last["uploads"], ".failed .state")
    assert program.startswith("has an unsupported file type: give a")
    assert binary.startswith("is not a text file")
    assert texts(last["document_list"], "li[data-added] .name") == ["<b>.txt"]
    assert "yours" in texts(last["document_list"], "li[data-added] .facts")[0]
    assert [document.id for document in handlers.documents.of("me")] == ["0.txt", "<b>.txt"]
    assert [document.id for document in handlers.documents.of("you")] == ["0.txt"]


def test_files_dropped_while_others_are_read_are_shown_at_once(tmp_path: Path) -> None:
    """They wait for their turn. Finished uploads are no longer listed."""
    handlers = tiny_handlers()
    paths = [tmp_path / f"{number}.md" for number in range(4)]
    for path in paths:
        path.write_text(f"The mill of {path.stem} burnt down.")
    added(handlers, ("a.md", paths[0]))
    handlers.documents.take_files([("b.md", paths[1])], "me")
    steps = handlers.documents.add_waiting("me")
    next(steps)
    shown = handlers.documents.take_files([("c.md", paths[2]), ("d.md", paths[3])], "me")
    assert texts(shown["uploads"], ".name") == ["b.md", "c.md", "d.md"]
    stop = int(attributes(shown["uploads"], "data-stop")[-1])
    assert texts(handlers.documents.stop({"number": stop}, "me")["uploads"], ".name") == ["b.md", "c.md"]
    assert handlers.documents.stop({"number": stop}, "you")["uploads"] == ""
    assert handlers.documents.stop({}, "me") == {}
    list(steps)
    assert handlers.sessions.added("me") == {"a.md", "b.md", "c.md"}


def test_a_loading_page_shares_no_files(tmp_path: Path) -> None:
    """Nothing is read, and another loading page does not see the names."""
    documents = tiny_handlers().documents
    (tmp_path / "a.txt").write_text("The mill burnt down.")
    refused = documents.take_files([("a.txt", tmp_path / "a.txt")], "")
    assert texts(refused["uploads"], ".failed .name") == ["a.txt"]
    assert [count(step["uploads"], ".failed") for step in documents.add_text("Text.", "b", "")] == [1]
    assert list(documents.add_waiting("")) == []
    assert documents.uploads_html("") == ""


def test_a_reloaded_page_finds_the_files_being_read(tmp_path: Path) -> None:
    """The event of the closed page has ended; reading and waiting go on."""
    handlers = tiny_handlers()
    files = [(f"{number}.md", tmp_path / f"{number}.md") for number in range(2)]
    for name, path in files:
        path.write_text(f"The mill of {name} burnt down.")
    handlers.documents.take_files(files, "me")
    steps = handlers.documents.add_waiting("me")
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert count(handlers.documents.welcome_back({"adding": ["0.md", "1.md"]}, "me"), ".failed") == 0
    list(handlers.documents.add_waiting("me"))
    assert handlers.sessions.added("me") == {"0.md", "1.md"}
    assert handlers.documents.welcome_back({}, "me") == ""  # the page before showed that they are ready


def test_a_text_is_pasted_under_a_name_or_none() -> None:
    """The boxes are emptied on success, and left alone on failure."""
    handlers = tiny_handlers()

    def paste(text: str, name: str) -> tuple[str, bool]:
        *_, before, last = handlers.documents.add_text(text, name, "me")
        emptied = last == {"text": "", "name": ""}
        return texts((before if emptied else last)["uploads"], "li")[-1], emptied

    assert paste("The ferry costs twelve crowns.", " ferry.txt ") == ("ferry.txt is ready", True)
    words, emptied = paste("The ferry costs twelve crowns.", "again.txt")
    assert words in {"again.txt is there already, as ferry.txt", "again.txt is ready"}
    assert emptied
    assert paste(HOSTILE.replace("\0", ""), "")[1]
    for text, name in (("", ""), ("x", "../../etc/passwd")):
        assert not paste(text, name)[1]


def test_a_replaced_document_is_named(tmp_path: Path) -> None:
    """If a document with the same name had a different text."""
    handlers = tiny_handlers()
    states = []
    for text in ("The mill burnt down.", "The mill burnt down.", "The mill stands."):
        (tmp_path / "mill.txt").write_text(text)
        *_, last = added(handlers, ("mill.txt", tmp_path / "mill.txt"))
        states.append(texts(last["uploads"], ".done .state"))
    assert states == [["is ready"], ["is ready"], ["is ready and replaces the former mill.txt"]]


def test_only_the_selected_documents_are_searched() -> None:
    handlers = tiny_handlers()
    handlers.sessions.add("me", "The mill burnt down.", name="mill.txt")
    *_, last = handlers.ask({**asking(), "unasked": ["0.txt", "of before"]}, "me")
    read = json.loads(rows(last)[0]["saved"]["json"])["passages"]
    assert {passage["document"] for passage in read} == {"mill.txt"}
    *_, last = handlers.ask({**asking(), "unasked": ["0.txt", "mill.txt"]}, "me")
    assert texts(shown(last), ".notice") == ["No document is selected: tick at least one in the list."]
    assert rows(last)[0]["refused"] == QUESTION


def test_a_document_can_be_removed() -> None:
    """Only in this session. Removing it again is an error; an open document stays open."""
    handlers = tiny_handlers()
    handlers.sessions.add("me", "The mill burnt down.", name="mill.txt")
    assert "document" not in handlers.documents.remove({"document": "mill.txt", "open": "0.txt"}, "me")
    changes = handlers.documents.remove({"document": "0.txt", "open": "0.txt"}, "me")
    assert texts(changes["uploads"], ".done .state") == ["is removed"]
    assert texts(changes["document_list"], ".note") == ["No documents yet: add some below."]
    assert texts(changes["welcome"], "h2") == ["What would you like to read?"]
    assert plain(changes["document"]) == "No document to read."
    again = handlers.documents.remove({"document": "0.txt", "open": ""}, "me")
    assert texts(again["uploads"], ".failed")[0].startswith("0.txt no document '0.txt'")
    assert letters(handlers.documents.first_html("you")) == BRIDGE
    assert handlers.documents.remove(["0.txt"], "you") == {}


def test_a_verdict_is_stored(tmp_path: Path) -> None:
    handlers = tiny_handlers(tmp_path)
    assert count(after(handlers), "[data-rate]") > 0
    assert json.loads(handlers.rate(RIGHT, "me")["rated"]) == RIGHT
    assert QUESTION in (tmp_path / "questions.csv").read_text()
    silent = tiny_handlers()
    assert count(after(silent), "[data-rate]") == 0
    assert silent.rate(RIGHT, "me") == {"rated": ""}


@pytest.mark.parametrize(
    "event", [{"turn": 9, "verdict": "right"}, {"turn": 0}, {"turn": "0", "verdict": "right"}, "x", [], None]
)
def test_a_malformed_verdict_is_not_stored(tmp_path: Path, event: object) -> None:
    handlers = tiny_handlers(tmp_path)
    after(handlers)
    assert handlers.rate(event, "me") == {"rated": ""}
    assert list(tmp_path.iterdir()) == []


def test_a_verdict_that_cannot_be_saved_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The visitor does not see the path of the file; the owner finds it in the log."""
    messages: list[str] = []
    monkeypatch.setattr("gradio.Warning", lambda message, title: messages.append(message))
    (tmp_path / "file").touch()
    handlers = tiny_handlers(tmp_path / "file" / "folder")
    after(handlers)
    assert handlers.rate(RIGHT, "me") == {"rated": ""}
    assert messages == ["Your feedback could not be saved."]
    assert str(tmp_path) in caplog.text


def test_a_reloaded_page_gets_what_it_has_not_seen() -> None:
    """The turns that it lacks, and which of its questions are finished."""
    handlers = tiny_handlers()
    arrived = json.loads(handlers.arrive("null", "page one")["visit"])
    token = arrived["token"]
    assert (arrived["known"], arrived["turns"]) == (False, [])
    for name in ("a", "b"):
        list(handlers.ask({**asking(), "asked": name}, token))
    handlers.leave("page one")
    told = json.dumps({"token": token, "next": 1, "conversation": 0})
    again = json.loads(handlers.arrive(told, "page two")["visit"])
    assert (again["token"], again["known"], again["finished"]) == (token, True, ["a", "b"])
    assert [row["number"] for row in again["turns"]] == [1]


def test_a_restarted_server_continues_from_the_state_in_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn numbers continue, a follow-up is completed, and lost documents are named."""
    messages: list[str] = []
    monkeypatch.setattr("gradio.Info", lambda message, **_: messages.append(message))
    handlers = tiny_handlers()
    told = {
        "token": "of before",
        "next": 3,
        "conversation": 2,
        "history": [{"question": "Where is the bridge?"}],
        "added": ["<b>.txt", "0.txt", 7],
        "adding": ["c.txt"],
    }
    changes = handlers.arrive(json.dumps(told), "page")
    session = changes["session"]
    assert session != "of before"
    assert texts(changes["uploads"], ".failed .name") == ["<b>.txt", "c.txt"]
    *_, last = handlers.ask(asking("When?", conversation=2), session)
    assert [row["number"] for row in rows(last)] == [3]
    assert texts(shown(last), ".read-as") == ["Read as: When is the bridge? as typed"]
    assert handlers.reader.look({"turn": 1, "track": "evidence", "position": 0}, session) == {}
    assert messages == ["The server no longer has this place: ask the question again."]


@pytest.mark.parametrize("told", ["", "[]", "7", "{", '{"token": {}, "next": "x", "history": 3, "added": 1}'])
def test_state_from_a_browser_is_not_trusted(told: str) -> None:
    assert json.loads(tiny_handlers().arrive(told, "page")["visit"])["turns"] == []


def test_a_question_may_overtake_the_start_of_its_conversation() -> None:
    """It waits for the start, but not indefinitely."""
    handlers = tiny_handlers()
    with ThreadPoolExecutor() as threads:
        steps = threads.submit(list, handlers.ask(asking(conversation=1), "me"))
        time.sleep(0.2)
        handlers.start_over({"conversation": 1}, "me")
        assert rows(steps.result()[-1])
    assert list(handlers.ask(asking(conversation=3), "me")) == []


def test_a_cleared_conversation_can_be_restored() -> None:
    """With its turn numbers and places."""
    handlers = tiny_handlers()
    target = looks(after(handlers))[0]
    handlers.start_over({"conversation": 1}, "me")
    assert handlers.reader.look(target, "me") == {}
    assert handlers.start_over({"conversation": 2, "undo": True}, "me") == {}
    assert "document" in handlers.reader.look(target, "me")
    *_, last = handlers.ask(asking(conversation=2), "me")
    assert [row["number"] for row in rows(last)] == [1]


def test_a_removed_document_can_be_restored() -> None:
    documents = tiny_handlers().documents
    removed = documents.remove({"document": "0.txt", "open": ""}, "me")
    assert attributes(removed["uploads"], "data-restore") == ["0.txt"]
    changes = documents.restore({"document": "0.txt"}, "me")
    assert texts(changes["uploads"], ".done .state") == ["is back"]
    assert texts(changes["document_list"], ".name") == ["0.txt"]
    again = documents.restore({"document": "0.txt"}, "me")
    assert texts(again["uploads"], ".failed .state") == [
        "'0.txt' cannot be brought back any more: add it again"
    ]
    assert documents.restore([], "me") == {}
