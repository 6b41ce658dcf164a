"""Parser sandbox: a process that parses files, so that none of them can crash, hang or exhaust this one."""

from __future__ import annotations

import base64
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Timer
from types import TracebackType
from typing import Any

from qa.documents.blocks import Blocks
from qa.documents.document import Document
from qa.errors import DocumentError, PictureOfTextError, TooLargeError
from qa.settings import DEFAULTS

log = logging.getLogger(__name__)

WALL_CLOCK_FACTOR = 5
"""The wall-clock limit as a multiple of the limit on processor time, which Windows does not enforce."""

MAX_TITLE_CHARACTERS, MAX_ADDRESS_CHARACTERS = 300, 2_000
"""A longer title is truncated and a longer web address dropped: they are shown with each citation."""

_TIMED_OUT = None if sys.platform == "win32" else -signal.SIGPROF

_DONE = b'{"done"'  # the beginning of each message that comes before the reply

_KINDS = {kind.__name__: kind for kind in (PictureOfTextError, TooLargeError)}
"""The errors that the child reports by name."""

_ENVIRONMENT = frozenset({"LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "SYSTEMROOT", "TZ"})
"""The environment variables passed to the child. Others may hold passwords."""

# The child gets the module path of this process. `-I` isolates it from the rest of the environment.
_CHILD = (
    "import sys; sys.path[:] = sys.argv[3:]; from qa.documents.parsing import serve; serve(*sys.argv[1:3])"
)


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A picture of a page. Lengths are in pixels, from the upper left corner.

    Attributes:
        webp: The picture, as a WebP file.
        width: Its width.
        height: Its height.
        boxes: The left, top, right and bottom edge of each line of the quotation; empty if it was not found.
    """

    webp: bytes
    width: int
    height: int
    boxes: tuple[tuple[int, int, int, int], ...]


class Sandbox:
    """A process that parses one file after another. Threads take turns.

    The first file starts the process and `close` ends it. A file that crashes the process or exceeds a limit
    raises an error; the next file gets a new process.
    """

    def __init__(
        self, *, seconds: float = DEFAULTS.parse_seconds, memory: int = DEFAULTS.parse_bytes
    ) -> None:
        """Set the limits.

        Args:
            seconds: The limit on processor time for each file.
            memory: The bytes of memory beyond those that the process uses at its start. Enforced on Linux
                only.
        """
        self.seconds, self.memory = seconds, memory
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopped = False

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process if it is running. The next file starts a new one."""
        with self._lock:
            self._end()

    def stop(self) -> None:
        """Interrupt, from another thread, the file that is being read. Its thread gets an error."""
        process = self._process
        if process is not None:
            self._is_stopped = True
            process.kill()

    def parse(
        self, name: str, suffix: str, data: bytes, *, on_progress: Callable[[int, int], None] | None = None
    ) -> Document:
        """Parse a file in the process.

        Args:
            name: The id of the document.
            suffix: The format: one of `SUFFIXES` that is not text.
            data: The bytes of the file.
            on_progress: Called from time to time with the number of pages of a PDF read so far, and of all
                its pages. If it raises an exception, reading stops.

        Raises:
            DocumentError: The file is damaged or locked, contains no text, or exceeds a limit.
        """

        def receive(message: dict[str, Any]) -> None:
            if on_progress is not None:
                on_progress(message["done"], message["of"])

        reply = self._reply(
            {"name": name, "suffix": suffix, "progress": on_progress is not None}, data, receive
        )
        blocks = Blocks(base64.b64decode(reply["blocks"]))
        title, url = reply["title"], reply["url"]
        title = title if title is None else title[:MAX_TITLE_CHARACTERS]
        url = url if url is None or len(url) <= MAX_ADDRESS_CHARACTERS else None
        return Document(name, reply["text"], title, url, tuple(reply["pages"]), blocks, tuple(reply["notes"]))

    def pictures(self, name: str, data: bytes, on_picture: Callable[[int, int, bytes], None]) -> None:
        """Draw the pages of a PDF. The limit on processor time applies to each page.

        Args:
            name: The id of the document.
            data: The bytes of the file.
            on_picture: Called for each page with its number, from 1, the number of pages, and its picture, a
                JPEG. If it raises an exception, drawing stops.

        Raises:
            DocumentError: The file is damaged or locked, or exceeds a limit.
        """

        def receive(message: dict[str, Any]) -> None:
            on_picture(message["done"], message["of"], base64.b64decode(message["picture"]))

        self._reply({"name": name, "suffix": ".pdf", "pictures": True}, data, receive)

    def quoted_page(self, name: str, data: bytes, position: int, quote: tuple[str, str, str]) -> PagePicture:
        """Draw a page of a PDF, and locate a quotation on it.

        Args:
            name: The id of the document.
            data: The bytes of the file.
            position: The index of the page, from 0.
            quote: The text before the quotation, the quotation, and the text after it.

        Raises:
            DocumentError: The file is damaged or locked, or exceeds a limit.
        """
        reply = self._reply({"name": name, "suffix": ".pdf", "page": position, "quote": quote}, data)
        boxes = tuple((box[0], box[1], box[2], box[3]) for box in reply["boxes"])
        return PagePicture(base64.b64decode(reply["picture"]), reply["width"], reply["height"], boxes)

    def _reply(
        self, request: dict[str, Any], data: bytes, receive: Callable[[dict[str, Any]], None] | None = None
    ) -> dict[str, Any]:
        """Return the reply to a request. Messages before it are passed to `receive`.

        Raises:
            DocumentError: There is no reply, or it reports a problem.
        """
        name = request["name"]
        with self._lock:
            is_used = self._process is not None
            self._is_stopped = False
            reply = self._request(request, data, receive)
            if reply is None and is_used and not self._is_stopped:
                # Memory left over from earlier files may be the cause: try once in a new process.
                reply = self._request(request, data, receive)
        if reply is None:
            raise DocumentError(
                f"{name!r} cannot be read within {self.memory // 1024**2:,} MiB of memory, or is damaged: "
                "save it again, or split it"
            )
        if "problem" in reply:
            log.debug("%r: %s", name, reply["reason"])
            raise _KINDS.get(reply.get("kind", ""), DocumentError)(reply["problem"])
        return reply

    def _request(
        self, request: dict[str, Any], data: bytes, receive: Callable[[dict[str, Any]], None] | None
    ) -> dict[str, Any] | None:
        """Send a file to the process and return its reply, None if the process died."""
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        wall_clock = self._wall_clock(process)
        try:
            header = json.dumps({**request, "size": len(data)})
            process.stdin.write(f"{header}\n".encode() + data)
            process.stdin.flush()
            line = process.stdout.readline()
            while receive is not None and line.startswith(_DONE):
                if "pictures" in request:  # the limit applies to each
                    wall_clock.cancel()
                    wall_clock = self._wall_clock(process)
                receive(json.loads(line))
                line = process.stdout.readline()
        except BrokenPipeError:
            line = b""
        except BaseException:
            # Interrupted: the reply to this file must not be read as the reply to the next one.
            self._end()
            raise
        finally:
            in_time = wall_clock.is_alive()
            wall_clock.cancel()
        if line.endswith(b"\n"):
            reply: dict[str, Any] = json.loads(line)
            if "problem" not in reply or reply["problem"] is not None:
                return reply
        # The process died, or ran out of memory: find out why, and let the next file start another.
        if not line:
            with suppress(subprocess.TimeoutExpired):
                process.wait(1)
        status = process.returncode
        self._end()
        if not in_time or (status is not None and status == _TIMED_OUT):
            raise DocumentError(
                f"{request['name']!r} takes longer than {self.seconds:g} seconds to read: "
                "save it in a simpler form, or split it"
            )
        return None

    def _wall_clock(self, process: subprocess.Popen[bytes]) -> Timer:
        """Start a timer that ends a process that takes too long."""
        timer = Timer(WALL_CLOCK_FACTOR * self.seconds, process.kill)
        timer.daemon = True
        timer.start()
        return timer

    def _started(self) -> subprocess.Popen[bytes]:
        """Return the process, and start it if there is none."""
        if self._process is None:
            path = [str(Path(entry).absolute()) for entry in sys.path]
            command = [sys.executable, "-I", "-c", _CHILD, str(self.seconds), str(self.memory), *path]
            pipe = subprocess.PIPE
            environment = {name: value for name, value in os.environ.items() if name in _ENVIRONMENT}
            self._process = subprocess.Popen(
                command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment, cwd=os.sep
            )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()
