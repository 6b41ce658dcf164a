"""Write the help text of every command into docs/cli.md: `make help-texts`."""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path
from unittest.mock import patch

from qa.cli import main

PAGE = Path(__file__).parent / "cli.md"
COLUMNS = "100"

# A block that begins with "```text qa ask" holds the help text of `qa ask`.
BLOCK = re.compile(r"^```text (?P<command>qa[a-z ]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


def help_text(command: str) -> str:
    """Return what `command --help` prints, `COLUMNS` characters wide."""
    output = io.StringIO()
    with (
        patch.dict(os.environ, COLUMNS=COLUMNS, NO_COLOR="1"),
        contextlib.redirect_stdout(output),
        contextlib.suppress(SystemExit),
    ):
        main([*command.split()[1:], "--help"])
    return output.getvalue()


def with_help_texts(page: str) -> str:
    """Return the page with every help text as the programs print it."""
    return BLOCK.sub(
        lambda block: f"```text {block['command']}\n{help_text(block['command'])}```",
        page,
    )


if __name__ == "__main__":
    PAGE.write_text(with_help_texts(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
