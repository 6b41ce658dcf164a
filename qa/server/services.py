"""Services: what all routes use, and who asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, ParamSpec, TypeVar

from fastapi import Depends, Header, Request

from qa.chatbot import Chatbot
from qa.page import Sessions, Uploads, client_address
from qa.server.fair_queue import FairQueue

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Services:
    """What the routes use.

    Attributes:
        sessions: The documents and chatbots of all clients.
        uploads: The folder of uploaded files.
        asking: Where questions and searches wait.
        changing: Where changes of documents wait.
    """

    sessions: Sessions
    uploads: Uploads
    asking: FairQueue
    changing: FairQueue


@dataclass(frozen=True, slots=True)
class Caller:
    """The client of a request.

    Attributes:
        address: Where it is, see `client_address`.
        session: The name under which `Sessions` knows it; "" if it has no documents of its own.
        services: What it uses.
    """

    address: str
    session: str
    services: Services

    @property
    def chatbot(self) -> Chatbot:
        """What answers it."""
        return self.services.sessions.chatbot(self.session)

    async def ask(
        self, work: Callable[Arguments, Result], *arguments: Arguments.args, **options: Arguments.kwargs
    ) -> Result:
        """Call a function in another thread, once it is this client's turn to ask."""
        async with self.services.asking.turn(self.address):
            return await asyncio.to_thread(work, *arguments, **options)

    async def change(
        self, work: Callable[Arguments, Result], *arguments: Arguments.args, **options: Arguments.kwargs
    ) -> Result:
        """Call a function in another thread, once it is this client's turn to change documents."""
        async with self.services.changing.turn(self.address):
            return await asyncio.to_thread(work, *arguments, **options)


def _caller(
    request: Request,
    session: Annotated[
        str,
        Header(
            pattern=r"^([A-Za-z0-9_-]{16,64})?$",
            description="Makes the documents that you add your own: a name that nobody can guess, "
            "16 to 64 letters, digits, - or _. Without it you ask the documents that everybody asks.",
        ),
    ] = "",
) -> Caller:
    name = f"v1:{session}" if session else ""  # no page has such a name
    return Caller(client_address(request.scope), name, request.app.state.services)


AnyCaller = Annotated[Caller, Depends(_caller)]
