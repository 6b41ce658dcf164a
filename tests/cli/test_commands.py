"""`qa ask`, `qa eval` and `qa serve`: what they print, and their exit status."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from qa.cli import main
from qa.cli.exit_status import BELOW, FAILURE, INTERRUPTED, NOT_FOUND, PERHAPS, SUCCESS
from tests.cli.conftest import TEXT
from tests.helpers import ROOT


def test_ask_prints_the_reply_and_nothing_else(
    models: list[str], corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = ["ask", "what of the mill?", "--corpus", str(corpus), *models]
    assert main([*ask, "--json", "--min-confidence", "0"]) == SUCCESS
    printed = capsys.readouterr()
    shown_reply = json.loads(printed.out)
    assert shown_reply["question"] == "what of the mill?"
    assert shown_reply["answer"] == TEXT[shown_reply["start"] : shown_reply["end"]]
    assert shown_reply["document"] == "mill.txt"

    assert printed.err == ""


def test_the_exit_status_distinguishes_an_answer_a_guess_and_neither(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the packaged models."""
    ask = ["ask", "When did the mill burn down?", "--corpus", str(corpus)]
    assert main(ask) == SUCCESS
    assert main([*ask, "--min-confidence", "1"]) == PERHAPS
    guess = capsys.readouterr()
    assert "\nNothing reaches the confidence that you asked for. Perhaps:\n\n1822\n" in guess.out
    assert main(["ask", "How are waffles baked?", "--corpus", str(corpus)]) == NOT_FOUND
    printed = capsys.readouterr()
    assert printed.out.startswith("I found no answer.")
    assert guess.err == printed.err == ""


def test_top_k_is_how_many_passages_are_read(
    models: list[str], corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for count in (1, 2):
        main(["ask", "mill", "--corpus", str(corpus), *models, "--json", "--top-k", str(count)])
        assert len(json.loads(capsys.readouterr().out)["passages"]) == count


def test_some_articles_are_asked_alone(
    models: list[str], corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (corpus / "bridge.txt").write_text("The bridge of the mill was opened in 1932.", encoding="utf-8")
    ask = ["ask", "what of the mill?", "--corpus", str(corpus), *models, "--json"]
    for ids in (["bridge.txt"], ["mill.txt"], ["bridge.txt", "mill.txt"]):
        main([*ask, *[option for document_id in ids for option in ("--in", document_id)]])
        passages = json.loads(capsys.readouterr().out)["passages"]
        assert {passage["document"] for passage in passages} == set(ids)
    assert main([*ask, "--in", "none.txt"]) == FAILURE
    assert "none.txt" in capsys.readouterr().err


def test_search_prints_passages_with_the_words_marked(
    models: list[str], corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    search = ["search", "mills", "burning", "--corpus", str(corpus), *models]
    assert main(search) == SUCCESS
    assert "The [mill] stood by the river." in capsys.readouterr().out
    assert main([*search, "--json", "--top-k", "1"]) == SUCCESS
    (passage,) = json.loads(capsys.readouterr().out)
    assert passage["document"] == "mill.txt"


def test_a_chat_reads_questions_and_commands(
    corpus: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the packaged models: follow-ups, sources, reasons, a question as typed, and small talk."""
    lines = [
        "/why",
        "hello",
        "When did the mill burn down?",
        "/sources",
        "/why",
        "Where was it?",
        "/typed",
        "",
    ]
    lines += ["x" * 2_000, "/new", "/what", "/quit", "never read"]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
    assert main(["chat", "--corpus", str(corpus)]) == SUCCESS
    printed = capsys.readouterr()
    replies = dict(part.split("\n", 1) for part in ("\n" + printed.out).split("\n> ")[1:])
    assert replies["hello"].startswith("Hello!")
    assert replies["When did the mill burn down?"].startswith("1822\n")
    assert replies["/sources"].startswith("[1] The answer: mill.txt:")
    assert "1822: confidence 0." in replies["/why"]
    assert replies["Where was it?"].startswith("Read as: Where was the mill?\n")
    assert "Read as" not in replies["/typed"]
    assert "ask it in fewer words" in replies["x" * 2_000]
    assert replies["/new"].startswith("Started a new conversation.")
    assert "/sources" in replies["/what"]
    assert "never read" not in printed.out
    assert printed.err == ""


@pytest.mark.parametrize("source", ["contexts", "corpus", "reader"])
def test_eval_measures_each_source_of_text(
    source: str, models: list[str], corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"question": "When?", "context": TEXT, "answers": {"text": ["1822"], "answer_start": [42]}}
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps(row), encoding="utf-8")
    options = {"contexts": [], "corpus": ["--corpus", str(corpus)], "reader": ["--reader-only"]}[source]
    assert main(["eval", str(questions), *options, *models, "--json"]) == SUCCESS
    figures = json.loads(capsys.readouterr().out)
    assert figures["questions"] == 1
    assert {"exact_match", "f1", "coverage", "precision", "verdicts", "failures"} <= figures.keys()
    pipeline_figures = {"retrieval", "calibration_error", "suggestion"}
    assert pipeline_figures & figures.keys() == (set() if source == "reader" else pipeline_figures)
    assert main(["eval", str(questions), *options, *models]) == SUCCESS
    table = capsys.readouterr()
    assert table.out.splitlines()[1].split()[:2] == ["all", "1"]
    assert table.err == ""


def test_eval_writes_a_report_and_fails_below_a_figure(
    models: list[str], corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions, report = tmp_path / "questions.csv", tmp_path / "report.html"
    questions.write_text("question,answer\nwhat <b>?,nothing of this\n", encoding="utf-8")
    evaluate = ["eval", str(questions), "--corpus", str(corpus), *models]
    assert main([*evaluate, "--report", str(report), "--fail-under", "0"]) == SUCCESS
    page = report.read_text(encoding="utf-8")
    assert "<h3>what &lt;b&gt;?</h3>" in page
    assert "expected: nothing of this" in page
    assert "<mark>" in page
    assert "mill.txt:" in page
    assert capsys.readouterr().err == ""

    assert main([*evaluate, "--fail-under", "90", "--fail-under", "coverage=1"]) == BELOW
    printed = capsys.readouterr()
    assert printed.err == "qa: f1 is 0, below 90\n"
    assert main([*evaluate, "--report", str(tmp_path / "no" / "report.html")]) == FAILURE
    assert "report.html" in capsys.readouterr().err
    with pytest.raises(SystemExit) as left:
        main([*evaluate, "--fail-under", "beauty=1"])
    assert left.value.code == FAILURE
    assert "beauty" in capsys.readouterr().err


def test_eval_of_a_bad_file_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file is checked before any model is loaded."""
    assert main(["eval", str(tmp_path / "none.csv")]) == FAILURE
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert "none.csv" in printed.err


@pytest.mark.parametrize("command", [["ask", "who?"], ["index"], ["serve"]])
def test_a_missing_corpus_is_one_line(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--corpus", str(tmp_path / "nowhere")]) == FAILURE
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert printed.err.startswith("qa: ")
    assert "nowhere" in printed.err


def test_an_empty_question_is_one_line(
    models: list[str], corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", " ", "--corpus", str(corpus), *models]) == FAILURE
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.skipif(os.name == "nt", reason="a process on Windows cannot be sent Ctrl-C alone")
def test_serve_prints_its_address_watches_and_ends_on_interrupt(models: list[str], corpus: Path) -> None:
    """The address is printed once the page can be opened, and Ctrl-C prints nothing."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "qa", "serve", "--corpus", str(corpus), "--port", str(port), *models]
    command.append("--watch")
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A script ignores Ctrl-C in its background processes, and their children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
                status = page.status
            (corpus / "bridge.txt").write_text("The bridge was opened in 1932.", encoding="utf-8")
            change = server.stdout.readline()
            server.send_signal(signal.SIGINT)
            _, errors = server.communicate(timeout=30)
        finally:
            server.kill()  # otherwise `with` would wait forever
    assert f"http://127.0.0.1:{port}" in line
    assert status == 200
    assert change == "The documents have changed: 2 in all.\n"
    assert errors == ""
    assert server.returncode in {SUCCESS, INTERRUPTED}


def test_no_library_writes_to_stderr(corpus: Path) -> None:
    """With the packaged models, in a separate process."""
    command = [sys.executable, "-m", "qa", "ask", "When did the mill burn down?", "--corpus", str(corpus)]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (process.returncode, process.stderr) == (SUCCESS, "")
    assert "1822" in process.stdout.splitlines()[0]
