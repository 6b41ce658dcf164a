"""What the page offers to programs: named Gradio endpoints, some of which an MCP server has as its tools."""

# Without `from __future__ import annotations`: Gradio reads the functions' types, and one of them is its own.
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypedDict

from qa.documents import Document
from qa.errors import DocumentError, QAError, QuestionError
from qa.page.sessions import Sessions
from qa.serialization import ReplyDict
from qa.settings import DEFAULTS


class DocumentDict(TypedDict):
    """A document as plain data; `pages` is null where it has none, `added` that only this session has it."""

    document: str
    title: str | None
    url: str | None
    characters: int
    pages: int | None
    added: bool


def add_endpoints(
    sessions: Sessions, *, asking: dict[str, Any], adding: dict[str, Any], mcp: bool = False
) -> None:
    """Add `/ask`, `/documents`, `/add` and `/remove` to the page that is being built.

    A client's session has documents of its own, as `sessions` says. `asking` and `adding` limit how
    many are at work at once, as Gradio's events are. With `mcp`, only `ask` and `documents` are listed,
    for an MCP server makes a tool of whatever is; the others are then called with their arguments in
    order. Bad input is an error whose words are the `QAError`'s.
    """
    import gradio as gr
    from gradio.events import api

    def ask(  # noqa: D417  # the request is Gradio's to give
        request: gr.Request,
        question: str,
        top_k: int = DEFAULTS.top_k,
        min_confidence: float = DEFAULTS.min_confidence,
    ) -> ReplyDict:
        """Answer a question with an exact quotation from the documents, its place and its chance.

        The answer is null where the documents do not say.

        Args:
            question: what to ask, as a whole sentence
            top_k: how many passages to read, 1 to 50
            min_confidence: the chance of being right, 0 to 1, below which nothing is answered
        """
        with _told():
            if not isinstance(question, str):
                raise QuestionError("The question is not a text: ask it in words.")
            passages = _number("top_k", top_k, 1, DEFAULTS.max_top_k)
            bar = _number("min_confidence", min_confidence, 0, 1)
            chatbot = sessions.chatbot(_session(request))
            return chatbot.ask(question, top_k=int(passages), min_confidence=bar).to_dict()

    def documents(request: gr.Request) -> list[DocumentDict]:
        """List the documents that questions are answered from."""
        with _told():
            session = _session(request)
        added = sessions.added(session)
        return [_to_dict(one, added=one.id in added) for one in sessions.documents(session)]

    def add(  # noqa: D417
        request: gr.Request, text: str = "", name: str = "", file: dict[str, Any] | None = None
    ) -> DocumentDict:
        """Take in a document for this session: a text, or a file that was uploaded.

        Args:
            text: the text, where no file is given
            name: what to call the document; by default the file's own name
            file: a file, as Gradio's clients upload it
        """
        with _told():
            session = _session(request)
            if not isinstance(text, str) or not isinstance(name, str):
                raise DocumentError("The text or the name is not a text: give both in letters.")
            if file is None:
                document = sessions.add(session, text, name=name if name else None)
            elif text:
                raise DocumentError("Both a text and a file were given: add one after the other.")
            else:
                path, own_name = uploaded(file)
                document = sessions.add(session, path, name=name if name else own_name)
            return _to_dict(document, added=document.id in sessions.added(session))

    def remove(request: gr.Request, document: str) -> list[DocumentDict]:  # noqa: D417
        """Take a document out of what this session asks, and list those that are left.

        Args:
            document: its name, as `/documents` lists it
        """
        with _told():
            sessions.remove(_session(request), str(document))
        return documents(request)

    listed = "undocumented" if mcp else "public"
    api(ask, api_name="ask", **asking)
    api(documents, api_name="documents")
    api(add, api_name="add", api_visibility=listed, **adding)
    api(remove, api_name="remove", api_visibility=listed, **adding)


def uploaded(file: object) -> tuple[Path, str]:
    """The place of a file that a client uploaded, and the name that it had there.

    Raises:
        DocumentError: it is no such file; a client may name any path of this machine.
    """
    from gradio.utils import get_upload_folder

    place = file.get("path") if isinstance(file, dict) else None
    if not isinstance(place, str) or "\0" in place:
        raise DocumentError("No file was uploaded: upload one, then add it.")
    path = Path(os.path.realpath(place))
    if not path.is_relative_to(os.path.realpath(get_upload_folder())) or not path.is_file():
        raise DocumentError("The file was not uploaded: upload it, then add it.")
    name = file.get("orig_name") if isinstance(file, dict) else None
    return path, name if isinstance(name, str) and name else path.name


@contextmanager
def _told() -> Iterator[None]:
    """A failure that the user can mend is told as it is."""
    import gradio as gr

    try:
        yield
    except QAError as error:
        raise gr.Error(str(error), title="Not done", print_exception=False) from error


def _session(request: Any) -> str:
    """The name of the client's session.

    Raises:
        DocumentError: it has none, and would share one with all others that have none.
    """
    session = getattr(request, "session_hash", None)
    if not session:
        raise DocumentError("The request names no session: use a Gradio client.")
    return str(session)


def _number(name: str, value: object, least: float, most: float) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most:
        return value
    raise QuestionError(f"{name} is {str(value)[:40]!r}: give a number from {least} to {most}.")


def _to_dict(document: Document, *, added: bool) -> DocumentDict:
    return {
        "document": document.id,
        "title": document.title,
        "url": document.url,
        "characters": len(document.text),
        "pages": len(document.pages) if document.pages else None,
        "added": added,
    }
