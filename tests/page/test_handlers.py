from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qa.documents import SUFFIXES
from qa.page.changes import Changes
from qa.page.handlers import Handlers
from qa.page.sessions import Sessions
from qa.presentation import Feedback
from qa.settings import DEFAULTS, default_limits
from tests.helpers import BRIDGE, tiny_chatbot
from tests.page.dom import attributes, count, letters, looks, plain, texts
from tests.replies import HOSTILE

QUESTION = "Who opened the bridge?"
RIGHT = {"turn": 0, "verdict": "right"}


def tiny_handlers(folder: Path | None = None, *, keep: bool = False) -> Handlers:
    """Return handlers over a short text. Readers are asked for verdicts if there is a folder."""
    feedback = None if folder is None else Feedback(folder)
    return Handlers(Sessions(tiny_chatbot(BRIDGE), keep=keep), feedback)


def rows(changes: Changes) -> list[dict[str, Any]]:
    """Return the turns that the browser is sent."""
    found: list[dict[str, Any]] = json.loads(attributes(changes["latest"], "data-turns")[0])
    return found


def shown(changes: Changes) -> str:
    """Return those turns as HTML."""
    return "".join(row["html"] for row in rows(changes))


def asking(question: str = QUESTION, *, threshold: Any = 0.0, conversation: int = 0) -> dict[str, Any]:
    """Return what the browser sends with a question."""
    return {"question": question, "threshold": threshold, "conversation": conversation}


def after(handlers: Handlers, question: str = QUESTION, *, threshold: float = 0.0) -> str:
    """Ask a question as "me". Return the turn as HTML."""
    *_, last = handlers.ask(asking(question, threshold=threshold), "me")
    return shown(last)


def test_a_question_is_shown_at_once_then_the_progress_then_the_answer() -> None:
    """In the end, the document panel opens the answer, and the list shows what others did meanwhile."""
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


def test_a_question_is_read_with_the_turns_before_unless_it_is_asked_alone() -> None:
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
    """Nothing is being read, so no progress is told, and the document panel stays as it is."""
    handlers = tiny_handlers()
    _, last = handlers.ask(asking("hello"), "me")
    assert texts(shown(last), ".lead")[0].startswith("Hello!")
    assert "document" not in last


def test_only_the_new_turn_is_sent() -> None:
    """And while it is being read, the one before it, which the browser may not have seen."""
    handlers = tiny_handlers()
    for number in range(4):
        *progress, last = handlers.ask(asking(), "me")
        assert [row["number"] for row in rows(last)] == [number]
        for step in progress:
            assert [row["number"] for row in rows(step)] == ([number - 1, number] if number else [0])


def test_the_threshold_decides_and_a_refused_question_is_a_line() -> None:
    handlers = tiny_handlers()
    assert texts(after(handlers, threshold=0.9), ".lead") == ["Nothing is as sure as you ask for. Perhaps:"]
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
    """Those that are being read and those that wait. Other sessions and later questions are not affected."""
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


def test_buttons_open_what_they_say() -> None:
    """Evidence, passages, parts and documents."""
    handlers = tiny_handlers()
    for target in looks(after(handlers)):
        assert letters(handlers.look(target, "me")["document"]) == BRIDGE
    passage = handlers.look({"turn": 0, "track": "passages", "position": 0}, "me")
    assert count(passage["document"], "mark.passage") > 0
    assert letters(handlers.look({"document": "0.txt"}, "me")["document"]) == BRIDGE


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
def test_what_is_not_there_changes_nothing(event: object) -> None:
    """Anybody can send anything."""
    handlers = tiny_handlers()
    after(handlers)
    assert handlers.look(event, "me") == {}


def test_a_document_that_was_removed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The open document stays, and the list is updated."""
    messages: list[str] = []
    monkeypatch.setattr("gradio.Info", lambda message, **_: messages.append(message))
    changes = tiny_handlers().look({"document": "<no>.txt"}, "me")
    assert changes.keys() == {"document_list"}
    assert texts(changes["document_list"], ".name") == ["0.txt"]
    assert messages == ["&lt;no&gt;.txt is no longer there."]


def test_files_are_added_one_by_one_and_each_says_what_became_of_it(tmp_path: Path) -> None:
    """Good ones can be asked and opened, bad ones say why."""
    handlers = tiny_handlers()
    files: list[tuple[str, Path]] = []
    for name, data in {"<b>.txt": b"The mill burnt down.", "b.exe": b"MZ", "c.txt": b"\x00\x01"}.items():
        files.append((name, tmp_path / f"{len(files)}{Path(name).suffix}"))
        files[-1][1].write_bytes(data)
    steps = list(handlers.documents.add_files(files, "me"))
    assert texts(steps[0]["uploads"], "li") == ["<b>.txt waits", "b.exe waits", "c.txt waits"]
    assert texts(steps[1]["uploads"], "li")[0] == "<b>.txt is being read …"
    assert texts(steps[2]["uploads"], ".done") == ["<b>.txt is ready"]
    assert letters(steps[2]["document"]) == "The mill burnt down."
    last = steps[-1]
    program, binary = texts(last["uploads"], ".failed")
    assert program.startswith("b.exe has an unsupported file type: give a")
    assert binary.startswith("c.txt is not a text file")
    assert "document" not in last
    assert texts(last["document_list"], "li:has(.yours) .name") == ["<b>.txt"]
    assert [document.id for document in handlers.documents.of("me")] == ["0.txt", "<b>.txt"]
    assert [document.id for document in handlers.documents.of("you")] == ["0.txt"]
    assert all(step["files"] is None for step in steps), "a box that is left as it is forgets file names"


def test_a_text_is_pasted_under_a_name_or_none() -> None:
    """The boxes are emptied if it was added, and left as they are if not."""
    handlers = tiny_handlers()
    *_, last = handlers.documents.add_text("The ferry costs twelve crowns.", " ferry.txt ", "me")
    assert texts(last["uploads"], ".done") == ["ferry.txt is ready"]
    assert (last["text"], last["name"]) == ("", "")
    *_, last = handlers.documents.add_text("The ferry costs twelve crowns.", "again.txt", "me")
    assert texts(last["uploads"], ".done")[0] in {
        "again.txt is there already, as ferry.txt",
        "again.txt is ready",
    }
    *_, last = handlers.documents.add_text(HOSTILE.replace("\0", ""), "", "me")
    assert texts(last["uploads"], ".done .state") == ["is ready"]
    for text, name in (("", ""), ("x", "../../etc/passwd")):
        *_, last = handlers.documents.add_text(text, name, "me")
        assert last.keys() == {"uploads"}
        assert count(last["uploads"], ".failed") == 1


def test_a_replaced_document_is_named(tmp_path: Path) -> None:
    """If a document of the same name had another text."""
    handlers = tiny_handlers()
    states = []
    for text in ("The mill burnt down.", "The mill burnt down.", "The mill stands."):
        (tmp_path / "mill.txt").write_text(text)
        *_, last = handlers.documents.add_files([("mill.txt", tmp_path / "mill.txt")], "me")
        states.append(texts(last["uploads"], ".done .state"))
    assert states == [["is ready"], ["is ready"], ["is ready and replaces the former mill.txt"]]
    *_, last = handlers.documents.add_text("The mill was sold.", "mill", "me")
    assert texts(last["uploads"], ".done") == ["mill.txt is ready and replaces the former mill.txt"]


def test_a_document_can_be_removed() -> None:
    """In this session alone. A second removal says that there is none; an open document stays open."""
    handlers = tiny_handlers()
    handlers.sessions.add("me", "The mill burnt down.", name="mill.txt")
    assert "document" not in handlers.documents.remove({"document": "mill.txt", "open": "0.txt"}, "me")
    changes = handlers.documents.remove({"document": "0.txt", "open": "0.txt"}, "me")
    assert texts(changes["uploads"], ".done .state") == ["is removed"]
    assert texts(changes["document_list"], ".note") == ["No documents yet: add some below."]
    assert plain(changes["document"]) == "No document to read."
    again = handlers.documents.remove({"document": "0.txt", "open": ""}, "me")
    assert texts(again["uploads"], ".failed")[0].startswith("0.txt no document '0.txt'")
    assert letters(handlers.documents.first_html("you")) == BRIDGE
    assert handlers.documents.remove(["0.txt"], "you") == {}


def test_limits_name_types_sizes_and_who_will_see_it() -> None:
    limits = tiny_handlers().documents.limits()
    assert all(f"{suffix}, " in limits for suffix in SUFFIXES)
    assert f"up to {DEFAULTS.max_file_bytes // 1024**2} MiB a file" in limits
    assert f"at most {default_limits().documents} documents" in limits
    assert "gone 30 minutes after you close the page" in limits
    assert "kept in the corpus folder, for everyone" in tiny_handlers(keep=True).documents.limits()


def test_a_verdict_is_kept(tmp_path: Path) -> None:
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
def test_a_malformed_verdict_is_not_kept(tmp_path: Path, event: object) -> None:
    handlers = tiny_handlers(tmp_path)
    after(handlers)
    assert handlers.rate(event, "me") == {"rated": ""}
    assert list(tmp_path.iterdir()) == []


def test_a_verdict_that_cannot_be_saved_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The visitor sees no path of the machine; its owner finds it in the log."""
    messages: list[str] = []
    monkeypatch.setattr("gradio.Warning", lambda message, title: messages.append(message))
    (tmp_path / "file").touch()
    handlers = tiny_handlers(tmp_path / "file" / "folder")
    after(handlers)
    assert handlers.rate(RIGHT, "me") == {"rated": ""}
    assert messages == ["Your feedback could not be saved."]
    assert str(tmp_path) in caplog.text


def test_a_page_that_comes_back_is_told_what_it_has_not_seen() -> None:
    """The turns that it lacks, and which of its questions came to an end."""
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


def test_a_restarted_server_goes_on_from_what_the_browser_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turns are counted on, a follow-up is completed, and what is no longer there is said."""
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
    assert handlers.look({"turn": 1, "track": "evidence", "position": 0}, session) == {}
    assert messages == ["The server no longer has this place: ask the question again."]


@pytest.mark.parametrize("told", ["", "[]", "7", "{", '{"token": {}, "next": "x", "history": 3, "added": 1}'])
def test_what_a_browser_tells_is_not_trusted(told: str) -> None:
    assert json.loads(tiny_handlers().arrive(told, "page")["visit"])["turns"] == []


def test_a_cleared_conversation_comes_back() -> None:
    """With its numbers and its places."""
    handlers = tiny_handlers()
    target = looks(after(handlers))[0]
    handlers.start_over({"conversation": 1}, "me")
    assert handlers.look(target, "me") == {}
    assert handlers.start_over({"conversation": 2, "undo": True}, "me") == {}
    assert "document" in handlers.look(target, "me")
    *_, last = handlers.ask(asking(conversation=2), "me")
    assert [row["number"] for row in rows(last)] == [1]


def test_a_removed_document_is_brought_back() -> None:
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
