"""Programs: the endpoints for programs, around the page."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi_offline import FastAPIOffline
from pydantic import TypeAdapter
from starlette.middleware.cors import CORSMiddleware

from qa import __version__
from qa.page import App, Lent, Message, Problem, Receive, Scope, Send, Sessions, Uploads, is_for_programs
from qa.server import asking, chat_completions, documents
from qa.server.access import Access, is_beside
from qa.server.body_limit import BodyLimit
from qa.server.fair_queue import FairQueue
from qa.server.metrics import Metrics
from qa.server.problems import answer_errors
from qa.server.rate import Rate
from qa.server.services import Services
from qa.settings import DEFAULTS


@dataclass(frozen=True, slots=True)
class Programs:
    """Serves the endpoints for programs beside the page; see `qa.page.Beside`.

    Attributes:
        token: The token that clients must send. None if they need none.
        origins: The origins, besides the server's own, whose pages may call the endpoints.
        rate: How many requests from one address are answered per minute. None for `Limits.requests`.
        metrics: The metrics that count questions and responses.
    """

    token: str | None
    origins: frozenset[str]
    rate: int | None
    metrics: Metrics

    def replied(self, outcome: str, seconds: float) -> None:
        """Count a question of any client."""
        self.metrics.replied(outcome, seconds)

    def around(self, page: App, lent: Lent) -> App:
        """Return an application that serves the endpoints, and the page on all other paths."""
        services = services_of(lent.sessions, lent.uploads)
        self.metrics.watch(
            documents=lambda: len(lent.sessions.shared.documents),
            waiting={
                "ask": lambda: services.asking.waiting,
                "change": lambda: services.changing.waiting,
                "page": lent.waiting,
            },
        )
        endpoints = _Counted(endpoints_of(services, self.metrics), self.metrics)

        async def either(scope: Scope, receive: Receive, send: Send) -> None:
            is_program = scope["type"] == "http" and is_beside(scope["path"])
            await (endpoints if is_program else page)(scope, receive, send)

        access = Access(either, self.token, has_password=lent.has_password)
        rate = lent.sessions.limits.requests if self.rate is None else self.rate
        return _for_origins(Rate(access, rate), sorted(self.origins))


def services_of(sessions: Sessions, uploads: Uploads) -> Services:
    """Return the services that the routes use. They answer as many questions at once as there are cores."""
    most = sessions.limits.waiting
    return Services(
        sessions,
        uploads,
        asking=FairQueue(os.cpu_count() or 1, most=DEFAULTS.queue_size, most_of_client=most),
        changing=FairQueue(1, most=DEFAULTS.queue_size, most_of_client=most),
    )


def endpoints_of(services: Services, metrics: Metrics) -> FastAPI:
    """Return the application that serves the endpoints, with `/docs` and `/openapi.json`."""
    app: FastAPI = FastAPIOffline(
        title="verbatim-qa",
        version=__version__,
        description="Answers questions about documents with exact quotations, their places and a calibrated "
        "confidence, or says that it found none.",
        redoc_url=None,
        swagger_ui_oauth2_redirect_url="/docs/oauth2-redirect",
    )
    app.state.services = services
    answer_errors(app)
    app.add_middleware(BodyLimit)
    for router in (asking.router, documents.router, chat_completions.router, metrics.router()):
        app.include_router(router)

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes
            )
            components = schema["components"]
            components["schemas"]["Problem"] = TypeAdapter(Problem).json_schema()
            components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            schema["security"] = [{}, {"token": []}]
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
    return app


class _Counted:
    """ASGI middleware that counts the responses to programs."""

    def __init__(self, app: App, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_and_count(message: Message) -> None:
            if message["type"] == "http.response.start" and is_for_programs(scope["path"]):
                self._metrics.responded(message["status"])
            await send(message)

        await self._app(scope, receive, send_and_count)


def _for_origins(app: App, origins: Sequence[str]) -> App:
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Session"],
        expose_headers=["Retry-After"],
    )
