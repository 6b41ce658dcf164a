"""The rules of the package: order of rooms, third-party libraries, heavy imports, printing, public names."""

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
FILES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))

# A room may import only from rooms on the lines before its own.
ROOMS = """
errors settings
dialogue documents models
compilation
storage
index
corpus results
retrieval reader
answering
turns
chatbot pipelines
conversation
evaluation suggestions presentation
page integrations
server
cluster
cli
"""
DEPTH = {room: depth for depth, line in enumerate(ROOMS.splitlines()) for room in line.split()}

# Each library may be imported only under these paths, so that it can be replaced there.
CONFINED: dict[str, str | tuple[str, ...]] = {
    "charset_normalizer": "documents/encoding.py",
    "docx": "documents/parsers/",
    "fastapi": "server/",
    "fastapi_offline": "server/",
    "limits": "server/",
    "mcp": "server/stdio.py",
    "prometheus_client": "server/",
    "pydantic": "server/",
    "ray": "cluster/",
    "starlette": "server/",
    "qdrant_client": "integrations/qdrant.py",
    "faiss": "index/vector_index.py",
    "fsspec": "storage/remote_path.py",
    "filelock": ("index/store.py", "compilation.py"),
    "gradio": "page/",
    "haystack": "integrations/haystack.py",
    "langchain_core": "integrations/langchain.py",
    "lxml": "documents/parsers/",
    "markdown_it": "documents/parsers/",
    "pptx": "documents/parsers/",
    "pypdfium2": "documents/parsers/",
    "python_calamine": "documents/parsers/",
    "selectolax": "documents/parsers/",
    "trafilatura": "documents/parsers/",
    "spellchecker": "documents/parsers/pdf/english_words.py",
    "openvino": "compilation.py",
    "platformdirs": ("compilation.py", "storage/remote_path.py"),
    "sentence_transformers": "index/encoder.py",
    "sentencex": "documents/sentences.py",
    "striprtf": "documents/parsers/",
    "Stemmer": "index/tokenizer.py",
    "transformers": ("reader/", "pipelines/", "index/encoder.py", "models.py", "compilation.py"),
    "xxhash": "index/snapshot.py",
}
HEAVY = {
    "faiss",
    "gradio",
    "openvino",
    "ray",
    "sentence_transformers",
    "torch",
    "transformers",
}  # slow to import
SERVING = {"fastapi", "limits", "mcp", "prometheus_client", "pydantic", "starlette"}  # only for `qa serve`
ONLY_WITH_CLUSTER = {"qa.cluster"}
PARSERS = {
    "docx",
    "lxml",
    "pypdfium2",
    "selectolax",
    "trafilatura",
    "spellchecker",
}  # imported only in the process that parses

PUBLIC = """
Answer AnswerDict Chatbot CitationDict Conversation CorpusError Document DocumentError IndexFolderError
ModelError Passage PassageDict PipelineAnswer QAError QuestionError ReasonDict Reply ReplyDict SentenceDict
Span __version__ pipeline
"""


def nodes(file: str) -> Iterator[ast.AST]:
    return ast.walk(ast.parse((PACKAGE / file).read_text(encoding="utf-8"), filename=file))


def imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ...]]:
    """Yield each imported name split at its dots: ("qa", "index", "Index")."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "use absolute imports"
            assert node.module is not None
            yield from ((*node.module.split("."), alias.name) for alias in node.names)


def nodes_run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a file without function bodies and code for type checkers."""
    for child in ast.iter_child_nodes(node):
        is_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if is_function or (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            continue
        yield child
        yield from nodes_run_at_import(child)


def room(file: str) -> str:
    return file.split("/")[0].removesuffix(".py")


def file_of(name: tuple[str, ...]) -> str:
    """Return the file that an imported name of the package comes from: its longest prefix that is a file."""
    for length in range(len(name), 0, -1):
        for path in ("/".join(name[1:length]) + ".py", "/".join((*name[1:length], "__init__.py"))):
            if path in FILES:
                return path
    raise AssertionError(f"{'.'.join(name)} is in no file")


def files_imported(file: str) -> set[str]:
    return {file_of(name) for name in imports(nodes(file)) if name[0] == "qa"} - {file}


def test_every_room_has_its_line() -> None:
    assert {room(file) for file in FILES} - {"__init__", "__main__"} == DEPTH.keys()


@pytest.mark.parametrize("file", [file for file in FILES if room(file) in DEPTH])
def test_a_room_imports_only_rooms_before_it_and_their_public_names(file: str) -> None:
    for name in imports(nodes(file)):
        if name[0] == "qa" and name[1] in DEPTH and name[1] != room(file):
            assert DEPTH[name[1]] < DEPTH[room(file)], name
            assert len(name) == 3, f"{name} is not offered by the room's __init__"


def test_files_do_not_import_each_other_in_cycles() -> None:
    waiting = {file: files_imported(file) for file in FILES}
    while free := {file for file, needed in waiting.items() if not needed & waiting.keys()}:
        waiting = {file: needed for file, needed in waiting.items() if file not in free}
    assert waiting == {}


def test_the_shell_only_starts_and_ends_the_page() -> None:
    used = {name for file in FILES if room(file) == "cli" for name in imports(nodes(file))}
    assert {name[2] for name in used if name[:2] == ("qa", "page")} == {"open_page", "serve_until_ended"}
    assert {name[2] for name in used if name[:2] == ("qa", "server")} == {"programs", "serve_stdio"}


@pytest.mark.parametrize("file", FILES)
def test_a_confined_library_is_imported_only_where_it_belongs(file: str) -> None:
    libraries = {name[0] for name in imports(nodes(file))} & CONFINED.keys()
    assert [library for library in libraries if not file.startswith(CONFINED[library])] == []


@pytest.mark.parametrize("file", FILES)
def test_heavy_libraries_are_imported_inside_functions(file: str) -> None:
    tree = ast.parse((PACKAGE / file).read_text(encoding="utf-8"))
    assert {name[0] for name in imports(nodes_run_at_import(tree))} & HEAVY == set()


@pytest.mark.parametrize("module", ["qa", "qa.cli", "qa.page", "qa.server"])
def test_import_loads_no_heavy_library(module: str) -> None:
    """The libraries that are imported do not load one either."""
    unwanted = HEAVY | PARSERS | SERVING | ONLY_WITH_CLUSTER
    code = f"import sys, {module}; print(*sorted({unwanted!r} & sys.modules.keys()))"
    process = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert process.stdout.split() == []


def test_only_the_shell_prints() -> None:
    printing = {
        room(file)
        for file in FILES
        for node in nodes(file)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert printing == {"cli"}


def test_the_app_needs_only_the_package() -> None:
    """A Space runs `app.py` with nothing else installed."""
    tree = ast.walk(ast.parse((ROOT / "app.py").read_text(encoding="utf-8")))
    assert {name[0] for name in imports(tree)} <= {"__future__", "qa", *sys.stdlib_module_names}


def test_public_names() -> None:
    assert set(qa.__all__) == set(PUBLIC.split())
    assert all(hasattr(qa, name) for name in qa.__all__)
