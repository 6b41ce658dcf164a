"""String arrays: lookup, selection and concatenation."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qa.storage import StringArray


@given(st.lists(st.text(max_size=6), unique=True), st.text(max_size=6))
def test_strings_are_found(strings: list[str], other: str) -> None:
    """Each string by its position and the other way round, sorted or with an order; no other string."""
    ordered = StringArray.of(sorted(strings, key=str.encode))
    assert [ordered[position] for position in range(len(ordered))] == sorted(strings, key=str.encode)
    mixed = StringArray.of(strings)
    order = np.array(sorted(range(len(strings)), key=lambda position: strings[position].encode()), np.int32)
    for position, string in enumerate(strings):
        assert mixed.find(string, order) == position
        assert ordered[ordered.find(string) or 0] == string
    assert (mixed.find(other, order) is None) == (ordered.find(other) is None) == (other not in strings)


@given(st.lists(st.tuples(st.text(max_size=4), st.booleans())), st.integers(0, 9))
def test_strings_are_selected_and_concatenated(strings: list[tuple[str, bool]], cut: int) -> None:
    parts = [StringArray.of([string for string, _ in part]) for part in (strings[:cut], strings[cut:])]
    masks = [
        np.array([selected for _, selected in part], np.bool_) for part in (strings[:cut], strings[cut:])
    ]
    whole = StringArray.concatenate([part.take(mask) for part, mask in zip(parts, masks, strict=True)])
    assert [whole[position] for position in range(len(whole))] == [
        string for string, selected in strings if selected
    ]
