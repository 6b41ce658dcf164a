from __future__ import annotations

import socket

import pytest

from qa.errors import QAError
from qa.page import open_page
from tests.helpers import tiny_chatbot


def test_a_port_in_use_is_a_clear_error() -> None:
    """Raised before anything is built. No other port is taken instead."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(QAError, match=rf"^127\.0\.0\.1:{port} .* choose another port\.$"):
            open_page(tiny_chatbot("a b c"), port=port)


def test_a_password_and_an_mcp_server_are_not_served_together() -> None:
    with pytest.raises(QAError, match="A password does not cover the MCP server"):
        open_page(tiny_chatbot("a b c"), mcp=True, auth=("ada", "secret"))


def test_an_mcp_server_without_its_package_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the command that installs the package."""
    monkeypatch.setattr("qa.page.server.find_spec", lambda name: None)
    with pytest.raises(QAError, match=r"pip install 'verbatim-qa\[mcp\]'"):
        open_page(tiny_chatbot("a b c"), mcp=True)
