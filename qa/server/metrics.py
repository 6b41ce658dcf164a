"""Metrics of the server in the text format of Prometheus."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

OUTCOMES = ("answered", "perhaps", "not_found", "remark", "error")

SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""The upper bounds of the histogram's buckets."""


class Metrics:
    """Counts the questions of all clients, including those on the page. No text of a question is kept."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._questions = Counter(
            "qa_questions", "Questions by outcome", ["outcome"], registry=self._registry
        )
        self._seconds = Histogram(
            "qa_question_seconds",
            "Seconds from a question to its reply, without the time spent waiting",
            buckets=SECONDS,
            registry=self._registry,
        )
        self._responses = Counter(
            "qa_http_responses", "Responses to requests to /v1 by status", ["status"], registry=self._registry
        )
        self._waiting = Gauge("qa_waiting", "Waiting requests by queue", ["queue"], registry=self._registry)
        self._documents = Gauge("qa_documents", "Documents that all clients share", registry=self._registry)
        ProcessCollector(registry=self._registry)
        for outcome in OUTCOMES:
            self._questions.labels(outcome)

    def replied(self, outcome: str, seconds: float) -> None:
        """Count a question and its seconds."""
        self._questions.labels(outcome).inc()
        self._seconds.observe(seconds)

    def responded(self, status: int) -> None:
        """Count a response to a program."""
        self._responses.labels(str(status)).inc()

    def watch(self, *, documents: Callable[[], int], waiting: dict[str, Callable[[], int]]) -> None:
        """Read the numbers of documents and of waiting requests from these functions at each scrape."""
        self._documents.set_function(documents)
        for queue, number in waiting.items():
            self._waiting.labels(queue).set_function(number)

    def router(self) -> APIRouter:
        """Return the route of `GET /metrics`."""
        router = APIRouter()

        @router.get("/metrics", include_in_schema=False)
        def metrics() -> Response:
            return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)

        return router
