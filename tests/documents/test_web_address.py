"""Web addresses: which are safe to follow."""

from __future__ import annotations

import pytest

from qa.documents import is_web_address


@pytest.mark.parametrize("url", ["https://a.example", "http://a.example:80/b?c#d", "HTTPS://é.example/ü"])
def test_complete_addresses_are_accepted(url: str) -> None:
    assert is_web_address(url)


@pytest.mark.parametrize(
    "url",
    [
        *("", "page.html", "//a.example", "https:", "https:///a", "http://["),
        *("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"),
        *(
            "https://a.example@b.example/",
            "https://a:b@c.example",
            "https://a.example/ b",
            "https://a.example/\x7f",
            "https://a.example/\u202e",
        ),
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    assert not is_web_address(url)
