"""Presence: which sessions have an open page, and from which address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

MOST_PAGES = 10_000
"""The most pages whose session is remembered. A client that opens more is making them up."""


class Presence:
    """The open pages. A page, like any Gradio client, holds a connection for as long as it is open.

    A page has a name of its own, which changes when it is reloaded. Its session is known once it has loaded;
    until then, and for other clients, the page's name is used as the name of the session.
    """

    def __init__(self) -> None:
        self._pages: Counter[tuple[str, str]] = Counter()
        self._sessions: dict[str, str] = {}
        self._lock = Lock()

    @contextmanager
    def open(self, page: str, address: str) -> Iterator[None]:
        """Note an open page while the `with` block runs."""
        with self._lock:
            self._pages[page, address] += 1
        try:
            yield
        finally:
            with self._lock:
                self._pages[page, address] -= 1
                if not self._pages[page, address]:
                    del self._pages[page, address]

    def shows(self, page: str, session: str) -> None:
        """Note which session a page shows."""
        with self._lock:
            self._sessions[page] = session
            if len(self._sessions) > MOST_PAGES:
                del self._sessions[next(iter(self._sessions))]

    def closed(self, page: str) -> str | None:
        """Forget which session a page shows. Return it if no other page shows it, else None."""
        with self._lock:
            session = self._sessions.pop(page, page)
            return None if session in self._sessions.values() else session

    def addresses(self) -> dict[str, str]:
        """Return the address of each session with an open page."""
        with self._lock:
            return {self._sessions.get(page, page): address for page, address in self._pages}
