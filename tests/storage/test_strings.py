"""Many strings in two arrays."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qa.storage import StringArray


@given(st.lists(st.text(max_size=6), unique=True), st.text(max_size=6))
def test_strings_are_found(strings: list[str], other: str) -> None:
    """Each by its number, and its number by it, sorted or through an order; no other is found."""
    ordered = StringArray.of(sorted(strings, key=str.encode))
    assert [ordered[number] for number in range(len(ordered))] == sorted(strings, key=str.encode)
    mixed = StringArray.of(strings)
    order = np.array(sorted(range(len(strings)), key=lambda number: strings[number].encode()), np.int32)
    for number, string in enumerate(strings):
        assert mixed.find(string, order) == number
        assert ordered[ordered.find(string) or 0] == string
    assert (mixed.find(other, order) is None) == (ordered.find(other) is None) == (other not in strings)


@given(st.lists(st.tuples(st.text(max_size=4), st.booleans())), st.integers(0, 9))
def test_strings_are_taken_and_joined(strings: list[tuple[str, bool]], cut: int) -> None:
    """Those that are wanted, in order, out of all parts."""
    parts = [StringArray.of([string for string, _ in part]) for part in (strings[:cut], strings[cut:])]
    wanted = [np.array([want for _, want in part], np.bool_) for part in (strings[:cut], strings[cut:])]
    whole = StringArray.concatenate([part.take(mask) for part, mask in zip(parts, wanted, strict=True)])
    assert [whole[number] for number in range(len(whole))] == [string for string, want in strings if want]
