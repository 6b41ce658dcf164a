"""Qdrant: search a collection by its vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from qdrant_client import QdrantClient

from qa.documents import Document
from qa.integrations.search_engine import Search


def qdrant_search(
    client: QdrantClient,
    collection: str,
    embed: Callable[[str], Sequence[float]],
    *,
    text: str = "text",
    title: str | None = "title",
    using: str | None = None,
    query_filter: Any = None,
) -> Search:
    """Return a search of a collection, for `SearchEngineRetriever`.

    Args:
        client: The client of a server or a local folder.
        collection: The name of the collection.
        embed: Returns the vector of a question, from the model that embedded the collection.
        text: The payload key of a point's text. Points without it are left out.
        title: The payload key of the title, if there is one.
        using: The name of the vector, if points have several.
        query_filter: A Qdrant filter for all questions.
    """

    def search(question: str, count: int) -> list[Document]:
        found = client.query_points(
            collection,
            query=list(embed(question)),
            using=using,
            query_filter=query_filter,
            limit=count,
            with_payload=True,
        )
        payloads = [(str(point.id), point.payload or {}) for point in found.points]
        return [
            Document(name, payload[text], None if title is None else payload.get(title))
            for name, payload in payloads
            if payload.get(text)
        ]

    return search
