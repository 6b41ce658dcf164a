"""MCP over stdio: the tools `ask` and `search`."""

# Without `from __future__ import annotations`: the MCP server reads the types of the tools.
import asyncio
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any

from qa.chatbot import Chatbot
from qa.errors import QAError
from qa.results import ReplyDict
from qa.server.found import FoundDict, found_passage
from qa.settings import DEFAULTS

if TYPE_CHECKING:
    from mcp.server.fastmcp import FastMCP

INSTRUCTIONS = (
    "Answers questions about the user's own documents with exact quotations. Quote them verbatim, and name "
    "their document. The outcome not_found means that the documents do not contain an answer."
)


def serve_stdio(chatbot: Chatbot) -> None:
    """Serve a client that has started this process, until it closes standard input.

    Raises:
        QAError: the package mcp is missing.
    """
    if find_spec("mcp") is None:
        raise QAError("The MCP server needs the package mcp: pip install 'verbatim-qa[mcp]'")
    tools_of(chatbot).run("stdio")


def tools_of(chatbot: Chatbot) -> "FastMCP[Any]":
    """Return an MCP server with the tools `ask` and `search`, which change nothing."""
    from mcp.server.fastmcp import FastMCP
    from mcp.types import ToolAnnotations
    from pydantic import Field

    server: FastMCP[Any] = FastMCP("verbatim-qa", instructions=INSTRUCTIONS, log_level="WARNING")
    reads = ToolAnnotations(
        readOnlyHint=True, destructiveHint=False, idempotentHint=True, openWorldHint=False
    )
    many = Field(ge=1, le=DEFAULTS.max_top_k, description="how many passages to read")
    ids = Field(description="the ids of the documents to look in; by default all of them")

    @server.tool(title="Ask the documents", annotations=reads)
    async def ask(
        question: Annotated[str, Field(description="the question, as a whole sentence")],
        documents: Annotated[list[str] | None, ids] = None,
        top_k: Annotated[int, many] = DEFAULTS.top_k,
        min_confidence: Annotated[
            float,
            Field(ge=0, le=1, description="the least probability of being right that an answer must have"),
        ] = DEFAULTS.min_confidence,
    ) -> ReplyDict:
        """Answer a question with an exact quotation from the documents, its location and its confidence.

        `outcome` is "answered", "perhaps" (a guess, in `perhaps`), "not_found" (the nearest passages are in
        `passages`) or "remark" (the input was not a question about the documents).
        """
        reply = await chatbot.aask(question, documents=documents, top_k=top_k, min_confidence=min_confidence)
        return reply.to_dict()

    @server.tool(title="Search the documents", annotations=reads)
    async def search(
        words: Annotated[str, Field(description="keywords or a question")],
        documents: Annotated[list[str] | None, ids] = None,
        top_k: Annotated[int, many] = DEFAULTS.top_k,
    ) -> FoundDict:
        """Return the passages that best match keywords or a question, with their text and location."""
        passages = await asyncio.to_thread(chatbot.search, words, documents=documents, top_k=top_k)
        return {"passages": [found_passage(passage) for passage in passages]}

    return server
