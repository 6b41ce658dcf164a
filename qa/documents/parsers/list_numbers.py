"""List numbers as letters and as Roman numerals."""

from __future__ import annotations

MAX_ROMAN = 3999

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def letters(number: int) -> str:
    """Return a number, at least 1, as letters: a to z, aa, ab and so on."""
    found = ""
    while number > 0:
        number, place = divmod(number - 1, 26)
        found = chr(ord("a") + place) + found
    return found


def roman(number: int) -> str:
    """Return a number from 1 to `MAX_ROMAN` in lower-case Roman numerals; any other in digits."""
    if not 1 <= number <= MAX_ROMAN:
        return str(number)
    found = ""
    for value, sign in _ROMAN:
        count, number = divmod(number, value)
        found += sign * count
    return found
