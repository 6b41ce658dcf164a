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

#: Each imports only those above it. `cli` stands last because `qa serve` starts the browser's server.
ORDER = (
    "errors",
    "settings",
    "models",
    "document",
    "file_stamp",
    "decoding",
    "html",
    "pdf",
    "docx",
    "sandbox",
    "loading",
    "sentences",
    "chunk",
    "english",
    "clause",
    "questions",
    "answer",
    "embedder",
    "journal",
    "embedding",
    "arrays",
    "nearest",
    "lexical",
    "segment",
    "index",
    "folder",
    "store",
    "corpus",
    "spelling",
    "retriever",
    "extent",
    "readable",
    "reader",
    "confidence",
    "chatbot",
    "wording",
    "evaluation",
    "sessions",
    "examples",
    "markup",
    "evidence",
    "quotation",
    "transcript",
    "feedback",
    "reading",
    "why",
    "chat",
    "shelf",
    "bar",
    "desk",
    "endpoints",
    "web",
    "cli",
)

#: The only modules that may name a library; of an empty set, none.
CONFINED = {
    "faiss": {"nearest"},
    "bm25s": {"lexical"},
    "Stemmer": {"lexical"},
    "transformers": {"models", "reader"},  # the first only to keep it quiet
    "sentence_transformers": {"embedder"},
    "gradio": {"desk", "endpoints", "web"},
    "sentencex": {"sentences"},
    "filelock": {"store"},
    "xxhash": {"store"},
    "selectolax": {"html"},
    "pypdf": {"pdf"},
    "docx": {"docx"},
}
#: Slow to import, so only inside what needs them.
HEAVY = {"bm25s", "faiss", "gradio", "sentence_transformers", "torch", "transformers"}
#: Loaded only in the process that parses.
PARSERS = {"docx", "lxml", "pypdf", "selectolax"}

FILES = ("__init__", "__main__", *ORDER)

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


def test_every_module_has_its_place() -> None:
    """A module that is not in the order, or a place in it without a module, is noticed."""
    modules = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__", "__main__"}
    assert modules == set(ORDER)
    assert [path.name for path in PACKAGE.rglob("__init__.py")] == ["__init__.py"], "packages lie flat"


@pytest.mark.parametrize("module", ORDER)
def test_a_module_imports_only_those_above_it(module: str) -> None:
    """No cycles and no short cuts: the list of modules reads from the ground up."""
    above = {*ORDER[: ORDER.index(module)], "__version__"}
    inside = {name[1] for name in imports(everywhere(PACKAGE / f"{module}.py")) if name[0] == "qa"}
    assert inside <= above


@pytest.mark.parametrize("module", FILES)
def test_a_confined_library_is_named_only_where_it_belongs(module: str) -> None:
    """Each outside library has one module that speaks to it, so that it can be exchanged there."""
    named = {name[0] for name in imports(everywhere(PACKAGE / f"{module}.py"))} & CONFINED.keys()
    assert {library for library in named if module not in CONFINED[library]} == set()


@pytest.mark.parametrize("module", FILES)
def test_no_heavy_import_when_a_module_is_imported(module: str) -> None:
    """Heavy libraries are imported inside the functions that need them, or for types alone."""
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    assert {name[0] for name in imports(at_import(tree))} & HEAVY == set()


@pytest.mark.parametrize("name", ["qa", "qa.cli", "qa.web"])
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
        module
        for module in FILES
        for node in everywhere(PACKAGE / f"{module}.py")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert calls <= {"cli"}
