"""The examples run unchanged, each in its own process or kernel."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from tests.helpers import ROOT

EXAMPLES = ROOT / "examples"


def output(script: str, *arguments: str | Path) -> str:
    process = subprocess.run(
        [sys.executable, EXAMPLES / script, *arguments],
        env=None,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return process.stdout


def test_every_example_is_tested() -> None:
    code = Path(__file__).read_text(encoding="utf-8")
    names = {path.name for path in EXAMPLES.iterdir() if path.suffix in {".py", ".ipynb"}}
    assert len(names) == 4
    assert all(f'"{name}"' in code for name in names)


def test_a_folder_is_asked(tmp_path: Path) -> None:
    (tmp_path / "mill.txt").write_text("The mill burnt down in 1822, on a Sunday.", encoding="utf-8")
    printed = output("ask_a_folder.py", tmp_path, "When did the mill burn down?", "Who is the Pope?")
    found, none = printed.split("Who is the Pope?\n")
    assert "  1822 (" in found or "  in 1822 (" in found
    assert "  mill.txt:" in found
    assert none == "  No answer found.\n"


def test_async_code_asks() -> None:
    keeper, cost, silence = map(json.loads, output("ask_from_async_code.py").splitlines())
    assert (keeper["answer"], keeper["document"]) == ("Ada Brown", "lighthouse")
    assert (cost["answer"], cost["document"]) == ("twelve crowns", "ferry")
    assert silence["answer"] is None


def test_a_table_is_read(tmp_path: Path) -> None:
    table = tmp_path / "texts.csv"
    table.write_text(
        'id,text\n1,"“Winter”, a poem by Olga Lind, was written in 1904."\n2,It rained.\n', encoding="utf-8"
    )
    lines = output("read_a_table_of_texts.py", table).splitlines()
    assert lines[0] == "id,question,answer,start,end"
    assert "1,Who wrote it?,Olga Lind,20,29" in lines
    assert "1,When was it written?,1904,46,50" in lines
    assert not any(line.startswith("2,") for line in lines)


def test_the_notebook_runs_and_shows_evidence() -> None:
    notebook = nbformat.read(EXAMPLES / "notebook.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(ROOT)}}).execute()
    shown = [
        output["data"]["text/html"]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "text/html" in output.get("data", {})
    ]
    assert "<mark>Ada Brown</mark>" in shown[0]
    assert "No answer found." in shown[1]
