"""`qa mcp`, called by the client of the mcp package."""

from __future__ import annotations

import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qa.results import ReplyDict
from tests.server.conftest import BRIDGE
from tests.serving import ROOT

if TYPE_CHECKING:
    from mcp.types import CallToolResult, Tool

Visit = tuple["list[Tool]", "dict[str, CallToolResult]"]


@pytest.fixture(scope="module")
def visit(corpus: Path) -> Visit:
    """The tools, and the results of some calls."""
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    calls: dict[str, tuple[str, dict[str, Any]]] = {
        "answered": ("ask", {"question": "Who opened the bridge?"}),
        "silent": ("ask", {"question": "What is the recipe for Belgian waffles?"}),
        "empty": ("ask", {"question": " "}),
        "wrong": ("ask", {"question": "Who?", "top_k": 0}),
        "found": ("search", {"words": "crowns", "documents": ["bridge.txt"]}),
        "none": ("search", {"words": "crowns", "documents": ["none.txt"]}),
    }
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "qa", "mcp", "--corpus", str(corpus)],
        cwd=ROOT,
        env=dict(os.environ),
    )

    async def use() -> Visit:
        async with (
            stdio_client(server) as (incoming, outgoing),
            ClientSession(incoming, outgoing) as session,
        ):
            await session.initialize()
            tools = (await session.list_tools()).tools
            return tools, {name: await session.call_tool(*call) for name, call in calls.items()}

    with ThreadPoolExecutor(1) as aside:  # browser tests leave an event loop in this thread
        return aside.submit(lambda: asyncio.run(use())).result()


def test_both_tools_are_read_only_and_described(visit: Visit) -> None:
    tools = {tool.name: tool for tool in visit[0]}
    assert tools.keys() == {"ask", "search"}
    for tool in tools.values():
        assert tool.annotations is not None
        assert tool.annotations.readOnlyHint
        assert not tool.annotations.destructiveHint
        assert not tool.annotations.openWorldHint
    assert "exact quotation" in str(tools["ask"].description)
    assert set(tools["ask"].inputSchema["properties"]) == {
        "question",
        "documents",
        "top_k",
        "min_confidence",
    }


def test_ask_returns_a_reply_with_exact_offsets(visit: Visit) -> None:
    reply = visit[1]["answered"].structuredContent
    assert reply is not None
    assert reply.keys() == ReplyDict.__annotations__.keys()
    assert BRIDGE[reply["start"] : reply["end"]] == reply["answer"] == "Anna Lund"
    silent = visit[1]["silent"].structuredContent
    assert silent is not None
    assert (silent["outcome"], silent["answer"]) == ("not_found", None)


def test_search_returns_passages_with_their_text(visit: Visit) -> None:
    found = visit[1]["found"].structuredContent
    assert found is not None
    (passage,) = found["passages"]
    assert passage["text"] == BRIDGE[passage["start"] : passage["end"]]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("empty", "The question is empty"),
        ("wrong", "greater than or equal to 1"),
        ("none", "no document 'none.txt'"),
    ],
)
def test_errors_say_what_to_do(visit: Visit, call: str, words: str) -> None:
    result = visit[1][call]
    assert result.isError
    assert words in result.content[0].text  # type: ignore[union-attr]
