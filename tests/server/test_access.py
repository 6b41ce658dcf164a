from __future__ import annotations

import pytest
from fastapi.responses import PlainTextResponse
from starlette.testclient import TestClient

from qa.errors import QAError
from qa.server import programs
from qa.server.access import Access

TOKEN = "correct-horse-battery"
PAGE = ["/", "/config", "/gradio_api/call/ask", "/gradio_api/file=x"]
PROGRAMS = [
    "/v1/ask",
    "/v1/models",
    "/metrics",
    "/docs",
    "/openapi.json",
    "/gradio_api/mcp/",
    "/gradio_api/mcp",
    "/v1/documents/startup-events",
]


def client(token: str | None, *, has_password: bool = False) -> TestClient:
    return TestClient(
        Access(PlainTextResponse("yes"), token, has_password=has_password), follow_redirects=False
    )


@pytest.mark.parametrize("path", PAGE + PROGRAMS)
def test_everything_is_open_without_a_token_and_a_password(path: str) -> None:
    assert client(None).get(path).status_code == 200


@pytest.mark.parametrize("path", PAGE + PROGRAMS)
def test_a_token_covers_every_path(path: str) -> None:
    """Programs send it in a header. A nearly right token is refused."""
    guarded = client(TOKEN)
    for headers in (
        {},
        {"Authorization": TOKEN},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer é".encode("latin-1")},
        {"Cookie": "qa-token="},
        {"Cookie": f"qa-token={TOKEN}"},
    ):
        refused = guarded.get(path, headers=headers)  # type: ignore[arg-type]
        assert refused.status_code == 401, headers
        assert refused.headers["www-authenticate"] == "Bearer"
        assert "Authorization: Bearer TOKEN" in refused.text
    for kind in ("Bearer", "bearer"):
        assert guarded.get(path, headers={"Authorization": f"{kind} {TOKEN}"}).status_code == 200


def test_a_browser_sends_the_token_once_and_gets_a_cookie() -> None:
    """The token leaves the address bar, and the cookie does not contain it."""
    browser = client(TOKEN)
    assert browser.get("/?token=wrong").status_code == 401
    welcomed = browser.get(f"/?a=1&token={TOKEN}&b=2")
    assert (welcomed.status_code, welcomed.headers["location"]) == (303, "/?a=1&b=2")
    cookie = welcomed.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert TOKEN not in cookie
    assert browser.get("/config").status_code == 200
    assert browser.get("/v1/models").status_code == 200


def test_the_token_never_redirects_to_another_host() -> None:
    welcomed = client(TOKEN).get(f"http://testserver//evil.example/?token={TOKEN}")
    assert welcomed.headers["location"] == "/evil.example/"


def test_with_a_password_the_token_is_for_programs() -> None:
    """The page asks for the password itself."""
    both = client(TOKEN, has_password=True)
    assert {both.get(path).status_code for path in PAGE} == {200}
    assert {both.get(path).status_code for path in PROGRAMS} == {401}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert {both.get(path, headers=headers).status_code for path in PROGRAMS} == {200}


def test_a_password_alone_closes_what_it_does_not_cover() -> None:
    closed = client(None, has_password=True)
    assert {closed.get(path).status_code for path in PAGE} == {200}
    for path in PROGRAMS:
        refused = closed.get(path)
        assert refused.status_code == 401
        assert "--token" in refused.text


@pytest.mark.parametrize("token", ["short", "with a space in it", "mit-Umlaut-überall"])
def test_a_weak_or_impossible_token_is_refused(token: str) -> None:
    with pytest.raises(QAError, match="at least 16 characters"):
        programs(token=token)


@pytest.mark.parametrize("origin", ["*", "wiki.example", "https://wiki.example/page", "ftp://wiki.example"])
def test_an_invalid_origin_is_refused(origin: str) -> None:
    with pytest.raises(QAError, match="is not an origin"):
        programs(origins=[origin])


def test_environment_variables_are_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_TOKEN", TOKEN)
    monkeypatch.setenv("QA_ALLOW_ORIGIN", "https://wiki.example, http://localhost:3000/")
    beside = programs()
    assert beside.token == TOKEN
    assert beside.origins == {"https://wiki.example", "http://localhost:3000"}
    monkeypatch.setenv("QA_TOKEN", "")
    assert programs(origins=()).token is None
    assert programs(origins=()).origins == frozenset()
