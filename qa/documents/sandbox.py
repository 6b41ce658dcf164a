"""Files are parsed in a process of their own, so that none can crash, hang or fill this one."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock, Timer
from types import TracebackType
from typing import IO, Any

from qa.documents.document import Document
from qa.errors import DocumentError
from qa.settings import DEFAULTS

log = logging.getLogger(__name__)


WALL_CLOCK_FACTOR = 5
"""So many times that it may take by the clock, on a busy machine; on Windows, that limit stands alone."""


_TIMED_OUT = None if sys.platform == "win32" else -signal.SIGPROF

# The system's path is that of this process; nothing else of its surroundings is taken over.
_CHILD = (
    "import sys; sys.path[:] = sys.argv[3:]; from qa.documents.sandbox import serve; serve(*sys.argv[1:3])"
)


class Sandbox:
    """A process that parses one file after another; it is started by the first and ended by `close`.

    A file on which it dies, or takes too long or too much, is an error; the next has a new process.
    Threads take turns.
    """

    def __init__(
        self, *, seconds: float = DEFAULTS.parse_seconds, memory: int = DEFAULTS.parse_bytes
    ) -> None:
        self.seconds, self.memory = seconds, memory
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process, if there is one; the next file starts another."""
        with self._lock:
            self._end()

    def parse(self, name: str, suffix: str, data: bytes) -> Document:
        """The document in a file's bytes, of the format that `suffix` says: .html, .htm, .pdf or .docx.

        Raises:
            DocumentError: it is damaged, locked, without text, or beyond a limit.
        """
        with self._lock:
            used = self._process is not None
            reply = self._reply(name, suffix, data)
            if reply is None and used:
                # What is left of earlier files may have been the cause.
                reply = self._reply(name, suffix, data)
        if reply is None:
            raise DocumentError(
                f"{name!r} cannot be read within {self.memory // 1024**2:,} MiB of memory, or is damaged: "
                "save it again, or split it"
            )
        if "problem" in reply:
            log.debug("%r: %s", name, reply["reason"])
            raise DocumentError(reply["problem"])
        return Document(name, reply["text"], reply["title"], reply["url"], tuple(reply["pages"]))

    def _reply(self, name: str, suffix: str, data: bytes) -> dict[str, Any] | None:
        """What the process says of a file; None if it died of it."""
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        late = Timer(WALL_CLOCK_FACTOR * self.seconds, process.kill)
        late.daemon = True
        late.start()
        try:
            request = json.dumps({"name": name, "suffix": suffix, "size": len(data)})
            process.stdin.write(f"{request}\n".encode() + data)
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = b""
        except BaseException:
            # The reply to this file must not be taken for that to the next.
            self._end()
            raise
        finally:
            in_time = late.is_alive()
            late.cancel()
        if line.endswith(b"\n"):
            reply: dict[str, Any] = json.loads(line)
            if "problem" not in reply or reply["problem"] is not None:
                return reply
        if not line:
            with suppress(subprocess.TimeoutExpired):
                process.wait(1)
        status = process.returncode
        self._end()
        if not in_time or (status is not None and status == _TIMED_OUT):
            raise DocumentError(
                f"{name!r} is not read after {self.seconds:g} seconds: save it in a simpler form, or split it"
            )
        return None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            path = [str(Path(entry).absolute()) for entry in sys.path]
            command = [sys.executable, "-I", "-c", _CHILD, str(self.seconds), str(self.memory), *path]
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def serve(seconds: str, memory: str) -> None:
    """Parse what comes in and send back what it holds, until no more comes: the process's whole life."""
    # What a library prints must not stand in a reply.
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    _bound_memory(int(memory))
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        data = sys.stdin.buffer.read(request["size"])
        if len(data) < request["size"]:
            return
        _bound_time(float(seconds))
        _send(replies, _answer(request["name"], request["suffix"], data))
        _bound_time(0)


def _answer(name: str, suffix: str, data: bytes) -> dict[str, Any]:
    """The document's fields; or why there are none, where None stands for a lack of memory."""
    try:
        document = parse(name, suffix, data)
    except DocumentError as error:
        return {"problem": str(error), "reason": "refused"}
    except MemoryError:
        return {"problem": None}
    except ImportError as error:
        message = f"{name!r} needs a library that is not installed: install {error.name}"
        return {"problem": message, "reason": str(error)}
    except Exception as error:
        message = f"{name!r} is damaged, or no {suffix} file: open it where it was made and save it again"
        return {"problem": message, "reason": f"{type(error).__name__}: {error}"[:1000]}
    most = DEFAULTS.max_document_characters
    if len(document.text) > most:
        message = f"{name!r} has {len(document.text):,} characters and at most {most:,} can be read"
        return {"problem": f"{message}: split it", "reason": "refused"}
    return {"text": document.text, "title": document.title, "url": document.url, "pages": document.pages}


def parse(name: str, suffix: str, data: bytes) -> Document:
    """The document in a file's bytes, parsed in this process and without limits.

    Raises:
        DocumentError: it cannot become a document, for a known reason.
        Exception: of any kind, if it is damaged.
    """
    if suffix == ".pdf":
        from qa.documents.parsers.pdf import pdf_document

        return pdf_document(name, data)
    if suffix == ".docx":
        from qa.documents.parsers.docx import docx_document

        return docx_document(name, data)
    from qa.documents.parsers.html import html_document

    return html_document(name, data)


def _send(replies: IO[bytes], reply: dict[str, Any]) -> None:
    replies.write(f"{json.dumps(reply)}\n".encode())
    replies.flush()


def _bound_memory(size: int) -> None:
    """Let this process take no more than so many bytes beyond what its libraries have taken."""
    if sys.platform == "linux":
        import resource

        taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + size, taken + size))


def _bound_time(seconds: float) -> None:
    """End this process when it has worked for so long from now; with 0, not."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, seconds)
