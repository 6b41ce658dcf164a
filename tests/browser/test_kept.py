"""Nothing is lost: a page that is reloaded, left, or cut off from its server continues where it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.conftest import EXAMPLES, WAFFLES, Visit
from tests.serving import free_port, running_on

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

TOWER = (
    "tower.txt",
    b"The clock tower of Brekkvik was built by Ada Berg in 1902. It is thirty metres high.\n",
)
QUESTION = "Who built the clock tower of Brekkvik?"


def arrived(page: Page) -> None:
    page.locator("body[data-arrived]").wait_for()


def box(page: Page) -> str:
    return page.get_by_role("textbox", name="Question").input_value()


def questions(page: Page) -> list[str]:
    return page.locator("#conversation .question").all_text_contents()


def test_a_reloaded_page_continues(visit: Visit) -> None:
    """Documents, conversation, verdicts and unsent text survive a reload, and leaving and coming back.

    The places of earlier answers can still be opened, and a follow-up is understood.
    """
    page = visit.page
    visit.upload(TOWER)
    visit.ask(QUESTION)
    page.get_by_role("button", name="Right", exact=True).click()
    page.locator("[aria-pressed=true]").wait_for()
    page.get_by_role("textbox", name="Question").fill("Half a que")
    address = page.url
    for leave in (page.reload, lambda: (page.goto("about:blank"), page.go_back())):
        leave()
        arrived(page)
        assert questions(page) == [QUESTION]
        assert page.locator(".answer-text").text_content() == "Ada Berg"
        assert page.locator("[aria-pressed=true]").count() == 1
        assert box(page) == "Half a que"
        assert "tower.txt" in page.locator("#documents").inner_text()
        assert not page.locator(".welcome").is_visible()
    assert page.url == address
    page.get_by_role("button", name="Show in the text").click()
    page.locator("#reader mark.answer", has_text="Ada Berg").wait_for()
    visit.ask("When?")
    assert "Read as: When" in page.locator(".read-as").inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as Markdown").click()
    words = download.value.path().read_text(encoding="utf-8")
    assert words.count("## ") == 2


def test_an_unsent_text_is_back_in_its_box_after_a_reload(visit: Visit) -> None:
    """Once it has been added, the box stays empty, even right afterwards."""
    page, text = visit.page, visit.page.get_by_label("Text", exact=True)
    page.get_by_role("button", name="Paste text").click()
    text.fill("The mill burnt down in May.")
    page.reload()
    arrived(page)
    page.get_by_role("button", name="Paste text").click()
    expect(text).to_have_value("The mill burnt down in May.")
    page.get_by_role("button", name="Add text").click()
    expect(text).to_have_value("")
    page.wait_for_timeout(300)
    assert text.input_value() == ""


def test_a_second_tab_is_a_visit_of_its_own(visit: Visit) -> None:
    """Both a newly opened tab, and a copy of the first with its whole session storage."""
    visit.upload(TOWER)
    visit.ask(EXAMPLES[0])
    anew = visit.page.context.new_page()
    anew.goto(visit.page.url)
    arrived(anew)
    assert questions(anew) == []
    assert "tower.txt" not in anew.locator("#panels").inner_text()
    kept = visit.page.evaluate("JSON.stringify(sessionStorage)")
    copy = visit.page.context.new_page()
    copy.add_init_script(
        f"if (!sessionStorage.copied) Object.assign(sessionStorage, {{...{kept}, copied: '1'}})"
    )
    copy.goto(visit.page.url)
    arrived(copy)
    assert questions(copy) == []
    assert "tower.txt" not in copy.locator("#panels").inner_text()
    visit.page.reload()
    arrived(visit.page)
    assert questions(visit.page) == [EXAMPLES[0]]


def test_nobody_can_open_a_visit_without_its_token(visit: Visit, open_visit: Callable[[str], Visit]) -> None:
    """An empty, malformed or made-up token is replaced by a new one."""
    visit.upload(TOWER)
    page = open_visit(visit.page.url).page
    for token in ("null", '""', '"visit-"', "{}", "[]", "0", '"undefined"'):
        page.evaluate("(token) => sessionStorage.setItem('verbatim token', token)", token)
        page.reload()
        arrived(page)
        assert "tower.txt" not in page.locator("#panels").inner_text()
        given = page.evaluate("JSON.parse(sessionStorage.getItem('verbatim token'))")
        assert len(given) > 30
        assert given not in token


def test_removed_documents_and_cleared_conversations_can_be_restored(visit: Visit) -> None:
    """A document, at once or after another change; the conversation with its numbers and its follow-ups."""
    page = visit.page
    visit.upload(TOWER)
    visit.ask(QUESTION)
    page.get_by_role("button", name="Remove tower.txt").click()
    page.locator("#uploads", has_text="tower.txt is removed").wait_for()
    page.get_by_role("button", name="Undo the removal of tower.txt").click()
    page.locator("#uploads", has_text="tower.txt is back").wait_for()
    assert "tower.txt" in page.locator("#documents").inner_text()
    page.get_by_role("button", name="Start over").click()
    page.get_by_text("What would you like to know?").wait_for()
    page.get_by_role("button", name="Undo", exact=True).click()
    assert questions(page) == [QUESTION]
    assert not page.locator(".welcome").is_visible()
    visit.ask("When?")
    assert "clock tower" in page.locator(".read-as").inner_text()
    page.reload()
    arrived(page)
    assert questions(page) == [QUESTION, "When?"]
    page.get_by_role("button", name="Start over").click()
    page.get_by_text("What would you like to know?").wait_for()
    visit.ask(WAFFLES)
    assert not page.get_by_role("button", name="Undo", exact=True).is_visible()
    assert questions(page) == [WAFFLES]


def test_an_unanswered_question_goes_back_into_the_box(visit: Visit) -> None:
    """One that has not reached the server, one in progress, and one whose reply has not arrived."""
    page = visit.page
    held: list[Route] = []
    for pattern in ("**/queue/join*", "**/queue/data*"):
        page.route(pattern, lambda route: held.append(route))
        page.get_by_role("textbox", name="Question").fill(EXAMPLES[0])
        page.keyboard.press("Enter")
        page.wait_for_timeout(700)
        assert held
        page.unroute(pattern)
        page.reload()
        arrived(page)
        if not questions(page):
            assert box(page) == EXAMPLES[0]
            page.get_by_role("textbox", name="Question").fill("")
        held.clear()
    page.get_by_role("textbox", name="Question").fill(WAFFLES)
    page.keyboard.press("Enter")
    page.locator(".turn", has_text=WAFFLES).wait_for()
    page.reload()
    arrived(page)
    assert [WAFFLES] in ([box(page)], questions(page)[-1:])


def test_a_page_survives_a_restart_of_its_server(open_visit: Callable[[str], Visit]) -> None:
    """The conversation is there with its places, the question is back in its box, and losses are named."""
    port = free_port()
    with running_on(port, "-m", "tests.browser.tiny_server") as (address, _):
        visit = open_visit(address)
        page = visit.page
        visit.upload(("tower.txt", b"The tower was built by Ada Berg in 1902.\n"))
        visit.ask("Where is Skarholm?")
        page.get_by_role("textbox", name="Question").fill("Who built the")
    page.get_by_role("textbox", name="Question").fill("Who built the tower?")
    page.keyboard.press("Enter")
    page.get_by_text("Nothing is lost: the page goes on by itself.").wait_for()
    with running_on(port, "-m", "tests.browser.tiny_server"):
        page.wait_for_function("!('arrived' in document.body.dataset)", polling=100)
        arrived(page)
        assert questions(page) == ["Where is Skarholm?"]
        assert box(page) == "Who built the tower?"
        lost = page.locator("#uploads .failed").inner_text()
        assert lost == "tower.txt is not on the server any more: add it again"
        page.locator(".turn .from button").first.click()
        page.locator("#reader mark").first.wait_for()
        page.get_by_role("button", name="Next evidence").click()
        page.locator("#reader .steps", has_text="2 of").wait_for()
        page.get_by_role("textbox", name="Question").press("Enter")
        visit.wait_for_turn(1)
        assert questions(page) == ["Where is Skarholm?", "Who built the tower?"]
