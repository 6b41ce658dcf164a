from __future__ import annotations

import pytest

from qa.page.hosts import Hosts


@pytest.mark.parametrize(
    ("host", "allowed", "header", "served"),
    [
        ("127.0.0.1", [], "127.0.0.1:7860", True),
        ("127.0.0.1", [], "LocalHost", True),
        ("127.0.0.1", [], "[::1]:7860", True),
        ("127.0.0.1", [], "evil.example", False),
        ("127.0.0.1", [], "evil.example:7860", False),
        ("127.0.0.1", [], "127.0.0.1.evil.example", False),
        ("127.0.0.1", [], "localhost@evil.example", False),
        ("127.0.0.1", [], "evil.example@localhost", False),
        ("127.0.0.1", [], "localhost:80:80", False),
        ("127.0.0.1", [], "localhost evil.example", False),
        ("127.0.0.1", [], "192.168.1.5", False),
        ("127.0.0.1", [], "", False),
        ("0.0.0.0", [], "192.168.1.5:7860", True),
        ("::", [], "[fd00::5]:7860", True),
        ("0.0.0.0", [], "evil.example", False),
        ("192.168.1.5", [], "192.168.1.5:80", True),
        ("192.168.1.5", [], "192.168.1.6:80", False),
        ("127.0.0.1", ["Papers.Example"], "papers.example", True),
        ("127.0.0.1", ["papers.example"], "x.papers.example", False),
    ],
)
def test_a_server_is_served_under_its_own_names(
    host: str, allowed: list[str], header: str, served: bool
) -> None:
    assert Hosts.of(host, allowed).serves(header) is served


@pytest.mark.parametrize(
    ("origin", "host", "trusted"),
    [
        ("http://127.0.0.1:7860", "127.0.0.1:7860", True),
        ("http://127.0.0.1:8000", "127.0.0.1:7860", False),  # another program on this machine
        ("http://localhost:7860", "127.0.0.1:7860", False),
        ("https://papers.example", "papers.example", True),
        ("https://papers.example", "127.0.0.1:7860", True),  # a proxy that sends its own name as Host
        ("http://evil.example", "127.0.0.1:7860", False),
        ("https://papers.example.evil.example", "papers.example", False),
        ("https://papers.example@evil.example", "papers.example", False),
        ("file://127.0.0.1:7860", "127.0.0.1:7860", False),
        ("null", "127.0.0.1:7860", False),
        ("http://[", "127.0.0.1:7860", False),
        ("", "127.0.0.1:7860", False),
    ],
)
def test_only_pages_of_the_server_may_call_it(origin: str, host: str, trusted: bool) -> None:
    assert Hosts.of("127.0.0.1", ["papers.example"]).trusts(origin, host) is trusted


@pytest.mark.parametrize(
    ("host", "allowed", "local"),
    [
        ("127.0.0.1", [], True),
        ("localhost", [""], True),
        ("::1", [], True),
        ("0.0.0.0", [], False),
        ("", [], False),
        ("192.168.1.5", [], False),
        ("127.0.0.1", ["papers.example"], False),
    ],
)
def test_a_server_is_local_if_only_this_machine_reaches_it(
    host: str, allowed: list[str], local: bool
) -> None:
    assert Hosts.of(host, allowed).is_local is local
