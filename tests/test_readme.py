"""The README is correct."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import qa

ROOT = Path(qa.__file__).parent.parent


@pytest.fixture(scope="module")
def readme() -> str:
    """Return the whole file."""
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_python_code_runs(readme: str) -> None:
    """The Python code in the README runs unchanged, as one program from the root of the project."""
    blocks = re.findall(r"^```python\n(.*?)^```", readme, flags=re.DOTALL | re.MULTILINE)
    assert blocks
    told = subprocess.run(
        [sys.executable, "-c", "\n".join(blocks)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr


def test_the_space_runs_a_version_that_is_allowed(readme: str) -> None:
    """The front matter for a Space requests versions of Python and Gradio that the project allows."""
    front = dict(re.findall(r"^(\w+): *[\"']?([^\"'\n]*)", readme.split("---\n")[1], flags=re.MULTILINE))
    requirements = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    gradio = next(Requirement(line) for line in requirements if line.startswith("gradio"))
    assert front["sdk"] == "gradio"
    assert front["app_file"] == "app.py"
    assert front["python_version"] in {"3.10", "3.12"}
    assert front["sdk_version"] in gradio.specifier
