"""Web page (Gradio) and endpoints for programs."""

from __future__ import annotations

from qa.page.api import document_dict, exchanges
from qa.page.asgi import App, Message, Receive, Scope, Send
from qa.page.beside import Beside, Lent
from qa.page.ending import serve_until_ended
from qa.page.gate import client_address
from qa.page.page import build_page
from qa.page.questions import ask
from qa.page.refusal import Problem, is_for_programs, problem, refuse
from qa.page.server import open_page
from qa.page.sessions import Sessions
from qa.page.uploads import Uploads

__all__ = [
    "App",
    "Beside",
    "Lent",
    "Message",
    "Problem",
    "Receive",
    "Scope",
    "Send",
    "Sessions",
    "Uploads",
    "ask",
    "build_page",
    "client_address",
    "document_dict",
    "exchanges",
    "is_for_programs",
    "open_page",
    "problem",
    "refuse",
    "serve_until_ended",
]
