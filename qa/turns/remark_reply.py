"""Replies to words that are no question to the text."""

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
    """Return what to say to words that are no question, with what the documents have for it.

    A task gets the passages that fit its words. "What is this about?" and the like get guides.

    Args:
        typed: The words.
        wanted: What they want.
        retriever: Finds passages and knows the documents.
        top_k: The most passages.
        document: The one that a guide is wanted of. None stands for all.

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
