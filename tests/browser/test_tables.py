"""Tables: words and numbers are not broken, and a wide table scrolls in its own box."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_access import violations

HEADINGS = ("Ticket", "Residents", "Non-residents", "Concession", "Student membership", "Weekend supplement")
ROWS = (
    ("Single visit", "£14.50", "£18.75", "£9.25", "£11.40", "£2.60"),
    ("Ten-visit card", "£128.00", "£164.00", "£82.50", "£95.00", "£19.80"),
)
LONG = "x" * 3_000
PRICES = "\n".join(
    [
        "# Prices of the baths\n",
        *(f"| {' | '.join(row)} |" for row in (HEADINGS, ["---"] * len(HEADINGS), *ROWS)),
        "\n## Codes\n",
        f"| Name | Code |\n| --- | --- |\n| Key | {LONG} |\n",
    ]
)

SPLIT = """(table) => {
  const walker = document.createTreeWalker(table, NodeFilter.SHOW_TEXT);
  const split = [];
  while (walker.nextNode()) {
    for (const {0: word, index} of walker.currentNode.data.matchAll(/[^\\s-]+/g)) {
      const range = new Range();
      range.setStart(walker.currentNode, index);
      range.setEnd(walker.currentNode, index + word.length);
      const tops = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
      if (tops.size > 1) split.push(word);
    }
  }
  return split;
}"""
"""The words that are broken over two lines."""


@pytest.mark.parametrize("width", [1280, 390])
def test_words_in_a_table_are_not_broken(visit: Visit, width: int) -> None:
    """In the reader and in a quoted section. The page is not wider than the window."""
    visit.page.set_viewport_size({"width": width, "height": 844})
    if width < 900:
        visit.page.locator("#side-toggle").click()
    visit.upload(("prices.md", PRICES.encode()))
    if width < 900:
        visit.page.keyboard.press("Escape")
    visit.ask("Show me the section on prices of the baths")
    visit.page.locator(".section .table").first.wait_for()
    visit.page.locator(".section ~ .from button, .section .from button, .from button").first.click()
    tables = visit.page.locator("#reader .table")
    expect(tables.first).to_be_visible()
    for table in (visit.page.locator(".section .table").first, tables.first, tables.nth(1)):
        assert table.evaluate(SPLIT) == []
    expect(visit.page.locator("#reader .table").first.locator("td, th")).to_have_count(18)
    assert tables.nth(1).evaluate("(box) => box.scrollWidth > box.clientWidth")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    text = visit.page.locator("#reader .text")
    assert text.evaluate("(box) => box.scrollWidth <= box.clientWidth")
    assert violations(visit) == []


def test_the_answer_in_a_wide_table_is_in_view(visit: Visit) -> None:
    """The table is scrolled sideways to the cell."""
    visit.page.set_viewport_size({"width": 390, "height": 844})
    visit.page.locator("#side-toggle").click()
    visit.upload(("prices.md", PRICES.encode()))
    visit.page.keyboard.press("Escape")
    visit.ask("How much is the weekend supplement of a ten-visit card?")
    visit.page.locator(".from button").first.click()
    cell = visit.page.locator("#reader .answer-cell")
    expect(cell).to_have_text("£19.80")
    expect(cell).to_be_in_viewport(ratio=1)
