"""The whole in one call: a question to a reply in the documents' own words."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import RLock

from qa.corpus import Corpus
from qa.documents import Document, document_name, load_document, sentence_around, text_document
from qa.errors import CorpusError, DocumentError, QuestionError
from qa.index import PACKAGED_EMBEDDER, Documents, Index, load_embedder
from qa.reader import PACKAGED_READER, Calibrator, Candidate, Reader, ScoredAnswer
from qa.results import Answer, Citation, Passage, Reply
from qa.retrieval import Retriever
from qa.settings import DEFAULTS

log = logging.getLogger(__name__)


class Chatbot:
    """Answers questions about documents with spans of those documents, or says that they do not say.

    Several threads may use it at once: additions and removals come one after the other, and a question is
    answered from the documents that there were when it was asked.
    """

    def __init__(
        self, retriever: Retriever, reader: Reader, calibrator: Calibrator, *, corpus: Corpus | None = None
    ) -> None:
        self.retriever, self.reader, self.calibrator = retriever, reader, calibrator
        self._corpus = corpus
        self._changing = RLock()

    @classmethod
    def from_corpus(
        cls,
        folder: str | Path,
        *,
        embedder: str = PACKAGED_EMBEDDER,
        reader: str = PACKAGED_READER,
        index_folder: str | Path | None = None,
        allow_empty: bool = False,
        progress: bool = False,
    ) -> Chatbot:
        """A chatbot over the documents of `folder`, its index kept in `index_folder`.

        The index folder is `.qa-index` inside the corpus unless said otherwise; what of it is still
        true is used again. Models are a packaged one's name, a hub name or a folder. What is added is
        written into `folder`, and what is removed is deleted there. With `allow_empty` the folder may
        hold nothing yet.

        Raises:
            CorpusError: no such folder, or nothing in it can be read, or it holds too much.
            IndexFolderError: another process is making the index and does not finish.
            ModelError: a model cannot be loaded.
        """
        place = None if index_folder is None else Path(index_folder)
        corpus = Corpus(Path(folder), index_folder=place)
        corpus.folder.listing()  # a folder that is not there is told before models are loaded
        vectors = load_embedder(embedder)
        corpus.sync(vectors, progress=progress)
        for failure in corpus.failures:
            log.warning("%s", failure)
        if not corpus.index.parts and not allow_empty:
            raise corpus.nothing_to_read()
        retriever = Retriever(corpus.index, vectors)
        return cls(retriever, Reader.load(reader), Calibrator.load(), corpus=corpus)

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

        Of documents with the same text the first is held.

        Raises:
            CorpusError: they are too many, or two have the same id.
            ModelError: a model cannot be loaded.
        """
        if len({document.id for document in documents}) < len(documents):
            raise CorpusError("two documents have the same id: give each one of its own")
        vectors = load_embedder(embedder)
        index = Index.build(documents, vectors, progress=progress)
        return cls(Retriever(index, vectors), Reader.load(reader), Calibrator.load())

    @property
    def documents(self) -> Documents:
        """The documents that are asked now, in the order of their ids."""
        return self.retriever.index.documents

    @property
    def failures(self) -> tuple[DocumentError, ...]:
        """Why each file of the corpus that is no document could not be read."""
        return () if self._corpus is None else self._corpus.failures

    def add(self, source: Path | str, *, name: str | None = None) -> Document:
        """Take in a file (a `Path`) or a text (a `str`); one of the same name is replaced.

        The id is `name`, or the file's own, or the first of `text.txt`, `text-2.txt` ... that is free; a
        text whose name has no suffix of text is given `.txt`. If another document has the same text, that
        one is returned, and nothing is added. Where the documents are those of a folder, the file is
        written there.

        Raises:
            DocumentError: the file or the text cannot become a document.
            CorpusError: there is no room for it, or the folder cannot be written to.
        """
        with self._changing:
            embedder = self.retriever.embedder
            if self._corpus is not None:
                document = self._corpus.add(source, embedder, name=name)
                self.retriever = Retriever(self._corpus.index, embedder)
                return document
            taken = self.documents.ids if name is None else ()
            document_id = document_name(source, name, taken)
            if isinstance(source, Path):
                return self.add_document(load_document(source, name=document_id))
            return self.add_document(text_document(source, name=document_id))

    def add_document(self, document: Document) -> Document:
        """Take in a document that is read already, in memory alone: what `add` does with it otherwise.

        Raises:
            CorpusError: there is no room for it.
        """
        with self._changing:
            index = self.retriever.index
            held = index.same_text(document)
            if held is not None and held.id != document.id:
                self._use(index.without([document.id]))
                return held
            self._use(index.with_documents([document], self.retriever.embedder))
            return document

    def remove(self, document_id: str) -> None:
        """Forget a document: from now on it is in no answer. In a folder its file is deleted.

        Another file of the folder that has the same text stays, and is asked in its place.

        Raises:
            CorpusError: there is none of that id, or its file cannot be deleted.
        """
        with self._changing:
            if self._corpus is not None:
                embedder = self.retriever.embedder
                duplicates = self._corpus.remove(document_id)
                self.retriever = Retriever(self._corpus.index, embedder)
                if duplicates:
                    self._corpus.sync(embedder)
                    self.retriever = Retriever(self._corpus.index, embedder)
                return
            index = self.retriever.index
            if index.find(document_id) is None:
                raise CorpusError(f"no document {document_id!r}: see the list of documents")
            self._use(index.without([document_id]))

    def refresh(self) -> bool:
        """Follow what was done to the folder since, and tell whether that was anything.

        Raises:
            CorpusError: the folder is missing, or holds too much.
            IndexFolderError: another process is writing and does not finish.
        """
        with self._changing:
            if self._corpus is None:
                return False
            before = self.retriever.index
            self._corpus.sync(self.retriever.embedder)
            self.retriever = Retriever(self._corpus.index, self.retriever.embedder)
            return self.retriever.index is not before

    def fork(self) -> Chatbot:
        """A chatbot over the same documents, whose own additions and removals are in memory alone.

        Nobody else sees them, and it sees nothing that is added elsewhere. It is made at once.
        """
        return Chatbot(self.retriever, self.reader, self.calibrator)

    def _use(self, index: Index) -> None:
        self.retriever = Retriever(index.merged(at_once=True), self.retriever.embedder)

    def ask(
        self, question: str, *, top_k: int = DEFAULTS.top_k, min_confidence: float = DEFAULTS.min_confidence
    ) -> Reply:
        """Read the `top_k` passages that fit the question best and answer with a span of one of them.

        A word of the question that no document has may be read as one that is spelt much like it, see the
        reply's `read_as`.
        The answer is None where the likeliest span's chance of being right is below
        `min_confidence` (0 to 1); that span is then the first of the reply's alternatives.

        Raises:
            QuestionError: the question is empty or too long.
            ValueError: `top_k` below 1 or `min_confidence` outside 0 to 1.
        """
        *_, reply = self.stream(question, top_k=top_k, min_confidence=min_confidence)
        assert isinstance(reply, Reply)
        return reply

    def stream(
        self, question: str, *, top_k: int = DEFAULTS.top_k, min_confidence: float = DEFAULTS.min_confidence
    ) -> Iterator[tuple[Passage, ...] | Reply]:
        """As `ask`, and telling how far it is: the passages that are going to be read, then the reply.

        Raises:
            QuestionError: as `ask`.
            ValueError: as `ask`.
        """
        if top_k < 1:
            raise ValueError(f"top_k is {top_k}: at least one passage must be read")
        if not 0 <= min_confidence <= 1:
            raise ValueError(f"min_confidence is {min_confidence}: it is a chance, from 0 to 1")
        question = question.strip()
        if not question:
            raise QuestionError("The question is empty: ask something about the documents.")
        most = DEFAULTS.max_question_characters
        if len(question) > most:
            raise QuestionError(
                f"The question has {len(question):,} characters and at most {most:,} "
                "can be read: ask it in fewer words."
            )
        if any("\ud800" <= character <= "\udfff" for character in question):
            raise QuestionError("The question holds half a character: type it again.")
        retriever = self.retriever
        read = retriever.respelled(question)
        passages = retriever.retrieve(read, top_k)
        yield passages
        scored_answers = self.calibrator.scored_answers(passages, self.reader.read(read, passages))
        answers = tuple(_answer(scored) for scored in scored_answers[: DEFAULTS.alternatives + 1])
        shown = bool(answers) and answers[0].confidence >= min_confidence
        yield Reply(
            question=question,
            answer=answers[0] if shown else None,
            alternatives=answers[1:] if shown else answers[: DEFAULTS.alternatives],
            passages=passages,
            missing_words=retriever.index.bm25.missing_words(read),
            read_as=None if read == question else read,
        )


def _answer(scored: ScoredAnswer) -> Answer:
    place, *places = map(_place, (scored.candidate, *scored.others))
    return Answer(
        place.document,
        place.span,
        place.sentence,
        scored.probability,
        scored.candidate.score,
        tuple(places),
        scored.reasons,
    )


def _place(candidate: Candidate) -> Citation:
    document, span = candidate.passage.document, candidate.span
    return Citation(document, span, sentence_around(document.text, span))
