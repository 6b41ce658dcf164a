"""Accessibility: no violation found by axe-core in any state, keyboard use alone, and announcements."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import axe_playwright_python
import pytest

from tests.browser.conftest import EXAMPLES, WAFFLES, Visit

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def violations(visit: Visit) -> list[str]:
    """The violations that axe-core finds, each with its HTML."""
    visit.page.evaluate(f"window.axe === undefined && (() => {{ {AXE} }})()")
    visit.page.wait_for_timeout(300)  # elements that fade in do not have their final colours yet
    found: list[str] = visit.page.evaluate(
        """async (rules) => (await axe.run(document, {runOnly: rules})).violations.flatMap(
            (one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 200)}`))""",
        RULES,
    )
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_any_state(visit: Visit, scheme: Literal["light", "dark"]) -> None:
    """Empty, answered with all folds open, abstained, an error, uploaded, narrow."""
    visit.page.emulate_media(color_scheme=scheme)
    visit.page.reload()
    visit.page.locator("body[data-arrived]").wait_for()
    assert violations(visit) == []
    visit.ask(EXAMPLES[0])
    for fold in visit.page.locator("#conversation :is(summary, [data-fold])").all():
        if fold.is_visible():
            fold.click()
    visit.page.get_by_role("button", name="Wrong", exact=True).click()
    visit.page.get_by_text("What is wrong?").wait_for()
    visit.page.get_by_role("button", name="Right", exact=True).click()
    assert violations(visit) == []
    visit.ask(WAFFLES)
    for fold in visit.page.locator(".turn").nth(1).locator("summary, [data-fold]").all():
        if fold.is_visible():
            fold.click()
    assert violations(visit) == []
    visit.ask("x" * 2_000)
    visit.page.get_by_role("button", name="Paste text").click()
    visit.upload(("tower.txt", b"The tower was built by Ada Berg in 1902.\n"), ("run.exe", b"MZ"))
    assert violations(visit) == []
    visit.page.set_viewport_size({"width": 360, "height": 740})
    visit.page.get_by_role("button", name="Documents 4").click()
    assert violations(visit) == []
    visit.page.keyboard.press("Escape")
    visit.page.locator(".from button").first.click()
    visit.page.locator("#reader mark.answer").wait_for()
    assert violations(visit) == []


CONTROLS = frozenset(
    {"button", "checkbox", "combobox", "link", "menuitem", "radio", "searchbox", "slider", "switch", "tab"}
    | {"textbox", "DisclosureTriangle", "spinbutton"}
)


def nameless(visit: Visit) -> list[str]:
    """All usable elements without a name in Chromium's accessibility tree."""
    session = visit.page.context.new_cdp_session(visit.page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    controls = [node for node in nodes if not node["ignored"] and node["role"]["value"] in CONTROLS]
    assert len(controls) > 10
    return [str(node["role"]) for node in controls if not node.get("name", {}).get("value", "").strip()]


def test_every_control_has_a_name_in_every_state(visit: Visit) -> None:
    """Empty, answered with all folds open, abstained, refused, failed, removed; wide and narrow."""
    page = visit.page
    assert nameless(visit) == []
    visit.ask(EXAMPLES[0])
    for fold in page.locator("#conversation :is(summary, [data-fold])").all():
        if fold.is_visible():
            fold.click()
    page.get_by_role("button", name="Wrong", exact=True).click()
    page.get_by_text("What is wrong?").wait_for()
    page.get_by_role("searchbox").fill("the")
    assert nameless(visit) == []
    visit.ask(WAFFLES)
    visit.ask("x" * 2_000)
    page.get_by_role("button", name="Paste text").click()
    visit.upload(("tower.txt", b"The tower was built by Ada Berg in 1902.\n"), ("run.exe", b"MZ"))
    assert nameless(visit) == []
    page.get_by_role("button", name="Remove tower.txt").click()
    page.get_by_role("button", name="Undo the removal").wait_for()
    assert nameless(visit) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert nameless(visit) == []
    page.get_by_role("button", name="Documents 3").click()
    assert nameless(visit) == []


def test_the_keyboard_alone_leads_from_question_to_evidence(visit: Visit) -> None:
    """Type, Enter, then Tab to the next piece of evidence; and back to the source, which opens its place."""
    page = visit.page
    page.get_by_role("textbox", name="Question").focus()
    page.keyboard.type(EXAMPLES[0])
    page.keyboard.press("Enter")
    visit.wait_for_turn(0)
    page.locator("#reader mark.answer").wait_for()
    tabs = tab_to(visit, "Next evidence")
    assert tabs <= 6
    page.keyboard.press("Enter")
    page.locator("#reader").get_by_text("The same answer elsewhere").wait_for()
    assert focused(visit) == "Next evidence"
    tab_to(visit, "Show in the text", key="Shift+Tab")
    page.keyboard.press("Enter")
    page.locator("#reader").get_by_text("The answer", exact=True).wait_for()
    page.locator("#reader mark.answer:focus").wait_for()


def test_asking_a_question_to_try_by_keyboard_moves_the_focus_to_the_box(visit: Visit) -> None:
    """Its button is hidden then; the next question is typed in the box."""
    visit.page.locator(".examples button").first.press("Enter")
    visit.wait_for_turn(0)
    assert visit.page.get_by_role("textbox", name="Question").evaluate(
        "(box) => box === document.activeElement"
    )


def test_a_finished_answer_is_announced_once(visit: Visit) -> None:
    """Only when it is finished, also if there is no answer. Before, only progress is announced."""
    listen(visit)
    visit.ask(EXAMPLES[0])
    visit.page.locator("#reader mark.answer").wait_for()
    visit.page.get_by_role("button", name="Next evidence").click()
    visit.page.locator("#reader").get_by_text("The same answer elsewhere").wait_for()
    assert heard(visit) == ["Ingrid Aalto. Very likely."]
    visit.ask(WAFFLES)
    visit.page.wait_for_timeout(500)
    _, silence = heard(visit)
    assert silence.startswith("I found no answer.")


def test_the_outcome_for_each_document_is_announced(visit: Visit) -> None:
    """Once for each document, when it is known. Gradio's own messages are announced as proper texts."""
    listen(visit)
    visit.upload(("tower.txt", b"The tower was built by Ada Berg in 1902.\n"), ("run.exe", b"MZ"))
    visit.page.wait_for_timeout(300)
    visit.page.get_by_role("button", name="Remove tower.txt").click()
    visit.page.locator("#live", has_text="tower.txt is removed.").wait_for()
    told = " ".join(heard(visit))
    assert told.count("tower.txt is ready.") == told.count("tower.txt is removed.") == 1
    assert told.count("run.exe has an unsupported file type") == 1
    visit.ask(WAFFLES)
    assert "common." not in " ".join(visit.page.evaluate("[...window.heard, ...window.shown]"))


def listen(visit: Visit) -> None:
    """From now on, record announcements and changes of the page."""
    visit.page.evaluate(
        """() => {
            window.heard = [];
            window.shown = [];
            const live = (node) => node.closest?.('[aria-live]:not([aria-live=off]), [role=status], '
                + '[role=alert], [role=log], output');
            new MutationObserver((changes) => changes.forEach((change) => {
                const node = change.target;
                const told = live(node.nodeType === 1 ? node : node.parentElement)?.textContent.trim();
                if (told) window.heard.push(told);
                for (const added of change.addedNodes) window.shown.push(added.outerHTML ?? added.data);
            })).observe(document.body, {subtree: true, childList: true, characterData: true});
        }"""
    )


def heard(visit: Visit) -> list[str]:
    """The announcements since `listen`, without Gradio's progress messages."""
    words: list[str] = visit.page.evaluate("window.heard")
    return [one for one in words if one != "Loading"]


def focused(visit: Visit) -> str:
    """The name or the text of the focused element."""
    words: str = visit.page.evaluate(
        "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
    )
    return words


def tab_to(visit: Visit, words: str, *, key: str = "Tab") -> int:
    """Press Tab until the focused element begins with `words`. Return how often that was."""
    for times in range(1, 60):
        visit.page.keyboard.press(key)
        if focused(visit).startswith(words):
            return times
    raise AssertionError(f"{words} is never reached")
