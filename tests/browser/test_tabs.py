"""Two tabs of one visit, opened on request: both show the same state, and no address has the token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.conftest import EXAMPLES, WAFFLES, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Page

TOWER = ("tower.txt", b"The clock tower of Brekkvik was built by Ada Berg in 1902.\n")
QUESTION = "Who built the clock tower of Brekkvik?"


def token(page: Page) -> str:
    kept: str = page.evaluate("JSON.parse(sessionStorage.getItem('verbatim token'))")
    return kept


def opened(visit: Visit) -> Visit:
    """Open another tab of the visit, and wait until it is ready."""
    with visit.page.context.expect_page() as found:
        visit.page.get_by_role("button", name="Another tab").click()
    other = Visit(found.value)
    other.page.on("request", lambda request: other.requests.append(request.url))
    other.page.locator("body[data-arrived]").wait_for()
    return other


def test_another_tab_shows_the_same_visit_on_request(visit: Visit) -> None:
    """Questions from either are in both, follow-ups are understood, and added documents are in both lists."""
    visit.upload(TOWER)
    visit.ask(QUESTION)
    other = opened(visit)
    assert token(other.page) == token(visit.page)
    asked = other.page.locator("#conversation .question")
    expect(asked).to_have_text([QUESTION])
    expect(other.page.locator("#documents")).to_contain_text("tower.txt")
    other.ask("When?")
    assert "clock tower of Brekkvik" in other.page.locator(".read-as").inner_text()
    for number in range(2):  # two questions that the other tab has not asked
        visit.ask((WAFFLES, EXAMPLES[0])[number])
    for page in (visit.page, other.page):
        expect(page.locator("#conversation .question")).to_have_text(
            [QUESTION, "When?", WAFFLES, EXAMPLES[0]]
        )
        page.locator(".turn").first.locator(".from button").first.click()
        expect(page.locator("#reader mark.answer")).to_have_text("Ada Berg")
    other.upload(("mill.txt", b"The mill burnt down in May.\n"))
    expect(visit.page.locator("#documents")).to_contain_text("mill.txt")
    assert not [url for url in visit.requests + other.requests if token(visit.page) in url]
    for page in (visit.page, other.page):  # a reload does not separate them
        page.reload()
        page.locator("body[data-arrived]").wait_for()
        expect(page.locator("#conversation .question")).to_have_count(4)
    visit.page.close()
    other.ask(EXAMPLES[1])
    expect(other.page.locator("#documents")).to_contain_text("tower.txt")
    other.page.close()


def test_starting_over_in_one_tab_starts_over_in_both(visit: Visit) -> None:
    """And so does undoing it; the next question from either is answered."""
    visit.ask(EXAMPLES[0])
    other = opened(visit)
    visit.page.get_by_role("button", name="Start over").click()
    expect(other.page.locator("#conversation .question")).to_have_count(0)
    visit.page.get_by_role("button", name="Undo", exact=True).click()
    expect(other.page.locator("#conversation .question")).to_have_text([EXAMPLES[0]])
    other.page.get_by_role("button", name="Start over").click()
    expect(visit.page.locator("#conversation .question")).to_have_count(0)
    other.ask(WAFFLES)
    expect(visit.page.locator("#conversation .question")).to_have_text([WAFFLES])
    visit.ask(EXAMPLES[1])
    expect(other.page.locator("#conversation .question")).to_have_text([WAFFLES, EXAMPLES[1]])


def test_any_other_tab_is_a_visit_of_its_own(visit: Visit) -> None:
    """Even next to two tabs of one visit."""
    visit.ask(EXAMPLES[0])
    opened(visit)
    anew = visit.page.context.new_page()
    anew.goto(visit.page.url)
    anew.locator("body[data-arrived]").wait_for()
    expect(anew.locator("#conversation .question")).to_have_count(0)
    assert token(anew) != token(visit.page)
