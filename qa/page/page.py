"""The browser: documents, conversation and reader, side by side. It shows what others found."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.chatbot import Chatbot
from qa.page.api import add_endpoints
from qa.page.handlers import Handlers
from qa.page.highlight import escape
from qa.page.sessions import Sessions
from qa.page.views.threshold import threshold_html
from qa.presentation import Feedback
from qa.settings import DEFAULTS

if TYPE_CHECKING:
    import gradio as gr


_HEADER = (
    '<h1>Verbatim</h1><p class="tagline">Answers in the text’s own words, with their place.</p>'
    '<button type="button" id="side-toggle" aria-expanded="false" aria-controls="side">Documents</button>'
    '<div id="live" class="unheard" role="status" aria-live="polite"></div>'
)

_HOOK = "verbatim.hook(element, trigger);"
_WISHED = "(...given) => [...given.slice(0, -1), verbatim.wish]"
_TYPED = "(...given) => [verbatim.typed(given[0]), ...given.slice(1, -2), verbatim.bar(), verbatim.begun]"
_OFFERED = "(...given) => [verbatim.wish, ...given.slice(1, -2), verbatim.bar(), verbatim.begun]"
_ARRIVE = "() => verbatim.arrive()"


def build_page(
    chatbot: Chatbot, *, keep: bool = False, feedback: Feedback | None = None, mcp: bool = False
) -> gr.Blocks:
    """The page over `chatbot`; it is not served yet.

    With `keep`, documents that are added and removed are so for everyone and in the corpus folder,
    else for one visit alone. With `feedback`, readers are asked whether a reply is right. Programs find
    the endpoints of `add_endpoints`, of which `mcp` lists those for an MCP server alone.
    """
    import gradio as gr

    # Reading takes every core there is: one question at a time. The rest takes next to nothing.
    asking: dict[str, Any] = {"concurrency_limit": 1, "concurrency_id": "ask"}
    adding: dict[str, Any] = {"concurrency_limit": 1, "concurrency_id": "add"}
    handlers = Handlers(Sessions(chatbot, keep=keep), feedback)
    # Visitors who upload the same file share its place: it is deleted by its age, not when one has read it.
    page = gr.Blocks(
        title="Verbatim", analytics_enabled=False, fill_width=True, delete_cache=(60, DEFAULTS.upload_seconds)
    )
    with page:
        add_endpoints(handlers.sessions, asking=asking, adding=adding, mcp=mcp)  # first: a name is taken once
        _wire(page, handlers, _Parts(handlers), asking, adding)
    page.queue(default_concurrency_limit=8, max_size=DEFAULTS.queue_size)
    return page


class _Parts:
    """What stands on the page, from left to right: the side, the chat, the reader."""

    def __init__(self, handlers: Handlers) -> None:
        import gradio as gr

        def panel(value: str, name: str, script: str | None = _HOOK) -> gr.HTML:
            return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=script)

        panel(_HEADER, "header", "verbatim.header(element);")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="side"):
                self.document_list = panel(handlers.document_list(""), "documents")
                self.drop = gr.File(file_count="multiple", label="Add files", elem_id="drop")
                # Gradio would hand over the name that it made of the file's, and an empty file beside it.
                self.drop.preprocess = _named_files  # type: ignore[method-assign, assignment]
                with gr.Accordion("Paste text", open=False, elem_id="paste"):
                    self.text = gr.Textbox(label="Text", lines=4, max_lines=8)
                    self.name = gr.Textbox(label="Name", placeholder="notes.txt", max_lines=1)
                    self.add = gr.Button("Add text", size="sm")
                self.arrivals = panel("", "arrivals", "verbatim.arrivals(element, watch);")
                panel(f'<p class="note">{escape(handlers.limits())}</p>', "limits")
                panel(threshold_html(DEFAULTS.min_confidence), "bar", "verbatim.showBar(element);")
                panel("<h2>Conversation</h2>", "conversation-title")
                with gr.Row(elem_id="keep"):
                    self.markdown = gr.Button("Save as Markdown", size="sm")
                    self.json = gr.Button("Save as JSON", size="sm")
                    self.restart = gr.Button("Start over", size="sm")
            with gr.Column(elem_id="chat"):
                self.conversation = panel(
                    handlers.conversation(()),
                    "conversation",
                    "verbatim.conversation(element, trigger, watch);",
                )
                self.examples = panel("", "examples")
                self.queue = panel("", "queue", "verbatim.queue(element);")
                self.box = gr.Textbox(
                    label="Question",
                    show_label=False,
                    container=False,
                    placeholder="Ask about the text …",
                    max_lines=4,
                    autofocus=True,
                    submit_btn=True,
                    elem_id="question",
                )
            with gr.Column(elem_id="reader"):
                self.reading = panel(handlers.first(""), "reading")
        self.rated = gr.Textbox(visible="hidden", label="Rated", elem_id="rated")
        self.refused = gr.Textbox(visible="hidden", label="Refused", elem_id="refused")
        self.parcel = gr.Textbox(visible="hidden", label="Saved", elem_id="parcel")


def _wire(
    page: gr.Blocks,
    handlers: Handlers,
    parts: _Parts,
    asking: dict[str, Any],
    adding: dict[str, Any],
) -> None:
    """What leads to what."""
    import gradio as gr

    session, turns = gr.State(""), gr.State(())
    wish, read = gr.Textbox(visible=False), gr.Textbox(visible=False)
    bar = gr.Number(DEFAULTS.min_confidence, minimum=0, maximum=1, visible=False)
    begun = gr.Number(0, precision=0, visible=False)

    def arrive(request: gr.Request) -> tuple[str, str, str]:
        return handlers.arrive(str(request.session_hash))

    def leave(request: gr.Request) -> None:
        handlers.leave(str(request.session_hash))

    for function in (arrive, leave):  # Gradio reads annotations, and cannot resolve one of a late import
        function.__annotations__["request"] = gr.Request

    unlisted: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    asked = [parts.refused, turns, parts.conversation, parts.reading, parts.examples, parts.document_list]
    suggesting: dict[str, Any] = {
        "fn": handlers.suggest,
        "inputs": [session, turns],
        "outputs": [parts.examples],
    }
    suggesting |= asking | unlisted
    page.load(arrive, None, [session, parts.document_list, parts.reading], **unlisted).then(
        None, js="() => { document.body.dataset.arrived = ''; }"
    ).then(**suggesting)
    page.unload(leave)
    waiting = unlisted | {"show_progress": "minimal", "show_progress_on": [parts.queue]}
    # One may ask the next question while one is read: they are answered in order.
    waiting |= asking | {"trigger_mode": "multiple"}
    for trigger, question, script in (
        (parts.box.submit, parts.box, _TYPED),
        (parts.examples.submit, wish, _OFFERED),
    ):
        trigger(handlers.converse, [question, turns, session, bar, begun], asked, js=script, **waiting).then(
            None, [parts.refused], js="(refused) => { verbatim.giveBack(refused); verbatim.arrive(); }"
        )
    for panel in (parts.conversation, parts.reading, parts.document_list):
        panel.select(
            handlers.look,
            [turns, session, wish],
            [parts.reading, parts.document_list],
            js=_WISHED,
            **unlisted,
        ).then(None, js=_ARRIVE)
    # Second thoughts may come before the first are kept: none is dropped, and they are kept in order.
    rating: dict[str, Any] = {"trigger_mode": "multiple", "concurrency_limit": 1, "concurrency_id": "rate"}
    parts.conversation.like(
        handlers.rate, [turns, wish], [parts.rated], js=_WISHED, **rating, **unlisted
    ).then(None, [parts.rated], js="(rated) => verbatim.rated(rated)")
    parts.document_list.delete(
        handlers.discard,
        [session, wish, read],
        [parts.arrivals, parts.document_list, parts.reading],
        js="(session) => [session, verbatim.wish, verbatim.read()]",
        **adding,
        **unlisted,
    ).then(**suggesting)
    parts.drop.upload(
        handlers.add_files,
        [parts.drop, session],
        [parts.arrivals, parts.document_list, parts.drop, parts.reading],
        trigger_mode="multiple",
        **adding,
        **unlisted,
    ).then(**suggesting)
    gr.on(
        [parts.add.click, parts.name.submit],
        handlers.add_text,
        [parts.text, parts.name, session],
        [parts.arrivals, parts.document_list, parts.text, parts.name, parts.reading],
        **adding,
        **unlisted,
    ).then(**suggesting)
    for button, form in ((parts.markdown, "markdown"), (parts.json, "json")):
        button.click(partial(handlers.export, form), [turns], [parts.parcel], **unlisted).then(
            None, [parts.parcel], js="(parcel) => verbatim.save(parcel)"
        )
    parts.restart.click(
        handlers.restart,
        [session, begun],
        [turns, parts.conversation, parts.reading, parts.examples],
        js="(session) => [session, ++verbatim.begun]",
        **unlisted,
    )


def _named_files(payload: Any) -> list[tuple[str, Path]]:
    """The uploaded files, each with the name that it had."""
    files = [] if payload is None else list(payload)
    return [(file.orig_name or Path(file.path).name, Path(file.path)) for file in files]
