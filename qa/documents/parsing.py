"""Parsing: what the sandbox process does with the files that are sent to it."""

from __future__ import annotations

import base64
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from qa.documents.confinement import confine
from qa.documents.document import Document
from qa.documents.formats import TABLE_SUFFIXES, WORKBOOK_SUFFIXES
from qa.documents.parsers.plain_text import plain_text_blocks
from qa.errors import DocumentError, TooLargeError
from qa.settings import DEFAULTS

PARSERS = {
    ".pdf": "pdf.pdf_document",
    ".epub": "epub.epub_document",
    ".docx": "docx.docx_document",
    ".dotx": "docx.docx_document",
    ".odt": "odt.odt_document",
    ".rtf": "rtf.rtf_document",
    ".pptx": "pptx.pptx_document",
    **dict.fromkeys(WORKBOOK_SUFFIXES, "sheets.workbook_document"),
    **dict.fromkeys(TABLE_SUFFIXES, "sheets.csv_document"),
    ".eml": "eml.eml_document",
}
"""The module and function of `qa.documents.parsers` that read a format. Others are read as web pages."""


PAGED = frozenset({".pdf"})
"""The formats whose parsers report how many pages they have read."""

PROGRESS_SECONDS = 0.25
"""The least time between two progress messages."""


def serve(seconds: str, memory: str) -> None:
    """Parse files from standard input until it ends. The process does nothing else.

    Args:
        seconds: The limit on processor time for each file, as a command-line argument.
        memory: The limit on memory for the process in bytes, as a command-line argument.
    """
    # The output of libraries must not get into the replies.
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    _limit_memory(int(memory))
    confine()
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        data = sys.stdin.buffer.read(request["size"])
        if len(data) < request["size"]:
            return
        _limit_time(float(seconds))
        _send(replies, _reply(request, data, _Reporter(replies, float(seconds))))
        _limit_time(0)


class _Reporter:
    """Sends progress messages before the reply.

    Args:
        replies: Where messages are sent.
        seconds: The limit on processor time for each picture.
    """

    def __init__(self, replies: IO[bytes], seconds: float) -> None:
        self._replies, self._seconds, self._next = replies, seconds, 0.0

    def progress(self, done: int, count: int) -> None:
        """Report how many pages have been read, from time to time."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + PROGRESS_SECONDS
            _send(self._replies, {"done": done, "of": count})

    def picture(self, done: int, count: int, picture: bytes) -> None:
        """Send the picture of a page, and restart the time limit for the next one."""
        encoded = base64.b64encode(picture).decode()
        _send(self._replies, {"done": done, "of": count, "picture": encoded})
        _limit_time(self._seconds)


def _reply(request: dict[str, Any], data: bytes, reporter: _Reporter) -> dict[str, Any]:
    """Return the fields of the document, a picture of one of its pages, or the problem with the file.

    The problem is None if memory ran out.
    """
    name, suffix = request["name"], request["suffix"]
    try:
        if "quote" in request:
            return _quoted_page(request, data)
        if request.get("pictures"):
            return _pictures(data, reporter)
        on_progress = reporter.progress if request.get("progress") else None
        document = parse(name, suffix, data, on_progress=on_progress)
    except DocumentError as error:
        return {"problem": str(error), "kind": type(error).__name__, "reason": "refused"}
    except MemoryError:
        return {"problem": None}
    except ImportError as error:
        message = f"{name!r} needs a library that is not installed: install {error.name}"
        return {"problem": message, "reason": str(error)}
    except Exception as error:
        message = (
            f"{name!r} is damaged or not a {suffix} file: open it in the program that made it, and save it"
        )
        return {"problem": message, "reason": f"{type(error).__name__}: {error}"[:1000]}
    limit = DEFAULTS.max_document_characters
    if len(document.text) > limit:
        message = (
            f"{name!r} has {len(document.text):,} characters and at most {limit:,} can be read: split it"
        )
        return {"problem": message, "kind": TooLargeError.__name__, "reason": "refused"}
    return {
        "text": document.text,
        "title": document.title,
        "url": document.url,
        "pages": document.pages,
        "notes": document.notes,
        "blocks": base64.b64encode(document.blocks.data).decode(),
    }


def _pictures(data: bytes, reporter: _Reporter) -> dict[str, Any]:
    """Send a picture of each page of a PDF. Return an empty reply."""
    from qa.documents.parsers.pdf.pictures import page_pictures

    for done, (picture, count) in enumerate(page_pictures(data), start=1):
        reporter.picture(done, count, picture)
    return {}


def _quoted_page(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    """Return a picture of a page of a PDF, with the boxes of a quotation."""
    from qa.documents.parsers.pdf.pictures import quoted_page
    from qa.documents.parsers.pdf.quotes import Quote

    picture, width, height, boxes = quoted_page(data, request["page"], Quote(*request["quote"]))
    return {
        "picture": base64.b64encode(picture).decode(),
        "width": width,
        "height": height,
        "boxes": boxes,
    }


def parse(
    name: str, suffix: str, data: bytes, *, on_progress: Callable[[int, int], None] | None = None
) -> Document:
    """Parse a file in this process, without limits.

    If the parser returns no structure, it is derived from the text.

    Args:
        name: The id of the document.
        suffix: The format: one of `SUFFIXES` that is not text.
        data: The bytes of the file.
        on_progress: Called with the number of pages read and of all pages, for formats in `PAGED`.

    Raises:
        DocumentError: The file cannot become a document, for a known reason.
        Exception: Of any kind, if the file is damaged.
    """
    parser = PARSERS.get(suffix, "html.html_document")
    module, function = parser.split(".")
    read = getattr(import_module(f"qa.documents.parsers.{module}"), function)
    document: Document = read(name, data, on_progress=on_progress) if suffix in PAGED else read(name, data)
    return document if document.blocks else replace(document, blocks=plain_text_blocks(document.text))


def _send(replies: IO[bytes], reply: dict[str, Any]) -> None:
    replies.write(f"{json.dumps(reply)}\n".encode())
    replies.flush()


def _limit_memory(size: int) -> None:
    """Limit the memory of this process to `size` bytes more than it uses now."""
    if sys.platform == "linux":
        import resource

        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + size, used + size))


def _limit_time(seconds: float) -> None:
    """End this process after `seconds` of processor time from now; 0 removes the limit."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, seconds)
