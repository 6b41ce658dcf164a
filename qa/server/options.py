"""Options: the endpoints for programs, created from checked options and environment variables."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from qa.errors import QAError
from qa.page import Beside

LEAST_CHARACTERS = 16
"""The least length of a token, so that nobody can guess it."""

_ORIGIN = re.compile(r"https?://[^\s/?#@,]+")


def programs(
    *, token: str | None = None, origins: Iterable[str] | None = None, rate: int | None = None
) -> Beside:
    """Return the endpoints for programs, to be served beside the page.

    Args:
        token: The token that clients must send. If None, that of the environment variable QA_TOKEN, if it is
            set and not empty.
        origins: The origins whose pages may call the endpoints, such as "https://wiki.example". If None,
            those in the environment variable QA_ALLOW_ORIGIN, separated by commas.
        rate: How many requests from one address are answered per minute. If None, `Limits.requests`.

    Raises:
        QAError: the token is too short or has characters that no header can hold, or an origin is invalid.
    """
    if token is None:
        token = os.environ.get("QA_TOKEN")
    if origins is None:
        origins = os.environ.get("QA_ALLOW_ORIGIN", "").split(",")
    named = frozenset(origin.strip().rstrip("/").lower() for origin in origins) - {""}
    wrong = [origin for origin in named if _ORIGIN.fullmatch(origin) is None]
    if wrong:
        raise QAError(f"{wrong[0]!r} is not an origin: write it as https://NAME, or https://NAME:PORT.")
    if token and (len(token) < LEAST_CHARACTERS or not re.fullmatch(r"[!-~]+", token)):
        raise QAError(
            f"The token must have at least {LEAST_CHARACTERS} characters, ASCII and no spaces: make one with "
            "python -c 'import secrets; print(secrets.token_urlsafe())'"
        )
    from qa.server.metrics import Metrics
    from qa.server.programs import Programs

    return Programs(token or None, named, rate, Metrics())
