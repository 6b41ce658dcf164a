"""Where answers begin and end: never with half a word, an address or a pair of marks."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.documents import Span
from qa.reader.span_boundaries import addresses, snap_to_boundaries
from tests.growth import assert_grows_in_line


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("It was *Karl and Emil* Berg.", "*Karl", "Karl"),
        ("It was *Karl and Emil* Berg.", "Emil*", "Emil"),
        ("Built by the brothers *Karl and Emil Berg* in May.", "the brothers *Karl and Emil Berg", None),
        ("It takes at least **seven minutes**.", "at least **seven minutes", "at least **seven minutes**"),
        ("It takes **at least seven** minutes.", "at least seven** minutes", "**at least seven** minutes"),
        ("* Anna Lund", "* Anna Lund", "* Anna Lund"),
        ("The clerk (Anna Lund) spoke.", "(Anna Lund", "Anna Lund"),
        ("The clerk (Anna Lund) spoke.", "clerk (Anna Lund", "clerk (Anna Lund)"),
        ("The clerk (Anna Lund) spoke.", "clerk (Anna", "clerk (Anna"),
        ("He said “No” and left.", "“No", "No"),
        ('He said "not now" and left.', 'said "not now', 'said "not now"'),
        ("Run `make app` first.", "Run `make app", "Run `make app`"),
        ("It is 3 * 4 metres.", "3 * 4 metres", "3 * 4 metres"),
        ("A (b) and (c) d", "(b) and (c)", "(b) and (c)"),
        ('It has a monitor (27" diagonal) too.', 'monitor (27" diagonal)', 'monitor (27" diagonal)'),
        ("The area (a*b) is known.", "area (a*b)", "area (a*b)"),
        ("In (France) and Rome (Italy) too.", "France) and Rome (Italy", "(France) and Rome (Italy)"),
        ("He is 6' 2\" tall.", "6' 2\"", "6' 2\""),
        ("It is rated 4* by guests.", "4*", "4*"),
        ("The interval [0, 1) is meant.", "[0, 1)", "[0, 1)"),
        ("He saw (a) the sea", "saw (a", "saw (a)"),
        (unicodedata.normalize("NFD", "It is Bogotá."), "Bogota", unicodedata.normalize("NFD", "Bogotá")),
    ],
)
def test_marks_come_in_pairs(text: str, words: str, expected: str | None) -> None:
    """A single one is dropped at the edge; otherwise its partner is included if it is adjacent."""
    start = text.index(words)
    span = snap_to_boundaries(text, Span(start, start + len(words)))
    assert span is not None
    assert text[span.start : span.end] == (f"{words}*" if expected is None else expected)


@given(st.text(alphabet='ab *()[]`"“”\u0301', min_size=1), st.data())
def test_no_letter_comes_or_goes(text: str, data: st.DataObject) -> None:
    """Whatever the marks: the span is in the text and keeps its letters, with no space around them."""
    start = data.draw(st.integers(0, len(text) - 1))
    before = Span(start, data.draw(st.integers(start + 1, len(text))))
    span = snap_to_boundaries(text, before)
    letters = re.sub("[^ab]", "", text[before.start : before.end])
    if span is None:
        assert letters == ""
    else:
        words = text[span.start : span.end]
        assert re.sub("[^ab]", "", words) == letters
        assert words == words.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See [Porto](https://example.org/porto).", ["https://example.org/porto"]),
        ("Write to www.norvik.no/ask?x=1, or call.", ["www.norvik.no/ask?x=1"]),
        ("| HTTP://A.B/c |", ["HTTP://A.B/c"]),
        (
            "In https://en.example/Lund_(town), or (https://a.b/c).",
            ["https://en.example/Lund_(town)", "https://a.b/c"],
        ),
        ("https:// alone, and awww. too", []),
        ("Mail o.brekke@mail-1.example.org.", ["o.brekke@mail-1.example.org"]),
        ("See shop.example.org/list or notes.txt.", ["shop.example.org/list", "notes.txt"]),
        ("In /etc/app/x.toml, ~/a/b, docs/cli.md,", ["/etc/app/x.toml", "~/a/b", "docs/cli.md"]),
        (r"In C:\Users\me\a.txt. See 10.1000/182.x.", [r"C:\Users\me\a.txt", "10.1000/182.x"]),
        ("Call +44 20 7946 0958 or (020) 7946 0958", ["+44 20 7946 0958", "(020) 7946 0958"]),
        ("Call 555 0166 or 212-555-0166", ["555 0166", "212-555-0166"]),
        ("It took 3.14 s, 1,100 at 10:30, 10 000", ["3.14", "1,100", "10:30", "10 000"]),
        ("On 14/03/2031, 2031-03-14: v2.1.0-rc1", ["14/03/2031", "2031-03-14", "v2.1.0-rc1"]),
        ("The LX-40/B of INV-2031-0042", ["LX-40/B", "INV-2031-0042"]),
        ("and/or 1911-1915, 6-8 weeks. He said no.Then he, she", []),
    ],
)
def test_addresses(text: str, expected: list[str]) -> None:
    """Without the marks around them or the full stop after them."""
    assert [text[span.start : span.end] for span in addresses(text)] == expected


@pytest.mark.parametrize(
    "piece", ["A-", "1-", "a.a.", "1,1,", "/a", "a/", "a@a.", "0 22 ", "+1 ", "www.", "1"]
)
def test_addresses_are_found_in_time(piece: str) -> None:
    """Whatever a text repeats."""
    assert_grows_in_line(lambda size: addresses(piece * size), 5_000)
