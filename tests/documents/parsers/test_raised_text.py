"""Raised and lowered text: exponents, indices and endings keep their meaning, marks are set apart."""

from __future__ import annotations

import pytest

from qa.documents.parsers.raised_text import with_lowered, with_raised


@pytest.mark.parametrize(
    ("before", "raised", "expected"),
    [
        ("were sold 120", "4", "were sold 120 ⁴"),
        ("costs $9", "49", "costs $9 ⁴⁹"),
        ("the mill", "12", "the mill ¹²"),
        ("the mill.", "1, 2", "the mill. ¹, ²"),
        ("the mill", "*", "the mill *"),
        ("the mill", "a", "the mill a"),
        ("3.2 × 10", "5", "3.2 × 10⁵"),
        ("about 10", "-9", "about 10⁻⁹"),
        ("850 m", "2", "850 m²"),
        ("9.81 m/s", "2", "9.81 m/s²"),
        ("850 m²", "7", "850 m² ⁷"),
        ("where x", "2", "where x²"),
        ("on the 3", "rd", "on the 3rd"),
        ("the brand", "TM", "the brandTM"),
        ("page 10", "3", "page 10³"),
    ],
)
def test_raised(before: str, raised: str, expected: str) -> None:
    """A mark never changes the number or word before it."""
    assert with_raised(before, raised) == expected


def test_lowered() -> None:
    assert with_lowered("H", "2") == "H₂"
    assert with_lowered("v", "max") == "vmax"
