"""Words of a query in a passage."""

from __future__ import annotations

from qa.documents import Document, Span
from qa.presentation import matches
from qa.results import Passage


def test_words_are_found_in_any_form_at_their_place() -> None:
    text = "Nobody. The mills’ fire was a big fire, and it burnt a mill."
    passage = Passage(Document("mill.txt", text), Span(8, len(text)), 1.0, None, 1)
    found = [text[span.start : span.end] for span in matches("the MILL fires", passage)]
    assert found == ["mills", "fire", "fire", "mill"]
    assert matches("the waffle", passage) == ()
