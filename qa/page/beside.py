"""Beside the page: what serves programs on the same address, and what the page's server lends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from qa.page.asgi import App
from qa.page.sessions import Sessions
from qa.page.uploads import Uploads


@dataclass(frozen=True, slots=True)
class Lent:
    """What the page's server lends.

    Attributes:
        sessions: The documents and chatbots of all clients.
        uploads: The folder of uploaded files.
        has_password: Whether the page asks for a password.
        waiting: Says how many questions and changes wait in the page's queue.
    """

    sessions: Sessions
    uploads: Uploads
    has_password: bool
    waiting: Callable[[], int]


class Beside(Protocol):
    """Endpoints for programs, beside the page.

    Attributes:
        token: What clients must show. None if nothing.
        origins: The web sites, besides its own, whose pages may call the endpoints.
    """

    @property
    def token(self) -> str | None:
        """What clients must show."""

    @property
    def origins(self) -> frozenset[str]:
        """The web sites whose pages may call the endpoints."""

    def replied(self, outcome: str, seconds: float) -> None:
        """Note a question of any client, see `Sessions`."""

    def around(self, page: App, lent: Lent) -> App:
        """Return an application that serves the endpoints, and the page on all other paths."""
