"""Refusal: a request is answered with an error status and advice, as text or as JSON for programs."""

from __future__ import annotations

import json
from http import HTTPStatus

from typing_extensions import TypedDict

from qa.page.asgi import Scope, Send

PROGRAM_PATHS = "/v1/"
"""The path prefix of the endpoints for programs. Their errors are JSON, see `Problem`."""


class Problem(TypedDict):
    """Why a request was refused, in the format of RFC 9457. `detail` says what to do.

    `message` repeats it, where clients of the OpenAI API look for it.
    """

    type: str
    title: str
    status: int
    detail: str
    message: str


def problem(status: int, detail: str) -> Problem:
    """Return an error as plain data."""
    title = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, "message": detail}


def is_for_programs(path: str) -> bool:
    """Return whether a path belongs to the endpoints for programs."""
    return path.startswith(PROGRAM_PATHS)


async def refuse(scope: Scope, send: Send, status: int, message: str, *headers: tuple[bytes, bytes]) -> None:
    """Answer a request with a status and a line of text, and close the connection.

    Programs get the text in a `Problem`.
    """
    close = (b"connection", b"close")
    if is_for_programs(scope["path"]):
        text = json.dumps(problem(status, message))
        await send_text(send, status, text, b"application/problem+json", close, *headers)
    else:
        await send_text(send, status, f"{message}\n", b"text/plain; charset=utf-8", close, *headers)


async def send_text(
    send: Send, status: int, text: str, media_type: bytes, *headers: tuple[bytes, bytes]
) -> None:
    """Answer a request with a text."""
    kind = (b"content-type", media_type)
    await send({"type": "http.response.start", "status": status, "headers": [kind, *headers]})
    await send({"type": "http.response.body", "body": text.encode()})
