"""OpenSearch and Elasticsearch: search an index by words, and by vectors if it has any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from qa.documents import Document
from qa.integrations.search_engine import Search


class Client(Protocol):
    """The common part of `opensearchpy.OpenSearch` and `elasticsearch.Elasticsearch` that is used."""

    def search(self, *, index: str, body: Any) -> Any:
        """Return the hits of a query."""


def opensearch_search(
    client: Client,
    index: str,
    *,
    text: str = "text",
    title: str | None = "title",
    vector: str | None = None,
    embed: Callable[[str], Sequence[float]] | None = None,
    pipeline: str | None = None,
    elastic: bool = False,
) -> Search:
    """Return a search of an index, for `SearchEngineRetriever`.

    With `vector` and `embed` the query is hybrid. OpenSearch then needs a search pipeline that makes both
    scores comparable; Elasticsearch adds them up.

    Args:
        client: The client.
        index: The name of the index.
        text: The field with the text. Hits without it are left out.
        title: The field with the title, if there is one.
        vector: The field with the vector. None to search by words alone.
        embed: Returns the vector of a question, from the model that embedded the index.
        pipeline: The name of OpenSearch's search pipeline. None for the default of the index.
        elastic: Whether the server is Elasticsearch, whose queries have a different form.

    Raises:
        ValueError: One of `vector` and `embed` is given without the other.
    """
    if (vector is None) != (embed is None):
        raise ValueError("a hybrid query needs both the field `vector` and the function `embed`")
    fields = [text] if title is None else [text, title]

    def search(question: str, count: int) -> list[Document]:
        by_words: dict[str, Any] = {"multi_match": {"query": question, "fields": fields}}
        body: dict[str, Any] = {"size": count, "_source": fields, "query": by_words}
        if vector is not None and embed is not None:
            values = [float(value) for value in embed(question)]
            if elastic:
                nearest = {"field": vector, "query_vector": values, "k": count, "num_candidates": 10 * count}
                body["knn"] = nearest
            else:
                by_vector = {"knn": {vector: {"vector": values, "k": count}}}
                body["query"] = {"hybrid": {"queries": [by_words, by_vector]}}
                if pipeline is not None:
                    body["search_pipeline"] = pipeline
        hits = client.search(index=index, body=body)["hits"]["hits"]
        return [
            Document(hit["_id"], hit["_source"][text], None if title is None else hit["_source"].get(title))
            for hit in hits
            if hit["_source"].get(text)
        ]

    return search
