"""Layout of the page: documents, conversation and the open document, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.page.changes import Changes
from qa.page.elements import Markup, button, element
from qa.page.handlers import Handlers
from qa.page.views.document import search_html
from qa.page.views.limits import limits_html
from qa.page.views.threshold import threshold_html
from qa.page.views.turns import conversation_html
from qa.settings import DEFAULTS

if TYPE_CHECKING:
    import gradio as gr

_HEADER = Markup(
    '<h1>Verbatim</h1><p class="tagline">Answers in the text’s own words, with their place.</p>'
    '<button type="button" id="side-toggle" aria-expanded="false" aria-controls="side">Documents '
    '<span class="count"></span></button>'
    '<div id="live" class="unheard" role="status" aria-live="polite"></div>'
)

_BACK = button("Conversation", class_="back", aria_label="Back to the conversation", data_back=True)


class Components:
    """The components of the page that events read or change. Must be constructed inside a `gr.Blocks`.

    A panel is HTML. Its script, in static/, gets the panel's element and `trigger`, which sends the events
    named beside it.

    Attributes:
        session: The name of the visitor's session.
        visit: Hidden: on arrival the state that the browser kept, then the state that the server knows.
        latest: Hidden panel: the turns that are new or have changed.
        document_list: Panel: the documents, each with buttons that open and remove it.
        welcome: Panel: the text before the first question.
        files: The upload box.
        text: The box for a pasted text.
        name: The box for the name of the pasted text.
        add: The button that adds the pasted text.
        uploads: Panel: the status of the latest uploads.
        conversation: Panel: the conversation, which the browser fills with the latest turns. It also sends
            the events of the question box and of the *Start over* button.
        examples: Panel: questions to try.
        queue: Panel: the position in the queue.
        document: Panel: the open document.
        picture: Hidden panel: the latest picture of a page, for a fold of `document`.
        rated: Hidden: the latest stored verdict, for the browser.
    """

    def __init__(self, handlers: Handlers) -> None:
        import gradio as gr

        self.session = gr.State("")
        _panel("header", _HEADER)
        with gr.Row(elem_id="panels"):
            with gr.Column(elem_id="side"):
                _panel("side-back", _BACK)
                self._add_side(handlers)
            with gr.Column(elem_id="chat"):
                self._add_chat(handlers)
            with gr.Column(elem_id="reader"):
                _panel("reader-back", _BACK)
                _panel("search", search_html(), "verbatim.searching(element);")
                script = "verbatim.reader(element, trigger, watch, ['look', 'picture']);"
                self.document = _panel("document", handlers.documents.first_html(""), script)
        # A panel's `watch` does not notice when the same value is set again; `then` always runs.
        self.rated = gr.Textbox(visible="hidden", label="Rated", elem_id="rated")
        self.visit = gr.Textbox(visible="hidden", label="Visit", elem_id="visit")
        self.latest = _panel("latest", "", "verbatim.latest(element, watch);")
        self.picture = _panel("picture", "")

    def updates(self, changes: Changes) -> dict[Any, Any]:
        """Return changes in Gradio's form: by component, or a `gr.skip()` if there are none."""
        import gradio as gr

        return {getattr(self, name): value for name, value in changes.items()} or gr.skip()

    def _add_side(self, handlers: Handlers) -> None:
        import gradio as gr

        self.document_list = _panel(
            "documents",
            handlers.documents.list_html(""),
            "verbatim.documents(element, trigger, watch, ['look', 'remove']);",
        )
        self.files = gr.File(file_count="multiple", label="Add files", elem_id="drop")
        # Gradio's own preprocessing loses the original file name, and adds an empty file.
        self.files.preprocess = _named_files  # type: ignore[method-assign, assignment]
        with gr.Accordion("Paste text", open=False, elem_id="paste"):
            self.text = gr.Textbox(label="Text", lines=4, max_lines=8, elem_id="paste-text")
            self.name = gr.Textbox(label="Name", placeholder="notes.txt", max_lines=1, elem_id="paste-name")
            self.add = gr.Button("Add text", size="sm")
        self.uploads = _panel(
            "uploads", "", "verbatim.uploads(element, trigger, watch, ['restore', 'stop']);"
        )
        _panel("limits", limits_html(handlers.sessions.limits, keep=handlers.sessions.keep))
        _panel("threshold", threshold_html(DEFAULTS.min_confidence), "verbatim.threshold(element);")
        _panel("conversation-title", element("h2", "Conversation"))
        with gr.Row(elem_id="conversation-buttons"):
            gr.Button("Save as Markdown", size="sm", elem_id="save-markdown")
            gr.Button("Save as JSON", size="sm", elem_id="save-json")
            gr.Button("Open another tab", size="sm", elem_id="another-tab")
            gr.Button("Start over", size="sm", elem_id="start-over")

    def _add_chat(self, handlers: Handlers) -> None:
        import gradio as gr

        self.welcome = _panel("welcome", handlers.documents.welcome_html(""))
        self.conversation = _panel(
            "conversation",
            conversation_html(),
            "verbatim.conversation(element, trigger, ['ask', 'start_over', 'look', 'rate']);",
        )
        self.examples = _panel("examples", "", "verbatim.buttons(element, trigger, []);")
        asked = element("p", class_="note asked", role="status")
        # Repeats the news of the documents' column, which screen readers get from `announce` already.
        _panel("asking", asked + element("p", class_="note news"))
        self.queue = _panel("queue", "", "verbatim.queue(element);")
        gr.Textbox(
            label="Question",
            show_label=False,
            container=False,
            placeholder="Ask about the text …",
            max_lines=4,
            autofocus=True,
            submit_btn=True,
            elem_id="question",
        )


def _panel(name: str, value: str, script: str | None = None) -> gr.HTML:
    import gradio as gr

    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=script)


def _named_files(payload: Any) -> list[tuple[str, Path]]:
    """Return the uploaded files, each with its original name."""
    files = [] if payload is None else list(payload)
    return [(file.orig_name or Path(file.path).name, Path(file.path)) for file in files]
