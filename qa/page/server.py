"""The page served on an address."""

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
"""The style sheets, in the order in which the browser reads them: of equal rules the last one holds."""


_UNTRANSLATED = {"common.complete": "Done", "common.upload": "Add files"}
"""What Gradio says by its key alone, since none of its languages has words for it."""


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
    """Serve the page of `build_page` and return at once, to all or to one user with a password.

    Of what is returned, `local_url` is the address, `block_thread()` waits, `close()` ends it. A
    `host` of None is the one that GRADIO_SERVER_NAME names, as on a Space, else this machine alone.
    With `mcp`, an MCP server is at /gradio_api/mcp.

    Raises:
        QAError: the address cannot be had, the MCP server lacks its package, or is to be served beside
            a password, which Gradio asks for on the page and not there.
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
    with redirect_stdout(io.StringIO()):  # Gradio tells of an MCP server there, however quiet it is to be
        page.launch(
            server_name=host,
            server_port=port,
            theme=gr.themes.Default(font=[font, "sans-serif"]),
            # Gradio rewrites what it is given as css, and loses some of it
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
    """Gradio would look at another address than `host`, and wait for seconds before it gives up."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise QAError(f"{host}:{port} cannot be had ({error.strerror}): choose another port.") from error
