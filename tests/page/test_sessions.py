from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from qa.chatbot import Chatbot
from qa.corpus import Corpus
from qa.errors import CorpusError, DocumentError
from qa.page.document_size import PARAGRAPH_BYTES
from qa.page.presence import Presence
from qa.page.sessions import Sessions
from qa.retrieval import HybridRetriever
from qa.settings import DEFAULTS, LOCAL_LIMITS, PUBLIC_LIMITS, Limits, default_limits
from tests.helpers import INDIFFERENT, tiny_chatbot
from tests.tiny_embedder import WordEmbedder
from tests.tiny_reader import tiny_reader

LIMITS = Limits(
    sessions=3,
    documents=2,
    characters=50,
    all_documents=4,
    all_characters=90,
    idle_seconds=60,
    upload_bytes=1_000_000,
    waiting=5,
    requests=60,
)


class Clock:
    """A clock that only moves when it is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def names(sessions: Sessions, session: str) -> list[str]:
    """Return the ids of a session's documents."""
    return sorted(document.id for document in sessions.documents(session))


@pytest.fixture
def shared() -> Chatbot:
    """A shared chatbot over one document."""
    return tiny_chatbot("the mill stood by the river")


def test_added_documents_are_searched_only_in_their_session(shared: Chatbot, tmp_path: Path) -> None:
    """Files and texts alike. The shared chatbot and other sessions do not change."""
    sessions = Sessions(shared, limits=LOCAL_LIMITS)
    assert sessions.chatbot("ada") is shared
    (tmp_path / "ferry.txt").write_text("the ferry left at noon", encoding="utf-8")
    sessions.add("ada", tmp_path / "ferry.txt")
    sessions.add("ada", "the bridge was red", name="bridge.txt")
    sessions.add("bob", "the tower was tall", name="tower.txt")
    assert names(sessions, "ada") == ["0.txt", "bridge.txt", "ferry.txt"]
    assert sessions.added("ada") == {"bridge.txt", "ferry.txt"}
    assert names(sessions, "bob") == ["0.txt", "tower.txt"]
    assert names(sessions, "eve") == ["0.txt"]
    assert sessions.chatbot("eve") is shared
    found = {passage.document.id for passage in sessions.chatbot("ada").ask("ferry").passages}
    assert found == {"0.txt", "bridge.txt", "ferry.txt"}
    assert {passage.document.id for passage in shared.ask("ferry").passages} == {"0.txt"}


def test_removed_documents_are_gone_only_for_their_session(shared: Chatbot) -> None:
    """Its own document or a shared one. An unknown id is an error."""
    sessions = Sessions(shared, limits=LOCAL_LIMITS)
    sessions.add("ada", "the ferry left", name="ferry.txt")
    sessions.remove("ada", "ferry.txt")
    assert names(sessions, "ada") == ["0.txt"]
    assert sessions.added("ada") == frozenset()
    sessions.add("ada", "the ferry left", name="ferry.txt")
    sessions.remove("ada", "0.txt")
    assert names(sessions, "ada") == ["ferry.txt"]
    assert names(sessions, "bob") == ["0.txt"]
    with pytest.raises(CorpusError, match=r"0\.txt"):
        sessions.remove("ada", "0.txt")
    with pytest.raises(CorpusError, match=r"ferry\.txt"):
        sessions.remove("bob", "ferry.txt")
    assert sessions.chatbot("bob") is shared


def test_a_session_loses_its_documents_when_it_ends(shared: Chatbot) -> None:
    """When it is ended, or after some time without use."""
    clock = Clock()
    sessions = Sessions(shared, limits=LIMITS, clock=clock)
    sessions.add("ada", "the ferry left", name="ferry.txt")
    sessions.add("bob", "the tower fell", name="tower.txt")
    sessions.end("ada")
    sessions.end("nobody")
    assert sessions.chatbot("ada") is shared
    clock.now = 50
    assert names(sessions, "bob") == ["0.txt", "tower.txt"]
    clock.now = 109
    assert names(sessions, "bob") == ["0.txt", "tower.txt"]
    clock.now = 170
    assert sessions.added("bob") == frozenset()
    assert sessions.chatbot("bob") is shared


def test_a_session_whose_page_was_closed_is_kept_for_a_while(shared: Chatbot) -> None:
    """For half an hour after its last use, or as long as usual if its page is opened again."""
    clock = Clock()
    sessions = Sessions(shared, limits=LOCAL_LIMITS, clock=clock)
    for name in ("ada", "bob"):
        sessions.add(name, f"the ferry of {name}", name="ferry.txt")
        sessions.leave(name)
    clock.now = DEFAULTS.left_seconds - 1
    sessions.come_back("ada")
    assert DEFAULTS.left_seconds == 30 * 60
    clock.now = DEFAULTS.left_seconds + 1
    assert sessions.added("bob") == frozenset()
    clock.now = 3 * DEFAULTS.left_seconds
    assert sessions.added("ada") == {"ferry.txt"}


def test_without_a_name_there_are_only_the_shared_documents(shared: Chatbot) -> None:
    """Nothing can be added or found without a name, which all loading pages would share."""
    sessions = Sessions(shared, limits=LOCAL_LIMITS)
    for name in ("", None):
        with pytest.raises(DocumentError, match="load it again"):
            sessions.add(name, "the ferry left", name="ferry.txt")  # type: ignore[arg-type]
        with pytest.raises(DocumentError, match="load it again"):
            sessions.remove(name, "0.txt")  # type: ignore[arg-type]
        assert sessions.chatbot(name) is shared  # type: ignore[arg-type]


def test_a_removed_document_can_be_restored(shared: Chatbot) -> None:
    """Its own or a shared one, at once without reading it again, or after another change; not for long."""
    clock = Clock()
    sessions = Sessions(shared, limits=LIMITS, clock=clock)
    sessions.add("ada", "the ferry left", name="ferry.txt")
    before = sessions.chatbot("ada").retriever
    for name in ("ferry.txt", "0.txt"):
        sessions.remove("ada", name)
        assert name not in names(sessions, "ada")
        assert sessions.restore("ada", name).id == name
        assert sessions.chatbot("ada").retriever is before
    assert sessions.added("ada") == {"ferry.txt"}
    sessions.remove("ada", "ferry.txt")
    sessions.add("ada", "the bridge", name="b.txt")
    sessions.restore("ada", "ferry.txt")
    assert sessions.added("ada") == {"b.txt", "ferry.txt"}
    for name, wait in (("b.txt", 0), ("ferry.txt", 3 * DEFAULTS.undo_seconds)):
        sessions.remove("ada", "ferry.txt")
        clock.now += wait
        with pytest.raises(CorpusError, match="add it again"):
            sessions.restore("ada", name)
        sessions.add("ada", "the ferry left", name="ferry.txt")


def test_restorable_documents_count_until_others_need_the_room(shared: Chatbot) -> None:
    sessions = Sessions(shared, limits=LIMITS)
    sessions.add("ada", "a" * 40, name="a.txt")
    sessions.remove("ada", "a.txt")
    assert sessions.usage()["characters"]["used"] == 45
    sessions.add("bob", "b" * 40, name="b.txt")
    sessions.add("eve", "e" * 40, name="e.txt")
    assert sessions.usage()["characters"]["used"] == 90
    with pytest.raises(CorpusError, match="add it again"):
        sessions.restore("ada", "a.txt")


def test_limits_apply_to_each_session(shared: Chatbot) -> None:
    """Exceeding one is an error and changes nothing. Removing and replacing make room. Names count."""
    sessions = Sessions(shared, limits=LIMITS)
    with pytest.raises(DocumentError, match=r"'a\.txt' counts as 51 characters, .* 50 of"):
        sessions.add("ada", "a" * 46, name="a.txt")
    assert sessions.chatbot("ada") is shared
    sessions.add("ada", "a" * 20, name="a.txt")
    sessions.add("ada", "b" * 20, name="b.txt")
    with pytest.raises(DocumentError, match="one more than the 2 documents"):
        sessions.add("ada", "c", name="c.txt")
    sessions.add("ada", "d" * 19, name="a.txt")
    with pytest.raises(DocumentError, match=r"counts as 27 characters, .* 25 of"):
        sessions.add("ada", "e" * 22, name="a.txt")
    assert {document.text[0] for document in sessions.documents("ada")} == {"t", "b", "d"}
    sessions.remove("ada", "b.txt")
    sessions.add("ada", "c", name="c.txt")


def test_titles_addresses_and_pages_count(shared: Chatbot, tmp_path: Path) -> None:
    """A web page with a long address and little text counts more than its text."""
    (tmp_path / "page.html").write_text(
        f"<title>{'t' * 30}</title><p>The ferry left at noon and came back.</p>", encoding="utf-8"
    )
    with pytest.raises(DocumentError, match="with its name, title and structure"):
        Sessions(shared, limits=LIMITS).add("ada", tmp_path / "page.html")


def test_structure_counts(shared: Chatbot) -> None:
    """In a text with a heading on every line, it is most of the memory."""
    sessions = Sessions(shared, limits=LOCAL_LIMITS)
    text = "\n".join(f"# {number}" for number in range(100))
    document = sessions.add("ada", text, name="a.md")
    used = sessions.usage()["characters"]["used"]
    assert used == len(text) + len("a.md") + len(document.blocks.data) - PARAGRAPH_BYTES > 10 * len(text)
    one = sessions.add("bob", "Talks.", name="b.txt")
    assert len(one.blocks.data) == PARAGRAPH_BYTES
    assert sessions.usage()["characters"]["used"] == used + len("Talks.b.txt")


def test_a_document_that_cannot_fit_is_refused_before_it_is_read(
    shared: Chatbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("it was read")

    monkeypatch.setattr("qa.page.progress.load_document", fail)
    monkeypatch.setattr("qa.page.sessions.text_document", fail)
    (tmp_path / "a.md").write_bytes(b"#\n" * 101)
    for source in ("#\n" * 26, tmp_path / "a.md"):
        with pytest.raises(DocumentError, match="longer than the 50 characters"):
            Sessions(shared, limits=LIMITS).add("ada", source, name="a.md")


def test_if_there_is_no_room_the_session_idle_longest_is_dropped(shared: Chatbot) -> None:
    """To make room for a place, or for documents. Nobody is refused because of others."""
    clock = Clock()
    sessions = Sessions(shared, limits=LIMITS, clock=clock)
    for now, name in enumerate(["ada", "bob", "eve"]):
        clock.now = now
        sessions.add(name, f"the ferry of {name}", name="f.txt")
    clock.now = 3
    sessions.chatbot("ada")
    sessions.remove("dan", "0.txt")
    assert [bool(sessions.added(name)) for name in ("ada", "bob", "eve")] == [True, False, True]
    clock.now = 4
    sessions.chatbot("ada")
    sessions.add("dan", "d" * 45, name="d.txt")
    clock.now = 5
    sessions.add("ada", "the bridge", name="b.txt")
    assert sessions.added("eve") == frozenset()
    assert sessions.added("dan") == {"d.txt"}


def test_open_pages_and_addresses_that_hold_less_are_spared(shared: Chatbot) -> None:
    """One visitor makes up session after session, with and without open pages. Another keeps everything."""
    clock, presence = Clock(), Presence()
    sessions = Sessions(shared, limits=LIMITS, clock=clock, presence=presence)
    with ExitStack() as pages:
        pages.enter_context(presence.open("ada", "1.1.1.1"))
        sessions.add("ada", "the ferry left", name="ferry.txt")
        for number in range(20):
            clock.now += 1
            if number % 2:
                pages.enter_context(presence.open(str(number), "2.2.2.2"))
            sessions.add(str(number), f"the {number} bridge", name="bridge.txt")
        assert sessions.added("ada") == {"ferry.txt"}
    assert presence.addresses() == {}


def test_failed_changes_leave_nothing_behind(shared: Chatbot) -> None:
    sessions = Sessions(shared, limits=LIMITS)
    for number in range(50):
        with pytest.raises(DocumentError):
            sessions.add(str(number), " ", name="a.txt")
    assert len(sessions._places) == 0


def test_a_document_that_cannot_be_added_takes_no_room(shared: Chatbot, tmp_path: Path) -> None:
    """However often it is tried, the error stays the same, and never becomes that of a limit."""
    sessions = Sessions(shared, limits=LIMITS)
    (tmp_path / "bad.txt").write_bytes(bytes(range(256)))
    for _ in range(5):
        with pytest.raises(DocumentError, match=r"bad\.txt"):
            sessions.add("ada", tmp_path / "bad.txt")
        with pytest.raises(DocumentError, match="no text"):
            sessions.add("ada", " \n", name="blank.txt")
    assert sessions.added("ada") == frozenset()
    assert sessions.chatbot("ada") is shared


def test_a_document_that_becomes_a_duplicate_takes_no_room(shared: Chatbot) -> None:
    """Replaced by a text that exists already, it is neither listed nor counted."""
    sessions = Sessions(shared, limits=LIMITS)
    sessions.add("ada", "the ferry was white", name="mine.txt")
    assert sessions.add("ada", shared.documents[0].text, name="mine.txt").id == "0.txt"
    assert sessions.added("ada") == frozenset()
    assert sessions.documents("ada").ids == ["0.txt"]


def test_texts_without_a_name_do_not_replace_each_other(shared: Chatbot) -> None:
    """Each gets its own name, even if many are added at the same time."""
    sessions = Sessions(shared, limits=LOCAL_LIMITS)
    with ThreadPoolExecutor(8) as threads:
        added = list(threads.map(lambda n: sessions.add("ada", f"the {n} bridge"), range(16)))
    assert len({document.id for document in added}) == 16
    assert len(sessions.documents("ada")) == 17


def test_simultaneous_sessions_do_not_mix(shared: Chatbot) -> None:
    """Many add, ask and end at once. Each finds its own document and nobody else's."""
    sessions = Sessions(shared, limits=LOCAL_LIMITS)

    def visit(number: int) -> set[str]:
        session = f"visitor {number}"
        sessions.add(session, f"the bridge of {number} was red", name=f"{number}.md")
        seen = {passage.document.id for passage in sessions.chatbot(session).ask("bridge").passages}
        sessions.end(session)
        return seen

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(visit, range(24))) == [{"0.txt", f"{number}.md"} for number in range(24)]
    assert [document.id for document in shared.documents] == ["0.txt"]


def test_with_keep_all_sessions_change_the_same_corpus(shared: Chatbot) -> None:
    """Documents that one session adds are there for the others, and outlive the session."""
    sessions = Sessions(shared, keep=True, limits=LIMITS)
    sessions.add("ada", "the ferry left at noon from the pier and came back in the evening", name="ferry.txt")
    sessions.end("ada")
    assert names(sessions, "bob") == ["0.txt", "ferry.txt"]
    assert sessions.added("ada") == frozenset()
    sessions.remove("bob", "0.txt")
    assert names(sessions, "ada") == ["ferry.txt"]
    with pytest.raises(DocumentError, match="leads elsewhere"):
        sessions.add("ada", "text", name="../out.txt")


def test_only_the_session_that_removed_a_shared_document_can_restore_it(tmp_path: Path) -> None:
    """From the folder's trash, or from memory; not by others, not for long, and replacing nothing."""
    (tmp_path / "mill.txt").write_bytes(b"The mill stood by the river.\r\n")
    embedder = WordEmbedder()
    corpus = Corpus(tmp_path)
    corpus.sync(embedder)
    in_folder = Chatbot(HybridRetriever(corpus.index, embedder), tiny_reader(), INDIFFERENT, corpus=corpus)
    for chatbot, name in ((in_folder, "mill.txt"), (tiny_chatbot("the mill stood"), "0.txt")):
        clock = Clock()
        sessions = Sessions(chatbot, keep=True, limits=LIMITS, clock=clock)
        text = chatbot.documents[0].text
        sessions.remove("ada", name)
        for session in ("bob", ""):
            with pytest.raises(CorpusError, match="cannot be brought back"):
                sessions.restore(session, name)
        assert names(sessions, "ada") == []
        assert sessions.restore("ada", name).text == text
        assert [(one.id, one.text) for one in sessions.documents("bob")] == [(name, text)]
        sessions.remove("ada", name)
        sessions.add("bob", "another text", name=name)
        with pytest.raises(CorpusError, match="another has its name now"):
            sessions.restore("ada", name)
        sessions.remove("ada", name)
        clock.now += 3 * DEFAULTS.undo_seconds
        with pytest.raises(CorpusError, match="here any more"):
            sessions.restore("ada", name)
    assert not (tmp_path / "mill.txt").exists()


def test_a_space_has_tighter_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """And so does any server that others can reach. A Space sets a variable."""
    monkeypatch.delenv("SPACE_ID", raising=False)
    assert default_limits() == LOCAL_LIMITS
    assert default_limits(local=False) == PUBLIC_LIMITS
    monkeypatch.setenv("SPACE_ID", "someone/verbatim")
    assert default_limits() == PUBLIC_LIMITS
    assert PUBLIC_LIMITS.characters < LOCAL_LIMITS.characters
