"""Problems: every error of the endpoints as `application/problem+json`, with advice."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as RoutingError
from starlette.requests import ClientDisconnect

from qa.errors import (
    DocumentError,
    NoDocumentError,
    NoRoomError,
    QAError,
    QuestionError,
    TooLargeError,
    UnavailableError,
    UnsupportedFormatError,
)
from qa.page import problem

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

STATUSES: tuple[tuple[type[QAError], int], ...] = (
    (QuestionError, 422),
    (NoDocumentError, 404),
    (UnsupportedFormatError, 415),
    (TooLargeError, 413),
    (NoRoomError, 503),
    (DocumentError, 422),
    (UnavailableError, 503),
)
"""The status of an error is that of the first class that matches. All other errors are the server's fault."""

ROOM_SECONDS = 60
"""When to try again if there is no room."""

_ADVICE = {
    "Not Found": "There is nothing at this path: see GET /docs.",
    "Method Not Allowed": "This path does not support this method: see GET /docs.",
}

_MEANINGS = {
    400: "The request does not match its headers.",
    401: "The token is missing or wrong.",
    403: "The request is not meant for this server, or is not allowed here.",
    404: "There is no such document or model.",
    408: "The request took too long to arrive.",
    409: "Another document has this name.",
    413: "The request, or the document in it, is too large.",
    415: "The format is not supported.",
    422: "The request has an invalid value.",
    429: "Too many requests from this client.",
    503: "Too many requests, no room, or part of the service is unavailable: try again later.",
    507: "There is no room for more files.",
}


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI descriptions of these errors of a route, and of those that any route may have."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": _MEANINGS[status], "content": content}
        for status in sorted({*statuses, 400, 401, 403, 408, 413, 422, 429, 503})
    }


def answer_errors(app: FastAPI) -> None:
    """Make an application return its errors as problems."""

    @app.exception_handler(RoutingError)
    async def http(request: Request, error: RoutingError) -> JSONResponse:
        return _response(error.status_code, _ADVICE.get(error.detail, error.detail), error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = error.errors()
        status = 400 if any(one["type"] == "json_invalid" for one in errors) else 422
        places = (".".join(map(str, one["loc"][1:])) or str(one["loc"][0]) for one in errors[:5])
        reasons = (f"{place}: {one['msg']}" for place, one in zip(places, errors, strict=False))
        return _response(status, f"{'; '.join(reasons)}. See GET /docs.")

    @app.exception_handler(QAError)
    async def refused(request: Request, error: QAError) -> JSONResponse:
        for kind, status in STATUSES:
            if isinstance(error, kind):
                seconds = error.retry_seconds if isinstance(error, UnavailableError) else ROOM_SECONDS
                return _response(status, str(error), {"Retry-After": f"{seconds}"} if status == 503 else None)
        log.warning("%s", error)  # for the owner alone: it may name a path of this machine
        return _response(503, "The server cannot do this now (its log says why): try again later.")

    @app.exception_handler(ClientDisconnect)
    async def broken_off(request: Request, error: ClientDisconnect) -> JSONResponse:
        return _response(413, "The request was cut off, or is larger than a document may be: send less.")

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        return _response(500, "Something unexpected went wrong: the server's log says what.")


def _response(status: int, detail: str, headers: Any = None) -> JSONResponse:
    detail = detail.encode("utf-8", "replace").decode()  # a name may contain a lone surrogate
    return JSONResponse(problem(status, detail), status, headers=headers, media_type=MEDIA_TYPE)
