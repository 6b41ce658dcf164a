"""API for programs: named Gradio endpoints, two of which an MCP server offers as tools."""

# Without `from __future__ import annotations`: Gradio reads the types of endpoints, and one is its own.
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qa.dialogue import Exchange
from qa.documents import Document
from qa.errors import DocumentError, QAError, QuestionError
from qa.page.questions import ask as ask_question
from qa.page.sessions import Sessions
from qa.results import DocumentDict, ReplyDict
from qa.settings import DEFAULTS


def add_endpoints(
    sessions: Sessions, *, asking: dict[str, Any], adding: dict[str, Any], mcp: bool = False
) -> None:
    """Add `/ask`, `/documents`, `/add` and `/remove` to the page that is being built.

    Bad input is reported as an error with the message of the `QAError`.

    Args:
        sessions: The documents and chatbots of all clients.
        asking: Gradio's limits for events that answer questions.
        adding: Gradio's limits for events that change documents.
        mcp: Whether to list only `ask` and `documents`, since an MCP server makes a tool of each listed
            endpoint. The others can still be called, with positional arguments.
    """
    import gradio as gr
    from gradio.events import api

    def ask(  # noqa: D417  # Gradio provides the request
        request: gr.Request,
        question: str,
        top_k: int = DEFAULTS.top_k,
        min_confidence: float = DEFAULTS.min_confidence,
        history: list[dict[str, Any]] | None = None,
        documents: list[str] | None = None,
    ) -> ReplyDict:
        """Answer a question with an exact quotation from the documents, with its offsets and confidence.

        `outcome` is "answered", "perhaps" (the answer is null, and `perhaps` is a guess), "not_found" (the
        best sentence of the nearest passage is in `passages`) or "remark" (the words were not a question
        about the text).

        Args:
            question: what to ask, as a whole sentence
            top_k: how many passages to read, 1 to 50
            min_confidence: the probability of being right, 0 to 1, below which nothing is answered
            history: the previous turns, oldest first, so that follow-ups are understood: each an earlier
                reply, or an object with its question and answer
            documents: the ids of the documents to answer from; by default all of them
        """
        with _shown_errors():
            if not isinstance(question, str):
                raise QuestionError("The question is not a string: send it as text.")
            passages = _number("top_k", top_k, 1, DEFAULTS.max_top_k)
            threshold = _number("min_confidence", min_confidence, 0, 1)
            return ask_question(
                sessions,
                _session(request),
                question,
                top_k=int(passages),
                min_confidence=threshold,
                history=exchanges(history),
                documents=_ids(documents),
            ).to_dict()

    def documents(request: gr.Request) -> list[DocumentDict]:
        """List the documents that questions are answered from."""
        with _shown_errors():
            session = _session(request)
        added = sessions.added(session)
        return [
            document_dict(document, added=document.id in added) for document in sessions.documents(session)
        ]

    def add(  # noqa: D417
        request: gr.Request, text: str = "", name: str = "", file: dict[str, Any] | None = None
    ) -> DocumentDict:
        """Add a document for this session: a text, or a file that was uploaded.

        Args:
            text: the text, if no file is given
            name: what to call the document; by default the file's own name
            file: a file, as Gradio's clients upload it
        """
        with _shown_errors():
            session = _session(request)
            if not isinstance(text, str) or not isinstance(name, str):
                raise DocumentError("The text and the name must be strings: send both as text.")
            if file is None:
                document = sessions.add(session, text, name=name if name else None)
            elif text:
                raise DocumentError("Both a text and a file were given: add one after the other.")
            else:
                path, original_name = uploaded(file)
                document = sessions.add(session, path, name=name if name else original_name)
            return document_dict(document, added=document.id in sessions.added(session))

    def remove(request: gr.Request, document: str) -> list[DocumentDict]:  # noqa: D417
        """Remove a document from this session, and list the remaining ones.

        Args:
            document: its id, as `/documents` lists it
        """
        with _shown_errors():
            sessions.remove(_session(request), str(document))
        return documents(request)

    listed = "undocumented" if mcp else "public"
    api(ask, api_name="ask", **asking)
    api(documents, api_name="documents")
    api(add, api_name="add", api_visibility=listed, **adding)
    api(remove, api_name="remove", api_visibility=listed, **adding)


def uploaded(file: object) -> tuple[Path, str]:
    """Return the path of an uploaded file, and the name that it had on the client's machine.

    Args:
        file: Untrusted data from the client, which should describe an uploaded file.

    Raises:
        DocumentError: it is not an uploaded file. A client could name any path on this machine.
    """
    from gradio.utils import get_upload_folder

    sent_path = file.get("path") if isinstance(file, dict) else None
    if not isinstance(sent_path, str) or "\0" in sent_path:
        raise DocumentError("No file was uploaded: upload one, then add it.")
    path = Path(os.path.realpath(sent_path))
    if not path.is_relative_to(os.path.realpath(get_upload_folder())) or not path.is_file():
        raise DocumentError("The file was not uploaded: upload it, then add it.")
    name = file.get("orig_name") if isinstance(file, dict) else None
    return path, name if isinstance(name, str) and name else path.name


@contextmanager
def _shown_errors() -> Iterator[None]:
    """Show clients the message of a `QAError`, without a traceback."""
    import gradio as gr

    try:
        yield
    except QAError as error:
        raise gr.Error(str(error), title="Not done", print_exception=False) from error


def _session(request: Any) -> str:
    """Return the name of the client's session.

    Raises:
        DocumentError: it has none. All clients without a session would share their documents.
    """
    session = getattr(request, "session_hash", None)
    if not session:
        raise DocumentError("The request names no session: use a Gradio client.")
    return str(session)


def _number(name: str, value: object, least: float, most: float) -> float:
    """Return a client's number.

    Raises:
        QuestionError: it is not a number, or not from `least` to `most`.
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most:
        return value
    raise QuestionError(f"{name} is {str(value)[:40]!r}: give a number from {least} to {most}.")


def exchanges(history: object) -> list[Exchange]:
    """Return a client's history: replies as `/ask` returned them, or objects with a question and an answer.

    Replies to input that was not a question about the text are left out, as by `Reply.exchange`.

    Raises:
        QuestionError: it is not a list of objects with a question.
    """
    found = []
    for turn in [] if history is None else _list("history", history):
        if not isinstance(turn, dict) or not isinstance(turn.get("question"), str):
            raise QuestionError("history is not a list of turns: give each a question and an answer.")
        more = turn.get("more")
        others = more if isinstance(more, list) else []
        found += [_exchange(one) for one in (turn, *others) if isinstance(one, dict) and _asks_the_text(one)]
    return found[-DEFAULTS.remembered_turns :]


def _asks_the_text(turn: dict[str, Any]) -> bool:
    remark = turn.get("remark")
    return not isinstance(remark, dict) or bool(turn.get("passages") or remark.get("sections"))


def _exchange(turn: dict[str, Any]) -> Exchange:
    """Return a client's turn, with the guess if one was shown. Values that are not strings become empty."""
    shown = turn["perhaps"] if isinstance(turn.get("perhaps"), dict) else turn
    sentence = shown.get("sentence")
    words = [
        turn.get("read_as") or turn.get("question"),
        shown.get("answer"),
        sentence.get("text") if isinstance(sentence, dict) else sentence,
    ]
    most = DEFAULTS.max_question_characters
    return Exchange(*(word[:most] if isinstance(word, str) else "" for word in words))


def _ids(documents: object) -> list[str] | None:
    """Return a client's list of documents.

    Raises:
        QuestionError: it is not a list of strings.
    """
    if documents is None:
        return None
    ids = _list("documents", documents)
    if not all(isinstance(document_id, str) for document_id in ids):
        raise QuestionError("documents is not a list of names: give the ids that /documents lists.")
    return ids


def _list(name: str, value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    raise QuestionError(f"{name} is {str(value)[:40]!r}: give a list.")


def document_dict(document: Document, *, added: bool) -> DocumentDict:
    """Describe a document as plain data.

    Args:
        document: The document.
        added: Whether only the requesting session has it.
    """
    return {
        "document": document.id,
        "title": document.title,
        "url": document.url,
        "characters": len(document.text),
        "pages": len(document.pages) if document.pages else None,
        "added": added,
    }
