"""The report: self-contained, escaped, with every failed question and its evidence."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from qa.documents import Document, Span
from qa.evaluation import Evaluation, GoldQuestion, report_html
from qa.evaluation.charts import Point, bars, curve
from qa.evaluation.run import judge
from qa.results import Citation
from tests.helpers import plain
from tests.replies import HOSTILE, MILL

RIVER = Citation(MILL, Span(18, 27), Span(0, 28))
ATTACK = Citation(Document(HOSTILE.splitlines()[0], HOSTILE), Span(8, 40), Span(0, len(HOSTILE)))


def evaluation(*, retrieved: bool = True) -> Evaluation:
    gold = GoldQuestion("When did it burn?", ("1822",))
    return Evaluation(
        (
            judge(gold, "1822", shown=True, confidence=0.9, rank=1),
            judge(GoldQuestion("Where was it?", ("town", "city")), RIVER.text, shown=True, confidence=0.6,
                  rank=1, evidence=RIVER),
            judge(GoldQuestion(HOSTILE, (HOSTILE,)), ATTACK.text, shown=False, confidence=0.2, rank=None,
                  evidence=ATTACK),
            judge(GoldQuestion("Who?", ()), "", shown=False, confidence=0.0, rank=None),
            judge(GoldQuestion("Which?", ("none",)), "", shown=False, confidence=0.0, rank=None),
        ),
        retrieved,
    )  # fmt: skip


def page(*, retrieved: bool = True) -> str:
    run = evaluation(retrieved=retrieved)
    return report_html(run, run.to_dict(), title="questions.csv <b>")


class Tags(HTMLParser):
    """Collects tags, attributes and unclosed tags."""

    VOID = frozenset({"meta", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.opened: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}
        if tag not in self.VOID:
            self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag


@pytest.mark.parametrize("retrieved", [True, False])
def test_the_report_is_self_contained_and_escaped(retrieved: bool) -> None:
    """No script, no link, nothing to load, and every tag closed, whatever the texts contain."""
    tags = Tags()
    markup = page(retrieved=retrieved)
    tags.feed(markup)
    assert tags.opened == []
    assert tags.tags.isdisjoint({"script", "img", "link", "a", "b", "iframe", "object"})
    assert tags.attributes.isdisjoint({"src", "href", "onerror", "onload", "style"})
    assert "url(" not in markup
    assert HOSTILE in plain(markup)


def test_every_failed_question_is_listed_with_its_evidence() -> None:
    markup = page()
    assert "Questions that failed: 3" in markup
    articles = re.findall("<article>(.*?)</article>", markup, re.DOTALL)
    assert len(articles) == 3
    first = articles[0]
    assert "<h3>Where was it?</h3>" in first
    assert "<strong>misread</strong>; expected: town / city" in first
    assert "The mill stood by <mark>the river</mark>" in first or f"<mark>{RIVER.text}</mark>" in first
    assert "mill.txt:18-27 · confidence 0.60, shown" in first
    assert "not retrieved" in articles[1]
    assert "confidence 0.20, not shown" in articles[1]
    assert "Nothing was found." in articles[2]


def test_figures_and_charts() -> None:
    markup = page()
    assert "<tr><th>F1</th><td>40.0</td></tr>" in markup
    assert markup.count("<svg ") == 3
    assert "Risk and coverage" in markup
    without = page(retrieved=False)
    assert without.count("<svg ") == 1
    assert "calibration" not in without


def test_bars_are_as_long_as_their_counts() -> None:
    drawn = ElementTree.fromstring(bars("counts", {"a & b": 4, "c": 1, "d": 0}))
    widths = [float(bar.attrib["width"]) for bar in drawn.iter("rect")]
    assert widths == [300, 75, 0]
    assert [text.text for text in drawn.iter("text")] == ["a & b", "4", "c", "1", "d", "0"]
    assert bars("none", {})


def test_a_curve_goes_through_its_points() -> None:
    drawn = ElementTree.fromstring(curve("t", [Point(0, 0), Point(1, 1)], x="x", y="y", dots=True))
    dots = [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in drawn.iter("circle")]
    (left, bottom), (right, top) = dots
    assert right - left == bottom - top == 260
