"""The page: its components and what happens when they are used."""

# Without `from __future__ import annotations`: Gradio reads the types of listeners, and some are its own.
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from qa.chatbot import Chatbot
from qa.page.api import add_endpoints
from qa.page.changes import Changes
from qa.page.handlers import Handlers
from qa.page.layout import Components
from qa.page.sessions import Sessions
from qa.page.uploads import fetch_nothing
from qa.page.waiting import WaitingPlaces
from qa.presentation import Feedback

if TYPE_CHECKING:
    import gradio as gr

_UNLISTED: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""Options of events that are not endpoints for programs."""


def build_page(
    chatbot: Chatbot,
    *,
    keep: bool = False,
    feedback: Feedback | None = None,
    mcp: bool = False,
    sessions: Sessions | None = None,
) -> "gr.Blocks":
    """Build the page and its endpoints, without serving them.

    Args:
        chatbot: Answers the questions.
        keep: If true, uploads and deletions change the shared corpus folder. Otherwise they last for one
            browser session.
        feedback: Where verdicts on replies are stored. None if readers are not asked for any.
        mcp: Whether to list only the endpoints that an MCP server offers as tools, see `add_endpoints`.
        sessions: The documents of all visitors, in place of `chatbot` and `keep`.
    """
    import gradio as gr

    # Questions from the page are answered one at a time, in order. Questions from programs are answered in
    # parallel, one per core, since one question alone does not keep two cores busy. Other events are cheap.
    asking: dict[str, Any] = {"concurrency_limit": 1, "concurrency_id": "ask"}
    cores = os.cpu_count()
    answering = {"concurrency_limit": 1 if cores is None else cores, "concurrency_id": "answer"}
    adding: dict[str, Any] = {"concurrency_limit": 1, "concurrency_id": "add"}
    handlers = Handlers(Sessions(chatbot, keep=keep) if sessions is None else sessions, feedback)
    page = gr.Blocks(title="Verbatim", analytics_enabled=False, fill_width=True)
    with page:
        # The endpoints come first: Gradio gives a name to the first that claims it.
        add_endpoints(handlers.sessions, asking=answering, adding=adding, mcp=mcp)
        _Wiring(page, Components(handlers), handlers, asking=asking, adding=adding)
    fetch_nothing(page)
    page.queue(default_concurrency_limit=8)
    WaitingPlaces(page._queue, handlers.sessions.limits)
    return page


class _Wiring:
    """Binds the page's events to handlers, one method per concern.

    Args:
        page: The page.
        components: Its components.
        handlers: The handlers.
        asking: Gradio's limits for events that answer questions.
        adding: Gradio's limits for events that change documents.
    """

    def __init__(
        self,
        page: "gr.Blocks",
        components: Components,
        handlers: Handlers,
        *,
        asking: dict[str, Any],
        adding: dict[str, Any],
    ) -> None:
        self.page, self.components, self.handlers = page, components, handlers
        self._documents = [components.welcome, components.document_list, components.document]
        self.asking, self.adding = _UNLISTED | asking, _UNLISTED | adding
        self._on_arrival_and_leave()
        self._on_questions()
        self._on_look()
        self._on_rate()
        self._on_add_and_remove()

    def _on_arrival_and_leave(self) -> None:
        import gradio as gr

        components, handlers = self.components, self.handlers

        def arrive(told: str, request: gr.Request) -> dict[Any, Any]:
            return components.updates(handlers.arrive(told, str(request.session_hash)))

        def leave(request: gr.Request) -> None:
            handlers.leave(str(request.session_hash))

        outputs = [
            components.session,
            components.visit,
            components.welcome,
            components.document_list,
            components.document,
            components.uploads,
        ]
        arrival = self.page.load(
            arrive, [components.visit], outputs, js="() => verbatim.arriving()", **_UNLISTED
        ).then(None, [components.visit], js="(visit) => verbatim.arrived(visit)")
        reading = arrival.then(
            self._steps(handlers.documents.add_waiting),
            [components.session],
            [components.uploads, *self._documents],
            **_UNLISTED,
        )
        self._suggest_after(reading)
        self.page.unload(leave)

    def _on_questions(self) -> None:
        components, handlers = self.components, self.handlers
        outputs = [
            components.latest,
            components.document,
            components.welcome,
            components.document_list,
            components.examples,
        ]
        # A question can be asked while another is being answered: they are answered in order.
        waiting = {"trigger_mode": "multiple", "show_progress": "minimal"}
        components.conversation.ask(
            self._steps_of_event(handlers.ask),
            [components.session],
            outputs,
            **(self.asking | waiting),
            show_progress_on=[components.queue],
        ).then(None, js="() => verbatim.showMark()")
        components.conversation.start_over(
            self._of_event(handlers.start_over), [components.session], outputs, **_UNLISTED
        )

    def _on_look(self) -> None:
        components = self.components
        for panel in (components.conversation, components.document, components.document_list):
            panel.look(
                self._of_event(self.handlers.reader.look),
                [components.session],
                [components.document, components.document_list, components.welcome],
                **_UNLISTED,
            ).then(None, js="() => verbatim.showMark()")
        # If several pages are requested while one is being drawn, only the last is drawn.
        drawing: dict[str, Any] = {"trigger_mode": "always_last", "concurrency_limit": 1}
        components.document.picture(
            self._of_event(self.handlers.reader.picture),
            [components.session],
            [components.picture],
            **(_UNLISTED | drawing),
        ).then(None, outputs=[components.picture], js="() => verbatim.takePicture()")

    def _on_rate(self) -> None:
        components = self.components
        # A verdict may be changed before the first one is stored: none is dropped, and their order is kept.
        components.conversation.rate(
            self._of_event(self.handlers.rate),
            [components.session],
            [components.rated],
            trigger_mode="multiple",
            concurrency_limit=1,
            concurrency_id="rate",
            **_UNLISTED,
        ).then(None, [components.rated], js="(rated) => verbatim.rated(rated)")

    def _on_add_and_remove(self) -> None:
        import gradio as gr

        components, handlers = self.components, self.handlers.documents
        session, changed = [components.session], [components.uploads, *self._documents]
        take_away, restore = self._of_event(handlers.remove), self._of_event(handlers.restore)
        removal = components.document_list.remove(take_away, session, changed, **self.adding)
        upload = components.files.upload(
            self._of(handlers.take_files),
            [components.files, components.session],
            [components.uploads, components.files],
            trigger_mode="multiple",
            **_UNLISTED,
        ).then(self._steps(handlers.add_waiting), session, changed, **self.adding)
        components.uploads.stop(self._of_event(handlers.stop), session, [components.uploads], **_UNLISTED)
        paste = gr.on(
            [components.add.click, components.name.submit],
            self._steps(handlers.add_text),
            [components.text, components.name, components.session],
            [*changed, components.text, components.name],
            **self.adding,
        )
        restoration = components.uploads.restore(restore, session, changed, **self.adding)
        for event in (removal, restoration, upload, paste):
            self._suggest_after(event)

    def _suggest_after(self, event: Any) -> None:
        """Update the example questions after an event that changes the documents."""
        components = self.components
        event.then(
            self._of(self.handlers.suggest),
            [components.session],
            [components.examples],
            **self.asking,
        )

    def _of(self, handler: Callable[..., Changes]) -> Callable[..., Any]:
        """Return a listener for a handler."""

        def listener(*inputs: Any) -> dict[Any, Any]:
            return self.components.updates(handler(*inputs))

        return listener

    def _of_event(self, handler: Callable[..., Changes]) -> Callable[..., Any]:
        """Return a listener for a handler that takes the browser's event data, then the inputs."""
        import gradio as gr

        def listener(event: gr.EventData, *inputs: Any) -> dict[Any, Any]:
            return self.components.updates(handler(event._data, *inputs))

        return listener

    def _steps(self, handler: Callable[..., Iterator[Changes]]) -> Callable[..., Any]:
        """Return a listener for a handler that changes the page in any number of steps, including none."""
        import gradio as gr

        def listener(*inputs: Any) -> Iterator[dict[Any, Any]]:
            for changes in handler(*inputs):
                yield self.components.updates(changes)
            yield gr.skip()  # if there was no step, Gradio would empty the outputs

        return listener

    def _steps_of_event(self, handler: Callable[..., Iterator[Changes]]) -> Callable[..., Any]:
        """Return a listener for a handler that takes event data, and changes the page in steps."""
        import gradio as gr

        def listener(event: gr.EventData, *inputs: Any) -> Iterator[dict[Any, Any]]:
            for changes in handler(event._data, *inputs):
                yield self.components.updates(changes)
            yield gr.skip()  # Gradio repeats the last value at the end, when it may be out of date

        return listener
