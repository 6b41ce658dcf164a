"""Chatbot: answers questions from a changing set of documents."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from copy import copy
from pathlib import Path
from threading import RLock

from qa.answering import Answerer, checked_question
from qa.corpus import Corpus, SearchableCorpus
from qa.dialogue import Exchange
from qa.documents import Document, document_name, load_document, text_document, with_structure
from qa.errors import CorpusError, DocumentError
from qa.index import PACKAGED_EMBEDDER, Documents, Embedder, Index, Searchable, load_embedder
from qa.reader import PACKAGED_READER, Calibrator, PassageReader, Reader
from qa.results import Passage, Reply, Retrieved
from qa.retrieval import HybridRetriever, Retriever
from qa.settings import DEFAULTS
from qa.storage import RemotePath, folder_at
from qa.turns import turn

log = logging.getLogger(__name__)


class Chatbot:
    """Answers questions about documents with spans of those documents, or says that it found none.

    Several threads may use a chatbot at once. Changes to the documents are serialised. A question is answered
    from the documents as they were when it was asked.

    `from_corpus` and `from_documents` build one from documents. The constructor combines existing parts.

    Args:
        retriever: Finds passages.
        reader: Finds candidate answers in passages.
        calibrator: Gives each candidate its probability of being right.
        corpus: The folder that additions and removals are written to. None keeps them in memory.
    """

    def __init__(
        self,
        retriever: Retriever,
        reader: PassageReader,
        calibrator: Calibrator,
        *,
        corpus: SearchableCorpus | None = None,
    ) -> None:
        self._answerer = Answerer(retriever, reader, calibrator)
        self._corpus = corpus
        self._changing = RLock()

    @classmethod
    def from_corpus(
        cls,
        folder: str | Path | RemotePath,
        *,
        embedder: str = PACKAGED_EMBEDDER,
        reader: str = PACKAGED_READER,
        index_folder: str | Path | None = None,
        allow_empty: bool = False,
        progress: bool = False,
    ) -> Chatbot:
        """Build a chatbot over the documents of a folder.

        Added documents are written to the folder; removed ones are moved to its trash folder. Files that
        cannot be read are logged as warnings, see `failures`.

        Args:
            folder: The folder with the documents, or its address on an object store, such as
                `s3://bucket/articles`. There, no document can be added or removed.
            embedder: The name of a packaged model, a model on the Hugging Face hub, or a folder.
            reader: The reader, named in the same way as `embedder`.
            index_folder: Where the index is kept between runs; `.qa-index` in the folder if None. An existing
                index is reused where it is up to date.
            allow_empty: Whether the folder may be empty.
            progress: Whether to show a progress bar.

        Raises:
            CorpusError: the folder is missing, or has no readable documents, or too many.
            IndexFolderError: another process is writing the index and does not finish.
            ModelError: a model cannot be loaded.
        """
        corpus = Corpus(folder_at(folder), index_folder=None if index_folder is None else Path(index_folder))
        corpus.folder.listing()  # a missing folder fails before models are loaded
        model = load_embedder(embedder)
        corpus.sync(model, progress=progress)
        for failure in corpus.failures:
            log.warning("%s", failure)
        if not corpus.index.segments and not allow_empty:
            raise corpus.nothing_to_read()
        return cls._over(corpus.index, model, reader, corpus=corpus)

    @classmethod
    def from_documents(
        cls,
        documents: Sequence[Document],
        *,
        embedder: str = PACKAGED_EMBEDDER,
        reader: str = PACKAGED_READER,
        progress: bool = False,
    ) -> Chatbot:
        """Build a chatbot over documents in memory. Nothing is written to disk.

        Headings, lists and so on of a document without blocks are detected in its text: as Markdown if its id
        ends with .md or .markdown, as plain text otherwise.

        Args:
            documents: The documents, each with a different id. Duplicate texts are used once.
            embedder: The name of a packaged model, a model on the Hugging Face hub, or a folder.
            reader: The reader, named in the same way as `embedder`.
            progress: Whether to show a progress bar.

        Raises:
            CorpusError: there are too many documents, or two have the same id.
            ModelError: a model cannot be loaded.
        """
        if len({document.id for document in documents}) < len(documents):
            raise CorpusError("two documents have the same id: give each a different one")
        model = load_embedder(embedder)
        structured = list(map(with_structure, documents))
        return cls._over(Index.build(structured, model, progress=progress), model, reader)

    @classmethod
    def _over(cls, index: Index, embedder: Embedder, reader: str, *, corpus: Corpus | None = None) -> Chatbot:
        """Load the reader and the calibrator, and combine them with an index."""
        return cls(HybridRetriever(index, embedder), Reader.load(reader), Calibrator.load(), corpus=corpus)

    @property
    def retriever(self) -> Retriever:
        """The retriever, which finds passages. Changing the documents replaces it."""
        return self._answerer.retriever

    @property
    def reader(self) -> PassageReader:
        """The reader, which finds candidate answers in passages."""
        return self._answerer.reader

    @property
    def calibrator(self) -> Calibrator:
        """The calibrator, which gives each candidate its probability of being right."""
        return self._answerer.calibrator

    @property
    def documents(self) -> Documents:
        """The documents that questions are answered from, in the order of their ids."""
        return self.retriever.documents

    @property
    def failures(self) -> tuple[DocumentError, ...]:
        """One error for each file of the corpus that could not be read."""
        return () if self._corpus is None else self._corpus.failures

    def add(self, source: Path | str, *, name: str | None = None) -> Document:
        """Add a file or a text. A document with the same id is replaced.

        A chatbot over a folder writes the file there.

        Args:
            source: A file (a `Path`) or a text (a `str`).
            name: The document's id. If None, the file's name, or the first of `text.txt`, `text-2.txt` ...
                that is free. A text whose name has no text suffix gets `.txt`.

        Returns:
            The document. If another document has the same text, that one is returned, and nothing is added.

        Raises:
            DocumentError: the file or the text cannot become a document.
            CorpusError: there is no room for it, or the folder cannot be written to.
        """
        with self._changing:
            if self._corpus is not None:
                document = self._corpus.add(source, self.embedder, name=name)
                self._use(self._corpus.index)
                return document
            document_id = document_name(source, name, self.documents.ids if name is None else ())
            if isinstance(source, Path):
                return self.add_document(load_document(source, name=document_id))
            return self.add_document(text_document(source, name=document_id))

    def add_document(self, document: Document, *, embedder: Embedder | None = None) -> Document:
        """Add an already parsed document, in memory only. A document with the same id is replaced.

        As in `from_documents`, the structure of a document without blocks is detected in its text.

        Args:
            document: The document.
            embedder: Used instead of the chatbot's own embedder, for example to report progress. It must
                return the same vectors.

        Returns:
            The document. If another document has the same text, that one is returned, and nothing is added.

        Raises:
            CorpusError: there is no room for it.
        """
        document = with_structure(document)
        with self._changing:
            retriever = self._own_retriever
            index = retriever.index
            same = index.same_text(document)
            if same is not None and same.id != document.id:
                self._use(index.without([document.id]).merged(foreground=True))
                return same
            embedder = retriever.embedder if embedder is None else embedder
            self._use(index.with_documents([document], embedder).merged(foreground=True))
            return document

    def remove(self, document_id: str) -> None:
        """Remove a document. A chatbot over a folder moves its file to the trash, see `qa restore`.

        If another file of the folder has the same text, that one is used instead.

        Raises:
            CorpusError: there is no document with that id, or its file cannot be deleted.
        """
        with self._changing:
            if self._corpus is not None:
                duplicates = self._corpus.remove(document_id)
                self._use(self._corpus.index)
                if duplicates:
                    self._corpus.sync(self.embedder)
                    self._use(self._corpus.index)
                return
            index = self._own_retriever.index
            if index.documents.find(document_id) is None:
                raise CorpusError.no_document(document_id)
            self._use(index.without([document_id]).merged(foreground=True))

    def restore(self, document_id: str) -> None:
        """Restore the most recently removed document with this id from the folder's trash.

        If another document has the same text, that one is used instead.

        Raises:
            CorpusError: it is not in the trash, or the documents are in memory and have no trash.
        """
        if self._corpus is None:
            raise CorpusError("documents in memory have no trash: add it again")
        with self._changing:
            self._corpus.restore(document_id, self.embedder)
            self._use(self._corpus.index)

    def path(self, document_id: str) -> Path | None:
        """Return the path of a document's file, which may not exist; None for documents in memory."""
        return None if self._corpus is None else self._corpus.path(document_id)

    def refresh(self) -> bool:
        """Bring the documents up to date with the folder.

        Returns:
            Whether anything has changed. Always False for documents in memory.

        Raises:
            CorpusError: the folder is missing, or has too many documents.
            IndexFolderError: another process is writing the index and does not finish.
        """
        with self._changing:
            if self._corpus is None:
                return False
            before = self.retriever
            self._corpus.sync(self.embedder)
            self._use(self._corpus.index)
            return self.retriever is not before

    def fork(self) -> Chatbot:
        """Return a chatbot over the same documents that keeps its own changes in memory.

        Neither sees what the other adds or removes later. Forking takes no time and little memory.
        """
        fork = copy(self)
        fork._corpus, fork._changing = None, RLock()
        return fork

    @property
    def embedder(self) -> Embedder:
        """The model that embeds added documents.

        Raises:
            CorpusError: the documents are in a search engine.
        """
        return self._own_retriever.embedder

    @property
    def _own_retriever(self) -> HybridRetriever:
        """The retriever, if it is over an index of this package, whose documents can be changed.

        Raises:
            CorpusError: the documents are in a search engine.
        """
        if not isinstance(self.retriever, HybridRetriever):
            raise CorpusError("these documents are kept in a search engine: change them there")
        return self.retriever

    def _use(self, index: Searchable) -> None:
        """Answer from `index` from now on; questions in progress keep theirs."""
        retriever = self._own_retriever
        if index is not retriever.index:
            self._answerer = self._answerer.over(retriever.over(index))

    def ask(
        self,
        question: str,
        *,
        top_k: int = DEFAULTS.top_k,
        min_confidence: float = DEFAULTS.min_confidence,
        history: Sequence[Reply | Exchange] = (),
        documents: Collection[str] | None = None,
    ) -> Reply:
        """Answer a question with a span of one of the passages that fit it best.

        A follow-up ("And in 2019?") is completed from the earlier turns, and misspelt words may be
        replaced, see `Reply.read_as`. Input that is not a question about the documents gets a remark, see
        `Reply.remark`. If a question was recently asked of all documents, its answer is reused unless they
        have changed.

        Args:
            question: The question. If several are typed, each gets a reply, see `Reply.more`.
            top_k: The number of passages to read, at least 1.
            min_confidence: The minimum confidence, 0 to 1, of an answer. A best span below it is a guess, see
                `Reply.perhaps`, or the first of the alternatives.
            history: The previous turns, oldest first.
            documents: The ids of the documents to answer from, as if there were no others. None means all of
                them.

        Raises:
            QuestionError: the question is empty or too long.
            CorpusError: there is no document with one of the ids.
            ValueError: `top_k` is below 1 or `min_confidence` outside 0 to 1.
        """
        steps = self.stream(
            question, top_k=top_k, min_confidence=min_confidence, history=history, documents=documents
        )
        return next(step for step in steps if isinstance(step, Reply))

    async def aask(
        self,
        question: str,
        *,
        top_k: int = DEFAULTS.top_k,
        min_confidence: float = DEFAULTS.min_confidence,
        history: Sequence[Reply | Exchange] = (),
        documents: Collection[str] | None = None,
    ) -> Reply:
        """Answer a question as `ask` does, in another thread, so that the event loop is not blocked."""
        return await asyncio.to_thread(
            self.ask,
            question,
            top_k=top_k,
            min_confidence=min_confidence,
            history=history,
            documents=documents,
        )

    def ask_many(
        self,
        questions: Iterable[str],
        *,
        top_k: int = DEFAULTS.top_k,
        min_confidence: float = DEFAULTS.min_confidence,
    ) -> list[Reply]:
        """Answer questions as `ask` does, reading the passages of several at once, which is faster.

        Each is treated as a single question without history. Input that is not a question is searched for
        too.

        Args:
            questions: The questions.
            top_k: As for `ask`.
            min_confidence: As for `ask`.

        Returns:
            A reply for each question, in their order.

        Raises:
            QuestionError: a question is empty or too long.
            ValueError: as for `ask`.
        """
        _check_options(top_k, min_confidence)
        return list(self._answerer.replies(questions, top_k, min_confidence))

    def stream(
        self,
        question: str,
        *,
        top_k: int = DEFAULTS.top_k,
        min_confidence: float = DEFAULTS.min_confidence,
        history: Sequence[Reply | Exchange] = (),
        documents: Collection[str] | None = None,
    ) -> Iterator[Retrieved | Reply]:
        """Answer a question as `ask` does, and report progress.

        Args:
            question: As for `ask`.
            top_k: As for `ask`.
            min_confidence: As for `ask`.
            history: As for `ask`.
            documents: As for `ask`.

        Yields:
            The retrieved passages before they are read, if any are; then the reply.

        Raises:
            QuestionError: as for `ask`.
            CorpusError: as for `ask`.
            ValueError: as for `ask`.
        """
        _check_options(top_k, min_confidence)
        answerer = self._among(documents)  # the same throughout, even if the documents change meanwhile
        yield from turn(question, answerer, history, top_k=top_k, min_confidence=min_confidence)

    def search(
        self, words: str, *, top_k: int = DEFAULTS.top_k, documents: Collection[str] | None = None
    ) -> tuple[Passage, ...]:
        """Return the passages that fit key words or a question best, best first, without reading them.

        Args:
            words: What to search for. Its spelling is not corrected.
            top_k: The number of passages, at least 1.
            documents: As for `ask`.

        Raises:
            QuestionError: as for `ask`.
            CorpusError: as for `ask`.
            ValueError: `top_k` is below 1.
        """
        _check_options(top_k, 0.0)
        return self._among(documents).retriever.retrieve(checked_question(words), top_k)

    def _among(self, documents: Collection[str] | None) -> Answerer:
        """Return the answerer over some documents, or over all of them."""
        answerer = self._answerer
        if documents is None:
            return answerer
        known = answerer.retriever.documents
        for document_id in documents:
            if known.find(document_id) is None:
                raise CorpusError.no_document(document_id)
        return answerer.over(answerer.retriever.only(documents))


def _check_options(top_k: int, min_confidence: float) -> None:
    if top_k < 1:
        raise ValueError(f"top_k is {top_k}: at least one passage must be read")
    if not 0 <= min_confidence <= 1:
        raise ValueError(f"min_confidence is {min_confidence}: it is a probability, from 0 to 1")
