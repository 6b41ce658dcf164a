from __future__ import annotations

from dataclasses import replace

import pytest

from qa.page.presence import Presence
from qa.page.sessions import Sessions
from qa.page.visits import MOST_TURNS, Visits
from qa.presentation import Turn
from qa.settings import DEFAULTS
from tests.helpers import BRIDGE, tiny_chatbot
from tests.page.test_sessions import LIMITS, Clock
from tests.replies import ANSWERED

TURN = Turn("?", ANSWERED)


def tiny_visits(clock: Clock) -> tuple[Visits, Sessions]:
    sessions = Sessions(tiny_chatbot(BRIDGE), limits=LIMITS, presence=Presence(), clock=clock)
    return Visits(sessions, clock=clock), sessions


def test_only_its_token_opens_a_visit() -> None:
    """No token, a part of one, a wrong type, or the session of a program gets a new visit."""
    visits, sessions = tiny_visits(Clock())
    visit, known = visits.arrive("page", {})
    assert not known
    visit.add(TURN)
    sessions.add(visit.token, "the ferry left", name="ferry.txt")
    sessions.add("program", "the mill", name="mill.txt")
    for token in (None, "", visit.token[:-1], [visit.token], "program", 0, True):
        other, known = visits.arrive("another page", {"token": token})
        assert not known
        assert other.turns == {}
        assert sessions.added(other.token) == frozenset()
    assert visits.arrive("page two", {"token": visit.token}) == (visit, True)
    assert len(visit.token) > 30


def test_a_visit_is_kept_for_half_an_hour_after_its_last_page_was_closed() -> None:
    """Not after the first of two. A client other than the page loses its documents at once."""
    clock = Clock()
    visits, sessions = tiny_visits(clock)
    visit, _ = visits.arrive("one", {})
    sessions.add(visit.token, "the ferry left", name="ferry.txt")
    visits.arrive("two", {"token": visit.token})
    visits.leave("one")
    sessions.add("program", "the mill", name="mill.txt")
    visits.leave("program")
    assert sessions.added("program") == frozenset()
    visits.leave("two")
    clock.now = min(DEFAULTS.left_seconds, LIMITS.idle_seconds) - 1
    assert sessions.added(visit.token) == {"ferry.txt"}
    clock.now += 1
    again, known = visits.arrive("three", {"token": visit.token})
    assert (again, known) == (visit, True)
    visits.leave("three")
    clock.now += DEFAULTS.left_seconds + 1
    assert visits.arrive("four", {"token": visit.token})[1] is False
    assert sessions.added(visit.token) == frozenset()


def test_a_loading_page_shares_nothing() -> None:
    visits, _ = tiny_visits(Clock())
    visits.of("").add(TURN)
    assert visits.of("").turns == {}


def test_made_up_visits_do_not_displace_real_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.page.visits.DEFAULTS", replace(DEFAULTS, remembered_sessions=3))
    visits, _ = tiny_visits(Clock())
    visit, _ = visits.arrive("one", {})
    visit.add(TURN)
    for number in range(20):
        visits.arrive(f"invented {number}", {})
        visits.of(f"invented {number}")
    assert visits.arrive("two", {"token": visit.token}) == (visit, True)
    assert len(visits._visits) == 3


def test_the_oldest_turns_are_forgotten() -> None:
    visit, _ = tiny_visits(Clock())[0].arrive("one", {})
    numbers = [visit.add(TURN) for _ in range(MOST_TURNS + 5)]
    assert numbers[-1] == MOST_TURNS + 4
    assert min(visit.turns) == 5
