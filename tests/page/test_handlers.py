"""What happens on the page: the steps of an answer, what buttons open, documents that come and go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qa.documents import SUFFIXES, Document, Span
from qa.page.handlers import Handlers
from qa.page.sessions import Sessions
from qa.presentation import Feedback, Turn, text_link
from qa.settings import DEFAULTS, default_limits
from tests.helpers import BRIDGE, asked, letters, plain, tiny_chatbot
from tests.replies import HOSTILE

RIGHT = '{"turn": 0, "verdict": "right"}'


def tiny_handlers(folder: Path | None = None, *, keep: bool = False) -> Handlers:
    """A desk over a short text, whose readers are asked if there is a folder."""
    feedback = None if folder is None else Feedback(folder)
    return Handlers(Sessions(tiny_chatbot(BRIDGE), keep=keep), feedback)


def skipped(value: Any) -> bool:
    """Whether a component is left as it is."""
    return bool(value == {"__type__": "update"})


def turns_after(handlers: Handlers, question: str, *, bar: float = 0.0) -> tuple[Turn, ...]:
    """The conversation after one question."""
    *_, last = handlers.converse(question, (), "me", bar)
    turns: tuple[Turn, ...] = last[1]
    return turns


def test_a_question_is_shown_at_once_then_how_far_it_is_then_its_answer() -> None:
    """Nothing is refused; the reader opens at the answer in the end."""
    first, second, last = tiny_handlers().converse("Who opened the bridge?", (), "me", 0.0)
    assert first[0] == ""
    assert "Who opened the bridge?Searching..." in plain(first[2])
    assert plain(second[2]).endswith("Reading 3 passages...")
    assert [skipped(value) for value in second] == [True, True, False, True, True, True]
    (turn,) = last[1]
    assert letters(last[3]) == BRIDGE
    assert 'class="sentence answer"' in last[3]
    assert turn.outcome.answer.text in plain(last[2])
    assert "0.txt" in last[5], "what others did to the documents meanwhile is listed"


def test_earlier_turns_are_not_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A link into a large document takes a while to make, and a long conversation has many."""
    made: list[Document] = []

    def counted(document: Document, span: Span) -> str | None:
        made.append(document)
        return text_link(document, span)

    monkeypatch.setattr("qa.page.views.conversation.text_link", counted)
    handlers = tiny_handlers()
    turns: tuple[Turn, ...] = ()
    for _ in range(4):
        *_, last = handlers.converse("Who opened the bridge?", turns, "me", 0.0)
        turns = last[1]
    assert len(turns) == len(made) == 4


def test_the_bar_decides_and_a_bad_question_is_a_line() -> None:
    """What is below it is silence; an error is part of the conversation, which goes on."""
    handlers = tiny_handlers()
    assert "Nothing is as sure" in plain(handlers.conversation(turns_after(handlers, "Who?", bar=0.9)))
    *_, last = handlers.converse("x" * 5_000, (), "me", 0.5)
    assert "ask it in fewer words" in plain(last[2])
    assert last[0] == "x" * 5_000
    assert skipped(last[3])
    for nothing in ("  ", None):
        ((refused, *rest),) = handlers.converse(nothing, (), "me", 0.5)
        assert refused == ""
        assert all(map(skipped, rest))


def test_a_new_conversation_drops_what_was_asked_before_it() -> None:
    """What is being read and what still waits; what is asked in it is answered."""
    handlers = tiny_handlers()
    steps = handlers.converse("Who opened the bridge?", (), "me", 0.0, 0)
    next(steps)
    begun = handlers.restart("me", 1)
    assert begun[0] == ()
    assert begun[2] == handlers.first("me"), "with nothing marked"
    ((*nothing,),) = steps
    assert all(map(skipped, nothing))
    ((refused, *nothing),) = handlers.converse("Who opened the bridge?", (), "me", 0.0, 0)
    assert refused == ""
    assert all(map(skipped, nothing))
    assert len(list(handlers.converse("Who opened the bridge?", (), "me", 0.0, 1))) == 3
    assert len(list(handlers.converse("Who opened the bridge?", (), "you", 0.0, 0))) == 3
    handlers.leave("me")
    assert len(list(handlers.converse("Who opened the bridge?", (), "me", 0.0, 0))) == 3


def test_buttons_open_what_they_say() -> None:
    """Evidence, passages, parts and documents; what is no longer there leaves the reader as it is."""
    handlers = tiny_handlers()
    turns = turns_after(handlers, "Who opened the bridge?")
    shown = handlers.conversation(turns)
    for wish in asked(shown):
        assert letters(handlers.look(turns, "me", json.dumps(wish))[0]) == BRIDGE
    assert (
        'class="passage"'
        in handlers.look(turns, "me", json.dumps({"turn": 0, "track": "passages", "number": 0}))[0]
    )
    assert letters(handlers.look((), "me", json.dumps({"document": "0.txt"}))[0]) == BRIDGE
    gone = [
        {"turn": 7, "track": "evidence", "number": 0},
        {"turn": 0, "track": "evidence", "number": 99},
        {"turn": 0, "track": "__class__", "number": 0},
        {"turn": "0", "track": "evidence", "number": 0},
        {"turn": 0, "track": "evidence", "number": 0, "part": "x"},
        {},
        [],
    ]
    for broken in gone:
        assert all(map(skipped, handlers.look(turns, "me", json.dumps(broken)))), broken
    assert all(map(skipped, handlers.look(turns, "me", "no json")))


def test_a_document_that_is_gone_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader stays as it is, and the list is made anew."""
    told: list[str] = []
    monkeypatch.setattr("gradio.Info", lambda words, **_: told.append(words))
    reading, shelf = tiny_handlers().look((), "me", '{"document": "<no>.txt"}')
    assert skipped(reading)
    assert "0.txt" in shelf
    assert told == ["&lt;no&gt;.txt is no longer there."]


def test_files_come_one_by_one_and_each_tells_what_became_of_it(tmp_path: Path) -> None:
    """Good ones can be asked and opened, bad ones say why."""
    handlers = tiny_handlers()
    files: list[tuple[str, Path]] = []
    for name, data in {"<b>.txt": b"The mill burnt down.", "b.exe": b"MZ", "c.txt": b"\x00\x01"}.items():
        files.append((name, tmp_path / f"{len(files)}{Path(name).suffix}"))
        files[-1][1].write_bytes(data)
    steps = list(handlers.add_files(files, "me"))
    told = [plain(step[0]) for step in steps]
    assert told[0] == "<b>.txt waitsb.exe waitsc.txt waits"
    assert "<b>.txt is being read …" in told[1]
    assert "<b>.txt is ready" in told[2]
    assert "b.exe has an unsupported file type: give a" in told[-1]
    assert "c.txt is not a text file" in told[-1]
    assert steps[-1][0].count('class="failed"') == 2
    assert letters(steps[2][3]) == "The mill burnt down."
    assert skipped(steps[-1][3])
    assert "yours, in this session" in steps[-1][1]
    assert [document.id for document in handlers.documents("me")] == ["0.txt", "<b>.txt"]
    assert [document.id for document in handlers.documents("you")] == ["0.txt"]
    assert {step[2] for step in steps} == {None}, "a skipped box forgets how files are named"


def test_a_text_is_pasted_under_a_name_or_none() -> None:
    """The boxes are emptied when it is taken, and left as they are when it is not."""
    handlers = tiny_handlers()
    *_, last = handlers.add_text("The ferry costs twelve crowns.", " ferry.txt ", "me")
    assert plain(last[0]) == "ferry.txt is ready"
    assert last[2:4] == ("", "")
    *_, last = handlers.add_text("The ferry costs twelve crowns.", "again.txt", "me")
    assert plain(last[0]) in {"again.txt is there already, as ferry.txt", "again.txt is ready"}
    *_, last = handlers.add_text(HOSTILE.replace("\0", ""), "", "me")
    assert plain(last[0]).endswith(" is ready")
    for text, name in (("", ""), ("x", "../../etc/passwd")):
        *_, last = handlers.add_text(text, name, "me")
        assert 'class="failed"' in last[0]
        assert all(map(skipped, last[1:]))


def test_what_is_replaced_is_said(tmp_path: Path) -> None:
    """Where a document of the same name had another text."""
    handlers = tiny_handlers()
    told = []
    for text in ("The mill burnt down.", "The mill burnt down.", "The mill stands."):
        (tmp_path / "mill.txt").write_text(text)
        *_, last = handlers.add_files([("mill.txt", tmp_path / "mill.txt")], "me")
        told.append(plain(last[0]))
    assert told[:2] == ["mill.txt is ready"] * 2
    assert told[2] == "mill.txt is ready and replaces the former mill.txt"
    *_, last = handlers.add_text("The mill was sold.", "mill", "me")
    assert plain(last[0]) == "mill.txt is ready and replaces the former mill.txt"


def test_a_document_can_be_taken_away() -> None:
    """In this session alone; without any left the reader says so; twice is told, not an accident."""
    handlers = tiny_handlers()
    handlers.sessions.add("me", "The mill burnt down.", name="mill.txt")
    assert skipped(handlers.discard("me", "mill.txt", "0.txt")[2]), "what is being read stays open"
    arrivals, shelf, reading = handlers.discard("me", "0.txt", "0.txt")
    assert plain(arrivals) == "0.txt is removed"
    assert "No documents yet" in shelf
    assert "No document to read." in reading
    assert plain(handlers.discard("me", "0.txt", "")[0]).startswith("0.txt no document '0.txt'")
    assert letters(handlers.first("you")) == BRIDGE


def test_what_may_be_added_is_told() -> None:
    """Types, sizes and who will see it."""
    told = tiny_handlers().limits()
    assert all(f"{suffix}, " in told for suffix in SUFFIXES)
    assert f"up to {DEFAULTS.max_file_bytes // 1024**2} MiB a file" in told
    assert f"at most {default_limits().documents} documents" in told
    assert "gone when you close the page" in tiny_handlers().limits()
    assert "kept in the corpus folder, for everyone" in tiny_handlers(keep=True).limits()


def test_words_on_a_reply_are_kept(tmp_path: Path) -> None:
    """Of a reply that is there; anything else that a browser sends is passed over."""
    handlers = tiny_handlers(tmp_path)
    turns = turns_after(handlers, "Who opened the bridge?")
    for wish in (
        '{"turn": 9, "verdict": "right"}',
        "x",
        "[]",
        '{"turn": 0}',
        '{"turn": "0", "verdict": "right"}',
    ):
        assert handlers.rate(turns, wish) == ""
    assert handlers.rate(turns, RIGHT) == RIGHT
    assert "Who opened the bridge?" in (tmp_path / "questions.csv").read_text()
    assert "data-verdict" in handlers.conversation(turns)
    unasked = tiny_handlers()
    assert "data-verdict" not in unasked.conversation(turns_after(unasked, "Who opened the bridge?"))


def test_a_word_that_cannot_be_kept_is_not_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The visitor is told so without a place on the machine, whose owner finds it in the log."""
    told: list[str] = []
    monkeypatch.setattr("gradio.Warning", lambda words, title: told.append(words))
    (tmp_path / "file").touch()
    handlers = tiny_handlers(tmp_path / "file" / "folder")
    assert handlers.rate(turns_after(handlers, "Who opened the bridge?"), RIGHT) == ""
    assert told == ["What you say cannot be kept here at the moment."]
    assert str(tmp_path) in caplog.text


@pytest.mark.parametrize("form", ["markdown", "json"])
def test_a_conversation_is_handed_to_the_browser(form: str) -> None:
    """As a file with name and type, written nowhere here."""
    handlers = tiny_handlers()
    parcel = json.loads(handlers.export(form, turns_after(handlers, "Who opened the bridge?")))
    assert (parcel["name"], parcel["type"]) == {
        "markdown": ("conversation.md", "text/markdown"),
        "json": ("conversation.json", "application/json"),
    }[form]
    assert "Who opened the bridge?" in parcel["text"]
    assert handlers.restart("me")[0] == ()
