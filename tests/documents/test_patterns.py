"""Every regular expression of the parsers takes time linear in the length of a hostile text."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import qa.documents

# Repeated, with an end that lets a match fail late.
PIECES = (
    "a", "A", "é", "1", " ", "\t", "\n", "\r", "\xa0", "-", "\u2010", "=", "*", "#", ">", "<", "|", ".",
    ":", "[", "]", "(", "{", "}", "\\", "/", "@", "'", '"', "_", "%", "&", "…", "⁹", "\ue000", "\u200b",
    "a ", "a-", "a.", "1.", "1,", "- ", "* ", "> ", "# ", "a:", "a: ", " :", "[a", "[^", "]:", "<!--",
    "<meta ", "\\super ", "{\\title ", "display:", "display ", "text-decoration:", "java", "heading ",
    "www.", "http://", "a@", "a/", "I.", "st", "10", "\r\n", "\n\n", "a\n", " \n", "| ", "|\n", "---\n",
    ": ", "a b", "A. ", "Dr. ", "a_", "(a", "a)", "2x", "cookie",
)  # fmt: skip
ENDS = ("", "!")
LARGE = 4096
SIZES = (16, 20, 24, 28, 64, 512, LARGE, 8 * LARGE)
USES = ("whole", "beginnings", "sought")
NOTICED = 0.01  # seconds above which growth is examined


@cache
def patterns() -> dict[str, re.Pattern[Any]]:
    """Return every pattern of the modules in `qa.documents`, by its name."""
    found = {}
    for info in pkgutil.walk_packages(qa.documents.__path__, "qa.documents."):
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and f"\n{name} = " in inspect.getsource(module):
                found[f"{info.name.removeprefix('qa.documents.')}.{name}"] = value
    return found


@cache
def uses() -> dict[str, str]:
    """Return for each pattern, by its name as above, how it is used.

    `sought` anywhere in a text, compared with the `beginnings` of its lines, or with a text as a `whole`.
    """
    found: dict[str, str] = {}
    folder = Path(qa.documents.__file__).parent
    for path in folder.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        nodes = list(ast.walk(ast.parse(text)))
        own = ".".join(path.relative_to(folder).with_suffix("").parts)
        modules = {
            alias.name: (node.module or "").removeprefix("qa.documents.")
            for node in nodes
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        at_beginnings = set(re.findall(r"(\w+)\.(?:match|fullmatch)\([\w.]+, ", text))
        for node in nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                use = "sought" if node.attr not in ("match", "fullmatch", "pattern") else "whole"
                if use == "whole" and node.value.id in at_beginnings:
                    use = "beginnings"
                name = f"{modules.get(node.value.id, own)}.{node.value.id}"
                found[name] = max(found.get(name, use), use, key=USES.index)
    return found


def seconds(pattern: re.Pattern[Any], text: str, use: str) -> float:
    subject: Any = text.encode() if isinstance(pattern.pattern, bytes) else text
    starts = [0]
    if use == "beginnings":
        starts += [place.end() for place in re.finditer(r"\n(?=\S)", text)]
    start = time.process_time()
    if use == "sought":
        for _ in pattern.finditer(subject):
            pass
    else:
        for position in starts:
            pattern.match(subject, position)
            pattern.fullmatch(subject, position)
    return time.process_time() - start


def grows_too_fast(pattern: re.Pattern[Any], piece: str, end: str, use: str = "sought") -> bool:
    """Return whether the time grows much faster than the text, where that can be measured.

    Args:
        pattern: The pattern.
        piece: What the text repeats.
        end: What it ends with.
        use: How the pattern is used, see `uses`.
    """
    size_before, before = SIZES[0], 0.0
    for size in SIZES:
        text = (piece * (size // len(piece) + 1))[:size] + end
        most = 3 * size / size_before * before
        taken = seconds(pattern, text, use)
        if taken > max(NOTICED, most):  # twice, since something else may have taken time
            taken = min(taken, seconds(pattern, text, use))
        if taken <= max(NOTICED, most):
            if size >= LARGE:
                return False
        elif size != LARGE:  # there a bounded repetition still grows; a longer text shows which it is
            return True
        size_before, before = size, taken
    return False


@pytest.mark.parametrize("name", patterns())
def test_patterns_take_linear_time(name: str) -> None:
    pattern, use = patterns()[name], uses().get(name, "sought")
    slow = [(piece, end) for piece in PIECES for end in ENDS if grows_too_fast(pattern, piece, end, use)]
    assert slow == []


def test_the_measure_finds_quadratic_patterns() -> None:
    assert grows_too_fast(re.compile(r"\w+$"), "a", "!")
    assert grows_too_fast(re.compile(r"(?:a+)+$"), "a", "!")
    assert not grows_too_fast(re.compile(r"(?<!\w)\w+$"), "a", "!")


def test_every_pattern_is_seen() -> None:
    """None is hidden in a function."""
    for path in Path(qa.documents.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert (
            re.findall(r"\bre\.(?:search|match|fullmatch|sub|subn|split|findall|finditer)\(", text) == []
        ), path
        for line in text.splitlines():
            assert "re.compile(" not in line or not line.startswith(" "), line
