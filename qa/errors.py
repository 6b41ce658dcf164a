"""Errors that a caller may want to catch. Each message is one line that says what to do."""

from __future__ import annotations


class QAError(Exception):
    """An error that the user can fix. Its message can be shown as it is."""


class CorpusError(QAError):
    """The corpus folder is missing or empty, or contains nothing that can be read."""

    @classmethod
    def no_document(cls, document_id: str) -> NoDocumentError:
        """Return the error for an id that no document has."""
        return NoDocumentError(f"no document {document_id!r}: see the list of documents")


class NoDocumentError(CorpusError):
    """No document has the given id."""


class DocumentError(QAError):
    """A file cannot become a document: unreadable, too large, of an unsupported type or encoding."""


class UnsupportedFormatError(DocumentError):
    """The format of a file is not supported."""


class PictureOfTextError(DocumentError):
    """A file has no usable text layer, only images or undecodable characters: it needs OCR."""


class TooLargeError(DocumentError):
    """A file or a text is larger than a limit, or than what is left of a quota."""


class NoRoomError(DocumentError):
    """The quota that all visitors share is used up. It may be free again later."""


class QuestionError(QAError):
    """The question is empty, too long, or not valid Unicode."""

    @classmethod
    def too_many_tokens(cls, tokens: int, most: int) -> QuestionError:
        """Return the error for a question with more tokens than a model can read."""
        return cls(
            f"The question is {tokens} tokens long and at most {most} can be read: ask it in fewer words."
        )


class QuestionFileError(QAError):
    """A file of questions with known answers cannot be read or is incomplete."""


class IndexFolderError(QAError):
    """The index folder is damaged, of another version, or in use by another process."""


class StorageError(QAError):
    """An object store cannot be reached, or refuses what is asked of it. What it holds is as before."""


class UnavailableError(QAError):
    """Part of the service is temporarily unavailable."""

    def __init__(self, message: str, *, retry_seconds: int = 5) -> None:
        super().__init__(message)
        self.retry_seconds = retry_seconds


class FeedbackError(QAError):
    """Feedback on a reply cannot be saved."""


class ModelError(QAError):
    """A model is not on this machine, is damaged, or is of the wrong kind."""
