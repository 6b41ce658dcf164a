"""Replies to input that is not a question about the documents."""

from __future__ import annotations

from qa.dialogue import Intent, remark
from qa.documents import Document
from qa.results import Guide, Passage, Remark, Reply
from qa.retrieval import Retriever
from qa.settings import DEFAULTS
from qa.turns.guide import guide


def remark_reply(
    typed: str,
    wanted: Intent,
    retriever: Retriever,
    top_k: int = DEFAULTS.top_k,
    *,
    document: Document | None = None,
) -> Reply:
    """Return a reply to input that is not a question about the documents.

    A task gets the passages that match its words. "What is this about?" and the like get guides.

    Args:
        typed: The input.
        wanted: Its intent.
        retriever: Finds passages and holds the documents.
        top_k: The most passages to find.
        document: The document to guide to. None for all.

    Raises:
        QuestionError: the words of a task are longer than the embedder can read.
    """
    passages: tuple[Passage, ...] = ()
    guides: tuple[Guide, ...] = ()
    more = 0
    if wanted.kind == "task" and wanted.words:
        passages = retriever.retrieve(wanted.words, top_k)
    elif wanted.kind == "guide" and document is not None:
        guides = (guide(document),)
    elif wanted.kind in {"guide", "documents", "headings"}:
        documents = retriever.documents
        guides = tuple(map(guide, documents[: DEFAULTS.guided_documents]))
        more = len(documents) - len(guides)
    said = Remark(wanted.kind, remark(wanted), guides, more)
    return Reply(typed, None, (), passages, remark=said)
