"""Document routes: `/v1/documents`, to list, read, add and remove documents."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, HTTPException, Query, Request, Response
from starlette.datastructures import UploadFile
from typing_extensions import TypedDict

from qa.documents import SUFFIXES, Document, document_name
from qa.errors import CorpusError
from qa.page import document_dict
from qa.results import DocumentDict
from qa.server.problems import responses
from qa.server.services import AnyCaller, Caller
from qa.settings import DEFAULTS

router = APIRouter(tags=["documents"])

TEXTS = {"text/plain": ".txt", "text/markdown": ".md", "text/html": ".html"}
"""The media types of a body that is itself a document, each with the suffix for its name."""

MULTIPART = "multipart/form-data"

_TEXT_SCHEMA = {"schema": {"type": "string", "minLength": 1}}
_FILE_SCHEMA = {
    "schema": {
        "type": "object",
        "required": ["file"],
        "properties": {"file": {"type": "string", "format": "binary"}},
    }
}
_BODY = {
    "required": True,
    "content": {MULTIPART: _FILE_SCHEMA, **dict.fromkeys(TEXTS, _TEXT_SCHEMA)},
}


class DocumentListDict(TypedDict):
    """Some of the documents, ordered by id, and the total number of documents."""

    documents: list[DocumentDict]
    total: int


class FullDocumentDict(DocumentDict):
    """A document with its text, to which all offsets refer."""

    text: str


@router.get("/v1/documents", responses=responses())
def list_documents(
    caller: AnyCaller,
    offset: Annotated[int, Query(ge=0, le=DEFAULTS.max_documents)] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> DocumentListDict:
    """List the documents that questions are answered from."""
    documents, added = caller.chatbot.documents, _added(caller)
    shown = documents[offset : offset + limit]
    return {
        "documents": [document_dict(document, added=document.id in added) for document in shown],
        "total": len(documents),
    }


@router.get("/v1/documents/{document:path}", responses=responses(404))
def read_document(document: str, caller: AnyCaller) -> FullDocumentDict:
    """Return a document with its text."""
    found = _find(caller, document)
    described: Any = {**document_dict(found, added=found.id in _added(caller)), "text": found.text}
    return described  # type: ignore[no-any-return]


@router.post(
    "/v1/documents",
    status_code=201,
    responses={
        200: {"model": DocumentDict, "description": "Another document has this text."},
        **responses(409, 415, 507),
    },
    openapi_extra={"requestBody": _BODY},
)
async def add_document(
    request: Request,
    response: Response,
    caller: AnyCaller,
    name: Annotated[
        str | None, Query(max_length=1_000, description="its id; by default the name of the file")
    ] = None,
    replace: Annotated[bool, Query(description="whether to replace a document that has this id")] = False,
) -> DocumentDict:
    """Add a document: a file in a form, or a text that is the body itself.

    With `qa serve --keep` it is stored for everyone; otherwise it belongs, for a while, to the session that
    the header `Session` names.
    """
    _check_may_change(caller)
    async with _uploaded(request, caller, name) as (path, sent_name):
        added, is_new = await caller.change(
            _add, caller, path, sent_name if name is None else name, replace=replace
        )
    if not is_new:
        response.status_code = 200
    return document_dict(added, added=added.id in _added(caller))


@router.delete("/v1/documents/{document:path}", status_code=204, responses=responses(404))
async def remove_document(document: str, caller: AnyCaller) -> None:
    """Remove a document: for everyone with `qa serve --keep`, otherwise from your session."""
    _check_may_change(caller)
    _find(caller, document)
    await caller.change(caller.services.sessions.remove, caller.session, document)


def _add(caller: Caller, path: Path, name: str | None, *, replace: bool) -> tuple[Document, bool]:
    """Add a file. Return its document and True, or another document with the same text and False."""
    documents, suffix = caller.chatbot.documents, path.suffix
    if name is None:
        taken = [f"{one.removesuffix(suffix)}.txt" for one in documents.ids if one.endswith(suffix)]
        name = document_name("", None, taken).removesuffix(".txt")
    document_id = name if _suffix(name) == suffix else f"{name}{suffix}"
    if not replace and documents.find(document_id) is not None:
        raise HTTPException(
            409, f"The document {document_id!r} exists already: give another ?name=, or ?replace=true."
        )
    added = caller.services.sessions.add(caller.session, path, name=document_id)
    return added, added.id == document_id


class _Upload(NamedTuple):
    """An uploaded file, and the name that the client gave it. A text in the body has none."""

    path: Path
    name: str | None


@asynccontextmanager
async def _uploaded(request: Request, caller: Caller, name: str | None) -> AsyncIterator[_Upload]:
    """Yield the file that a request uploads. `name` is the requested id of the document, if any."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    folder = await asyncio.to_thread(tempfile.mkdtemp, dir=caller.services.uploads.folder)
    path = Path(folder, "file")
    try:
        if media_type in TEXTS:
            suffix = "" if name is None else _suffix(name)
            path = path.with_suffix(suffix if suffix in SUFFIXES else TEXTS[media_type])
            await _write(path, request.stream(), DEFAULTS.max_text_bytes)
            yield _Upload(path, None)
        elif media_type == MULTIPART:
            async with request.form(max_files=1, max_fields=4) as form:
                file = form.get("file")
                if not isinstance(file, UploadFile):
                    raise HTTPException(422, "The form has no file: send it as file=@NAME.")
                sent_name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
                suffix = _suffix(sent_name)
                path = path.with_suffix(suffix if suffix in SUFFIXES else "")
                await _write(path, _parts(file), DEFAULTS.max_file_bytes)
                yield _Upload(path, sent_name)
        else:
            kinds = ", ".join((MULTIPART, *TEXTS))
            raise HTTPException(415, f"The media type {media_type!r} is not supported: send {kinds}.")
    finally:
        path.unlink(missing_ok=True)
        Path(folder).rmdir()


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


async def _parts(file: UploadFile) -> AsyncIterator[bytes]:
    while part := await file.read(1024 * 1024):
        yield part


async def _write(path: Path, parts: AsyncIterator[bytes], most: int) -> None:
    size = 0
    with path.open("wb") as file:
        async for part in parts:
            size += len(part)
            if size > most:
                raise HTTPException(413, f"The document is larger than {most // 1024**2} MiB: split it.")
            file.write(part)


def _check_may_change(caller: Caller) -> None:
    if not caller.session and not caller.services.sessions.keep:
        raise HTTPException(
            403,
            "The shared documents are read-only: send a Session header of your own (16 to 64 "
            "letters that nobody can guess), or have the server started with --keep.",
        )


def _added(caller: Caller) -> frozenset[str]:
    return caller.services.sessions.added(caller.session)


def _find(caller: Caller, document_id: str) -> Document:
    document = caller.chatbot.documents.find(document_id)
    if document is None:
        raise CorpusError.no_document(document_id)
    return document
