"""Arrivals: the files and texts of each session that are waiting, being read, or just finished."""

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
"""With more sessions, those with nothing waiting or being read are forgotten."""


@dataclass(eq=False, slots=True)
class Arrival:
    """A file or text that is being added.

    Attributes:
        number: Its number, unique on this server.
        name: The name to show.
        source: The file or the text.
        id: The requested id of the document. None if one is to be made up.
        state: Its current state.
        words: How it ended, as the rest of a sentence that begins with the name.
        progress: Its progress while it is being read.
        result: The document, once it is read; None if that failed.
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
    """The arrivals of all sessions. All methods are thread-safe."""

    def __init__(self) -> None:
        self._of: dict[str, list[Arrival]] = {}
        self._numbers, self._lock = count(1), Lock()

    def take(self, session: str, sources: Sequence[tuple[str, Path | str, str | None]]) -> list[Arrival]:
        """Queue sources, each given as name, source and id. Forget the session's finished arrivals."""
        new = [Arrival(next(self._numbers), name, source, id_) for name, source, id_ in sources]
        with self._lock:
            going_on = [one for one in self._of.get(session, []) if one.state in {"waiting", "reading"}]
            self._of[session] = [*going_on, *new]
            if len(self._of) > MOST_SESSIONS:
                self._of = {name: all_ for name, all_ in self._of.items() if _goes_on(all_)}
        return new

    def next(self, session: str) -> tuple[Arrival, bool] | None:
        """Return the first unfinished arrival, and whether the caller must start reading it.

        It is being read already if the page was reloaded meanwhile.
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
        """Stop an arrival that is being read, or forget one that is waiting or finished."""
        with self._lock:
            for one in self._of.get(session, []):
                if one.number == number and one.state == "reading":
                    one.progress.stop()
                elif one.number == number:
                    self._of[session].remove(one)
                    break

    def forget_done(self, session: str) -> None:
        """Forget the arrivals that were added."""
        with self._lock:
            if session in self._of:
                self._of[session] = [one for one in self._of[session] if one.state != "done"]

    def all(self, session: str) -> list[Arrival]:
        """Return the arrivals of a session, oldest first."""
        with self._lock:
            return list(self._of.get(session, []))


def _goes_on(arrivals: Sequence[Arrival]) -> bool:
    return any(one.state in {"waiting", "reading"} for one in arrivals)
