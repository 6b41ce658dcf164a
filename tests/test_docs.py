"""The documentation is correct: links, names, help texts, figures, length, code."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import qa
from docs.help_texts import BLOCK, help_text

ROOT = Path(qa.__file__).parent.parent
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in (".", "docs", "benchmarks", "training", "qa/reader/weights")
    for path in ROOT.joinpath(folder).glob("*.md")
)
MOST_WORDS = 700

_FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_QUOTED = re.compile(r"`([^`\s]+)`")
_FOLDERS = ("qa/", "tests/", "docs/", "training/", "benchmarks/")


def text(page: str) -> str:
    """Return the text of a page of the documentation."""
    return (ROOT / page).read_text(encoding="utf-8")


def prose(page: str) -> str:
    """Return a page without its code blocks."""
    return _FENCE.sub("", text(page))


def anchor(heading: str) -> str:
    """Return the link fragment of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES)
def test_relative_links_resolve(page: str) -> None:
    """Every link within the project leads to an existing file and, if it names a heading, to that heading."""
    for link in _LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, fragment = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), link
        if fragment:
            headings = _HEADING.findall(target.read_text(encoding="utf-8"))
            assert fragment in map(anchor, headings), link


@pytest.mark.parametrize("page", PAGES)
def test_files_that_are_named_exist(page: str) -> None:
    """Every path in backticks exists in the project."""
    if page == "CHANGELOG.md":
        return  # it names files from old versions
    named = [name for name in _QUOTED.findall(prose(page)) if name.startswith(_FOLDERS) and "*" not in name]
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_names_of_the_architecture_exist() -> None:
    """Each function and class next to a file in a table of docs/architecture.md is defined in that file."""
    rows = re.findall(r"\| `(qa/[^`]+\.py)` \| (`.+) \|$", text("docs/architecture.md"), re.MULTILINE)
    assert len(rows) > 30
    for file, names in rows:
        code = text(file)
        for name in _QUOTED.findall(names):
            assert re.search(rf"\b(def|class) {name}\b", code), f"{name} is not in {file}"


@pytest.mark.parametrize("command", [block["command"] for block in BLOCK.finditer(text("docs/cli.md"))])
def test_help_texts_are_those_of_the_programs(command: str) -> None:
    """docs/cli.md shows the output of `--help`, except for line breaks. `make help-texts` writes it."""
    shown = {block["command"]: block["text"] for block in BLOCK.finditer(text("docs/cli.md"))}
    assert shown[command].split() == help_text(command).split(), "run `make help-texts`"


def test_every_command_has_its_help_text() -> None:
    """No command is missing from docs/cli.md."""
    commands = {f"qa {name}" for name in re.findall(r"^    (\w+)  +\S", help_text("qa"), re.MULTILINE)}
    assert {block["command"] for block in BLOCK.finditer(text("docs/cli.md"))} == {"qa"} | commands


def test_the_readme_is_short() -> None:
    """It has at most 700 words after the front matter for the Space, including tables and code."""
    body = text("README.md").split("---\n", 2)[2]
    assert sum(re.search(r"\w", word) is not None for word in body.split()) <= MOST_WORDS


def test_figures_of_the_readme_are_those_of_the_evaluation() -> None:
    """Every number in the results of the README is in docs/evaluation.md too."""
    rows = re.findall(r"^\| (?!What)[^|]+ \| ([^|]*\d[^|]*) \|", text("README.md"), re.MULTILINE)
    assert len(rows) >= 5
    evaluation = set(re.findall(r"\d+(?:\.\d+)?", text("docs/evaluation.md")))
    assert {number for row in rows for number in re.findall(r"\d+(?:\.\d+)?", row)} <= evaluation


def test_python_code_runs(tmp_path: Path) -> None:
    """The Python code in docs/python.md runs unchanged, as one program in a folder with `corpus/`."""
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus", ignore=shutil.ignore_patterns(".*"))
    blocks = re.findall(r"^```python\n(.*?)^```", text("docs/python.md"), flags=re.DOTALL | re.MULTILINE)
    assert blocks
    told = subprocess.run(
        [sys.executable, "-c", "\n".join(blocks)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
