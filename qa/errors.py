"""The failures a caller may want to catch. Every message is one line that says what to do."""

from __future__ import annotations


class QAError(Exception):
    """Any failure that the user can mend; its text is fit to be shown as it is."""


class CorpusError(QAError):
    """The corpus folder is missing, empty, or holds nothing that can be read."""

    @classmethod
    def no_document(cls, document_id: str) -> CorpusError:
        """The error for an id that no document has."""
        return cls(f"no document {document_id!r}: see the list of documents")


class DocumentError(QAError):
    """A file cannot become a document: unreadable, undecodable, too large, of no known format."""


class QuestionError(QAError):
    """The question is empty or longer than can be read whole."""


class QuestionFileError(QAError):
    """A file of questions with known answers cannot be read, or lacks what is asked of it."""


class IndexFolderError(QAError):
    """The index folder is damaged, of another version, or in use by another process."""


class FeedbackError(QAError):
    """A word on a reply cannot be kept."""


class ModelError(QAError):
    """A model cannot be found on this machine, is damaged, or is of the wrong kind."""
