"""Arrivals: the files and texts of each session that wait, are being read, or just came to an end."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Literal

from qa.documents import Document
from qa.page.progress import Progress

State = Literal["waiting", "reading", "done", "failed"]

MOST_SESSIONS = 1_000
"""Of more sessions, those are forgotten of which nothing waits or is being read."""


@dataclass(eq=False, slots=True)
class Arrival:
    """A file or text that is added.

    Attributes:
        number: Which one it is, of all of this server.
        name: The name to show.
        source: The file or the text.
        id: The document's id that was asked for. None if one is made.
        state: How far it is.
        words: What is said of it at the end, as the rest of a sentence that begins with the name.
        progress: How far it is while it is being read.
        result: The document, once it is read; None if it failed.
    """

    number: int
    name: str
    source: Path | str
    id: str | None
    state: State = "waiting"
    words: str = ""
    progress: Progress = field(default_factory=Progress)
    result: Future[Document | None] = field(default_factory=Future)


class Arrivals:
    """The arrivals of all sessions. All methods may be called from several threads at once."""

    def __init__(self) -> None:
        self._of: dict[str, list[Arrival]] = {}
        self._numbers, self._lock = count(1), Lock()

    def take(self, session: str, sources: Sequence[tuple[str, Path | str, str | None]]) -> list[Arrival]:
        """Let things wait, each given as name, source and id. Forget what came to an end before."""
        new = [Arrival(next(self._numbers), name, source, id_) for name, source, id_ in sources]
        with self._lock:
            going_on = [one for one in self._of.get(session, []) if one.state in {"waiting", "reading"}]
            self._of[session] = [*going_on, *new]
            if len(self._of) > MOST_SESSIONS:
                self._of = {name: all_ for name, all_ in self._of.items() if _goes_on(all_)}
        return new

    def next(self, session: str) -> tuple[Arrival, bool] | None:
        """Return the first that does not wait behind another, and whether it must be begun.

        It need not if it is being read already, for a page that was loaded again since.
        """
        with self._lock:
            for one in self._of.get(session, []):
                if one.state == "reading":
                    return one, False
                if one.state == "waiting":
                    one.state = "reading"
                    return one, True
            return None

    def stop(self, session: str, number: int) -> None:
        """Stop one that waits or is being read, or forget what is said of one that came to an end."""
        with self._lock:
            for one in self._of.get(session, []):
                if one.number == number and one.state == "reading":
                    one.progress.stop()
                elif one.number == number:
                    self._of[session].remove(one)
                    break

    def forget_done(self, session: str) -> None:
        """Forget what came to a good end."""
        with self._lock:
            if session in self._of:
                self._of[session] = [one for one in self._of[session] if one.state != "done"]

    def all(self, session: str) -> list[Arrival]:
        """Return them in the order in which they came."""
        with self._lock:
            return list(self._of.get(session, []))


def _goes_on(arrivals: Sequence[Arrival]) -> bool:
    return any(one.state in {"waiting", "reading"} for one in arrivals)
