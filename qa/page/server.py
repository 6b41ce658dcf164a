"""Web server of the page: address, password, style sheets, limits of Gradio."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, redirect_stdout
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.chatbot import Chatbot
from qa.errors import QAError
from qa.page.asgi import App
from qa.page.beside import Beside, Lent
from qa.page.first_html import FirstHtml
from qa.page.gate import Gate
from qa.page.hosts import Hosts
from qa.page.login_attempts import LoginAttempts
from qa.page.page import build_page
from qa.page.presence import Presence
from qa.page.sessions import Sessions
from qa.page.slow_requests import limit_heads
from qa.page.uploads import Uploads
from qa.page.waiting import waiting_events
from qa.presentation import Feedback
from qa.settings import DEFAULTS, default_limits, on_a_space

if TYPE_CHECKING:
    import gradio as gr

log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"

STYLES = (
    "tokens",
    "layout",
    "phone",
    "side",
    "conversation",
    "reply",
    "folds",
    "document",
    "picture",
    "gradio_overrides",
    "forced",
    "print",
)
"""The style sheets, in cascade order."""

IDLE_SLEEP, IDLE_PROGRESS_SLEEP = 0.02, 0.1
"""Seconds between Gradio's checks of its empty queue, and of the progress of its events. With its defaults,
0.001 and 0.01, an idle server uses 5% of a core."""

SCRIPTS = (
    "dom",
    "store",
    "tabs",
    "questions",
    "conversation",
    "documents",
    "drop",
    "sheets",
    "reader",
    "picture",
    "search",
    "panels",
)
"""The scripts, each after those that it uses."""

TIDY_SECONDS = 60
"""Interval between two deletions of old uploads."""

SPACE_FRAMES = ("https://huggingface.co", "https://*.huggingface.co")
"""The origins that show a Space in a frame."""

_UNTRANSLATED = {"common.complete": "Done", "common.upload": "Add files"}
"""Texts for keys that Gradio shows untranslated, since they are in none of its language files."""


def open_page(
    chatbot: Chatbot,
    *,
    host: str | None = None,
    port: int = DEFAULTS.port,
    keep: bool = False,
    keep_for_strangers: bool = False,
    feedback: Feedback | None = None,
    mcp: bool = False,
    auth: tuple[str, str] | None = None,
    allow_hosts: Sequence[str] | None = None,
    beside: Beside | None = None,
) -> gr.Blocks:
    """Serve the page and return at once.

    Args:
        chatbot: Answers the questions.
        host: The address to listen on. If None, the variable GRADIO_SERVER_NAME, which a Space sets; if that
            is missing, only this machine can connect.
        port: The port.
        keep: Whether uploads and deletions change the shared corpus folder, see `build_page`.
        keep_for_strangers: Whether to `keep` even if others can reach the server without a password.
        feedback: Where verdicts on replies are stored. None if readers are not asked for any.
        mcp: Whether to run an MCP server too, at /gradio_api/mcp.
        auth: The required user name and password. None if everybody may use the page.
        allow_hosts: More names under which the page is served, for example that of a proxy. If None, the
            comma-separated names in the variable QA_ALLOW_HOST. A Space allows its own name.
        beside: Endpoints for programs, served beside the page. Their token also protects the MCP server.

    Returns:
        The page: `local_url` is its address, `close()` stops it, and `serve_until_ended` waits for its end.

    Raises:
        QAError: strangers could change the corpus folder, the port is in use, the package for the MCP server
            is missing, or the MCP server would be unprotected: Gradio's password covers only the page.
    """
    token = None if beside is None else beside.token
    if mcp and auth is not None and token is None:
        raise QAError("A password does not cover the MCP server: set a token (--token or QA_TOKEN) too.")
    if mcp and find_spec("mcp") is None:
        raise QAError("The MCP server needs the package mcp: pip install 'verbatim-qa[mcp]'")
    host = os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1") if host is None else host
    hosts = Hosts.of(host, [*_allowed(allow_hosts), os.environ.get("SPACE_HOST", "")])
    if keep and not hosts.is_local and auth is None and token is None and not keep_for_strangers:
        raise QAError(
            "With --keep, everybody who reaches this server could change and delete your articles: set a "
            "password (--auth) or a token (--token), or say --keep twice."
        )
    _check_free(host, port)
    import gradio as gr

    font = gr.themes.LocalFont("Source Sans Pro", weights=(400, 700))  # comes with Gradio, served locally
    limits, presence = default_limits(local=hosts.is_local), Presence()
    sessions = Sessions(
        chatbot,
        keep=keep,
        limits=limits,
        presence=presence,
        replied=None if beside is None else beside.replied,
    )
    uploads = Uploads.create(port, limits.upload_bytes)
    page = build_page(chatbot, feedback=feedback, mcp=mcp, sessions=sessions)

    def health() -> dict[str, Any]:
        files = {"used": uploads.size(), "limit": uploads.limit}
        return {"status": "ok", **sessions.usage(), "upload_bytes": files}

    gate = partial(
        Gate,
        hosts=hosts,
        frames=SPACE_FRAMES if on_a_space() else (),
        origins=frozenset() if beside is None else beside.origins,
        attempts=None if auth is None else LoginAttempts(),
        presence=presence,
        uploads=uploads,
        health=health,
    )

    def around(app: App) -> App:
        app = FirstHtml(app, head())
        if beside is None:
            return gate(app)
        return gate(
            beside.around(app, Lent(sessions, uploads, auth is not None, lambda: waiting_events(page._queue)))
        )

    # Gradio has no option for these, but sets them itself on Windows.
    page._queue.sleep_when_free = IDLE_SLEEP
    page._queue.progress_update_sleep_when_free = IDLE_PROGRESS_SLEEP
    with redirect_stdout(io.StringIO()):  # Gradio prints the address of an MCP server despite `quiet`
        page.launch(
            server_name=host,
            server_port=port,
            theme=gr.themes.Default(font=[font, "sans-serif"]),
            max_file_size=DEFAULTS.max_file_bytes,
            state_session_capacity=DEFAULTS.remembered_sessions,
            auth=auth,
            app_kwargs={"lifespan": _behind(around, uploads)},
            enable_monitoring=False,
            i18n=gr.I18n(en=_UNTRANSLATED),
            mcp_server=mcp,
            footer_links=[],
            run_history=False,
            share=False,
            ssr_mode=False,
            quiet=True,
            prevent_thread_lock=True,
        )
    limit_heads(page.server)
    log.info("The page is at %s", page.local_url)
    return page


def head() -> str:
    """Return the styles and scripts of the page, as HTML."""
    style = "\n".join((STATIC / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)
    script = "\n".join((STATIC / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    return f"<style>{style}</style><script>{script}</script>"


def _allowed(names: Sequence[str] | None) -> Sequence[str]:
    return os.environ.get("QA_ALLOW_HOST", "").split(",") if names is None else names


def _behind(
    around: Callable[[App], App], uploads: Uploads
) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """Return a lifespan that wraps the application's whole middleware stack, and deletes old uploads.

    Middleware passed to Gradio would run after Gradio's own, which answers some requests itself.
    """

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        async def tidy() -> None:
            while True:
                await asyncio.sleep(TIDY_SECONDS)
                try:
                    await asyncio.to_thread(uploads.tidy)
                except Exception:
                    log.exception("Old uploads could not be deleted.")

        app.middleware_stack = around(app.middleware_stack)
        tidying = asyncio.create_task(tidy())
        try:
            yield
        finally:
            tidying.cancel()

    return lifespan


def _check_free(host: str, port: int) -> None:
    """Check that the port is free. Gradio would check a different address, and give up only after seconds.

    Raises:
        QAError: the port is in use, or the address is not one of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise QAError(f"{host}:{port} is not available ({error.strerror}): choose another port.") from error
