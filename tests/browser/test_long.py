"""Long documents, and a server that keeps added documents: with tiny real models, for speed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.browser.conftest import Visit
from tests.browser.tiny_server import LONG, MIDDLE
from tests.serving import running


@pytest.fixture(scope="module")
def keeping() -> Iterator[str]:
    """The address of a server that keeps added documents."""
    with running("-m", "tests.browser.tiny_server", "--keep", GRADIO_ANALYTICS_ENABLED="True") as address:
        yield address


def names(visit: Visit) -> list[str]:
    """The names in the document list."""
    return visit.page.locator("#documents .open .name").all_text_contents()


def test_five_million_characters_do_not_freeze_the_reader(
    open_visit: Callable[[str], Visit], keeping: str
) -> None:
    """It opens at the part with the mark, buttons show the rest, and a line of a million is readable."""
    assert len(LONG.text) > 5_000_000
    visit = open_visit(keeping)
    page = visit.page
    visit.ask("Where is Skarholm?")
    while MIDDLE not in str(page.locator("#reader .letters").text_content()):
        before = page.locator("#reader .steps").inner_text()
        page.get_by_role("button", name="Next evidence").click()
        page.wait_for_function(
            "(before) => document.querySelector('#reader .steps').innerText !== before", arg=before
        )
    mark = page.locator("#reader mark").first
    assert mark.is_visible()
    for name in ("Later text", "Earlier text", "Earlier text"):
        shown = page.locator("#reader .letters").text_content()
        page.get_by_role("button", name=name).click()
        page.wait_for_function(
            "(shown) => document.querySelector('#reader .letters').textContent !== shown", arg=shown
        )
    assert str(page.locator("#reader .letters").text_content()).strip("m") == ""
    assert "part" in page.locator("#reader .other-part").first.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1600


def test_the_last_part_keeps_the_focus(open_visit: Callable[[str], Visit], keeping: str) -> None:
    """The button that opened it is gone, so the text gets the focus."""
    visit = open_visit(keeping)
    visit.upload(("parts.txt", b"harbour " * 9_000))
    visit.page.get_by_role("button", name="Later text").press("Enter")
    visit.page.locator("#reader .text:focus").wait_for()
    visit.page.get_by_role("button", name="Earlier text").press("Enter")
    visit.page.get_by_role("button", name="Later text").wait_for()
    visit.page.locator("#reader .text:focus").wait_for()


def test_kept_documents_are_there_for_everyone_and_deleted_on_a_second_click(
    open_visit: Callable[[str], Visit], keeping: str
) -> None:
    """It says so before anything is added; others see additions; an accidental click deletes nothing."""
    one = open_visit(keeping)
    assert "kept in the corpus folder, for everyone" in one.page.locator("#limits").inner_text()
    one.upload(("tower.txt", b"The tower was built in 1902."))
    one.upload(("mill.txt", b"The mill burnt down in 1822."))
    assert "mill.txt" in one.page.locator("#documents").inner_text()
    other = open_visit(keeping)
    assert "tower.txt" in names(other)
    button = other.page.locator("[data-remove='tower.txt']")
    assert button.get_attribute("aria-label") == "Delete the file tower.txt"
    button.dblclick()
    assert "Delete it?" in button.inner_text()
    assert button.get_attribute("aria-label") == "Press again to delete tower.txt"
    other.page.get_by_role("status").get_by_text("Press again to delete tower.txt").wait_for()
    other.page.wait_for_timeout(500)
    assert "tower.txt" in names(other)
    button.click()
    other.page.locator("#uploads", has_text="tower.txt is removed").wait_for()
    assert "tower.txt" not in names(other)
    assert other.page.evaluate("document.activeElement.textContent").startswith("Documents")


def test_holding_a_key_down_deletes_nothing(open_visit: Callable[[str], Visit], keeping: str) -> None:
    """It asks once, and neither this document nor the next one is deleted."""
    visit = open_visit(keeping)
    page = visit.page
    visit.upload(("a.txt", b"The first."), ("b.txt", b"The second."))
    page.locator("[data-remove='a.txt']").focus()
    for _ in range(30):
        page.keyboard.down("Enter")
        page.wait_for_timeout(30)
    page.keyboard.up("Enter")
    page.wait_for_timeout(300)
    assert page.locator("#documents .remove").all_inner_texts().count("Delete it?") == 1
    assert {"a.txt", "b.txt"} <= set(names(visit))
    page.keyboard.press("Enter")
    page.locator("#uploads", has_text="a.txt is removed").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert "b.txt" in names(visit)


def test_the_list_and_the_reader_follow_changes_by_others(
    open_visit: Callable[[str], Visit], keeping: str
) -> None:
    """Documents that others added are listed after a question; opening one they deleted says that it is gone.

    The open document stays open when another is deleted, and loses its marks with the conversation.
    """
    one, other = open_visit(keeping), open_visit(keeping)
    one.upload(("x.txt", b"The crane was repaired."), ("y.txt", b"The hall was sold."))
    assert "x.txt" not in names(other)
    other.ask("Where is Skarholm?")
    assert {"x.txt", "y.txt"} <= set(names(other))
    for name in ("x.txt", "y.txt"):
        one.page.locator(f"[data-remove='{name}']").click()
        one.page.wait_for_timeout(500)
        one.page.locator(f"[data-remove='{name}']").click()
        one.page.locator("#uploads", has_text=f"{name} is removed").wait_for()
        if name == "x.txt":
            assert one.page.locator("#reader .source").text_content() == "y.txt"
    assert one.page.locator("#reader .source").text_content() != "y.txt"
    other.page.get_by_role("button", name="x.txt text").click()
    other.page.get_by_text("x.txt is no longer there.").wait_for()
    other.page.locator("[data-remove='y.txt']").wait_for(state="detached")
    assert "x.txt" not in names(other)
    assert other.page.locator("#reader mark").count() > 0
    other.page.get_by_role("button", name="Start over").click()
    other.page.locator("#reader mark").first.wait_for(state="detached")
    assert other.page.locator("#reader .steps").count() == 0


def test_a_waiting_question_shows_its_position_in_the_queue(
    open_visit: Callable[[str], Visit], keeping: str
) -> None:
    """Questions are answered one at a time; a waiting one shows its position."""
    visits = [open_visit(keeping) for _ in range(4)]
    visits[-1].page.evaluate(
        """() => {
            window.told = [];
            const queue = document.querySelector('#queue');
            new MutationObserver(() => { window.told.push(queue.innerText.trim()); })
                .observe(queue, {subtree: true, childList: true, characterData: true});
        }"""
    )
    boxes = [visit.page.get_by_role("textbox", name="Question") for visit in visits]
    for box in boxes:
        box.fill("lighthouse " * 80)
    for box in boxes:
        box.press("Enter")
    for visit in visits:
        visit.wait_for_turn(0)
    told = visits[-1].page.evaluate("window.told.filter(Boolean)")
    assert any("Questions are read one at a time: yours is number" in words for words in told)
    assert visits[-1].page.locator("#queue").inner_text().strip() == ""


def test_headings_lead_to_their_places(open_visit: Callable[[str], Visit], keeping: str) -> None:
    """By keyboard, in the shown part and in another; names are shown literally."""
    visit = open_visit(keeping)
    page = visit.page
    years = [f"# Year {number} <b>&amp;</b>\n\n{'It rained. ' * 2_500}\n\n" for number in range(4)]
    visit.upload(("years.md", "".join(years).encode()))
    contents = page.get_by_role("navigation", name="Headings of years.md")
    contents.locator("summary").press("Enter")
    names = contents.get_by_role("button").all_inner_texts()
    assert names == [f"Year {number} <b>&amp;</b>" for number in range(4)]
    assert page.locator("#reader .other-part").count() == 1
    for number in (1, 3, 0):
        if contents.locator("details[open]").count() == 0:
            contents.locator("summary").press("Enter")
        contents.get_by_role("button", name=f"Year {number}").press("Enter")
        heading = page.locator("#reader .heading:focus", has_text=f"Year {number} <b>&amp;</b>")
        heading.wait_for()
        page.wait_for_function(  # scrolling is smooth
            """() => {
                const text = document.querySelector('#reader .text').getBoundingClientRect().top;
                const place = document.activeElement.getBoundingClientRect().top;
                return text - 1 <= place && place < text + 120;
            }"""
        )
    assert not visit.errors
