"""The laws of the package: who may import whom, where heavy libraries may stand, what is public."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import qa

ROOT = Path(qa.__file__).parent.parent
PACKAGE = ROOT / "qa"

#: Each room imports only those before it; rooms of one line do not import each other.
ORDER = (
    ("errors",),
    ("settings",),
    ("models",),
    ("documents",),
    ("storage",),
    ("index",),
    ("corpus",),
    ("serialization",),
    ("results",),
    ("retrieval",),
    ("reader",),
    ("chatbot",),
    ("evaluation", "suggestions", "presentation"),
    ("page",),
    ("cli",),
)

#: The only files that may name a library; of an empty set, none.
CONFINED = {
    "faiss": {"index/vector_index.py"},
    "bm25s": {"index/bm25.py"},
    "Stemmer": {"index/bm25.py"},
    "transformers": {"models.py", "reader/reader.py"},  # the first only to keep it quiet
    "sentence_transformers": {"index/embedder.py"},
    "gradio": {"page/handlers.py", "page/api.py", "page/page.py", "page/server.py"},
    "sentencex": {"documents/sentences.py"},
    "filelock": {"index/store.py"},
    "xxhash": {"index/store.py"},
    "selectolax": {f"documents/parsers/{file}.py" for file in ("boilerplate", "html", "html_metadata")},
    "pypdf": {"documents/parsers/pdf.py"},
    "docx": {"documents/parsers/docx.py"},
}
#: Slow to import, so only inside what needs them.
HEAVY = {"bm25s", "faiss", "gradio", "sentence_transformers", "torch", "transformers"}
#: Loaded only in the process that parses.
PARSERS = {"docx", "lxml", "pypdf", "selectolax"}

FILES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))

PUBLIC = {
    "Answer",
    "Chatbot",
    "CorpusError",
    "Document",
    "DocumentError",
    "IndexFolderError",
    "ModelError",
    "Passage",
    "QAError",
    "QuestionError",
    "Reply",
    "Span",
    "__version__",
}


def everywhere(path: Path) -> Iterator[ast.AST]:
    """All nodes of a file."""
    return ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path)))


def imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ...]]:
    """The names that `nodes` import, not what lies inside them, each split at its dots."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield tuple(alias.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole path"
            assert node.module is not None
            for alias in node.names:
                yield (*node.module.split("."), alias.name)


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run on import: all but functions and what is for types alone."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        yield child
        yield from at_import(child)


def room(file: str) -> str:
    """The room of a file, or the file itself where it lies in none."""
    return file.split("/")[0].removesuffix(".py")


def files_imported(file: str) -> set[str]:
    """The files of the package that a file imports, wherever in it."""
    return {
        # The longest beginning of a name that is a file: what follows is a name in it.
        next(
            path
            for length in range(len(name), 0, -1)
            for path in ("/".join(name[1:length]) + ".py", "/".join((*name[1:length], "__init__.py")))
            if path in FILES
        )
        for name in imports(everywhere(PACKAGE / file))
        if name[0] == "qa"
    }


def test_every_room_has_its_place() -> None:
    """A room that is not in the order, or a place in it without a room, is noticed."""
    assert {room(file) for file in FILES} - {"__init__", "__main__"} == {
        name for line in ORDER for name in line
    }


@pytest.mark.parametrize("file", FILES)
def test_a_room_imports_only_those_before_it(file: str) -> None:
    """The list of rooms reads from the ground up."""
    own = room(file)
    if own in {"__init__", "__main__"}:
        return
    before = {own, "__init__"}
    for line in ORDER:
        if own in line:
            break
        before |= {*line}
    assert {room(other) for other in files_imported(file)} - before == set()


def test_no_circles_between_files() -> None:
    """Inside a room too: each file can be read before those that need it."""
    waiting = {file: files_imported(file) - {file} for file in FILES}
    while free := {file for file, needed in waiting.items() if not needed & waiting.keys()}:
        waiting = {file: needed for file, needed in waiting.items() if file not in free}
    assert waiting == {}


@pytest.mark.parametrize("file", FILES)
def test_a_confined_library_is_named_only_where_it_belongs(file: str) -> None:
    """Each outside library has one file that speaks to it, so that it can be exchanged there."""
    named = {name[0] for name in imports(everywhere(PACKAGE / file))} & CONFINED.keys()
    assert {library for library in named if file not in CONFINED[library]} == set()


@pytest.mark.parametrize("file", FILES)
def test_no_heavy_import_when_a_file_is_imported(file: str) -> None:
    """Heavy libraries are imported inside the functions that need them, or for types alone."""
    tree = ast.parse((PACKAGE / file).read_text(encoding="utf-8"))
    assert {name[0] for name in imports(at_import(tree))} & HEAVY == set()


@pytest.mark.parametrize("name", ["qa", "qa.cli", "qa.page"])
def test_import_loads_no_heavy_library(name: str) -> None:
    """`import qa` is cheap for real, whatever a library imports by itself."""
    code = f"import sys, {name}; print(*sorted({HEAVY | PARSERS!r} & sys.modules.keys()))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert loaded.stdout.split() == []


def test_the_app_needs_only_the_package() -> None:
    """The Space's `app.py` holds nothing that the package does not."""
    assert {name[0] for name in imports(everywhere(ROOT / "app.py"))} <= {
        "__future__",
        "qa",
        *sys.stdlib_module_names,
    }


def test_public_names() -> None:
    """What `qa` promises to those who import it, no more and no less, and that each is there."""
    assert set(qa.__all__) == PUBLIC
    assert all(hasattr(qa, name) for name in qa.__all__)


def test_only_the_shell_prints() -> None:
    """Everything but the shell is silent: it returns, raises or logs."""
    calls = {
        room(file)
        for file in FILES
        for node in everywhere(PACKAGE / file)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert calls <= {"cli"}
