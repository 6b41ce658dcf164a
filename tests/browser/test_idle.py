"""An open page that is not being used."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from tests.browser.conftest import Visit
from tests.serving import running_process, wake_ups

WATCHED_MS = 5_000


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts how often a thread wakes up")
def test_an_idle_page_sends_no_requests(open_visit: Callable[[str], Visit]) -> None:
    """It sends no requests, and the server wakes up as rarely as without a page."""
    with running_process("-m", "tests.browser.tiny_server") as (address, process_id):
        visit = open_visit(address)
        visit.ask("Skarholm")
        for _ in range(20):  # until the requests after loading and after the reply have ended
            sent = len(visit.requests)
            visit.page.wait_for_timeout(2_000)
            if len(visit.requests) == sent:
                break
        sent, before = len(visit.requests), wake_ups(process_id)
        visit.page.wait_for_timeout(WATCHED_MS)
        assert visit.requests[sent:] == []
        assert wake_ups(process_id) - before < WATCHED_MS / 1000 * 150
