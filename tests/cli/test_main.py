"""One run of the shell: wrong arguments, unexpected errors, closed pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import qa
from qa.cli import main
from qa.cli.exit_status import FAILURE, PIPE_CLOSED
from tests.helpers import ROOT


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"verbatim-qa {qa.__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["sing"],
        ["ask"],
        ["ask", "who?", "--top-k", "0"],
        ["ask", "who?", "--top-k", "many"],
        ["ask", "who?", "--min-confidence", "1.5"],
        ["ask", "who?", "--min-confidence", "nan"],
        ["serve", "--port", "65536"],
        ["serve", "--feedback", "thumbs", "--no-feedback"],
    ],
)
def test_wrong_arguments_are_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == FAILURE
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert "--help" in printed.err


@pytest.mark.parametrize("option", ["--shards", "--copies", "--replicas"])
def test_options_for_a_cluster_are_refused_without_one(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Even the default value is refused."""
    with pytest.raises(SystemExit) as stopped:
        main(["serve", option, "1"])
    assert stopped.value.code == FAILURE
    printed = capsys.readouterr().err
    assert printed == f"qa serve: {option}: only with --cluster ADDRESS (see qa serve --help)\n"


def test_an_unexpected_failure_shows_no_traceback() -> None:
    """The option --verbose shows it."""
    broken = "import qa.cli.commands\ndef fail(*a, **k): raise ZeroDivisionError('oh\\nno\\x1b')\n"
    broken += "qa.cli.commands._chatbot = fail\n"
    broken += "raise SystemExit(qa.cli.main(['ask', 'who?', *__import__('sys').argv[1:]]))"
    plain, verbose = (
        subprocess.run(
            [sys.executable, "-c", broken, *more], cwd=ROOT, capture_output=True, text=True, check=False
        )
        for more in ([], ["--verbose"])
    )
    assert plain.returncode == verbose.returncode == FAILURE
    assert plain.stderr == "qa: unexpected ZeroDivisionError: oh no\\x1b (--verbose shows where)\n"
    assert "Traceback" in verbose.stderr


def test_a_closed_pipe_ends_it_silently(
    models: list[str],
    corpus: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As in `qa ask ... | head -0`, also at the final flush."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        assert main(["index", "--corpus", str(corpus), *models]) == PIPE_CLOSED
    assert capsys.readouterr().err == ""
