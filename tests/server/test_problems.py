"""Errors of the endpoints that no other test can cause."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.testclient import TestClient

from qa.errors import UnavailableError
from qa.server.problems import answer_errors


def test_an_unavailable_service_says_when_to_retry() -> None:
    app = FastAPI()
    answer_errors(app)

    @app.get("/")
    def away() -> None:
        raise UnavailableError("Shard 2 of 4 is restarting: try again.", retry_seconds=7)

    with TestClient(app) as client:
        response = client.get("/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "7"
    assert response.json()["detail"] == "Shard 2 of 4 is restarting: try again."
