"""Style sheets: rules that depend on Gradio, and the set of sizes, are each in one place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qa.page.server import SCRIPTS, STATIC, STYLES
from qa.presentation.wording import CONFIDENCE_WORDS

SOURCES = "".join(
    path.read_text(encoding="utf-8")
    for path in [*sorted(STATIC.glob("*.js")), *sorted(STATIC.parent.rglob("*.py"))]
)
OTHERS = {"gradio-container", "dark"} | {words.lower().replace(" ", "-") for _, words in CONFIDENCE_WORDS}
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SELECTORS = re.compile(r"([^{}]*)\{")


def sheet(name: str) -> str:
    return COMMENT.sub("", (STATIC / f"{name}.css").read_text(encoding="utf-8"))


def test_every_sheet_and_script_is_served() -> None:
    assert {path.stem for path in Path(STATIC).glob("*.css")} == set(STYLES)
    assert {path.stem for path in Path(STATIC).glob("*.js")} == set(SCRIPTS)


@pytest.mark.parametrize("name", [name for name in STYLES if name != "gradio_overrides"])
def test_only_the_overrides_use_classes_of_gradio(name: str) -> None:
    """Every other class or id is one of the page's own, and used."""
    selectors = " ".join(SELECTORS.findall(sheet(name)))
    names = set(re.findall(r"[.#]([a-z][a-z-]*)", selectors)) - OTHERS
    assert {one for one in names if not re.search(rf"\b{one}\b", SOURCES)} == set()


@pytest.mark.parametrize("name", [name for name in STYLES if name != "tokens"])
def test_font_sizes_have_names(name: str) -> None:
    assert re.findall(r"font(?:-size)?:[^;]*[1-9][0-9.]*(?:px|em|rem)", sheet(name)) == []


def test_there_are_five_font_sizes_one_radius_and_one_chevron() -> None:
    every = "".join(sheet(name) for name in STYLES)
    assert re.findall(r"--size-[a-z]+: (\d+)px", every) == ["32", "24", "18", "16", "14"]
    assert set(re.findall(r"var\(--size-[a-z]+", every)) == {
        f"var({name}" for name in re.findall(r"--size-[a-z]+(?=:)", every)
    }
    assert set(re.findall(r"border-radius: ([^;]*)", every)) <= {
        "var(--radius)",
        "var(--radius) var(--radius) 0 0",
        "0 0 var(--radius) var(--radius)",
    }
    assert set(re.findall(r"mask: var\((--[a-z]+)\)", every)) == {"--chevron"}
    assert "›" not in SOURCES


def test_every_named_font_exists() -> None:
    """Latin letters only, and with its licence."""
    named = set(re.findall(r'url\("fonts/([^"]+)"\)', sheet("tokens")))
    assert {path.name for path in (STATIC / "fonts").iterdir()} == named | {"LICENSE"}
    assert "SIL OPEN FONT LICENSE" in (STATIC / "fonts" / "LICENSE").read_text(encoding="utf-8")
    assert sum((STATIC / "fonts" / name).stat().st_size for name in named) < 50_000
