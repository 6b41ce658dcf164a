"""A process that parses: its word is what the file holds, and nothing that it meets ends its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qa.documents import Sandbox
from qa.documents import sandbox as module
from qa.documents.sandbox import parse
from qa.errors import DocumentError
from qa.settings import DEFAULTS
from tests.helpers import FILES

HANGING = b"<div>" * 100_000 + b"text"
"""A page so deep that its parser, which looks through all that is open at each beginning, takes minutes."""


@pytest.mark.parametrize("name", ["chromium.html", "latex.pdf", "writer.docx"])
def test_what_is_sent_back_is_what_was_parsed(name: str) -> None:
    """Text, title, address and pages are those that parsing in this process gives."""
    path = FILES / name
    with Sandbox() as sandbox:
        assert sandbox.parse("a", path.suffix, path.read_bytes()) == parse(
            "a", path.suffix, path.read_bytes()
        )


def test_a_file_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time of work a file is an error; the next is read as if nothing had been."""
    monkeypatch.setattr(module, "WALL_CLOCK_FACTOR", 100)
    with Sandbox(seconds=1) as sandbox:
        assert sandbox.parse("a", ".html", b"<p>before").text == "before"
        start = time.monotonic()
        with pytest.raises(DocumentError, match=r"^'b' takes longer than 1 seconds to read"):
            sandbox.parse("b", ".html", HANGING)
        assert time.monotonic() - start < 90
        assert sandbox.parse("a", ".html", b"<p>after").text == "after"


def test_a_file_that_sleeps_is_ended() -> None:
    """A process that does no work at all is waited for no longer than the clock allows."""
    with Sandbox() as sandbox:
        sandbox.parse("a", ".html", b"<p>before")
        sandbox.seconds = 0.2
        assert sandbox._process is not None
        os.kill(sandbox._process.pid, signal.SIGSTOP)
        with pytest.raises(DocumentError, match=r"^'b' takes longer than 0\.2 seconds to read"):
            sandbox.parse("b", ".html", b"<p>b")


@pytest.mark.skipif(sys.platform != "linux", reason="only there is memory bounded")
def test_a_file_that_takes_too_much_memory_is_an_error() -> None:
    """What does not fit in the limit is told; the next is read as if nothing had been."""
    with Sandbox(memory=200 * 1024 * 1024) as sandbox:
        assert sandbox.parse("a", ".html", b"<p>before").text == "before"
        with pytest.raises(DocumentError, match=r"^'b' cannot be read within 200 MiB of memory"):
            sandbox.parse("b", ".html", b"<b>a</b>" * 1_000_000)
        assert sandbox.parse("a", ".html", b"<p>after").text == "after"


def test_a_process_that_died_is_replaced() -> None:
    """Whoever ends the process between two files, the second is read."""
    with Sandbox() as sandbox:
        sandbox.parse("a", ".html", b"<p>before")
        assert sandbox._process is not None
        os.kill(sandbox._process.pid, signal.SIGKILL)
        assert sandbox.parse("a", ".html", b"<p>after").text == "after"


@pytest.mark.parametrize("suffix", [".pdf", ".docx"])
def test_a_damaged_file_is_told(suffix: str) -> None:
    """Whatever a library stumbles over is one clear line, with what may help."""
    with (
        Sandbox() as sandbox,
        pytest.raises(DocumentError, match=rf"^'a' is damaged or not a {suffix} file: "),
    ):
        sandbox.parse("a", suffix, b"nonsense")


def test_a_text_too_long_is_refused() -> None:
    """The limit on characters holds for what was extracted."""
    with (
        Sandbox() as sandbox,
        pytest.raises(DocumentError, match=r"16,777,\d+ characters and at most 16,777,216"),
    ):
        sandbox.parse("a", ".html", b"a" * (DEFAULTS.max_document_characters + 1))


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such signal")
def test_a_file_that_was_given_up_is_not_taken_for_the_next() -> None:
    """A user who interrupts one file gets, of the next, the next."""
    earlier = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        with Sandbox() as sandbox:
            sandbox.parse("a", ".html", b"<p>before")
            signal.setitimer(signal.ITIMER_REAL, 0.5)
            with pytest.raises(KeyboardInterrupt):
                sandbox.parse("b", ".html", HANGING)
            assert sandbox.parse("a", ".html", b"<p>after").text == "after"
    finally:
        signal.signal(signal.SIGALRM, earlier)


def test_a_library_that_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is not blamed for an installation that is not whole."""
    monkeypatch.setitem(sys.modules, "qa.documents.parsers.pdf", None)
    monkeypatch.delattr("qa.documents.parsers.pdf", raising=False)
    reply = module._reply("a", ".pdf", b"")
    assert reply["problem"] == "'a' needs a library that is not installed: install qa.documents.parsers.pdf"


def test_threads_take_turns() -> None:
    """Many threads share one process, and each has its own answer."""
    with Sandbox() as sandbox, ThreadPoolExecutor(8) as pool:
        pages = [f"<p>page {number}" for number in range(40)]
        texts = list(pool.map(lambda page: sandbox.parse("a", ".html", page.encode()).text, pages))
    assert texts == [f"page {number}" for number in range(40)]


def test_nothing_outlives_its_use() -> None:
    """The process ends when it is closed, and by itself when its parent is gone."""
    with Sandbox() as sandbox:
        sandbox.parse("a", ".html", b"<p>a")
        process = sandbox._process
        assert process is not None
    assert process.poll() is not None
    code = (
        "import os; from qa.documents import Sandbox; s = Sandbox(); s.parse('a', '.html', b'<p>a'); "
        "print(s._process.pid, flush=True); os._exit(0)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    child = int(done.stdout)
    for _ in range(100):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{child}/stat").exists() and " Z " in Path(f"/proc/{child}/stat").read_text():
            return
        time.sleep(0.1)
    raise AssertionError("the process waits for ever")


def test_a_reply_may_hold_anything() -> None:
    """Every kind of letter, and ends of lines, comes back as it was."""
    with Sandbox() as sandbox:
        assert (
            sandbox.parse("é 😀", ".html", '<pre>é\n😀\u2028\x85"\\</pre>'.encode()).text
            == 'é\n😀\u2028\x85"\\'
        )
