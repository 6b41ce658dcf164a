"""Style sheets: what depends on Gradio and which sizes there are is said in one place each."""

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
    """Every other class or id is one that the page gives itself, so none is left over either."""
    selectors = " ".join(SELECTORS.findall(sheet(name)))
    names = set(re.findall(r"[.#]([a-z][a-z-]*)", selectors)) - OTHERS
    assert {one for one in names if not re.search(rf"\b{one}\b", SOURCES)} == set()


@pytest.mark.parametrize("name", [name for name in STYLES if name != "tokens"])
def test_sizes_of_letters_have_names(name: str) -> None:
    assert re.findall(r"font(?:-size)?:[^;]*[1-9][0-9.]*(?:px|em|rem)", sheet(name)) == []
