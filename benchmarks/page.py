"""The page of figures, docs/benchmarks.md: each command writes between its own markers."""

from __future__ import annotations

from pathlib import Path

PAGE = "benchmarks.md"


def put(folder: Path, command: str, text: str) -> None:
    """Replace a command's section of the page in `folder`; a command without markers yet is appended."""
    path = folder / PAGE
    begin, end = f"<!-- written by {command} -->", f"<!-- end of what {command} writes -->"
    page = path.read_text(encoding="utf-8") if path.exists() else "# Benchmarks\n"
    if begin not in page:
        page = f"{page.rstrip()}\n\n{begin}\n{end}\n"
    before, _, rest = page.partition(begin)
    path.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{end}{rest.partition(end)[2]}", encoding="utf-8")
