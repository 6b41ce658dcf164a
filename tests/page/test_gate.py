"""A real server, called as by browsers on hostile web sites, and as by strangers."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import httpx
import pytest

from qa.page.gate import client_address
from qa.page.login_attempts import FREE_ATTEMPTS
from tests.serving import from_address, running

ROUTES = [
    ("GET", "/"),
    ("GET", "/config"),
    ("GET", "/theme.css"),
    ("GET", "/gradio_api/info"),
    ("GET", "/gradio_api/heartbeat/abc"),
    ("GET", "/gradio_api/startup-events"),
    ("POST", "/gradio_api/call/ask"),
    ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/upload"),
    ("POST", "/gradio_api/mcp"),
    ("POST", "/gradio_api/mcp/"),
    ("OPTIONS", "/gradio_api/call/ask"),
    ("GET", "/no/such/route"),
]
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
MCP_HEADERS = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server on this machine that is also allowed under a proxy's name."""
    options = json.dumps({"mcp": True, "allow_hosts": ["papers.example"]})
    with running("-m", "tests.page.small_server", "--options", options) as served:
        yield served


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    """A server with a password."""
    options = json.dumps({"auth": ["ada", "heliotrope"]})
    with running("-m", "tests.page.small_server", "--options", options) as served:
        yield served


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, verify=False, timeout=60, trust_env=False) as opened:
        yield opened


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example", "Origin": "http://evil.example"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Host": "papers.example", "Origin": "http://evil.example"},
        {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"},
        {
            "Host": "papers.example",
            "Origin": "http://evil.example",
            "Access-Control-Request-Method": "POST",
        },
    ],
)
def test_other_hosts_and_origins_are_refused_on_every_route(
    client: httpx.Client, method: str, path: str, headers: dict[str, str]
) -> None:
    response = client.request(method, path, headers=headers | MCP_HEADERS)
    assert response.status_code == 403
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize("headers", [{}, {"Origin": "ADDRESS"}, {"Host": "papers.example"}])
def test_its_own_hosts_and_origins_are_served(
    client: httpx.Client, address: str, headers: dict[str, str]
) -> None:
    """Programs send no Origin. The MCP server answers them too."""
    headers = {name: value.replace("ADDRESS", address) for name, value in headers.items()}
    assert client.get("/", headers=headers).status_code == 200
    data = {"data": ["Who opened the bridge?", 5, 0, None, None]}
    call = client.post("/gradio_api/call/ask", json=data, headers=headers)
    assert call.status_code == 200
    events = client.get(f"/gradio_api/call/ask/{call.json()['event_id']}", headers=headers)
    assert "event: complete" in events.text
    initialized = httpx.post(f"{address}/gradio_api/mcp/", json=INITIALIZE, headers=headers | MCP_HEADERS)
    assert initialized.status_code == 200


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/info", "/no/such/route"])
def test_every_response_forbids_other_hosts(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=http://example.com/",
        "/gradio_api/file=HTTPS://example.com/",
        "/gradio_api/file=%68ttp://example.com/",
        "/gradio_api/file/http://example.com/",
        "/gradio_api/proxy=https://example.hf.space/",
    ],
)
def test_no_route_fetches_a_url(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 403
    assert response.text == "This server does not fetch from other addresses.\n"


def test_monitoring_is_off(client: httpx.Client) -> None:
    """Gradio's own monitoring page would print its key to the console for anybody."""
    assert client.get("/monitoring").status_code == 403
    assert client.get("/monitoring/summary").status_code == 403


def test_wrong_passwords_slow_down_an_address(guarded: str) -> None:
    """Even a correct one must wait then. Other addresses do not."""

    def log_in(client: httpx.Client, password: str) -> httpx.Response:
        return client.post(f"{guarded}/login", data={"username": "ada", "password": password})

    with from_address("127.0.0.2") as guessing, from_address("127.0.0.3") as other:
        statuses = [log_in(guessing, "wrong").status_code for _ in range(30)]
        assert set(statuses) == {400, 429}
        assert statuses.count(400) <= FREE_ATTEMPTS + 5
        while (late := log_in(guessing, "wrong")).status_code != 429:
            pass
        assert int(late.headers["retry-after"]) >= 1
        assert log_in(guessing, "heliotrope").status_code == 429
        assert log_in(other, "heliotrope").status_code == 200


def test_health_shows_the_usage_of_every_limit(client: httpx.Client) -> None:
    before = client.get("/health").json()
    assert before["status"] == "ok"
    limits = {name: before[name]["limit"] for name in ("sessions", "documents", "characters", "upload_bytes")}
    assert all(limit > 0 for limit in limits.values())
    client.post("/gradio_api/upload", files={"files": ("a.html", b"x" * 100_000)})
    page = f"<title>{'t' * 1_000_000}</title><p>The ferry left at noon and came back in the evening.</p>"
    file = client.post("/gradio_api/upload", files={"files": ("page.html", page.encode())}).json()[0]
    data = ["", "", {"path": file, "orig_name": "page.html", "meta": {"_type": "gradio.FileData"}}]
    event = client.post("/gradio_api/call/add", json={"data": data}).json()["event_id"]
    assert "event: complete" in client.get(f"/gradio_api/call/add/{event}").text
    after = client.get("/health").json()
    assert after["documents"]["used"] == before["documents"]["used"] + 1
    assert 300 < after["characters"]["used"] - before["characters"]["used"] < 500
    assert after["upload_bytes"]["used"] > before["upload_bytes"]["used"] + 1_000_000


def test_an_upload_without_room_gets_a_message(client: httpx.Client) -> None:
    """The announced size decides: nothing of the body is read."""
    limit = client.get("/health").json()["upload_bytes"]["limit"]
    url = client.base_url
    head = f"POST /gradio_api/upload HTTP/1.1\r\nHost: {url.host}\r\nContent-Length: {limit + 1}\r\n\r\n"
    with socket.create_connection((url.host, url.port), timeout=60) as connection:
        connection.sendall(head.encode())
        response = b""
        while part := connection.recv(4096):
            response += part
    assert b" 507 " in response
    assert b"no room for more files" in response


def test_a_component_does_not_fetch_a_url(client: httpx.Client) -> None:
    """A client may send any URL instead of an uploaded file."""
    data = ["", "", {"path": "http://127.0.0.1:9/", "meta": {"_type": "gradio.FileData"}}]
    event = client.post("/gradio_api/call/add", json={"data": data}).json()["event_id"]
    answer = client.get(f"/gradio_api/call/add/{event}").text
    assert "event: error" in answer
    assert "addresses are not fetched" in answer


def test_the_initial_html_has_the_style_and_fonts(client: httpx.Client) -> None:
    """No other file is served as a font, least of all one outside the folder."""
    first = client.get("/")
    assert len(first.content) == int(first.headers["content-length"])
    head, _ = first.text.split("</head>", 1)
    assert "@font-face" in head
    assert "const verbatim" in head
    assert client.head("/").status_code == 200
    for weight in (400, 600):
        font = client.get(f"/fonts/source-serif-4-{weight}.woff2")
        assert (font.status_code, font.headers["content-type"]) == (200, "font/woff2")
        assert font.content.startswith(b"wOF2")
        assert "immutable" in font.headers["cache-control"]
    for path in ("/fonts/LICENSE", "/fonts/none.woff2", "/fonts/..%2ftokens.css", "/fonts/"):
        assert client.get(path).headers["content-type"] != "font/woff2"


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),  # as a dual-stack socket reports it
        ("::1", "::1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_clients_that_share_an_address_count_as_one(host: str, counted: str) -> None:
    assert client_address({"client": (host, 1234)}) == counted
