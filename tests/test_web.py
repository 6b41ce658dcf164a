"""What the page shows: every text letter for letter, the answer where it stands, silence as silence."""

from __future__ import annotations

import html
import re
import socket
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer import Answer, Passage, Reply
from qa.chatbot import Chatbot
from qa.chunk import Chunk
from qa.confidence import FEATURES, Calibrator
from qa.document import Document, Span
from qa.errors import QAError, QuestionError
from qa.index import Index
from qa.retriever import Retriever
from qa.web import (
    Turn,
    article_html,
    confidence_words,
    conversation_html,
    escape,
    load_examples,
    mark,
    open_page,
    shown,
)
from tests.tiny_embedder import WordEmbedder
from tests.tiny_reader import tiny_reader

HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> </mark></p> **bold** [a](http://a.example) "
    "&amp; &#65; ${1 + 1} {{value}} \x00 \x1b[31m \u202eturned\u202c \u200fשלום \r\n\r old \u2028 new\n\n"
)
TEXTS = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="<>&\"'/=ab;#\n\r\x00\x85\u2028\u202e ", max_size=80),
    st.just(HOSTILE),
)
TAG = re.compile("<[^>]*>")

TEXT = "The mill stood by the river. It burnt down in 1822, on a Sunday. Nobody was hurt.\n"
MILL = Document("mill.txt", TEXT)
YEAR = Answer(MILL, Span(46, 50), Span(29, 65), 0.87)
RIVER = Answer(MILL, Span(18, 27), Span(0, 28), 0.21)
PASSAGE = Passage(Chunk(MILL, Span(0, 65)), 1.0, 1, None)
ANSWERED = Reply("When did it burn down?", YEAR, (RIVER,), (PASSAGE,))
SILENT = Reply("Who owned it?", None, (RIVER,), (PASSAGE,))


def plain(markup: str) -> str:
    """What a browser would show: tags taken away, references resolved."""
    return html.unescape(TAG.sub("", markup))


@given(text=TEXTS)
def test_escaped_text_reads_as_it_was(text: str) -> None:
    """Nothing is lost, added or taken for markup; the only tags are those that name the unseen."""
    markup = escape(text)
    assert plain(markup) == text
    tags = "".join(TAG.findall(markup))
    assert re.fullmatch('(<span class="unseen" data-name="U\\+[0-9A-F]{4}"></span>)*', tags)


@given(text=TEXTS.filter(bool), data=st.data())
def test_marks_cover_their_stretch_and_nothing_else(text: str, data: st.DataObject) -> None:
    """Over any lines, overlapping or not: the letters inside the marks are those of the span, in order."""
    marks = {}
    for name in ("sentence", "answer"):
        start = data.draw(st.integers(0, len(text) - 1))
        marks[name] = Span(start, data.draw(st.integers(start + 1, len(text))))
    markup = mark(text, marks)
    assert plain(markup) == text
    pieces = re.findall('<mark class="([^"]*)">(.*?)</mark>', markup, re.DOTALL)
    for name, span in marks.items():
        inside = "".join(plain(words) for names, words in pieces if name in names.split())
        assert inside == text[span.start : span.end]


def test_the_article_is_shown_whole_under_its_name() -> None:
    """Name and text are both escaped, and a text with nothing in it can be opened too."""
    markup = article_html(Document('a/<b>"&amp;.txt', HOSTILE), {"answer": Span(3, 9)})
    assert plain(markup) == 'a/<b>"&amp;.txt' + HOSTILE
    assert "<script" not in markup
    assert "<img" not in markup
    assert plain(article_html(Document("empty.txt", ""), {})) == "empty.txt"


def test_long_lines_are_laid_out_as_paragraphs_and_short_ones_as_rows() -> None:
    """A text broken into rows by its author keeps their spacing."""
    assert 'class="text rows"' in article_html(Document("poem.txt", "One row\nand another\n" * 90), {})
    assert 'class="text paragraphs"' in article_html(Document("prose.txt", f"Short.\n{'word ' * 40}\n"), {})


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (1.0, "Very likely"),
        (0.8, "Very likely"),
        (0.799, "Likely"),
        (0.5, "Likely"),
        (0.499, "Not sure"),
        (0.0, "Not sure"),
    ],
)
def test_confidence_has_words(confidence: float, words: str) -> None:
    """A bound belongs to the words above it."""
    assert confidence_words(confidence) == words


def test_an_answer_is_shown_with_its_sentence_place_and_chance() -> None:
    """The answer, how sure, the sentence with the answer marked, the document; others folded away."""
    markup = conversation_html([Turn(ANSWERED.question, ANSWERED)], 1)
    assert '<p class="question">When did it burn down?</p>' in markup
    assert '<p class="said">1822</p>' in markup
    assert '">Very likely</summary><p>Confidence 0.87: of such answers, about 87 in 100' in markup
    assert 'It burnt down in <mark class="answer">1822</mark>, on a Sunday.' in markup
    assert "<cite>mill.txt</cite>" in markup
    folded = markup[markup.index('<details class="others">') :]
    assert "Other candidates (1)" in folded
    assert '<button type="button" data-show="0-1">the river</button>' in folded
    assert "not say" not in markup


def test_silence_is_shown_as_silence() -> None:
    """No answer: it is said plainly, and the closest passage is called what it is."""
    markup = conversation_html([Turn("?", ANSWERED), Turn(SILENT.question, SILENT)], 1)
    silent = markup[markup.index("Who owned it?") :]
    assert "The article does not say." in silent
    assert "Closest passage, not an answer" in silent
    assert plain(silent).count(TEXT[:65]) == 1
    assert "<mark" not in silent
    assert 'class="said"' not in silent
    assert 'data-show="1-1">the river' in silent
    assert "The articles do not say." in conversation_html([Turn("?", SILENT)], 2)
    assert "Closest" not in conversation_html([Turn("?", Reply("?", None, (), ()))], 1)


def test_an_error_is_one_clear_line() -> None:
    """Its words are shown as they are; a question still being read says so."""
    error = QuestionError("The question <b> is too long: ask it in fewer words.")
    markup = conversation_html([Turn(HOSTILE, error), Turn("next", None)], 1)
    assert '<p class="notice">The question &lt;b&gt; is too long: ask it in fewer words.</p>' in markup
    assert plain(markup).startswith(HOSTILE)
    assert plain(markup).endswith("nextReading...")


def test_what_is_opened_for_a_reply() -> None:
    """The answer's place, or the closest passage; a chosen candidate before either; or nothing."""
    assert shown(ANSWERED) == (MILL, {"sentence": YEAR.sentence, "answer": YEAR.span})
    assert shown(ANSWERED, 1) == (MILL, {"sentence": RIVER.sentence, "answer": RIVER.span})
    assert shown(SILENT) == (MILL, {"passage": Span(0, 65)})
    assert shown(Reply("?", None, (), ())) is None


def test_examples_belong_to_the_corpus(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One a line; none where the file is missing, or cannot be read, which is told."""
    assert load_examples(tmp_path) == ()
    (tmp_path / ".examples.txt").write_bytes("\ufeffWho? \r\n\r\n  Was heißt das?\n".encode())
    assert load_examples(tmp_path) == ("Who?", "Was heißt das?")
    (tmp_path / ".examples.txt").write_bytes(b"\xff\xfe\xff")
    assert load_examples(tmp_path) == ()
    assert ".examples.txt" in caplog.text


def test_a_port_in_use_is_a_clear_error() -> None:
    """It is told before anything is built, and no other port is taken in its place."""
    index = Index.build([MILL], WordEmbedder(), size=30, overlap=5)
    calibrator = Calibrator(np.zeros(len(FEATURES)), 0.0, np.zeros(len(FEATURES)), np.ones(len(FEATURES)))
    chatbot = Chatbot(Retriever.build(index, WordEmbedder()), tiny_reader(), calibrator)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(QAError, match=rf"^127\.0\.0\.1:{port} .* choose another port\.$"):
            open_page(chatbot, port=port)
