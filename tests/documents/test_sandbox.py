"""Parser sandbox: correct replies, limits, crashes and interruptions."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest

from qa.documents import Sandbox, parsing
from qa.documents import sandbox as module
from qa.documents.parsing import parse
from qa.errors import DocumentError, PictureOfTextError, TooLargeError
from qa.settings import DEFAULTS
from tests.helpers import FILES
from tests.pages import pdf

HANGING = b"<div>" * 100_000 + b"text"
"""A page nested so deeply that parsing takes minutes: each tag searches all that are open."""


@pytest.mark.parametrize("name", ["chromium.html", "latex.pdf", "writer.docx"])
def test_the_sandbox_returns_what_parsing_in_this_process_returns(name: str) -> None:
    path = FILES / name
    with Sandbox() as sandbox:
        assert sandbox.parse("a", path.suffix, path.read_bytes()) == parse(
            "a", path.suffix, path.read_bytes()
        )


def test_a_file_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that exceeds its processor time is an error; the next one is read."""
    monkeypatch.setattr(module, "WALL_CLOCK_FACTOR", 100)
    with Sandbox(seconds=1) as sandbox:
        assert sandbox.parse("a", ".html", b"<p>before").text == "before"
        start = time.monotonic()
        with pytest.raises(DocumentError, match=r"^'b' takes longer than 1 seconds to read"):
            sandbox.parse("b", ".html", HANGING)
        assert time.monotonic() - start < 90
        assert sandbox.parse("a", ".html", b"<p>after").text == "after"


def test_a_file_that_sleeps_is_stopped() -> None:
    """The wall-clock limit ends a process that uses no processor time."""
    with Sandbox() as sandbox:
        sandbox.parse("a", ".html", b"<p>before")
        sandbox.seconds = 0.2
        assert sandbox._process is not None
        os.kill(sandbox._process.pid, signal.SIGSTOP)
        with pytest.raises(DocumentError, match=r"^'b' takes longer than 0\.2 seconds to read"):
            sandbox.parse("b", ".html", b"<p>b")


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited only there")
def test_a_file_that_takes_too_much_memory_is_an_error() -> None:
    """A file that exceeds the memory limit is an error; the next one is read."""
    with Sandbox(memory=200 * 1024 * 1024) as sandbox:
        assert sandbox.parse("a", ".html", b"<p>before").text == "before"
        with pytest.raises(DocumentError, match=r"^'b' cannot be read within 200 MiB of memory"):
            sandbox.parse("b", ".html", b"<b>a</b>" * 1_000_000)
        assert sandbox.parse("a", ".html", b"<p>after").text == "after"


def test_a_process_that_died_is_replaced() -> None:
    """If the process is killed between two files, the second one is read."""
    with Sandbox() as sandbox:
        sandbox.parse("a", ".html", b"<p>before")
        assert sandbox._process is not None
        os.kill(sandbox._process.pid, signal.SIGKILL)
        assert sandbox.parse("a", ".html", b"<p>after").text == "after"


@pytest.mark.parametrize("suffix", [".pdf", ".docx"])
def test_a_damaged_file_is_refused(suffix: str) -> None:
    """Any error of a parser library becomes one line that says what to do."""
    with (
        Sandbox() as sandbox,
        pytest.raises(DocumentError, match=rf"^'a' is damaged or not a {suffix} file: "),
    ):
        sandbox.parse("a", suffix, b"nonsense")


def test_a_text_that_is_too_long_is_refused() -> None:
    """The limit on characters applies to extracted text."""
    with (
        Sandbox() as sandbox,
        pytest.raises(TooLargeError, match=r"16,777,\d+ characters and at most 16,777,216"),
    ):
        sandbox.parse("a", ".html", b"a" * (DEFAULTS.max_document_characters + 1))


def test_the_type_of_an_error_comes_through() -> None:
    """Callers distinguish a scan, whose text can be recognised, from other files without text."""
    with Sandbox() as sandbox, pytest.raises(PictureOfTextError, match="images but no text"):
        sandbox.parse("a", ".pdf", (FILES / "scanned.pdf").read_bytes())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_an_interrupted_file_is_not_taken_for_the_next() -> None:
    """The reply to a file that was interrupted is never read as the reply to the next one."""
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


def test_reading_is_stopped_in_a_process_that_has_read_before() -> None:
    """It is not tried again in a new process."""
    with Sandbox() as sandbox, ThreadPoolExecutor(1) as pool:
        sandbox.parse("a", ".html", b"<p>before")
        reading = pool.submit(sandbox.parse, "b", ".html", HANGING)
        time.sleep(0.5)
        sandbox.stop()
        with pytest.raises(DocumentError):
            reading.result(timeout=20)
        assert sandbox.parse("c", ".html", b"<p>after").text == "after"


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message blames the installation, not the file."""
    monkeypatch.setitem(sys.modules, "qa.documents.parsers.pdf", None)
    monkeypatch.delattr("qa.documents.parsers.pdf", raising=False)
    reply = parsing._reply({"name": "a", "suffix": ".pdf"}, b"", parsing._Reporter(BytesIO(), 1.0))
    assert reply["problem"] == "'a' needs a library that is not installed: install qa.documents.parsers.pdf"


def test_progress_is_reported_while_a_file_is_read_and_an_error_stops_it() -> None:
    """In order, before the reply; after an error the process is gone, and the next file is read."""
    data = pdf(
        [
            [(40, 780 - 14 * n, 11, f"Line {n} of page {page} counts boats.") for n in range(50)]
            for page in range(150)
        ]
    )
    found: list[tuple[int, int]] = []
    with Sandbox() as sandbox:
        document = sandbox.parse(
            "a", ".pdf", data, on_progress=lambda done, count: found.append((done, count))
        )
        assert len(document.pages) == 150
        assert found == sorted(set(found))
        assert len(found) > 1
        assert {count for _, count in found} == {150}
        process = sandbox._process
        assert process is not None

        def stop(done: int, count: int) -> None:
            if done:
                raise InterruptedError

        with pytest.raises(InterruptedError):
            sandbox.parse("b", ".pdf", data, on_progress=stop)
        assert process.returncode is not None
        assert sandbox.parse("c", ".html", b"<p>after", on_progress=stop).text == "after"


def test_the_pages_of_a_file_are_drawn_one_after_the_other() -> None:
    """An error stops drawing, and the next file is drawn."""
    data = pdf([[(40, 780, 11, f"Page {page} counts boats.")] for page in range(3)])
    found: list[tuple[int, int, bytes]] = []
    with Sandbox() as sandbox:

        def stop(number: int, count: int, picture: bytes) -> None:
            raise InterruptedError

        with pytest.raises(InterruptedError):
            sandbox.pictures("a", data, stop)
        sandbox.pictures("b", data, lambda number, count, picture: found.append((number, count, picture)))
        with pytest.raises(DocumentError, match=r"'c' is damaged or not a \.pdf file"):
            sandbox.pictures("c", b"no file", stop)
    assert [(number, count) for number, count, _ in found] == [(1, 3), (2, 3), (3, 3)]
    assert all(picture.startswith(b"\xff\xd8\xff") for _, _, picture in found)
    assert len({picture for _, _, picture in found}) == 3


def test_threads_take_turns() -> None:
    """Many threads share one process, and each gets its own reply."""
    with Sandbox() as sandbox, ThreadPoolExecutor(8) as pool:
        pages = [f"<p>page {position}" for position in range(40)]
        texts = list(pool.map(lambda page: sandbox.parse("a", ".html", page.encode()).text, pages))
    assert texts == [f"page {position}" for position in range(40)]


def test_the_process_ends_with_its_user() -> None:
    """The process ends when it is closed, and when its parent dies."""
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
    raise AssertionError("the process never ends")


def test_a_reply_may_contain_any_character() -> None:
    with Sandbox() as sandbox:
        assert (
            sandbox.parse("é 😀", ".html", '<pre>é\n😀\u2028\x85"\\</pre>'.encode()).text
            == 'é\n😀\u2028\x85"\\'
        )
