"""Beside the page: the interface of endpoints for programs that share the page's server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from qa.page.asgi import App
from qa.page.sessions import Sessions
from qa.page.uploads import Uploads


@dataclass(frozen=True, slots=True)
class Lent:
    """What the page's server shares with the endpoints.

    Attributes:
        sessions: The documents and chatbots of all clients.
        uploads: The folder of uploaded files.
        has_password: Whether the page asks for a password.
        waiting: Returns how many questions and changes wait in the page's queue.
    """

    sessions: Sessions
    uploads: Uploads
    has_password: bool
    waiting: Callable[[], int]


class Beside(Protocol):
    """Endpoints for programs, beside the page.

    Attributes:
        token: The token that clients must send. None if they need none.
        origins: Other origins whose pages may call the endpoints.
    """

    @property
    def token(self) -> str | None:
        """The token that clients must send. None if they need none."""

    @property
    def origins(self) -> frozenset[str]:
        """Other origins whose pages may call the endpoints."""

    def replied(self, outcome: str, seconds: float) -> None:
        """Record the outcome and duration of a question from any client, see `Sessions`."""

    def around(self, page: App, lent: Lent) -> App:
        """Return an application that serves the endpoints, and the page on all other paths."""
