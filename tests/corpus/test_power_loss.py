"""The power fails, or the disk: the folder and its index have the state before or the state after."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import qa
from tests.crashes import failing, in_vain, without_power, workplace
from tests.writers import WRITERS, Writer

PACKAGE = Path(qa.__file__).parent


@pytest.fixture(scope="module")
def fresh() -> Iterator[Callable[[Writer], Path]]:
    with workplace() as make:
        yield make


@pytest.mark.parametrize("name", WRITERS)
def test_a_loss_of_power_leaves_the_state_before_or_after(name: str, fresh: Callable[[Writer], Path]) -> None:
    """Before each call that changes files. What was reported as done is there."""
    assert without_power(WRITERS[name], fresh, samples=1)["states"] > 10


@pytest.mark.parametrize("name", WRITERS)
def test_no_synchronisation_is_in_vain(name: str, fresh: Callable[[Writer], Path]) -> None:
    """Without any one of them, a loss of power leaves another state, so the test above would fail.

    Except for the last one: it only ensures that nothing is indexed again, since the index follows the
    folder.
    """
    last = without_power(WRITERS[name], fresh)["synchronisations"] - 1
    assert in_vain(WRITERS[name], fresh) in ([], [last])


@pytest.mark.parametrize("for_good", [False, True])
@pytest.mark.parametrize("name", WRITERS)
def test_a_failing_disk_leaves_the_state_before_or_after(
    name: str, for_good: bool, fresh: Callable[[Writer], Path]
) -> None:
    """Each call fails in turn, alone or with all later ones. The failure is reported or compensated."""
    assert failing(WRITERS[name], fresh, for_good=for_good)["calls"] > 10


@pytest.mark.parametrize(
    "path",
    [
        path.relative_to(PACKAGE).as_posix()
        for room in ("storage", "index", "corpus")
        for path in sorted((PACKAGE / room).glob("*.py"))
        if path.name != "disk.py"
    ],
)
def test_only_one_module_changes_files(path: str) -> None:
    """Otherwise the tests above would miss it."""
    forbidden = {
        "unlink", "rmdir", "mkdir", "rename", "renames", "write_bytes", "write_text", "touch", "rmtree",
        "copyfile", "copy2", "move", "link", "symlink", "hardlink_to", "symlink_to", "fsync", "truncate_file",
    }  # fmt: skip
    for node in ast.walk(ast.parse((PACKAGE / path).read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "disk":
            continue
        name = node.func.attr
        assert name not in forbidden, f"{name} in line {node.lineno}"
        assert not (name == "replace" and len(node.args) == 1 and not node.keywords), node.lineno
        if name == "open" and node.args:  # the method of a path: the mode comes first
            assert isinstance(node.args[0], ast.Constant | ast.Attribute | ast.BinOp | ast.Name), node.lineno
            assert getattr(node.args[0], "value", "rb") not in ("w", "wb", "a", "ab", "r+b", "x"), node.lineno
