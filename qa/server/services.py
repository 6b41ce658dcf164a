"""Services: what all routes share, and the caller of a route."""

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
    """What all routes share.

    Attributes:
        sessions: The documents and chatbots of all clients.
        uploads: The folder of uploaded files.
        asking: The queue of questions and searches.
        changing: The queue of changes to documents.
    """

    sessions: Sessions
    uploads: Uploads
    asking: FairQueue
    changing: FairQueue


@dataclass(frozen=True, slots=True)
class Caller:
    """The client of a request.

    Attributes:
        address: Its address; see `client_address`.
        session: The name under which `Sessions` knows it; "" if it has no documents of its own.
        services: What all routes share.
    """

    address: str
    session: str
    services: Services

    @property
    def chatbot(self) -> Chatbot:
        """The chatbot over the documents that the client sees."""
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
            description="Keeps the documents that you add private: a name that nobody can guess, "
            "16 to 64 letters, digits, - or _. Without it you use the documents that everyone shares.",
        ),
    ] = "",
) -> Caller:
    name = f"v1:{session}" if session else ""  # no session of the page has such a name
    return Caller(client_address(request.scope), name, request.app.state.services)


AnyCaller = Annotated[Caller, Depends(_caller)]
