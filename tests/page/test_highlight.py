from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qa.documents import Span
from qa.page.highlight import mark
from tests.page.dom import attributes, plain, texts
from tests.replies import HOSTILE

TEXTS = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="<>&\"'/=ab;#\n\r\x00\x85\u2028\u202e ", max_size=80),
    st.just(HOSTILE),
)


@given(text=TEXTS.map(lambda text: text.replace("\r\n", "\n")).filter(bool), data=st.data())
def test_marks_cover_their_span_and_nothing_else(text: str, data: st.DataObject) -> None:
    """For any lines and any part, overlapping or not, the marked text is that of the span, in order.

    No span of a document begins or ends between the two characters of one line end.
    """

    def draw_span() -> Span:
        start = data.draw(st.integers(0, len(text) - 1))
        return Span(start, data.draw(st.integers(start + 1, len(text))))

    marks = {name: draw_span() for name in ("sentence", "answer")}
    part = draw_span()
    pages = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=3)))
    markup = mark(text, marks, part=part, pages=pages)
    assert plain(markup) == text[part.start : part.end]
    for name, span in marks.items():
        # A parser drops null characters and turns every line end into a line feed.
        inside = text[max(span.start, part.start) : min(span.end, part.end)] if span.overlaps(part) else ""
        assert "".join(texts(markup, f"mark.{name}")) == as_parsed(inside)
    expected = [str(number) for number, offset in enumerate(pages, 1) if part.start <= offset < part.end]
    assert attributes(markup, "data-page") == expected


def as_parsed(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def test_a_page_is_marked_where_it_begins() -> None:
    """The element with its number comes before its first character, even within a line."""
    assert mark("one two\n", {}, pages=(0, 4)) == (
        '<p><span class="page" data-page="1"></span>one <span class="page" data-page="2"></span>two\n</p>'
    )
    assert mark("", {}) == ""
