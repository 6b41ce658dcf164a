from __future__ import annotations

from qa.page import login_attempts
from qa.page.login_attempts import FREE_ATTEMPTS, LONGEST_WAIT, LoginAttempts


def test_wrong_passwords_make_an_address_wait_longer_each_time() -> None:
    """Other addresses do not wait; it stops after a correct password, or after a long time."""
    now = 0.0
    attempts = LoginAttempts(lambda: now)
    for _ in range(FREE_ATTEMPTS):
        assert attempts.wait("1.1.1.1") == 0
    for expected in (1, 2, 4, 8):
        assert attempts.wait("1.1.1.1") == expected
        assert attempts.wait("2.2.2.2") == 0
        attempts.succeeded("2.2.2.2")
        now += expected
        assert attempts.wait("1.1.1.1") == 0
    attempts.succeeded("1.1.1.1")
    assert attempts.wait("1.1.1.1") == 0


def test_few_guesses_fit_into_an_hour() -> None:
    """About one in five minutes, however fast they are sent."""
    now, tried = 0.0, 0
    attempts = LoginAttempts(lambda: now)
    while now < 3600:
        pause = attempts.wait("1.1.1.1")
        tried += pause == 0
        now += pause
    assert FREE_ATTEMPTS < tried < FREE_ATTEMPTS + 9 + 3600 / LONGEST_WAIT


def test_addresses_are_forgotten() -> None:
    """Neither time nor many addresses fill the memory."""
    now = 0.0
    attempts = LoginAttempts(lambda: now)
    for number in range(login_attempts.MAX_ADDRESSES + 100):
        attempts.wait(str(number))
    assert len(attempts._latest) <= login_attempts.MAX_ADDRESSES + 1
    now = LONGEST_WAIT + 1
    attempts.wait("1.1.1.1")
    assert len(attempts._latest) == 1
