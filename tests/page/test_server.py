from __future__ import annotations

import ast
import os
import socket
import subprocess
import sys
import time

import pytest

from qa.errors import QAError
from qa.page import open_page
from tests.helpers import ROOT, tiny_chatbot
from tests.serving import running_process, wake_ups


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts how often a thread wakes up")
def test_an_idle_server_sleeps() -> None:
    """It wakes up fewer than 150 times a second; with Gradio's defaults, about 900 times."""
    with running_process("-m", "tests.browser.tiny_server") as (_, process_id):
        time.sleep(1)  # startup work has finished
        before = wake_ups(process_id)
        time.sleep(2)
        assert wake_ups(process_id) - before < 2 * 150


def test_programs_are_answered_in_parallel_one_per_core() -> None:
    """And visitors of the page one after another, in the order in which they asked."""
    code = """if True:
        from qa.page.page import build_page
        from tests.helpers import tiny_chatbot
        page = build_page(tiny_chatbot("a b c"))
        print([(f.api_name, f.concurrency_id, f.concurrency_limit) for f in page.fns.values()])
    """
    process = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    functions = ast.literal_eval(process.stdout)
    limits = {concurrency: limit for _, concurrency, limit in functions}
    assert [concurrency for name, concurrency, _ in functions if name == "ask"] == ["answer"]
    assert limits["answer"] == os.cpu_count()
    assert limits["ask"] == limits["add"] == 1


def test_a_port_in_use_is_a_clear_error() -> None:
    """Raised before anything is built. No other port is used instead."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(QAError, match=rf"^127\.0\.0\.1:{port} .* choose another port\.$"):
            open_page(tiny_chatbot("a b c"), port=port)


def test_a_password_and_an_mcp_server_are_not_served_together() -> None:
    with pytest.raises(QAError, match="A password does not cover the MCP server"):
        open_page(tiny_chatbot("a b c"), mcp=True, auth=("ada", "secret"))


def test_an_mcp_server_without_its_package_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the command that installs the package."""
    monkeypatch.setattr("qa.page.server.find_spec", lambda name: None)
    with pytest.raises(QAError, match=r"pip install 'verbatim-qa\[mcp\]'"):
        open_page(tiny_chatbot("a b c"), mcp=True)


@pytest.mark.parametrize(
    ("host", "names"), [("0.0.0.0", []), ("192.0.2.1", []), ("127.0.0.1", ["papers.example"])]
)
def test_strangers_cannot_change_the_corpus_unless_keep_is_given_twice(host: str, names: list[str]) -> None:
    """If others can reach the server without a password."""
    with socket.create_server(("0.0.0.0", 0)) as taken:  # so that no server is started
        chatbot, port = tiny_chatbot("a b c"), taken.getsockname()[1]
        with pytest.raises(QAError, match="say --keep twice"):
            open_page(chatbot, host=host, port=port, keep=True, allow_hosts=names)
        for options in ({"keep_for_strangers": True}, {"auth": ("ada", "secret")}):
            with pytest.raises(QAError, match="is not available"):
                open_page(chatbot, host=host, port=port, keep=True, allow_hosts=names, **options)


def test_on_this_machine_alone_keep_needs_no_password() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(QAError, match="is not available"):
            open_page(tiny_chatbot("a b c"), port=port, keep=True)
