"""Every endpoint, called with requests that its OpenAPI schema allows and with ones that it does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from qa.page import Sessions, Uploads
from qa.server.metrics import Metrics
from qa.server.programs import endpoints_of, services_of
from tests.helpers import BRIDGE, tiny_chatbot

OPERATIONS = [
    ("POST", "/v1/ask"),
    ("POST", "/v1/search"),
    ("GET", "/v1/documents"),
    ("POST", "/v1/documents"),
    ("GET", "/v1/documents/{document}"),
    ("DELETE", "/v1/documents/{document}"),
    ("GET", "/v1/models"),
    ("GET", "/v1/models/{model}"),
    ("POST", "/v1/chat/completions"),
]
NOT_DESCRIBED = {"/v1/ask", "/v1/search", "/v1/documents", "/v1/chat/completions"}
"""OpenAPI cannot count tokens, nor say which bytes are a document, or that the last message is a question."""

BOUNDED = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The schema of the endpoints, over tiny models. The application itself is called."""
    folder: Path = tmp_path_factory.mktemp("uploads")
    sessions = Sessions(tiny_chatbot(BRIDGE, "the mill stood by the river"))
    app = endpoints_of(services_of(sessions, Uploads(folder, 1024**3)), Metrics())
    return schemathesis.openapi.from_asgi("/openapi.json", app)


def test_every_operation_is_tested(schema: Any) -> None:
    found = [operation.ok() for operation in schema.get_all_operations()]
    assert {(one.method.upper(), one.path) for one in found} == set(OPERATIONS)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_valid_requests_get_the_described_responses(schema: Any, method: str, path: str) -> None:
    """No server error; status, media type and body agree with OpenAPI."""
    excluded: list[Any] = [positive_data_acceptance] if path in NOT_DESCRIBED else []

    @given(case=schema[path][method].as_strategy())
    @BOUNDED
    def check(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(excluded_checks=excluded)

    check()


@pytest.mark.parametrize(("method", "path"), [one for one in OPERATIONS if one[0] == "POST"])
def test_invalid_requests_are_refused(schema: Any, method: str, path: str) -> None:
    @given(case=schema[path][method].as_strategy(generation_mode=GenerationMode.NEGATIVE))
    @BOUNDED
    def check(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate()

    check()
