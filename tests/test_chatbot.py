"""The pipeline: verbatim answers, replies without an answer, changing documents, clear errors."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.chatbot import Chatbot
from qa.documents import Document, load_document, structure
from qa.errors import CorpusError, DocumentError, QuestionError
from qa.evaluation import load_gold
from qa.index import Index, load_embedder
from qa.reader import Calibrator, Candidate, Reader
from qa.reader.features import FEATURES
from qa.results import Citation, Passage, Reply, Retrieved
from qa.retrieval import HybridRetriever
from qa.settings import DEFAULTS
from tests.helpers import BRIDGE, GOLD, READER, tiny_chatbot
from tests.tiny_embedder import WordEmbedder

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400)


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Chatbot:
    """Return a chatbot with the packaged models over a short article."""
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "bridge.txt").write_text(BRIDGE, encoding="utf-8", newline="")
    return Chatbot.from_corpus(folder)


def test_more_passages_change_neither_an_answer_nor_its_confidence() -> None:
    """The answer from the first 5 passages keeps its text and confidence if 10 or 20 are read."""
    articles = sorted(GOLD.glob("*/*.txt")) + sorted(GOLD.glob("*/*.md"))
    embedder = load_embedder()
    index = Index.build([load_document(path) for path in articles], embedder, size=60, overlap=15)
    assert len(index) > 20
    bot = Chatbot(HybridRetriever(index, embedder), Reader.load(), Calibrator.load())
    compared = 0
    for questions in sorted(GOLD.glob("*/questions.csv")):
        for gold in load_gold(questions)[::9]:
            few, *more = (bot.ask(gold.question, top_k=k) for k in (5, 10, 20))
            for reply in more:
                assert reply.passages[:5] == few.passages
                assert few.best is not None
                assert reply.best is not None
                is_in_first = any(
                    passage.document == reply.best.document and passage.span.contains(reply.best.span)
                    for passage in few.passages
                )
                if is_in_first:
                    compared += 1
                    assert (reply.best.document, reply.best.span) == (few.best.document, few.best.span)
                    assert reply.confidence == pytest.approx(few.confidence, abs=0.02)
    assert compared >= 20


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=3), question=TEXTS.filter(lambda text: text.strip() != ""))
def test_every_answer_is_verbatim(texts: list[str], question: str) -> None:
    """For any texts and question: each answer is the text at its offsets, inside its sentence."""
    reply = tiny_chatbot(*texts).ask(question[:10].strip() or "what", min_confidence=0)
    for answer in (*([] if reply.shown is None else [reply.shown]), *reply.alternatives):
        text = texts[int(answer.document.id.removesuffix(".txt"))]
        assert text[answer.span.start : answer.span.end] == answer.text != ""
        assert answer.sentence.contains(answer.span)
    plain = json.loads(json.dumps(reply.to_dict()))
    for answer in ([] if plain["answer"] is None else [plain]) + plain["alternatives"]:
        text = texts[int(answer["document"].removesuffix(".txt"))]
        assert text[answer["start"] : answer["end"]] == answer["answer"]
        sentence = answer["sentence"]
        assert text[sentence["start"] : sentence["end"]] == sentence["text"]


def test_structure_of_a_text_in_memory_is_found() -> None:
    """It depends on the document's name, at construction and when adding. Given structure is kept."""
    text = "# Rond hut\n\nIt is open in May.\n"
    bot = Chatbot.from_documents([Document("huts.md", text)])
    bot.add_document(Document("huts.txt", f"HUTS\n\n{text}"))
    titles = {
        document.id: [document[heading.words] for heading in document.blocks.headings]
        for document in bot.documents
    }
    assert titles == {"huts.md": ["Rond hut"], "huts.txt": ["HUTS"]}
    known = Document("known.md", "# Not a heading, says its parser", blocks=structure("# Not a heading"))
    assert bot.add_document(known) == known


def test_packaged_models_answer_with_offsets_and_sentence(bridge: Chatbot) -> None:
    """Line ends are kept as in the file, and offsets count them."""
    reply = bridge.ask("When was the tram line closed?")
    assert reply.answer is not None
    assert reply.answer.text == "1968"
    assert reply.answer.span.start == BRIDGE.index("1968")
    assert reply.answer.document[reply.answer.sentence].startswith("Trams crossed it")
    assert 0.5 <= reply.confidence == reply.answer.confidence <= 1


def test_a_reply_without_an_answer_has_its_evidence(bridge: Chatbot) -> None:
    """These are the passages, and the span that was not confident enough."""
    reply = bridge.ask("What is the recipe for Belgian waffles?")
    assert reply.answer is None
    assert reply.passages
    assert reply.best == reply.alternatives[0]
    assert reply.confidence == reply.alternatives[0].confidence < 0.5
    plain = reply.to_dict()
    places = {"document", "start", "end", "page", "sentence", "section", "cell", "spans", "evidence"}
    empty = {"answer", "perhaps", "read_as", "remark", *places}
    assert {name for name, value in plain.items() if value is None} == empty


def test_the_threshold_decides_what_is_answered(bridge: Chatbot) -> None:
    """At 0, the best span is always the answer. At 1, it is a guess or the first alternative."""
    sure, unsure = "Who opened the bridge?", "What is the recipe for Belgian waffles?"
    for question, outcome in ((sure, "perhaps"), (unsure, "not_found")):
        shown, hidden = (bridge.ask(question, min_confidence=threshold) for threshold in (0, 1))
        assert (shown.outcome, hidden.outcome) == ("answered", outcome)
        assert shown.answer == shown.shown == hidden.best is not None
        assert shown.answer not in shown.alternatives
        assert hidden.answer is None
        if outcome == "perhaps":
            assert hidden.perhaps == shown.answer
            assert hidden.alternatives == shown.alternatives
        else:
            assert hidden.alternatives[0] == shown.answer


def test_a_stream_gives_the_passages_and_then_the_reply() -> None:
    chatbot = tiny_chatbot(BRIDGE, BRIDGE)
    retrieved, reply = chatbot.stream(" Who opened the bridge?", top_k=2, min_confidence=0)
    assert reply == chatbot.ask("Who opened the bridge?", top_k=2, min_confidence=0)
    assert isinstance(reply, Reply)
    assert retrieved == Retrieved(
        "Who opened the bridge?", "Who opened the bridge?", reply.passages, reply.missing_words
    )
    assert len(reply.passages) == 2


def test_two_documents_of_one_id_are_refused() -> None:
    with pytest.raises(CorpusError, match="the same id"):
        Chatbot.from_documents([Document("a", BRIDGE), Document("a", "The mill burnt down.")])


def test_the_same_answer_elsewhere_is_a_citation_of_one_answer() -> None:
    """It has the page and the sentence of that place."""
    text = "Nobody cheered.\fThe bridge over the Lune was opened by Anna Lund."
    papers = [Document("bridge.txt", BRIDGE), Document("paper.pdf", text, pages=(0, 16))]
    chatbot = Chatbot.from_documents(papers)
    answer = chatbot.ask("Who opened the bridge over the Lune?", min_confidence=0).answer
    assert answer is not None
    assert answer.text == "Anna Lund"
    assert len(answer.also_at) == 1
    plain = answer.to_dict()
    assert plain["places"] == [citation.to_dict() for citation in answer.also_at]
    assert plain["score"] == answer.score > 0
    assert [reason["feature"] for reason in plain["reasons"]] == list(FEATURES)
    citations = {one.document.id: Citation.to_dict(one) for one in (answer, *answer.also_at)}
    assert citations.keys() == {"bridge.txt", "paper.pdf"}
    assert citations["bridge.txt"]["page"] is None
    assert citations["paper.pdf"] == {
        "document": "paper.pdf",
        "start": text.index("Anna"),
        "end": len(text) - 1,
        "page": 2,
        "sentence": {"text": text[16:], "start": 16, "end": len(text)},
        "section": [],
        "cell": None,
        "date": None,
    }


def test_at_most_top_k_passages_are_read_best_first() -> None:
    reply = tiny_chatbot(*(f"{letter} bridge. " * 5 for letter in "abcdefgh")).ask("bridge", top_k=3)
    assert len(reply.passages) == 3
    assert [passage.score for passage in reply.passages] == sorted(
        (passage.score for passage in reply.passages), reverse=True
    )


@pytest.mark.parametrize("question", ["", " \n\t", "why " * 25_000, "\ud800 why"])
def test_questions_that_cannot_be_read_are_clear_errors(question: str) -> None:
    """Empty, with 100,000 characters, or with a lone surrogate: each is a one-line error."""
    with pytest.raises(QuestionError) as caught:
        tiny_chatbot("a b c").ask(question)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("options", [{"top_k": 0}, {"min_confidence": -0.1}, {"min_confidence": 1.1}])
def test_impossible_options_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"top_k|min_confidence"):
        tiny_chatbot("a b c").ask("a", **options)  # type: ignore[arg-type]


def test_an_article_changed_while_running_is_answered_as_it_was_read(tmp_path: Path) -> None:
    """Answers cite the text that was read, never a mixture of both. A new chatbot reads the new text."""
    path = tmp_path / "a.txt"
    path.write_text("The ferry left at noon.", encoding="utf-8")
    chatbot = Chatbot.from_corpus(tmp_path)
    path.write_text("Now the ferry leaves at midnight.", encoding="utf-8")
    reply = chatbot.ask("When did the ferry leave?", min_confidence=0)
    assert reply.answer is not None
    assert reply.answer.text in reply.answer.document.text == "The ferry left at noon."
    assert Chatbot.from_corpus(tmp_path).documents[0].text.startswith("Now")


def test_a_bad_file_is_logged_and_the_others_are_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "good.txt").write_text(BRIDGE, encoding="utf-8")
    (tmp_path / "bad.txt").write_bytes(bytes(range(256)))
    with caplog.at_level(logging.WARNING):
        chatbot = Chatbot.from_corpus(tmp_path)
    assert [document.id for document in chatbot.documents] == ["good.txt"]
    assert "bad.txt" in caplog.text


def test_missing_and_empty_corpora_are_clear_errors(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(CorpusError, match=str(folder)):
            Chatbot.from_corpus(folder)


def test_documents_in_memory_need_no_folder() -> None:
    chatbot = Chatbot.from_documents([Document("bridge", BRIDGE)])
    answer = chatbot.ask("Who opened the bridge?", min_confidence=0).answer
    assert answer is not None
    assert answer.text == "Anna Lund"


def test_a_misspelt_word_is_replaced_by_the_text_s_spelling(bridge: Chatbot) -> None:
    """Only if it is in no text and unknown to the embedder. The reply has both forms of the question."""
    typed, meant = (bridge.ask(f"Who opened the {word} over the Lune?") for word in ("brigde", "bridge"))
    assert typed.question == "Who opened the brigde over the Lune?"
    assert typed.read_as == "Who opened the bridge over the Lune?"
    assert typed.best is not None
    assert meant.best is not None
    assert (typed.best.span, typed.missing_words) == (meant.best.span, ())
    assert typed.confidence <= DEFAULTS.max_corrected_confidence, "what was corrected is never sure"
    assert meant.read_as is None
    assert bridge.ask("Who opened the bride over the Lune?").read_as is None, "a known word"


@pytest.mark.parametrize("mark", ["'s", "’s", "'S"])
def test_a_misspelt_word_keeps_its_possessive(bridge: Chatbot, mark: str) -> None:
    assert bridge.ask(f"What was the brigde{mark} price?").read_as == f"What was the bridge{mark} price?"
    assert bridge.ask(f"What was the bride{mark} price?").read_as is None


def test_added_documents_are_used_and_removed_ones_are_not() -> None:
    """This holds from the next question on. A removed document leaves no trace in replies."""
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


def test_ids_and_texts_are_unique(tmp_path: Path) -> None:
    """A document with the same id is replaced, and the same text is not added twice."""
    chatbot = tiny_chatbot("The bridge was opened in 1932.")
    (tmp_path / "0.txt").write_text("The mill burnt down.", encoding="utf-8")
    added = chatbot.add(tmp_path / "0.txt")
    assert (added.id, added.text) == ("0.txt", "The mill burnt down.")
    assert chatbot.documents.ids == ["0.txt"]
    assert chatbot.add("The mill burnt down.", name="other").id == "0.txt"
    assert chatbot.add("Nobody was hurt.").id == "text.txt"
    assert chatbot.add("Nobody was hurt.", name="0.txt").id == "text.txt"
    assert chatbot.documents.ids == ["text.txt"], "its old text is gone too"
    with pytest.raises(DocumentError, match=r"Path\("):
        chatbot.add(str(tmp_path / "0.txt"))
    with pytest.raises(DocumentError):
        chatbot.add(" ")


def test_a_fork_is_cheap_and_private() -> None:
    """Neither chatbot sees the other's changes, and forking embeds nothing."""
    chatbot = tiny_chatbot("The bridge was opened in 1932.", "Trams crossed it.")
    assert isinstance(chatbot.retriever, HybridRetriever)
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


def test_a_chatbot_over_a_folder_changes_the_folder_and_its_forks_do_not(tmp_path: Path) -> None:
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
    chatbot.restore("bridge.md")
    assert chatbot.documents.ids == ["bridge.md", "mill.txt"]
    assert (tmp_path / "bridge.md").read_bytes().decode() == BRIDGE
    with pytest.raises(CorpusError, match="no trash"):
        fork.restore("bridge.md")
    chatbot.remove("bridge.md")
    assert (
        chatbot.ask("When was the tram line closed?", min_confidence=0).passages[0].document.id == "mill.txt"
    )


def test_threads_add_and_ask_at_once(tmp_path: Path) -> None:
    """With the packaged models: no document is lost, and every question finds the older documents."""
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


def test_many_questions_are_answered_as_each_alone(bridge: Chatbot) -> None:
    questions = [
        "Who opened the bridge?",
        "What did the bridge cost?",
        "Who painted the ceiling?",
        "When was the tram line closed?",
    ]
    replies = bridge.ask_many(iter(questions))
    assert [reply.question for reply in replies] == questions
    for reply in replies:
        alone = bridge.ask(reply.question)
        assert alone.best is not None
        assert reply.best is not None
        assert (reply.answer is None) == (alone.answer is None)
        assert reply.best.span == alone.best.span
        assert reply.confidence == pytest.approx(alone.confidence, abs=0.02)
    assert bridge.ask_many([]) == []
    with pytest.raises(QuestionError, match="empty"):
        bridge.ask_many(["Who opened the bridge?", " "])


class WaitingReader(Reader):
    """A reader that does not begin until it is allowed to."""

    may_begin: Event

    def read_many(
        self, asked: Sequence[tuple[str, Sequence[Passage]]], *, count: int | None = 20
    ) -> list[list[Candidate]]:
        assert self.may_begin.wait(timeout=60)
        return super().read_many(asked, count=count)


def in_new_loop(asked: Coroutine[None, None, Reply]) -> Reply:
    """Run a coroutine in a separate thread, because a browser test may have left a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, asked).result()


def test_the_event_loop_goes_on_while_a_question_is_answered() -> None:
    """The reader begins only after another task of the loop allows it."""
    tiny = tiny_chatbot(BRIDGE)
    reader = WaitingReader(READER.model, READER.tokenizer, max_tokens=48, stride=12)
    reader.may_begin = Event()
    bot = Chatbot(tiny.retriever, reader, tiny.calibrator)

    async def both() -> Reply:
        asked = asyncio.ensure_future(bot.aask("What did the bridge cost?", top_k=1, min_confidence=0.1))
        await asyncio.sleep(0.1)
        assert not asked.done()
        reader.may_begin.set()
        return await asked

    reply = in_new_loop(both())
    assert reply == tiny.ask("What did the bridge cost?", top_k=1, min_confidence=0.1)
    assert reply.answer is not None
    with pytest.raises(QuestionError):
        in_new_loop(bot.aask(""))
