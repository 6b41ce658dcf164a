"""Web server of the page: address, password, style sheets, limits of Gradio."""

from __future__ import annotations

import io
import logging
import os
import socket
from contextlib import redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from qa.chatbot import Chatbot
from qa.errors import QAError
from qa.page.page import build_page
from qa.presentation import Feedback
from qa.settings import DEFAULTS

if TYPE_CHECKING:
    import gradio as gr

log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"

STYLES = ("tokens", "layout", "side", "conversation", "document", "gradio_overrides", "print")
"""The style sheets in the order of the cascade."""

IDLE_SLEEP, IDLE_PROGRESS_SLEEP = 0.02, 0.1
"""Seconds between two looks of Gradio at its empty queue, and at the progress of its events. Its own 0.001
and 0.01 keep an idle server busy with 5% of a core."""

_UNTRANSLATED = {"common.complete": "Done", "common.upload": "Add files"}
"""Words for keys that Gradio shows as they are, since none of its languages translates them."""


def open_page(
    chatbot: Chatbot,
    *,
    host: str | None = None,
    port: int = DEFAULTS.port,
    keep: bool = False,
    feedback: Feedback | None = None,
    mcp: bool = False,
    auth: tuple[str, str] | None = None,
) -> gr.Blocks:
    """Serve the page and return at once.

    Args:
        chatbot: What answers.
        host: The address to listen on. If None, that of the variable GRADIO_SERVER_NAME, which a Space sets,
            else this machine alone.
        port: The port.
        keep: Whether uploads and deletions change the shared corpus folder, see `build_page`.
        feedback: Where verdicts on replies are kept. None if readers are not asked for any.
        mcp: Whether to serve an MCP server too, at /gradio_api/mcp.
        auth: A user name and password to ask for. None if everybody may use the page.

    Returns:
        The page: `local_url` is its address, `block_thread()` waits, `close()` ends it.

    Raises:
        QAError: the port is in use, or the MCP server lacks its package or would have no password, since
            Gradio asks for one on the page alone.
    """
    if mcp and auth is not None:
        raise QAError("A password does not cover the MCP server: serve one of them, or each on its own port.")
    if mcp and find_spec("mcp") is None:
        raise QAError("The MCP server needs the package mcp: pip install 'verbatim-qa[mcp]'")
    host = os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1") if host is None else host
    _check_free(host, port)
    import gradio as gr

    font = gr.themes.LocalFont("Source Sans Pro", weights=(400, 700))  # comes with Gradio, served from here
    style = "\n".join((STATIC / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)
    script = (STATIC / "page.js").read_text(encoding="utf-8")
    page = build_page(chatbot, keep=keep, feedback=feedback, mcp=mcp)
    # No option of Gradio sets these, but it does so itself on Windows.
    page._queue.sleep_when_free = IDLE_SLEEP
    page._queue.progress_update_sleep_when_free = IDLE_PROGRESS_SLEEP
    with redirect_stdout(io.StringIO()):  # Gradio prints the address of an MCP server, quiet or not
        page.launch(
            server_name=host,
            server_port=port,
            theme=gr.themes.Default(font=[font, "sans-serif"]),
            # not as `css`, which Gradio rewrites and loses some of
            head=f"<style>{style}</style><script>{script}</script>",
            max_file_size=DEFAULTS.max_file_bytes,
            state_session_capacity=DEFAULTS.remembered_sessions,
            auth=auth,
            i18n=gr.I18n(en=_UNTRANSLATED),
            mcp_server=mcp,
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
    """Gradio would check another address than `host`, and give up only after seconds.

    Raises:
        QAError: the port is in use, or the address is not one of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise QAError(f"{host}:{port} is not available ({error.strerror}): choose another port.") from error
