"""A text as HTML: every letter as it is, marks on their stretch and nowhere else."""

from __future__ import annotations

import html
import json
import re

from hypothesis import given
from hypothesis import strategies as st

from qa.documents import Span
from qa.page.highlight import attribute, escape, mark, request
from tests.helpers import TAG, plain
from tests.replies import HOSTILE

TEXTS = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="<>&\"'/=ab;#\n\r\x00\x85\u2028\u202e ", max_size=80),
    st.just(HOSTILE),
)


@given(text=TEXTS)
def test_escaped_text_reads_as_it_was(text: str) -> None:
    """Nothing is lost, added or taken for markup; the only tags are those that name the unseen."""
    markup = escape(text)
    assert plain(markup) == text
    tags = "".join(TAG.findall(markup))
    assert re.fullmatch('(<span class="unseen" data-name="U\\+[0-9A-F]{4}"></span>)*', tags)


@given(text=TEXTS)
def test_an_attribute_cannot_be_left(text: str) -> None:
    """Its value holds no quotation mark and no tag, and reads as it was."""
    assert not set(attribute(text)) & set("<>\"'")
    assert html.unescape(attribute(text)) == text
    assert json.loads(html.unescape(request(document=text))) == {"document": text}


@given(text=TEXTS.filter(bool), data=st.data())
def test_marks_cover_their_stretch_and_nothing_else(text: str, data: st.DataObject) -> None:
    """Over any lines and any part, overlapping or not: the letters inside are those of the span, in order."""

    def stretch() -> Span:
        start = data.draw(st.integers(0, len(text) - 1))
        return Span(start, data.draw(st.integers(start + 1, len(text))))

    marks = {name: stretch() for name in ("sentence", "answer")}
    part = stretch()
    pages = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=3)))
    markup = mark(text, marks, part=part, pages=pages)
    assert plain(markup) == text[part.start : part.end]
    pieces = re.findall('<mark class="([^"]*)">(.*?)</mark>', markup, re.DOTALL)
    for name, span in marks.items():
        inside = "".join(plain(words) for names, words in pieces if name in names.split())
        assert inside == text[max(span.start, part.start) : max(min(span.end, part.end), part.start)] or (
            not span.overlaps(part) and inside == ""
        )
    told = [int(number) for number in re.findall('data-page="([0-9]+)"', markup)]
    assert told == [number for number, place in enumerate(pages, start=1) if part.start <= place < part.end]


def test_a_page_begins_where_it_does() -> None:
    """Its number stands before its first letter, in the middle of a line too."""
    assert mark("one two\n", {}, pages=(0, 4)) == (
        '<p><span class="page" data-page="1"></span>one <span class="page" data-page="2"></span>two\n</p>'
    )
    assert mark("", {}) == ""
