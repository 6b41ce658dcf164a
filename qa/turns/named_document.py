"""The document that the user names, by its title, its file name or its first heading."""

from __future__ import annotations

from pathlib import PurePosixPath

from qa.dialogue import word_set
from qa.documents import Document
from qa.index import content_words_of, word_stems
from qa.retrieval import Retriever
from qa.settings import DEFAULTS

_TEXTS = frozenset(content_words_of(" ".join(word_set("article document file text paper page story"))))


def named_document(words: str, retriever: Retriever) -> Document | None:
    """Return the document that words name; None if they name none, or several.

    A document fits if its title, file name and first heading have all of the words, whatever their case and
    endings; "article" and the like may be missing. If several documents fit, the words name the one whose
    title or file name has no other words.

    Args:
        words: The name: "the annual report", "report.pdf".
        retriever: Holds the documents. If there are many, only those whose id or passages match are compared.
    """
    wanted = stems(words)
    wanted = wanted - _TEXTS or wanted
    fitting, exact = [], []
    for document in _likely(words, wanted, retriever):
        heading = "".join(document[one.words] for one in document.blocks.headings[:1])
        title, name = stems(document.title or heading), stems(PurePosixPath(document.id).stem)
        if wanted <= title | stems(heading) | stems(document.id):
            fitting.append(document)
            if wanted in (title - _TEXTS, name - _TEXTS) or words.strip() == document.id:
                exact.append(document)
    best = exact if len(fitting) > 1 else fitting
    return best[0] if len(best) == 1 else None


def stems(text: str) -> set[str]:
    """Return the stems of the content words, or of all words if there are none: "What it is for"."""
    text = text.replace("_", " ")
    return set(content_words_of(text) or word_stems(text))


def _likely(words: str, wanted: set[str], retriever: Retriever) -> list[Document]:
    documents = retriever.documents
    if len(documents) <= DEFAULTS.listed_documents:
        return list(documents)
    named = [one for one in documents.ids if wanted <= stems(one)][: DEFAULTS.listed_documents]
    found = {passage.document.id for passage in retriever.retrieve(words, DEFAULTS.rerank_top_n)}
    read = (documents.find(one) for one in sorted({*named, *found}))
    return [one for one in read if one is not None]
