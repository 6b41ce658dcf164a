from __future__ import annotations

from fastapi.responses import PlainTextResponse
from starlette.testclient import TestClient

from qa.server.rate import Rate


def test_a_client_over_the_limit_is_refused_and_others_are_not() -> None:
    """Requests to the page are not counted."""
    app = Rate(PlainTextResponse("yes"), 3)
    one, other = (TestClient(app, client=(address, 1)) for address in ("192.0.2.1", "192.0.2.2"))
    assert [one.get("/v1/models").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = one.get("/v1/models")
    assert refused.headers["content-type"] == "application/problem+json"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert "More than 3 of your requests in a minute: wait" in refused.json()["detail"]
    assert other.get("/v1/models").status_code == 200
    assert one.get("/").status_code == 200
