"""A folder that visitors change for everyone: deleted files and conversations can be restored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import EXAMPLES, TEXTS, Visit
from tests.serving import running

NAME = "lighthouse.txt"


def test_a_deleted_file_and_a_conversation_can_be_restored(
    open_visit: Callable[[str], Visit], tmp_path: Path
) -> None:
    """Only by whoever deleted it, and unchanged; then everybody gets answers from it again."""
    (tmp_path / NAME).write_text(TEXTS[NAME], encoding="utf-8", newline="")
    (tmp_path / "names.txt").write_text(TEXTS["names.txt"], encoding="utf-8", newline="")
    with running("-m", "qa", "serve", "--keep", "--corpus", str(tmp_path), "--no-feedback") as address:
        one, other = open_visit(address), open_visit(address)
        one.ask(EXAMPLES[0])
        button = one.page.locator(f"[data-remove='{NAME}']")
        button.click()
        one.page.wait_for_timeout(600)
        button.click()
        one.page.locator("#uploads", has_text=f"{NAME} is removed").wait_for()
        assert not (tmp_path / NAME).exists()
        other.page.locator("#documents").get_by_role("button", name="lighthouse.txt text").click()
        expect(other.page.locator(f"[data-remove='{NAME}']")).to_have_count(0)
        expect(other.page.get_by_role("button", name=f"Undo the removal of {NAME}")).to_have_count(0)
        one.page.get_by_role("button", name=f"Undo the removal of {NAME}").press("Enter")
        one.page.locator("#uploads", has_text=f"{NAME} is back").wait_for()
        assert (tmp_path / NAME).read_bytes().decode() == TEXTS[NAME]
        expect(one.page.locator("#documents .open .name")).to_have_text([NAME, "names.txt"])
        other.ask(EXAMPLES[0])
        expect(other.page.locator(f"[data-remove='{NAME}']")).to_have_count(1)
        one.page.get_by_role("button", name="Start over").click()
        expect(one.page.locator(".turn")).to_have_count(0)
        one.page.locator("[data-undo]").press("Enter")
        expect(one.page.locator(".turn .answer-text")).to_have_text(["Ingrid Aalto"])
        one.page.locator(".turn .from button").first.click()
        expect(one.page.locator("#reader .source")).to_have_text(NAME)
