"""The whole in one call: a question to a reply in the documents' own words."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from qa.answer import Answer, Reply
from qa.chunk import sentence_around
from qa.confidence import Calibrator, Opinion
from qa.document import Document
from qa.embedder import PACKAGED as PACKAGED_EMBEDDER
from qa.embedder import load_embedder
from qa.errors import CorpusError, DocumentError, QuestionError
from qa.index import Index, open_index
from qa.loading import load_corpus, load_document
from qa.reader import PACKAGED as PACKAGED_READER
from qa.reader import Reader
from qa.retriever import Retriever

log = logging.getLogger(__name__)

MIN_CONFIDENCE = 0.5
TOP_K = 5
MAX_QUESTION_CHARACTERS = 1_000
ALTERNATIVES = 3


class Chatbot:
    """Answers questions about documents with spans of those documents, or says that they do not say.

    The documents are those that were read when it was made, and those added since; a file changed since
    is not looked at.
    """

    def __init__(self, retriever: Retriever, reader: Reader, calibrator: Calibrator) -> None:
        self.retriever, self.reader, self.calibrator = retriever, reader, calibrator

    @classmethod
    def from_corpus(
        cls,
        folder: str | Path,
        *,
        embedder: str = PACKAGED_EMBEDDER,
        reader: str = PACKAGED_READER,
        index_folder: str | Path | None = None,
        progress: bool = False,
    ) -> Chatbot:
        """A chatbot over the documents of `folder`, its index kept in `index_folder`.

        The index folder is `.qa-index` inside the corpus unless said otherwise; what of it is still
        true is used again. Models are a packaged one's name, a hub name or a folder.

        Raises:
            CorpusError: no such folder, or nothing in it can be read.
            ModelError: a model cannot be loaded.
        """
        folder = Path(folder)
        corpus = load_corpus(folder)
        for failure in corpus.failures:
            log.warning("%s", failure)
        vectors = load_embedder(embedder)
        place = folder / ".qa-index" if index_folder is None else Path(index_folder)
        index = open_index(place, corpus.documents, vectors, progress=progress)
        return cls(Retriever.build(index, vectors), Reader.load(reader), Calibrator.load())

    @classmethod
    def from_documents(
        cls,
        documents: Sequence[Document],
        *,
        embedder: str = PACKAGED_EMBEDDER,
        reader: str = PACKAGED_READER,
        progress: bool = False,
    ) -> Chatbot:
        """A chatbot over documents in memory, each with an id of its own; nothing is written.

        Raises:
            ModelError: a model cannot be loaded.
        """
        vectors = load_embedder(embedder)
        index = Index.build(documents, vectors, progress=progress)
        return cls(Retriever.build(index, vectors), Reader.load(reader), Calibrator.load())

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents that are asked, in the order of their ids."""
        return self.retriever.index.documents

    def add(self, source: Path | str, *, name: str | None = None) -> Document:
        """Take in a file (a `Path`) or a text (a `str`); one of the same name is replaced.

        Raises:
            DocumentError: the file or the text cannot become a document.
        """
        if isinstance(source, Path):
            document = load_document(source, name=name)
        elif not source.strip():
            raise DocumentError("The text is empty: give some words.")
        else:
            document = Document("text" if name is None else name, source)
        self._hold([*(held for held in self.documents if held.id != document.id), document])
        return document

    def remove(self, document_id: str) -> None:
        """Forget a document: from now on it is in no answer.

        Raises:
            CorpusError: there is none of that id.
        """
        kept = [held for held in self.documents if held.id != document_id]
        if len(kept) == len(self.documents):
            raise CorpusError(f"no document {document_id!r}: see the list of documents")
        self._hold(kept)

    def fork(self) -> Chatbot:
        """A chatbot over the same documents, whose own additions and removals are in memory alone."""
        return Chatbot(self.retriever, self.reader, self.calibrator)

    def _hold(self, documents: Sequence[Document]) -> None:
        index, embedder = self.retriever.index, self.retriever.embedder
        self.retriever = Retriever.build(Index.build(documents, embedder, known=index), embedder)

    def ask(self, question: str, *, top_k: int = TOP_K, min_confidence: float = MIN_CONFIDENCE) -> Reply:
        """Read the `top_k` passages that fit the question best and answer with a span of one of them.

        The answer is None where the likeliest span's chance of being right is below
        `min_confidence` (0 to 1); that span is then the first of the reply's alternatives.

        Raises:
            QuestionError: the question is empty or too long.
            ValueError: `top_k` below 1 or `min_confidence` outside 0 to 1.
        """
        if top_k < 1:
            raise ValueError(f"top_k is {top_k}: at least one passage must be read")
        if not 0 <= min_confidence <= 1:
            raise ValueError(f"min_confidence is {min_confidence}: it is a chance, from 0 to 1")
        question = question.strip()
        if not question:
            raise QuestionError("The question is empty: ask something about the documents.")
        if len(question) > MAX_QUESTION_CHARACTERS:
            raise QuestionError(
                f"The question has {len(question):,} characters and at most {MAX_QUESTION_CHARACTERS:,} "
                "can be read: ask it in fewer words."
            )
        if any("\ud800" <= character <= "\udfff" for character in question):
            raise QuestionError("The question holds half a character: type it again.")
        passages = self.retriever.retrieve(question, top_k)
        opinions = self.calibrator.opinions(question, passages, self.reader.read(question, passages))
        answers = tuple(_answer(opinion) for opinion in opinions[: ALTERNATIVES + 1])
        shown = bool(answers) and answers[0].confidence >= min_confidence
        return Reply(
            question=question,
            answer=answers[0] if shown else None,
            alternatives=answers[1:] if shown else answers[:ALTERNATIVES],
            passages=passages,
        )


def _answer(opinion: Opinion) -> Answer:
    document, span = opinion.candidate.passage.document, opinion.candidate.span
    return Answer(document, span, sentence_around(document.text, span), opinion.chance)
