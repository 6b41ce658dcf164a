"""The whole in one call: verbatim answers, honest silence, clear errors."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.chatbot import Chatbot
from qa.documents import Document, load_document
from qa.errors import CorpusError, DocumentError, QuestionError
from qa.evaluation import load_gold
from qa.index import Index, load_embedder
from qa.reader import Calibrator, Reader
from qa.reader.features import FEATURES
from qa.results import Citation, Reply
from qa.retrieval import Retriever
from qa.settings import DEFAULTS
from tests.helpers import BRIDGE, GOLD, tiny_chatbot
from tests.tiny_embedder import WordEmbedder

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400)


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Chatbot:
    """The packaged models on a short article."""
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "bridge.txt").write_text(BRIDGE, encoding="utf-8", newline="")
    return Chatbot.from_corpus(folder)


def test_more_passages_change_neither_an_answer_nor_its_chance() -> None:
    """An answer out of the first passages is the same, as sure, whether 5, 10 or 20 are read."""
    articles = sorted(GOLD.glob("*/*.txt")) + sorted(GOLD.glob("*/*.md"))
    embedder = load_embedder()
    index = Index.build([load_document(path) for path in articles], embedder, size=60, overlap=15)
    assert len(index) > 20
    bot = Chatbot(Retriever(index, embedder), Reader.load(), Calibrator.load())
    compared = 0
    for questions in sorted(GOLD.glob("*/questions.csv")):
        for gold in load_gold(questions)[::9]:
            few, *more = (bot.ask(gold.question, top_k=k) for k in (5, 10, 20))
            for reply in more:
                assert reply.passages[:5] == few.passages
                assert few.best is not None
                assert reply.best is not None
                first = any(
                    one.document == reply.best.document and one.span.contains(reply.best.span)
                    for one in few.passages
                )
                if first:
                    compared += 1
                    assert (reply.best.document, reply.best.span) == (few.best.document, few.best.span)
                    assert reply.confidence == pytest.approx(few.confidence, abs=0.02)
    assert compared >= 20


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=3), question=TEXTS.filter(lambda text: text.strip() != ""))
def test_every_answer_is_verbatim(texts: list[str], question: str) -> None:
    """For any texts and question: each answer stands in its document, inside its sentence, at its place."""
    reply = tiny_chatbot(*texts).ask(question[:10].strip() or "what", min_confidence=0)
    for answer in (*([] if reply.answer is None else [reply.answer]), *reply.alternatives):
        text = texts[int(answer.document.id.removesuffix(".txt"))]
        assert text[answer.span.start : answer.span.end] == answer.text != ""
        assert answer.sentence.contains(answer.span)
    told = json.loads(json.dumps(reply.to_dict()))
    for answer in ([] if told["answer"] is None else [told]) + told["alternatives"]:
        text = texts[int(answer["document"].removesuffix(".txt"))]
        assert text[answer["start"] : answer["end"]] == answer["answer"]
        sentence = answer["sentence"]
        assert text[sentence["start"] : sentence["end"]] == sentence["text"]


def test_packaged_models_answer_with_place_and_sentence(bridge: Chatbot) -> None:
    """Line ends stay as they are in the file, and places count them."""
    reply = bridge.ask("When was the tram line closed?")
    assert reply.answer is not None
    assert reply.answer.text == "1968"
    assert reply.answer.span.start == BRIDGE.index("1968")
    assert reply.answer.document[reply.answer.sentence].startswith("Trams crossed it")
    assert 0.5 <= reply.confidence == reply.answer.confidence <= 1


def test_silence_is_a_value_with_its_evidence(bridge: Chatbot) -> None:
    """No answer, but the nearest passage and the span that was not sure enough."""
    reply = bridge.ask("What is the recipe for Belgian waffles?")
    assert reply.answer is None
    assert reply.passages
    assert reply.best == reply.alternatives[0]
    assert reply.confidence == reply.alternatives[0].confidence < 0.5
    told = reply.to_dict()
    empty = {"answer", "document", "start", "end", "page", "sentence", "read_as"}
    assert {name for name, value in told.items() if value is None} == empty


def test_bar_decides_what_is_shown(bridge: Chatbot) -> None:
    """At 0 everything is shown, at 1 nothing; what is not shown leads the alternatives."""
    question = "Who opened the bridge?"
    shown, hidden = (bridge.ask(question, min_confidence=bar) for bar in (0, 1))
    assert shown.answer is not None
    assert hidden.answer is None
    assert hidden.alternatives[0] == shown.answer
    assert shown.answer not in shown.alternatives


def test_steps_tell_what_is_read_before_it_is() -> None:
    """First the passages, then the reply that `ask` gives."""
    chatbot = tiny_chatbot(BRIDGE, BRIDGE)
    passages, reply = chatbot.stream("Who opened the bridge?", top_k=2, min_confidence=0)
    assert reply == chatbot.ask("Who opened the bridge?", top_k=2, min_confidence=0)
    assert isinstance(reply, Reply)
    assert passages == reply.passages
    assert len(reply.passages) == 2


def test_documents_of_one_name_are_refused() -> None:
    """None of them is dropped without a word."""
    with pytest.raises(CorpusError, match="the same id"):
        Chatbot.from_documents([Document("a", BRIDGE), Document("a", "The mill burnt down.")])


def test_an_answer_in_several_places_is_one_answer_that_names_them_all() -> None:
    """The same words in two documents: one answer, its other place beside it, with page and sentence."""
    text = "Nobody cheered.\fThe bridge over the Lune was opened by Anna Lund."
    papers = [Document("bridge.txt", BRIDGE), Document("paper.pdf", text, pages=(0, 16))]
    chatbot = Chatbot.from_documents(papers)
    answer = chatbot.ask("Who opened the bridge over the Lune?", min_confidence=0).answer
    assert answer is not None
    assert answer.text == "Anna Lund"
    assert len(answer.also_at) == 1
    told = answer.to_dict()
    assert told["places"] == [place.to_dict() for place in answer.also_at]
    assert told["score"] == answer.score > 0
    assert [reason["feature"] for reason in told["reasons"]] == list(FEATURES)
    places = {place.document.id: Citation.to_dict(place) for place in (answer, *answer.also_at)}
    assert places.keys() == {"bridge.txt", "paper.pdf"}
    assert places["bridge.txt"]["page"] is None
    assert places["paper.pdf"] == {
        "document": "paper.pdf",
        "start": text.index("Anna"),
        "end": len(text) - 1,
        "page": 2,
        "sentence": {"text": text[16:], "start": 16, "end": len(text)},
    }


def test_passages_are_those_that_were_read(bridge: Chatbot) -> None:
    """At most `top_k`, best first, with their ranks."""
    reply = tiny_chatbot(*(f"{letter} bridge. " * 5 for letter in "abcdefgh")).ask("bridge", top_k=3)
    assert len(reply.passages) == 3
    assert [passage.score for passage in reply.passages] == sorted(
        (passage.score for passage in reply.passages), reverse=True
    )


@pytest.mark.parametrize("question", ["", " \n\t", "why " * 25_000, "\ud800 why"])
def test_questions_that_cannot_be_read_are_clear_errors(question: str) -> None:
    """Empty ones, those of 100,000 characters and broken ones: one line, no cutting."""
    with pytest.raises(QuestionError) as caught:
        tiny_chatbot("a b c").ask(question)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("options", [{"top_k": 0}, {"min_confidence": -0.1}, {"min_confidence": 1.1}])
def test_impossible_options_are_refused(options: dict[str, float]) -> None:
    """A mistake in a program is a ValueError at once."""
    with pytest.raises(ValueError, match=r"top_k|min_confidence"):
        tiny_chatbot("a b c").ask("a", **options)  # type: ignore[arg-type]


def test_an_article_changed_while_running_is_answered_as_it_was_read(tmp_path: Path) -> None:
    """Answers cite the text that was read, never a mixture; a new chatbot reads the new one."""
    path = tmp_path / "a.txt"
    path.write_text("The ferry left at noon.", encoding="utf-8")
    chatbot = Chatbot.from_corpus(tmp_path)
    path.write_text("Now the ferry leaves at midnight.", encoding="utf-8")
    reply = chatbot.ask("When did the ferry leave?", min_confidence=0)
    assert reply.answer is not None
    assert reply.answer.text in reply.answer.document.text == "The ferry left at noon."
    assert Chatbot.from_corpus(tmp_path).documents[0].text.startswith("Now")


def test_a_bad_file_is_told_and_the_rest_is_asked(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One file that cannot be read does not take the others with it, and is not passed over in silence."""
    (tmp_path / "good.txt").write_text(BRIDGE, encoding="utf-8")
    (tmp_path / "bad.txt").write_bytes(bytes(range(256)))
    with caplog.at_level(logging.WARNING):
        chatbot = Chatbot.from_corpus(tmp_path)
    assert [document.id for document in chatbot.documents] == ["good.txt"]
    assert "bad.txt" in caplog.text


def test_missing_and_empty_corpora_are_clear_errors(tmp_path: Path) -> None:
    """The message names the folder."""
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(CorpusError, match=str(folder)):
            Chatbot.from_corpus(folder)


def test_documents_in_memory_need_no_folder() -> None:
    """Nothing is written for texts that a program hands in."""
    chatbot = Chatbot.from_documents([Document("bridge", BRIDGE)])
    answer = chatbot.ask("Who opened the bridge?", min_confidence=0).answer
    assert answer is not None
    assert answer.text == "Anna Lund"


def test_a_misspelt_word_is_read_as_the_text_spells_it(bridge: Chatbot) -> None:
    """Where no text has it and the embedder does not know it; the reply says so, and keeps what was typed."""
    typed, meant = (bridge.ask(f"Who opened the {word} over the Lune?") for word in ("brigde", "bridge"))
    assert typed.question == "Who opened the brigde over the Lune?"
    assert typed.read_as == "Who opened the bridge over the Lune?"
    assert typed.best is not None
    assert meant.best is not None
    assert (typed.best.span, typed.missing_words) == (meant.best.span, ())
    assert typed.confidence <= DEFAULTS.max_corrected_confidence, "what was corrected is never sure"
    assert meant.read_as is None
    assert bridge.ask("Who opened the bride over the Lune?").read_as is None, "a word of its own"


@pytest.mark.parametrize("mark", ["'s", "’s", "'S"])
def test_a_misspelt_word_may_own_something(bridge: Chatbot, mark: str) -> None:
    """It is put right before its ending, and one that the embedder knows is kept."""
    assert bridge.ask(f"What was the brigde{mark} price?").read_as == f"What was the bridge{mark} price?"
    assert bridge.ask(f"What was the bride{mark} price?").read_as is None


def test_additions_are_answered_and_removals_are_not() -> None:
    """From the next question on; the reply is as that of a chatbot that never held what was removed."""
    chatbot = tiny_chatbot("The bridge was opened in 1932.")
    added = chatbot.add("The mill burnt down in 1822.", name="mill")
    assert added.id == "mill.txt"
    reply = chatbot.ask("mill", min_confidence=0)
    assert reply.passages[0].document == added
    assert reply.missing_words == ()
    chatbot.remove("mill.txt")
    reply, never = (
        bot.ask("mill", min_confidence=0) for bot in (chatbot, tiny_chatbot("The bridge was opened in 1932."))
    )
    assert reply == never
    assert reply.missing_words == ("mill",)
    with pytest.raises(CorpusError, match=r"mill\.txt"):
        chatbot.remove("mill.txt")


def test_one_of_the_same_name_is_replaced_and_the_same_text_is_held_once(tmp_path: Path) -> None:
    """A name stands for one text, and a text for one document, whether files or texts are added."""
    chatbot = tiny_chatbot("The bridge was opened in 1932.")
    (tmp_path / "0.txt").write_text("The mill burnt down.", encoding="utf-8")
    assert chatbot.add(tmp_path / "0.txt") == Document("0.txt", "The mill burnt down.")
    assert chatbot.documents.ids == ["0.txt"]
    assert chatbot.add("The mill burnt down.", name="other").id == "0.txt"
    assert chatbot.add("Nobody was hurt.").id == "text.txt"
    assert chatbot.add("Nobody was hurt.", name="0.txt").id == "text.txt"
    assert chatbot.documents.ids == ["text.txt"], "what 0.txt said before is no longer meant"
    with pytest.raises(DocumentError, match=r"Path\("):
        chatbot.add(str(tmp_path / "0.txt"))
    with pytest.raises(DocumentError):
        chatbot.add(" ")


def test_a_fork_is_cheap_and_private() -> None:
    """Nobody sees what it adds and removes, it sees nothing of others, and no text is embedded for it."""
    chatbot = tiny_chatbot("The bridge was opened in 1932.", "Trams crossed it.")
    embedder = chatbot.retriever.embedder
    assert isinstance(embedder, WordEmbedder)
    embedder.embedded.clear()
    one, other = chatbot.fork(), chatbot.fork()
    assert embedder.embedded == []
    one.add("The mill burnt down in 1822.", name="mill")
    other.remove("0.txt")
    chatbot.add("Nobody was hurt.", name="nobody")
    assert one.documents.ids == ["0.txt", "1.txt", "mill.txt"]
    assert other.documents.ids == ["1.txt"]
    assert chatbot.documents.ids == ["0.txt", "1.txt", "nobody.txt"]
    assert one.ask("mill").missing_words == ()
    assert chatbot.ask("mill").missing_words == ("mill",)


def test_a_corpus_is_kept_and_its_forks_are_not(tmp_path: Path) -> None:
    """What is added to a chatbot over a folder lies there, for the next one; a fork writes nothing."""
    chatbot = Chatbot.from_corpus(tmp_path, allow_empty=True)
    assert chatbot.ask("Who opened the bridge?").passages == ()
    chatbot.add(BRIDGE, name="bridge.md")
    fork = chatbot.fork()
    fork.add("The mill burnt down in 1822.", name="mill")
    fork.remove("bridge.md")
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == ["bridge.md"]
    answer = Chatbot.from_corpus(tmp_path).ask("When was the tram line closed?").answer
    assert answer is not None
    assert (answer.document.id, answer.text) == ("bridge.md", "1968")
    (tmp_path / "bad.txt").write_bytes(bytes(range(256)))
    (tmp_path / "mill.txt").write_text("The mill burnt down in 1822.", encoding="utf-8")
    assert chatbot.refresh()
    assert not chatbot.refresh()
    assert chatbot.documents.ids == ["bridge.md", "mill.txt"]
    assert ["bad.txt" in str(failure) for failure in chatbot.failures] == [True]
    (tmp_path / "double.txt").write_text(BRIDGE, encoding="utf-8")
    chatbot.refresh()
    chatbot.remove("bridge.md")
    assert chatbot.documents.ids == ["double.txt", "mill.txt"]
    chatbot.remove("double.txt")
    assert not (tmp_path / "bridge.md").exists()
    assert (
        chatbot.ask("When was the tram line closed?", min_confidence=0).passages[0].document.id == "mill.txt"
    )


def test_threads_add_and_ask_at_once(tmp_path: Path) -> None:
    """With the packaged models: nothing is lost, no question fails, and each finds what is there already."""
    (tmp_path / "bridge.txt").write_text(BRIDGE, encoding="utf-8")
    chatbot = Chatbot.from_corpus(tmp_path)

    def add(name: str) -> None:
        for number in range(3):
            chatbot.add(f"Harbour {name} has {number} cranes and {number + 2} piers.", name=f"{name}{number}")

    def ask(_: str) -> Reply:
        return chatbot.ask("Who opened the bridge?")

    with ThreadPoolExecutor(4) as pool:
        adding = [pool.submit(add, name) for name in "xy"]
        asking = [pool.submit(ask, name) for name in "abcdef"]
        for added in adding:
            added.result()
        replies = [asked.result() for asked in asking]
    assert {reply.answer and reply.answer.text for reply in replies} == {"Anna Lund"}
    assert chatbot.documents.ids == [
        "bridge.txt",
        *sorted(f"{name}{number}.txt" for name in "xy" for number in range(3)),
    ]
    assert Chatbot.from_corpus(tmp_path).documents.ids == chatbot.documents.ids
