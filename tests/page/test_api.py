"""A real server, called by Gradio's client, by plain HTTP and by an MCP client."""

from __future__ import annotations

import ast
import asyncio
import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qa.chatbot import Chatbot
from qa.results import ReplyDict
from tests.serving import ROOT, running

if TYPE_CHECKING:
    from gradio_client import Client
    from mcp import ClientSession

BRIDGE = "The bridge over the Lune was opened in 1932 by the mayor, Anna Lund. It cost four million crowns.\n"
FERRY = "The ferry to Norvik was built in 1911 by Olga Dahl. It takes forty minutes.\n"
SECRET = "The password of the archive is heliotrope.\n"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one article, and next to it a file that no client may read."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "secret.txt").write_text(SECRET, encoding="utf-8")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "bridge.txt").write_text(BRIDGE, encoding="utf-8")
    return folder / "corpus"


@pytest.fixture(scope="module")
def address(corpus: Path) -> Iterator[str]:
    """The address of `qa serve --mcp`, with the packaged models."""
    uploads = str(corpus.parent / "uploads")
    with running("-m", "qa", "serve", "--mcp", "--corpus", str(corpus), GRADIO_TEMP_DIR=uploads) as served:
        yield served


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    """Gradio's client, in a session of its own."""
    from gradio_client import Client

    with closing(Client(address, verbose=False)) as opened:
        yield opened


def names(client: Client) -> list[str]:
    """Return the documents of a client's session."""
    return [document["document"] for document in client.predict(api_name="/documents")]


def post(address: str, endpoint: str, *data: object) -> tuple[str, Any]:
    """Call an endpoint over plain HTTP. Return the name of the last event and its data."""
    request = urllib.request.Request(
        f"{address}/gradio_api/call/{endpoint}",
        json.dumps({"data": data}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        event = json.load(response)["event_id"]
    with urllib.request.urlopen(f"{address}/gradio_api/call/{endpoint}/{event}", timeout=60) as response:
        lines = response.read().decode().strip().splitlines()
    return lines[-2].removeprefix("event: "), json.loads(lines[-1].removeprefix("data: "))


def test_ask_returns_the_same_reply_as_python(client: Client, corpus: Path) -> None:
    """The reply of `Chatbot.ask`, field for field. Options are passed on."""
    question = "Who opened the bridge?"
    served = client.predict(question, api_name="/ask")
    expected = Chatbot.from_corpus(corpus).ask(question).to_dict()
    assert served.keys() == expected.keys() == ReplyDict.__annotations__.keys()
    for name in ("question", "answer", "document", "start", "end", "sentence"):
        assert served[name] == expected[name]
    assert served["confidence"] == pytest.approx(expected["confidence"], abs=1e-4)
    assert BRIDGE[served["start"] : served["end"]] == served["answer"] == "Anna Lund"
    silent = client.predict(question, top_k=1, min_confidence=1, api_name="/ask")
    assert (silent["outcome"], silent["answer"]) == ("perhaps", None)
    assert silent["perhaps"]["answer"] == "Anna Lund"
    assert len(silent["passages"]) == 1


def test_history_and_documents_can_be_given(client: Client) -> None:
    """The history has earlier replies, or questions with their answers."""
    first = client.predict("Who opened the bridge?", api_name="/ask")
    for turn in (first, {"question": first["question"], "answer": first["answer"]}):
        reply = client.predict("When did she open it?", 5, 0.5, [turn], ["bridge.txt"], api_name="/ask")
        assert reply["read_as"].startswith("When did Anna Lund open")
        assert reply["answer"] == "1932"


def test_a_client_has_its_own_documents(address: str, client: Client, tmp_path: Path) -> None:
    """Text and file are searched only in the session that added them, and can be removed."""
    from gradio_client import Client, handle_file

    (tmp_path / "ferry.txt").write_text(FERRY, encoding="utf-8")
    added = client.predict("", "", handle_file(tmp_path / "ferry.txt"), api_name="/add")
    assert added == {
        "document": "ferry.txt",
        "title": None,
        "url": None,
        "characters": len(FERRY),
        "pages": None,
        "added": True,
    }
    assert client.predict("Nobody was hurt.", "notes/today.txt", None, api_name="/add")["added"]
    assert names(client) == ["bridge.txt", "ferry.txt", "notes/today.txt"]
    assert client.predict("Who built the ferry?", api_name="/ask")["answer"] == "Olga Dahl"
    with closing(Client(address, verbose=False)) as other:
        assert names(other) == ["bridge.txt"]
        assert other.predict("Who built the ferry?", api_name="/ask")["document"] != "ferry.txt"
    left = client.predict("ferry.txt", api_name="/remove")
    assert [document["document"] for document in left] == ["bridge.txt", "notes/today.txt"]


def test_an_upload_does_not_end_up_in_the_corpus_folder(client: Client, corpus: Path, tmp_path: Path) -> None:
    """A visitor's file exists only in the session."""
    from gradio_client import handle_file

    (tmp_path / "gone.txt").write_text(FERRY, encoding="utf-8")
    client.predict("", "", handle_file(tmp_path / "gone.txt"), api_name="/add")
    assert [path.name for path in corpus.glob("*.txt")] == ["bridge.txt"]


def test_two_visitors_can_add_the_same_file(address: str) -> None:
    """The server stores equal uploads once. The first visitor to read one does not use it up."""
    import httpx

    files = {"files": ("same.txt", FERRY.encode())}
    paths = [httpx.post(f"{address}/gradio_api/upload", files=files).json()[0] for _ in range(2)]
    for path in paths:
        file = {"path": path, "orig_name": "same.txt", "meta": {"_type": "gradio.FileData"}}
        event, data = post(address, "add", "", "", file)
        assert event == "complete", data
        assert data[0]["document"] == "same.txt"


@pytest.mark.parametrize(
    ("endpoint", "data", "reason"),
    [
        ("ask", [" ", 5, 0.5, None, None], "The question is empty"),
        ("ask", ["why " * 1_000, 5, 0.5, None, None], "can be read: ask it in fewer words"),
        ("ask", [["no", "text"], 5, 0.5, None, None], "The question is not a string"),
        ("ask", ["Who?", 0, 0.5, None, None], "top_k is '0': give a number from 1 to 50"),
        ("ask", ["Who?", "many", 0.5, None, None], "top_k is 'many'"),
        ("ask", ["Who?", 5, 1.5, None, None], "min_confidence is '1.5': give a number from 0 to 1"),
        ("ask", ["Who?", 5, 0.5, "no", None], "history is 'no': give a list"),
        ("ask", ["Who?", 5, 0.5, ["no"], None], "history is not a list of turns"),
        ("ask", ["Who?", 5, 0.5, [], [7]], "documents is not a list of names"),
        ("ask", ["Who?", 5, 0.5, [], ["none.txt"]], "no document 'none.txt'"),
        ("add", ["", "", None], "'text.txt'"),
        ("add", [{"a": 1}, "", None], "must be strings"),
        ("add", ["text", "../../etc/passwd", None], "leads elsewhere"),
        ("add", ["text", "/etc/passwd", None], "not a path inside a folder"),
        ("remove", ["../secret.txt"], "'../secret.txt'"),
    ],
)
def test_bad_input_is_a_one_line_error(address: str, endpoint: str, data: list[object], reason: str) -> None:
    """The message of the `QAError`, without a traceback."""
    event, answer = post(address, endpoint, *data)
    assert event == "error"
    assert reason in answer["error"]
    assert "\n" not in answer["error"]


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "SECRET", "../secret.txt", "uploads/../secret.txt", "", 7, None]
)
def test_a_path_of_the_server_is_not_read(address: str, corpus: Path, path: object) -> None:
    """Only uploads can be added. A program may name any other file, but does not get it."""
    sent_path = str(corpus.parent / "secret.txt") if path == "SECRET" else path
    event, data = post(address, "add", "", "", {"path": sent_path, "meta": {"_type": "gradio.FileData"}})
    assert event == "error"
    assert "heliotrope" not in json.dumps(data)
    assert "root:" not in json.dumps(data)


@pytest.mark.parametrize("path", ["/etc/passwd", "SECRET", "CORPUS/bridge.txt", "CORPUS/../secret.txt"])
def test_no_file_on_the_server_is_returned(address: str, corpus: Path, path: str) -> None:
    """Not even a file of the corpus by its path."""
    full_path = path.replace("SECRET", str(corpus.parent / "secret.txt")).replace("CORPUS", str(corpus))
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{address}/gradio_api/file={full_path}", timeout=30)
    assert caught.value.code in {403, 404}
    caught.value.close()


def test_a_disguised_file_is_refused(client: Client, tmp_path: Path) -> None:
    """A picture called .txt is not a text, and a program has an unsupported type."""
    from gradio_client import handle_file
    from gradio_client.exceptions import AppError

    (tmp_path / "photo.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    (tmp_path / "program.exe").write_bytes(b"MZ" + bytes(200))
    for name in ("photo.txt", "program.exe"):
        with pytest.raises(AppError, match=name):
            client.predict("", "", handle_file(tmp_path / name), api_name="/add")
    assert names(client) == ["bridge.txt"]


def test_only_the_endpoints_are_listed(address: str) -> None:
    """Four endpoints and none of the page's own events. An MCP server lists its two tools."""
    program = (
        "from qa.page import build_page; from tests.helpers import tiny_chatbot; "
        "print(*build_page(tiny_chatbot('a b c')).get_api_info()['named_endpoints'])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert set(printed.stdout.split()) == {"/ask", "/documents", "/add", "/remove"}
    with urllib.request.urlopen(f"{address}/gradio_api/info", timeout=30) as response:
        assert json.load(response)["named_endpoints"].keys() == {"/ask", "/documents"}


def test_an_mcp_client_finds_two_tools_and_uses_them(address: str) -> None:
    """`ask` and `documents` with their descriptions. The replies equal those of the other endpoints."""

    async def use(session: ClientSession) -> tuple[dict[str, str], list[str]]:
        tools = {tool.name: str(tool.description) for tool in (await session.list_tools()).tools}
        calls = [
            await session.call_tool("ask", {"question": "Who opened the bridge?"}),
            await session.call_tool("ask", {"question": "What is the recipe for waffles?"}),
            await session.call_tool("documents", {}),
            await session.call_tool("ask", {"question": " "}),
        ]
        return tools, [call.content[0].text for call in calls]  # type: ignore[union-attr]

    async def visit() -> tuple[dict[str, str], list[str]]:
        from mcp import ClientSession
        from mcp.client.streamable_http import streamable_http_client

        async with (
            streamable_http_client(f"{address}/gradio_api/mcp") as (incoming, outgoing, _),
            ClientSession(incoming, outgoing) as session,
        ):
            await session.initialize()
            return await use(session)

    with ThreadPoolExecutor(1) as aside:  # browser tests leave an event loop in the main thread
        tools, (answered, silent, documents, failed) = aside.submit(lambda: asyncio.run(visit())).result()
    assert tools.keys() == {"ask", "documents"}
    assert "exact quotation" in tools["ask"]
    reply = ast.literal_eval(answered)  # Gradio sends what Python prints
    assert reply["answer"] == "Anna Lund"
    assert BRIDGE[reply["start"] : reply["end"]] == "Anna Lund"
    assert ast.literal_eval(silent)["answer"] is None
    assert ast.literal_eval(documents)[0]["document"] == "bridge.txt"
    assert "The question is empty" in failed
