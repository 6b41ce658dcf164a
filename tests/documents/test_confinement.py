"""What a confined process can no longer do, tried in one. Each also succeeds without confinement."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux confines a process")

PROGRAM = """
import json, os, socket, subprocess, sys, threading
sys.path.insert(0, sys.argv[1])
from qa.documents.confinement import confine
secret, folder = sys.argv[2:4]
taken = sorted(confine()) if sys.argv[4] == "confined" else []

def thread():
    threading.Thread(target=int).start()

attempts = {
    "read": lambda: open(secret).read(),
    "list": lambda: os.listdir(folder),
    "write": lambda: open(folder + "/new", "w").close(),
    "delete": lambda: os.unlink(folder + "/old"),
    "network": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close(),
    "local socket": lambda: socket.socketpair(),
    "program": lambda: subprocess.run(["/bin/true"], check=True),
    "process": lambda: os.fork() or os._exit(0),
    "signal": lambda: os.kill(os.getppid(), 0),
    "thread": thread,
    "import": lambda: __import__("docx"),
    "many files": lambda: [os.open(os.devnull, os.O_RDONLY) for _ in range(200)],
}
done = []
for name, attempt in attempts.items():
    try:
        attempt()
        done.append(name)
    except (OSError, RuntimeError):
        pass
print(json.dumps([taken, done]))
"""


def done(tmp_path: Path, mode: str) -> tuple[list[str], list[str]]:
    """Return what was taken away and which attempts succeeded."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "old").touch()
    (tmp_path / "secret.txt").write_text("heliotrope")
    arguments = [str(ROOT), str(tmp_path / "secret.txt"), str(tmp_path / "folder"), mode]
    process = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True, cwd="/"
    )
    taken, succeeded = json.loads(process.stdout.splitlines()[-1])
    return taken, succeeded


def test_an_ordinary_process_can_do_all_that(tmp_path: Path) -> None:
    assert len(done(tmp_path, "free")[1]) == 12


def test_a_confined_process_reads_its_libraries_and_computes(tmp_path: Path) -> None:
    """Everything else is taken away, as far as the kernel of this machine supports it."""
    taken, succeeded = done(tmp_path, "confined")
    assert {"limits", "privileges"} <= set(taken)
    forbidden = {"many files"}
    if "files" in taken:
        forbidden |= {"read", "list", "write", "delete"}
    if "calls" in taken:
        forbidden |= {"network", "local socket", "program", "process", "signal"}
    assert not forbidden & set(succeeded)
    assert {"thread", "import"} <= set(succeeded)


def test_the_parser_process_does_not_know_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from qa.documents import Sandbox

    monkeypatch.setenv("QA_AUTH", "ada:heliotrope")
    with Sandbox() as sandbox:
        sandbox.parse("a.html", ".html", b"<p>The ferry left at noon.</p>")
        assert sandbox._process is not None
        folder = Path("/proc") / str(sandbox._process.pid)
        assert b"heliotrope" not in (folder / "environ").read_bytes()
        status = (folder / "status").read_text()
    assert "NoNewPrivs:\t1" in status
