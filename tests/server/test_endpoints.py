"""A real server with tiny models, called like programs call it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from qa.results import DocumentDict, ReplyDict
from qa.server.body_limit import MOST_BYTES
from tests.helpers import BRIDGE
from tests.serving import from_address, running

SESSION = {"Session": "my-own-documents-1"}
TEXT = {"Content-Type": "text/plain"}
TOKEN = "correct-horse-battery"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """A client of a server that one other origin may call."""
    options = json.dumps({"programs": {"origins": ["https://wiki.example"]}})
    with (
        running("-m", "tests.page.small_server", "--options", options) as address,
        httpx.Client(base_url=address, timeout=60, trust_env=False) as opened,
    ):
        yield opened


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    """A server with a token that also serves MCP."""
    options = json.dumps({"mcp": True, "programs": {"token": TOKEN, "rate": 40}})
    with running("-m", "tests.page.small_server", "--options", options) as address:
        yield address


def ask(client: httpx.Client, question: str, **more: Any) -> httpx.Response:
    headers = more.pop("headers", {})
    return client.post("/v1/ask", json={"question": question} | more, headers=headers)


def is_problem(response: httpx.Response, status: int, words: str) -> bool:
    """Whether a response is a problem with this status and these words on one line."""
    told = response.json()
    return (
        response.headers["content-type"] == "application/problem+json"
        and told.keys() == {"type", "title", "status", "detail", "message"}
        and response.status_code == told["status"] == status
        and words in told["detail"]
        and "\n" not in told["detail"]
    )


def test_ask_returns_a_reply_with_exact_offsets(client: httpx.Client) -> None:
    reply = ask(client, "Who opened the bridge?", min_confidence=0).json()
    assert reply.keys() == ReplyDict.__annotations__.keys()
    text = client.get(f"/v1/documents/{reply['document']}").json()["text"]
    assert text[reply["start"] : reply["end"]] == reply["answer"] != ""
    silent = ask(client, "Who opened the bridge?", min_confidence=1, top_k=1).json()
    assert (silent["outcome"], silent["answer"], len(silent["passages"])) == ("perhaps", None, 1)


def test_history_and_documents_can_be_given(client: httpx.Client) -> None:
    first = ask(client, "Who opened the bridge?").json()
    for turn in (first, {"question": first["question"], "answer": first["answer"]}):
        follow_up = ask(client, "When was it built?", history=[turn], documents=["0.txt"]).json()
        assert follow_up["read_as"] not in (None, follow_up["question"])
        assert {passage["document"] for passage in follow_up["passages"]} == {"0.txt"}


def test_search_returns_passages_with_their_text(client: httpx.Client) -> None:
    found = client.post("/v1/search", json={"words": "mill river", "top_k": 1}).json()["passages"]
    (passage,) = found
    text = client.get(f"/v1/documents/{passage['document']}").json()["text"]
    assert passage["text"] == text[passage["start"] : passage["end"]]
    assert "mill" in passage["text"]


def test_the_list_of_documents_is_paginated(client: httpx.Client) -> None:
    whole = client.get("/v1/documents").json()
    assert whole["documents"][0].keys() == DocumentDict.__annotations__.keys()
    part = client.get("/v1/documents", params={"offset": 1, "limit": 1}).json()
    assert part == {"documents": whole["documents"][1:2], "total": whole["total"]}


def test_a_session_has_documents_of_its_own(client: httpx.Client) -> None:
    """A text and a file, which nobody else sees, and which are gone when they are removed."""
    added = client.post("/v1/documents", content="The ferry was slow.", headers=SESSION | TEXT)
    assert added.status_code == 201
    assert (added.json()["document"], added.json()["added"]) == ("text.txt", True)
    files = {"file": ("notes.md", b"# Notes\n\nThe harbour is deep.\n")}
    assert client.post("/v1/documents", files=files, headers=SESSION).json()["document"] == "notes.md"
    markdown = SESSION | {"Content-Type": "text/markdown; charset=utf-8"}
    names = [
        client.post("/v1/documents", content=text, headers=markdown).json()["document"]
        for text in ("# One", "# Two")
    ]
    assert names == ["text.md", "text-2.md"]
    named = client.post(
        "/v1/documents", params={"name": "sub/tower"}, content="The tower is tall.", headers=SESSION | TEXT
    )
    assert named.json()["document"] == "sub/tower.txt"
    assert client.get("/v1/documents/sub/tower.txt", headers=SESSION).json()["text"] == "The tower is tall."
    mine = [one["document"] for one in client.get("/v1/documents", headers=SESSION).json()["documents"]]
    assert mine == ["0.txt", "1.txt", "notes.md", "sub/tower.txt", "text-2.md", "text.md", "text.txt"]
    assert ask(client, "Was the ferry slow?", headers=SESSION).json()["passages"][0]["document"] == "text.txt"
    assert client.get("/v1/documents").json()["total"] == 2
    assert client.get("/v1/documents", headers={"Session": "somebody-else-01"}).json()["total"] == 2
    for name in mine[2:]:
        assert client.delete(f"/v1/documents/{name}", headers=SESSION).status_code == 204
    assert client.get("/v1/documents", headers=SESSION).json()["total"] == 2


def test_a_document_is_only_replaced_on_request(client: httpx.Client) -> None:
    options: dict[str, Any] = {"headers": SESSION | TEXT, "params": {"name": "a.txt"}}
    assert client.post("/v1/documents", content="one", **options).status_code == 201
    refused = client.post("/v1/documents", content="two", **options)
    assert is_problem(
        refused, 409, "The document 'a.txt' exists already: give another ?name=, or ?replace=true."
    )
    options["params"] |= {"replace": True}
    assert client.post("/v1/documents", content="two", **options).status_code == 201
    assert client.get("/v1/documents/a.txt", headers=SESSION).json()["text"] == "two"
    same = client.post("/v1/documents", params={"name": "b.txt"}, content="two", headers=SESSION | TEXT)
    assert (same.status_code, same.json()["document"]) == (200, "a.txt")
    client.delete("/v1/documents/a.txt", headers=SESSION)


def test_strangers_cannot_change_the_shared_documents(client: httpx.Client) -> None:
    assert is_problem(client.post("/v1/documents", content="no", headers=TEXT), 403, "Session header")
    assert is_problem(client.delete("/v1/documents/0.txt"), 403, "--keep")
    assert client.get("/v1/documents").json()["total"] == 2


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/v1/ask", "{", 400, "JSON"),
        ("/v1/ask", '{"question": ""}', 422, "question: "),
        ("/v1/ask", '{"question": "  "}', 422, "question: "),
        ("/v1/ask", '{"question": "\\ud800"}', 422, ""),
        ("/v1/ask", '{"question": "Who?", "top_k": 0}', 422, "top_k: "),
        ("/v1/ask", '{"question": "Who?", "top_k": "5"}', 422, "top_k: "),
        ("/v1/ask", '{"question": "Who?", "min_confidence": NaN}', 422, "min_confidence: "),
        ("/v1/ask", '{"question": "Who?", "documents": ["none.txt"]}', 404, "no document 'none.txt'"),
        ("/v1/ask", '{"question": "Who?", "history": [{"answer": "x"}]}', 422, "history.0.question: "),
        ("/v1/ask", '{"question": "Who?", "topk": 5}', 422, "topk: "),
        ("/v1/ask", "[" * 100_000, 400, ""),
        ("/v1/ask", '"' + "x" * MOST_BYTES + '"', 413, "send less"),
        ("/v1/search", '{"words": "x", "top_k": 51}', 422, "top_k: "),
        ("/v1/nothing", "{}", 404, "/docs"),
        ("/v1/models", "{}", 405, "/docs"),
    ],
)
def test_bad_requests_are_problems(
    client: httpx.Client, path: str, body: str, status: int, words: str
) -> None:
    response = client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert is_problem(response, status, words), response.text


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        ({"content": "x", "headers": {"Content-Type": "image/png"}}, 415, "multipart/form-data"),
        ({"content": "x"}, 415, "media type"),
        ({"files": {"file": ("a.exe", b"MZ" + bytes(50))}}, 415, "unsupported file type"),
        ({"files": {"file": ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9)}}, 422, "'a.txt'"),
        ({"files": {"file": ("a.pdf", b"no pdf")}}, 415, "is not a PDF"),
        ({"files": {"other": ("a.txt", b"text")}}, 422, "no file"),
        (
            {"content": "--x\r\nbroken", "headers": {"Content-Type": "multipart/form-data; boundary=y"}},
            400,
            "",
        ),
        ({"content": " ", "headers": TEXT}, 422, "contains no text"),
        ({"content": "x", "headers": TEXT, "params": {"name": "../../etc/passwd"}}, 422, "leads elsewhere"),
        ({"content": "x", "headers": TEXT, "params": {"name": "a\x00b"}}, 422, "control characters"),
        ({"content": b"x" * (16 * 1024**2 + 1), "headers": TEXT}, 413, "larger than 16 MiB"),
        ({"content": "x " * 3_000_000, "headers": TEXT}, 413, "are left"),
        ({"content": "x", "headers": TEXT | {"Session": "short"}}, 422, "session: "),
    ],
)
def test_bad_documents_are_problems(
    client: httpx.Client, options: dict[str, Any], status: int, words: str
) -> None:
    headers = SESSION | options.get("headers", {})
    response = client.post("/v1/documents", **(options | {"headers": headers}))
    assert is_problem(response, status, words), response.text
    assert client.get("/v1/documents", headers=SESSION).json()["total"] == 2


def test_a_text_never_reads_a_file_of_the_server(client: httpx.Client) -> None:
    """A text that is the path of a file stays a text."""
    added = client.post("/v1/documents", content="/etc/passwd", headers=SESSION | TEXT)
    assert added.status_code == 201
    client.delete("/v1/documents/text.txt", headers=SESSION)


def test_only_allowed_origins_may_call(client: httpx.Client) -> None:
    asked = {"question": "Who opened the bridge?"}
    named, other = {"Origin": "https://wiki.example"}, {"Origin": "https://evil.example"}
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "session"}
    assert client.options("/v1/ask", headers=named | preflight).status_code == 200
    answered = client.post("/v1/ask", json=asked, headers=named)
    assert answered.headers["access-control-allow-origin"] == "https://wiki.example"
    for method in ("OPTIONS", "POST"):
        refused = client.request(method, "/v1/ask", json=asked, headers=other | preflight)
        assert is_problem(refused, 403, "host name or origin is not allowed")
        assert "access-control-allow-origin" not in refused.headers
    assert client.get("/", headers=named).status_code == 403
    assert is_problem(client.get("/v1/models", headers={"Host": "evil.example"}), 403, "--allow-host")


def test_metrics_count_questions_of_all_clients(client: httpx.Client) -> None:
    def figures() -> dict[str, float]:
        text = client.get("/metrics").text
        return {name: float(value) for name, value in re.findall(r"^(qa_\S+) (\S+)$", text, re.MULTILINE)}

    before = figures()
    ask(client, "Who opened the bridge?", min_confidence=0)
    ask(client, "hello")
    ask(client, "\x1c")
    event = client.post("/gradio_api/call/ask", json={"data": ["Who opened the bridge?", 5, 0, None, None]})
    client.get(f"/gradio_api/call/ask/{event.json()['event_id']}")
    after = figures()
    grown = {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)}
    assert grown['qa_questions_total{outcome="answered"}'] == 2
    assert grown['qa_questions_total{outcome="remark"}'] == 1
    assert grown['qa_questions_total{outcome="error"}'] == 1
    assert grown["qa_question_seconds_count"] == 4
    assert grown['qa_http_responses_total{status="200"}'] == 2
    assert after['qa_waiting{queue="ask"}'] == after['qa_waiting{queue="page"}'] == 0
    assert after["qa_documents"] == 2


def test_the_documentation_loads_nothing_from_other_hosts(client: httpx.Client) -> None:
    page = client.get("/docs").text
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(addresses) >= 3
    for address in addresses:
        assert client.get(address).status_code == 200, address
    paths = client.get("/openapi.json").json()["paths"]
    assert set(paths) == {
        "/v1/ask",
        "/v1/search",
        "/v1/documents",
        "/v1/documents/{document}",
        "/v1/models",
        "/v1/models/{model}",
        "/v1/chat/completions",
    }


def test_a_token_closes_everything_but_health(guarded: str) -> None:
    """The page, Gradio's endpoints and MCP too. Requests are counted before tokens are compared."""
    initialize = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    }
    accept = {"Accept": "application/json, text/event-stream"}
    with httpx.Client(base_url=guarded, timeout=60, trust_env=False) as client:
        assert client.get("/health").status_code == 200
        for path in ("/", "/config", "/gradio_api/info", "/metrics", "/docs"):
            assert client.get(path).status_code == 401
            assert client.get(path, headers=BEARER).status_code == 200
        for path in ("/gradio_api/mcp/", "/gradio_api/mcp"):
            assert client.post(path, json=initialize, headers=accept).status_code == 401
        assert client.post("/gradio_api/mcp/", json=initialize, headers=accept | BEARER).status_code == 200
        assert is_problem(client.post("/v1/ask", json={"question": "Who?"}), 401, "Bearer TOKEN")
        assert client.post("/v1/ask", json={"question": "Who?"}, headers=BEARER).status_code == 200
    with from_address("127.0.0.2") as guessing:
        statuses = [guessing.get(f"{guarded}/v1/models").status_code for _ in range(45)]
    assert set(statuses) == {401, 429}


def test_the_gradio_client_sends_the_token(guarded: str) -> None:
    from gradio_client import Client

    with ThreadPoolExecutor(1) as aside:
        reply = aside.submit(
            lambda: Client(guarded, headers=BEARER, verbose=False).predict(
                "Who opened the bridge?", min_confidence=0, api_name="/ask"
            )
        ).result()
    assert reply["answer"] in BRIDGE


def test_a_client_with_too_many_requests_is_refused(guarded: str) -> None:
    """No answer is lost, and no other status occurs."""
    with httpx.Client(base_url=guarded, headers=BEARER, timeout=60, trust_env=False) as client:

        def status(number: int) -> int:
            return ask(client, f"Who opened bridge {number}?").status_code

        with ThreadPoolExecutor(20) as pool:
            assert set(pool.map(status, range(60))) == {200, 429}
