"""The browser, and the one endpoint for programs. All it shows of a document is the document's text."""

from __future__ import annotations

import html
import logging
import os
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.answer import Answer, Reply
from qa.chatbot import Chatbot
from qa.document import Document, Span
from qa.errors import QAError

if TYPE_CHECKING:
    import gradio as gr

log = logging.getLogger(__name__)

EXAMPLES = ".examples.txt"
CONFIDENCE_WORDS = ((0.8, "Very likely"), (0.5, "Likely"), (0.0, "Not sure"))
PARAGRAPH_CHARACTERS = 120  # a text with a longer line than this has a paragraph, not a row, on each

# Not seen on a page, or able to turn the letters after them round; marks of direction alone are neither.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e]")

_HEADER = "<h1>Verbatim</h1><p>Answers in the text’s own words, with their place.</p>"

_CONVERSATION_SCRIPT = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-show]');
  if (!button) return;
  element.dataset.chosen = button.dataset.show;
  document.querySelector('#article mark')?.scrollIntoView({block: 'center'});
  trigger('click');
});
watch('value', () => element.querySelector('.turn:last-child')?.scrollIntoView({block: 'nearest'}));
"""

_CHOSEN = "() => [null, document.querySelector('#conversation [data-chosen]').dataset.chosen]"

_ARTICLE_SCRIPT = """
watch('value', () => {
  const text = element.querySelector('.text');
  const mark = text.querySelector('mark.answer') ?? text.querySelector('mark');
  const middle = mark ? mark.offsetTop - (text.clientHeight - mark.offsetHeight) / 2 : 0;
  text.scrollTo({top: middle});
});
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question put on the page and what came of it: None while it is being read."""

    question: str
    outcome: Reply | QAError | None


def load_examples(folder: Path) -> tuple[str, ...]:
    """The questions that a corpus offers to be tried, from its `.examples.txt`: one a line, if any."""
    try:
        lines = (folder / EXAMPLES).read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        log.warning("%s is left out: %s", folder / EXAMPLES, error)
        return ()
    return tuple(line.strip() for line in lines if line.strip())


def escape(text: str) -> str:
    """HTML that shows `text` letter for letter; without its tags and references it is `text` again.

    Characters that cannot be seen are named beside their place.
    """

    def named(match: re.Match[str]) -> str:
        return f'<span class="unseen" data-name="U+{ord(match[0]):04X}">{match[0]}</span>'

    return _UNSEEN.sub(named, html.escape(text))


def mark(text: str, marks: Mapping[str, Span]) -> str:
    """`text` as HTML, a paragraph a line, each stretch of `marks` marked with its name as a class.

    Stretches may overlap and reach over several lines. Nothing is added to the text or left out.
    """
    edges = sorted({edge for span in marks.values() for edge in (span.start, span.end)})
    paragraphs = []
    start = 0
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        cuts = [start, *(edge for edge in edges if start < edge < end), end]
        pieces = "".join(_piece(text, Span(*cut), marks) for cut in pairwise(cuts))
        paragraphs.append(f"<p>{pieces}</p>" if line.strip() else f'<p class="blank">{pieces}</p>')
        start = end
    return "".join(paragraphs)


def confidence_words(confidence: float) -> str:
    """A chance of being right, 0 to 1, in words."""
    return next(words for least, words in CONFIDENCE_WORDS if confidence >= least)


def article_html(document: Document, marks: Mapping[str, Span]) -> str:
    """The reading panel: the whole document with `marks` in it."""
    rows = max(map(len, document.text.splitlines()), default=0) <= PARAGRAPH_CHARACTERS
    layout = "rows" if rows else "paragraphs"
    return (
        f'<h2 class="source">{escape(document.id)}</h2>'
        f'<div class="text {layout}" tabindex="0" role="region" aria-label="Text">'
        f"{mark(document.text, marks)}</div>"
    )


def conversation_html(turns: Sequence[Turn], documents: int) -> str:
    """What was asked of so many documents, oldest first; a word of welcome where that is nothing."""
    subject = "the article" if documents == 1 else f"the {documents:,} articles"
    if not turns:
        return (
            f'<div class="welcome"><h2>What would you like to know?</h2><p>Ask about {subject}. The answer '
            "is the text’s own words, marked where they stand. Where the text does not say, you are told "
            "so.</p></div>"
        )
    subject = "The article does" if documents == 1 else "The articles do"
    sections = "".join(
        f'<section class="turn"><p class="question">{escape(turn.question)}</p>'
        f"{_outcome_html(number, turn.outcome, subject)}</section>"
        for number, turn in enumerate(turns)
    )
    return f'<div role="log">{sections}</div>'


def shown(reply: Reply, choice: int = 0) -> tuple[Document, dict[str, Span]] | None:
    """The document to open for a reply, with what to mark in it.

    `choice` 0 is the answer or, where there is none, the closest passage; n is the nth alternative.
    None where there is nothing to show.
    """
    if choice > 0:
        answer = reply.alternatives[choice - 1]
    elif reply.answer is not None:
        answer = reply.answer
    elif reply.passages:
        return reply.passages[0].document, {"passage": reply.passages[0].span}
    else:
        return None
    return answer.document, {"sentence": answer.sentence, "answer": answer.span}


class _Desk:
    """What happens on the page: the conversation on one side, the open document on the other."""

    def __init__(self, chatbot: Chatbot) -> None:
        self.chatbot = chatbot
        self.documents = {document.id: document for document in chatbot.documents}

    def ask(self, question: str) -> dict[str, Any]:
        """Answer a question in the documents' own words; `answer` is null where they do not say."""
        import gradio as gr

        try:
            return dict(self.chatbot.ask(question).to_dict())
        except QAError as error:
            raise gr.Error(str(error), print_exception=False) from error

    def converse(self, question: str, turns: tuple[Turn, ...]) -> Iterator[tuple[Any, ...]]:
        """The question at once, its box emptied; then what came of it, and its place in the document.

        What is given is for the box, the turns, the conversation, the picker and the article.
        """
        import gradio as gr

        same = gr.skip()
        if not question.strip():
            gr.Info("Type a question about the text first.", title="Nothing asked", duration=4)
            yield same, same, same, same, same
            return
        yield "", same, self.conversation((*turns, Turn(question, None))), same, same
        try:
            outcome: Reply | QAError = self.chatbot.ask(question)
        except QAError as error:
            outcome = error
        turns = (*turns, Turn(question, outcome))
        place = shown(outcome) if isinstance(outcome, Reply) else None
        opened = (same, same) if place is None else self.open(*place)
        yield same, turns, self.conversation(turns), *opened

    def conversation(self, turns: Sequence[Turn]) -> str:
        """The conversation as HTML."""
        return conversation_html(turns, len(self.documents))

    def choose(self, turns: tuple[Turn, ...], choice: str) -> tuple[Any, Any]:
        """What a button of the conversation stands for, "turn-candidate", for the picker and the article."""
        import gradio as gr

        turn, candidate = map(int, choice.split("-"))
        outcome = turns[turn].outcome if turn < len(turns) else None  # a restarted server knows no turns
        place = shown(outcome, candidate) if isinstance(outcome, Reply) else None
        return (gr.skip(), gr.skip()) if place is None else self.open(*place)

    def open(self, document: Document, marks: Mapping[str, Span]) -> tuple[str, str]:
        """A document for the picker and the article."""
        return document.id, article_html(document, marks)

    def pick(self, name: str) -> str:
        """A document for the article, unmarked."""
        return article_html(self.documents[name], {})


def build_page(chatbot: Chatbot, *, examples: Sequence[str] = ()) -> gr.Blocks:
    """The page over `chatbot`, with `examples` as questions to try; it is not served yet.

    Programs find one endpoint: `/ask`, from a question to `Reply.to_dict()`.
    """
    import gradio as gr
    from gradio.events import api

    desk = _Desk(chatbot)
    names = list(desk.documents)
    page = gr.Blocks(title="Verbatim", analytics_enabled=False, fill_width=True)
    with page:
        turns = gr.State(())
        gr.HTML(_HEADER, elem_id="header", apply_default_css=False)
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="chat"):
                conversation = gr.HTML(
                    desk.conversation(()),
                    elem_id="conversation",
                    apply_default_css=False,
                    js_on_load=_CONVERSATION_SCRIPT,
                )
                with gr.Row(elem_id="examples", visible=bool(examples)):
                    tries = [gr.Button(example, size="sm") for example in examples]
                box = gr.Textbox(
                    label="Question",
                    show_label=False,
                    container=False,
                    placeholder="Ask about the text …",
                    max_lines=4,
                    autofocus=True,
                    submit_btn=True,
                    elem_id="question",
                )
            with gr.Column(elem_id="article"):
                choice = gr.Textbox(visible=False)
                picker = gr.Dropdown(
                    names,
                    value=names[0],
                    label="Article",
                    show_label=False,
                    container=False,
                    visible=len(names) > 1,
                    elem_id="picker",
                )
                article = gr.HTML(desk.pick(names[0]), apply_default_css=False, js_on_load=_ARTICLE_SCRIPT)

        # Reading takes every core there is: one question at a time. The rest takes next to nothing.
        asking: dict[str, Any] = {"concurrency_limit": 1, "concurrency_id": "ask"}
        unlisted: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        views = [box, turns, conversation, picker, article]
        box.submit(desk.converse, [box, turns], views, **asking, **unlisted)
        for example, button in zip(examples, tries, strict=True):
            button.click(partial(desk.converse, example), [turns], views, **asking, **unlisted)
        conversation.click(desk.choose, [turns, choice], [picker, article], js=_CHOSEN, **unlisted)
        picker.input(desk.pick, [picker], [article], **unlisted)
        api(desk.ask, api_name="ask", **asking)
    page.queue(default_concurrency_limit=8)
    return page


def open_page(
    chatbot: Chatbot, *, host: str | None = None, port: int = 7860, examples: Sequence[str] = ()
) -> gr.Blocks:
    """Serve the page and return at once.

    Of what is returned, `local_url` is the address, `block_thread()` waits, `close()` ends it. A
    `host` of None is the one that GRADIO_SERVER_NAME names, as on a Space, else this machine alone.

    Raises:
        QAError: the address cannot be had.
    """
    host = os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1") if host is None else host
    _check_free(host, port)
    import gradio as gr

    font = gr.themes.LocalFont("Source Sans Pro", weights=(400, 700))  # comes with Gradio, served from here
    style = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    page = build_page(chatbot, examples=examples)
    page.launch(
        server_name=host,
        server_port=port,
        theme=gr.themes.Default(font=[font, "sans-serif"]),
        head=f"<style>{style}</style>",  # Gradio rewrites what it is given as css, and loses some of it
        footer_links=[],
        run_history=False,
        share=False,
        ssr_mode=False,
        quiet=True,
        prevent_thread_lock=True,
    )
    log.info("The page is at %s", page.local_url)
    return page


def _check_free(host: str, port: int) -> None:
    """Gradio would look at another address than `host`, and wait for seconds before it gives up."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise QAError(f"{host}:{port} cannot be had ({error.strerror}): choose another port.") from error


def _piece(text: str, span: Span, marks: Mapping[str, Span]) -> str:
    names = " ".join(name for name, marked in marks.items() if marked.holds(span))
    words = escape(text[span.start : span.end])
    return f'<mark class="{names}">{words}</mark>' if names else words


def _outcome_html(number: int, outcome: Reply | QAError | None, subject: str) -> str:
    if outcome is None:
        return '<p class="reading">Reading<i>.</i><i>.</i><i>.</i></p>'
    if isinstance(outcome, QAError):
        return f'<p class="notice">{escape(str(outcome))}</p>'
    if outcome.answer is not None:
        answer = _answer_html(outcome.answer, f"{number}-0")
        return f'<div class="reply">{answer}{_others_html(number, outcome, "Other candidates")}</div>'
    return (
        f'<div class="reply"><p class="silent">{subject} not say.</p>{_closest_html(number, outcome)}'
        f"{_others_html(number, outcome, 'Candidates that were turned down')}</div>"
    )


def _answer_html(answer: Answer, place: str) -> str:
    sentence, span = answer.sentence, answer.span
    quote = mark(answer.document[sentence], {"answer": span.shift(-sentence.start)})
    return (
        f'<p class="said">{escape(answer.text)}</p>{_confidence_html(answer.confidence)}'
        f"<blockquote>{quote}</blockquote>{_source_html(answer.document, place)}"
    )


def _closest_html(number: int, reply: Reply) -> str:
    if not reply.passages:
        return ""
    passage = reply.passages[0]
    return (
        f'<p class="label">Closest passage, not an answer</p><blockquote class="closest">'
        f"{mark(passage.text, {})}</blockquote>{_source_html(passage.document, f'{number}-0')}"
    )


def _others_html(number: int, reply: Reply, title: str) -> str:
    if not reply.alternatives:
        return ""
    items = "".join(
        f'<li><button type="button" data-show="{number}-{choice}">{escape(other.text)}</button>'
        f"{_confidence_html(other.confidence)}</li>"
        for choice, other in enumerate(reply.alternatives, start=1)
    )
    heading = f"{title} ({len(reply.alternatives)})"
    return f'<details class="others"><summary>{heading}</summary><ol>{items}</ol></details>'


def _confidence_html(confidence: float) -> str:
    words = confidence_words(confidence)
    strength = words.lower().replace(" ", "-")
    meaning = f"Confidence {confidence:.2f}: of such answers, about {confidence * 100:.0f} in 100 are right."
    return (
        f'<details class="confidence {strength}"><summary title="{meaning}">{words}</summary>'
        f"<p>{meaning}</p></details>"
    )


def _source_html(document: Document, place: str) -> str:
    return (
        f'<p class="from"><button type="button" data-show="{place}">Show in the text</button> '
        f"<cite>{escape(document.id)}</cite></p>"
    )
