"""Presence: which sessions have an open page, and from which address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class Presence:
    """The open pages. A page, or a client of Gradio, holds a connection for as long as it is open."""

    def __init__(self) -> None:
        self._pages: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()

    @contextmanager
    def open(self, session: str, address: str) -> Iterator[None]:
        """Note an open page of a session while the `with` block runs."""
        with self._lock:
            self._pages[session, address] += 1
        try:
            yield
        finally:
            with self._lock:
                self._pages[session, address] -= 1
                if not self._pages[session, address]:
                    del self._pages[session, address]

    def addresses(self) -> dict[str, str]:
        """Return the address of each session with an open page."""
        with self._lock:
            return dict(self._pages.keys())
