"""The shell, as a user meets it: what is printed, where, and with which exit status."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

import qa
from qa.cli import main
from qa.cli.commands import ANSWERED, FAILED, NOT_IN_THE_TEXT
from qa.cli.main import STOPPED, UNREAD
from qa.cli.output import describe, describe_figures
from qa.documents import Document, Span
from qa.evaluation import Evaluation, GoldQuestion
from qa.evaluation.run import judge
from qa.results import Answer, Passage, Reply
from qa.settings import DEFAULTS
from tests.replies import YEAR
from tests.tiny_embedder import save_tiny_model
from tests.tiny_reader import tiny_reader

ROOT = Path(qa.__file__).parent.parent
TEXT = "The mill stood\nby the river. It burnt down in 1822, on a Sunday. Nobody was hurt.\n"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Options that name a tiny embedder and a tiny reader, both real, in their folders."""
    folder = tmp_path_factory.mktemp("models")
    embedder = save_tiny_model(folder / "embedder", max_tokens=64)
    reader = tiny_reader()
    reader.model.save_pretrained(folder / "reader")
    reader.tokenizer.save_pretrained(folder / "reader")
    return ["--embedder", str(embedder), "--reader", str(folder / "reader")]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder with one article."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "mill.txt").write_text(TEXT, encoding="utf-8", newline="")
    return folder


def run(*arguments: str | Path, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """`python -m qa` as a process of its own, with the checkout's code."""
    return subprocess.run(
        [sys.executable, "-m", "qa", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def reply(answer: tuple[Span, Span] | None, text: str = TEXT) -> Reply:
    """A reply about one document, read whole; an answer is its span and its sentence's."""
    document = Document("mill.txt", text)
    best = None if answer is None else Answer(document, *answer, confidence=0.876)
    passage = Passage(document, Span(0, len(text)), 1.0, 1, 1)
    return Reply("When?", best, (), (passage,))


def test_an_answer_is_shown_in_its_sentence_with_place_and_confidence() -> None:
    """The answer first, then the sentence on one line with the answer marked, its place, its chance."""
    year = Span(TEXT.index("1822"), TEXT.index("1822") + 4)
    sentence = Span(TEXT.index("It burnt"), TEXT.index(" Nobody"))
    lines = describe(reply((year, sentence))).splitlines()
    assert lines[:4] == [
        "1822",
        "",
        "  It burnt down in [1822], on a Sunday.",
        f"  mill.txt:{year.start}-{year.end}",
    ]
    assert lines[4].endswith(" (0.88)")
    assert len(lines) == 5


def test_silence_is_said_and_the_closest_passage_is_no_answer() -> None:
    """Where the text does not say, the passage under it is called what it is."""
    assert describe(reply(None)).splitlines() == [
        "The text does not say.",
        "",
        f"The closest passage, not an answer (mill.txt:0-{len(TEXT)}):",
        "  The mill stood by the river. It burnt down in 1822, on a Sunday. Nobody was hurt. ",
    ]


def test_silence_says_which_words_are_nowhere_and_a_page_is_named() -> None:
    """As on the page: what is missing, a bar that was raised, and where in a PDF it is."""
    silent = replace(reply(None), missing_words=("waffle", "iron"))
    assert describe(silent).startswith("The text does not say. “waffle” and “iron” occur nowhere")
    sure = replace(reply(None), alternatives=(replace(YEAR, confidence=DEFAULTS.min_confidence),))
    assert describe(sure).startswith("Nothing is as sure as you ask for.\n")
    paper = replace(YEAR.document, pages=(0, 10))
    paged = replace(reply(None), answer=replace(YEAR, document=paper))
    assert f"mill.txt:{YEAR.span.start}-{YEAR.span.end}, page 2" in describe(paged)


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """The one that Python knows."""
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"verbatim-qa {qa.__version__}\n"


@pytest.mark.parametrize("answer", [(Span(0, 8), Span(0, 29)), None])
def test_a_question_that_was_read_otherwise_says_how(answer: tuple[Span, Span] | None) -> None:
    """Before everything else, whether there is an answer or none."""
    plain = reply(answer)
    assert describe(replace(plain, read_as="When\nthen?")) == f"Read as: When then?\n\n{describe(plain)}"


def test_a_text_cannot_steer_the_terminal() -> None:
    """Control characters and turned writing directions of an article are shown, not obeyed."""
    text = "a\x1b]0;owned\x07 \u202eb\u200dc\x9b"
    whole = Span(0, len(text))
    shown = describe(reply((whole, whole), text))
    assert "a\\x1b]0;owned\\x07 \\u202eb\u200dc\\x9b" in shown
    assert "\x1b" not in shown


def test_ask_prints_the_reply_and_says_how_it_went(
    models: list[str], corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 0 with an answer, 1 without one; JSON is the reply; nothing but the reply is printed."""
    ask = ["ask", "what of the mill?", "--corpus", str(corpus), *models]
    assert main([*ask, "--json", "--min-confidence", "0"]) == ANSWERED
    printed = capsys.readouterr()
    told = json.loads(printed.out)
    assert told["question"] == "what of the mill?"
    assert told["answer"] == TEXT[told["start"] : told["end"]]
    assert told["document"] == "mill.txt"

    assert main([*ask, "--min-confidence", "1"]) == NOT_IN_THE_TEXT
    silent = capsys.readouterr()
    assert silent.out.startswith("Nothing is as sure as you ask for.\n")
    assert printed.err == silent.err == ""


def test_top_k_is_how_many_passages_are_read(
    models: list[str], corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The option reaches the retriever."""
    for number in (1, 2):
        main(["ask", "mill", "--corpus", str(corpus), *models, "--json", "--top-k", str(number)])
        assert len(json.loads(capsys.readouterr().out)["passages"]) == number


def test_index_says_what_it_holds_and_keeps_it(
    models: list[str], corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After `qa index` the folder holds an index that the next command finds."""
    assert main(["index", "--corpus", str(corpus), *models]) == ANSWERED
    assert "documents 1, passages " in capsys.readouterr().out
    kept = {path: path.stat().st_mtime_ns for path in (corpus / ".qa-index").iterdir()}
    assert kept
    main(["ask", "mill", "--corpus", str(corpus), *models])
    assert {path: path.stat().st_mtime_ns for path in (corpus / ".qa-index").iterdir()} == kept


def test_articles_are_added_listed_and_removed(
    models: list[str], corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each command says what it did, in words or as JSON; the folder holds what they say."""
    place, embedder = ["--corpus", str(corpus)], models[:2]
    source = tmp_path / "bridge.md"
    source.write_text("The bridge was opened in 1932.", encoding="utf-8")
    (corpus / "double.txt").write_text(TEXT, encoding="utf-8", newline="")
    (corpus / "bad.txt").write_bytes(bytes(range(256)))
    assert main(["list", *place]) == ANSWERED
    waiting = "(not indexed yet: qa index does it)"
    assert capsys.readouterr().out.splitlines() == [
        f"{name}  {waiting}" for name in ("bad.txt", "double.txt", "mill.txt")
    ]

    assert main(["add", str(source), *place, *embedder]) == ANSWERED
    assert capsys.readouterr().out == "Added bridge.md\n"
    assert (corpus / "bridge.md").read_bytes() == source.read_bytes()
    assert main(["add", str(source), *place, *embedder, "--name", "sub/again"]) == ANSWERED
    assert capsys.readouterr().out == f"Not added: {source} holds the text of bridge.md\n"
    assert main(["add", str(source), *place, *embedder]) == ANSWERED
    assert capsys.readouterr().out == "Replaced bridge.md\n"
    (corpus / "copied.txt").write_text("The ferry is white.", encoding="utf-8")
    assert main(["add", str(corpus / "copied.txt"), *place, *embedder]) == ANSWERED
    assert capsys.readouterr().out == "Added copied.txt\n"
    (corpus / "copied.txt").unlink()

    assert main(["list", *place]) == ANSWERED
    bad, bridge, double, mill = capsys.readouterr().out.splitlines()
    assert bad.startswith("bad.txt  ('bad.txt' is not")
    assert (bridge, double, mill) == ("bridge.md", "double.txt", "mill.txt  (the same text as double.txt)")
    assert main(["list", *place, "--json"]) == ANSWERED
    listed = json.loads(capsys.readouterr().out)
    assert [(one["id"], one["state"]) for one in listed][:2] == [
        ("bad.txt", "failed"),
        ("bridge.md", "indexed"),
    ]
    assert listed[3] == {"id": "mill.txt", "state": "indexed", "problem": None, "double_of": "double.txt"}

    assert main(["remove", "double.txt", *place]) == ANSWERED
    assert capsys.readouterr().out == "Removed double.txt (its text stays, in mill.txt)\n"
    assert main(["remove", "bridge.md", "none.txt", *place, "--json"]) == FAILED
    printed = capsys.readouterr()
    assert json.loads(printed.out) == ["bridge.md"]
    left = sorted(path.name for path in corpus.iterdir() if not path.name.startswith("."))
    assert left == ["bad.txt", "mill.txt"]


def test_what_cannot_be_added_is_told_and_the_rest_is_added(
    models: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Status 2 and a line for each; a folder that is not there is made."""
    place = ["--corpus", str(tmp_path / "new" / "articles"), *models[:2]]
    (tmp_path / "a.txt").write_text("Talks.", encoding="utf-8")
    files = [str(tmp_path / name) for name in ("none.txt", "a.txt")]
    assert main(["add", *files, *place, "--json"]) == FAILED
    none, good = json.loads(capsys.readouterr().out)
    assert none["document"] is None
    assert "none.txt" in none["problem"]
    assert good == {"file": files[1], "document": "a.txt", "problem": None}
    assert [record for record in caplog.messages if "none.txt" in record] == [none["problem"]]
    assert main(["add", *files, "--name", "both", *place]) == FAILED
    assert "--name is for one file" in capsys.readouterr().err


def test_standard_input_is_read_as_a_file_is(
    models: list[str], corpus: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its bytes, whatever the terminal's encoding; what is no text is told, and the rest is added."""
    add = ["--corpus", str(corpus), *models[:2], "--json"]
    for data, text in (
        (b"Pasted.\r\n", "Pasted.\r\n"),
        (b"Caf\xe9.", "Café."),
        (b"\xef\xbb\xbfMarked.", "Marked."),
    ):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        assert main(["add", "-", "--name", "note", *add]) == ANSWERED
        assert (corpus / "note.txt").read_bytes().decode() == text
    capsys.readouterr()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(bytes(range(256))), encoding="utf-8"))
    assert main(["add", "-", str(corpus / "mill.txt"), *add]) == FAILED
    bad, good = json.loads(capsys.readouterr().out)
    assert bad["document"] is None
    assert bad["problem"].startswith("'standard input' is not valid UTF-8")
    assert good["document"] == "mill.txt"


def test_a_corpus_that_is_a_file_is_one_line(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing can be added to it, and the line names it."""
    for place in (corpus / "mill.txt", corpus / "mill.txt" / "below"):
        assert main(["add", "-", "--corpus", str(place)]) == FAILED
        error = capsys.readouterr().err
        assert error.startswith(f"qa: no corpus folder can be made at {str(place)!r}")
        assert len(error.splitlines()) == 1


def test_index_tells_what_failed(
    models: list[str], corpus: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A line for each file that cannot be read, and the rest is indexed."""
    (corpus / "bad.txt").write_bytes(bytes(range(256)))
    assert main(["index", "--corpus", str(corpus), *models]) == ANSWERED
    assert "documents 1, passages 2" in capsys.readouterr().out
    assert ["bad.txt" in message for message in caplog.messages] == [True]
    assert main(["index", "--corpus", str(corpus), *models, "--json"]) == ANSWERED
    told = json.loads(capsys.readouterr().out)
    assert told == {"documents": 1, "passages": 2, "failures": caplog.messages}


@pytest.mark.parametrize("where", ["contexts", "corpus", "reader"])
def test_eval_measures_in_each_way(
    where: str, models: list[str], corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Over the contexts of the file, over articles, or the reader alone; as a table or as JSON."""
    row = {"question": "When?", "context": TEXT, "answers": {"text": ["1822"], "answer_start": [42]}}
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps(row), encoding="utf-8")
    way = {"contexts": [], "corpus": ["--corpus", str(corpus)], "reader": ["--reader-only"]}[where]
    assert main(["eval", str(questions), *way, *models, "--json"]) == ANSWERED
    figures = json.loads(capsys.readouterr().out)
    assert figures["questions"] == 1
    assert {"exact_match", "f1", "coverage", "precision", "verdicts", "failures"} <= figures.keys()
    of_the_pipeline = {"retrieval", "calibration_error", "suggestion"}
    assert of_the_pipeline & figures.keys() == (set() if where == "reader" else of_the_pipeline)
    assert main(["eval", str(questions), *way, *models]) == ANSWERED
    table = capsys.readouterr()
    assert table.out.splitlines()[1].split()[:2] == ["all", "1"]
    assert table.err == ""


def test_the_suggested_bar_is_printed_as_it_was_measured() -> None:
    """All its digits: one that was rounded would show other answers."""
    gold = GoldQuestion("When?", ("1822",))
    outcomes = [
        judge(gold, best, shown=True, confidence=confidence, rank=1)
        for best, confidence in (("1822", 0.876), ("1822", 0.876), ("1932", 0.8755))
    ]
    table = describe_figures(Evaluation(tuple(outcomes), retrieved=True).to_dict())
    assert "--min-confidence 0.876: 100.0% right" in table


def test_eval_of_a_bad_file_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 2 and the name of the file, before any model is loaded."""
    assert main(["eval", str(tmp_path / "none.csv")]) == FAILED
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert "none.csv" in printed.err


@pytest.mark.parametrize("command", [["ask", "who?"], ["index"], ["serve"]])
def test_a_missing_corpus_is_one_line(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An error that the user can mend: status 2, one line that names the folder, nothing on stdout."""
    assert main([*command, "--corpus", str(tmp_path / "nowhere")]) == FAILED
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert printed.err.startswith("qa: ")
    assert "nowhere" in printed.err


def test_an_empty_question_is_one_line(
    models: list[str], corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is refused with status 2, which is not that of a question without an answer."""
    assert main(["ask", " ", "--corpus", str(corpus), *models]) == FAILED
    assert len(capsys.readouterr().err.splitlines()) == 1


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
    ],
)
def test_wrong_arguments_are_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """They are told in one line that says where help is, with status 2."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == FAILED
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert "--help" in printed.err


def test_an_unexpected_failure_shows_no_traceback(corpus: Path) -> None:
    """What nobody thought of is one line too; --verbose shows where it happened."""
    broken = "import qa.cli.commands\ndef fail(*a, **k): raise ZeroDivisionError('oh\\nno')\n"
    broken += "qa.cli.commands._chatbot = fail\n"
    broken += "raise SystemExit(qa.cli.main(['ask', 'who?', *__import__('sys').argv[1:]]))"
    plain, verbose = (
        subprocess.run(
            [sys.executable, "-c", broken, *more], cwd=ROOT, capture_output=True, text=True, check=False
        )
        for more in ([], ["--verbose"])
    )
    assert plain.returncode == verbose.returncode == FAILED
    assert plain.stderr == "qa: unexpected ZeroDivisionError: oh no (--verbose shows where)\n"
    assert "Traceback" in verbose.stderr


def test_nobody_reads_the_output(
    models: list[str],
    corpus: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A closed pipe, as with `qa ask ... | head -0`, ends it without a word, then and at the last flush."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        assert main(["index", "--corpus", str(corpus), *models]) == UNREAD
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(os.name == "nt", reason="a process on Windows cannot be sent Ctrl-C alone")
def test_serve_tells_its_address_and_ends_on_interrupt(models: list[str], corpus: Path) -> None:
    """The address is printed once the page is there to be opened; Ctrl-C ends the server in silence.

    With --watch it follows the folder: a new article is told of, and asked, within seconds.
    """
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
        # Where the tests run in the background of a script, Ctrl-C is ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
                status = page.status
            (corpus / "bridge.txt").write_text("The bridge was opened in 1932.", encoding="utf-8")
            followed = server.stdout.readline()
            server.send_signal(signal.SIGINT)
            _, said = server.communicate(timeout=30)
        finally:
            server.kill()  # else a server that does not end is waited for without end
    assert f"http://127.0.0.1:{port}" in line
    assert status == 200
    assert followed == "The articles have changed: documents 2.\n"
    assert said == ""
    assert server.returncode in {ANSWERED, STOPPED}


def test_the_command_is_silent_but_for_its_answer(corpus: Path) -> None:
    """With the packaged models, in a process of its own, no library says a word on stderr."""
    told = run("ask", "When did the mill burn down?", "--corpus", corpus)
    assert (told.returncode, told.stderr) == (ANSWERED, "")
    assert "1822" in told.stdout.splitlines()[0]
