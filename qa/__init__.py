"""Ask your own articles a question; get their own words back, with the exact place."""

from __future__ import annotations

from qa.chatbot import Chatbot
from qa.conversation import Conversation
from qa.documents import Document, Span
from qa.errors import CorpusError, DocumentError, IndexFolderError, ModelError, QAError, QuestionError
from qa.pipelines import PipelineAnswer, pipeline
from qa.results import (
    Answer,
    AnswerDict,
    CitationDict,
    Passage,
    PassageDict,
    ReasonDict,
    Reply,
    ReplyDict,
    SentenceDict,
)

__all__ = [
    "Answer",
    "AnswerDict",
    "Chatbot",
    "CitationDict",
    "Conversation",
    "CorpusError",
    "Document",
    "DocumentError",
    "IndexFolderError",
    "ModelError",
    "Passage",
    "PassageDict",
    "PipelineAnswer",
    "QAError",
    "QuestionError",
    "ReasonDict",
    "Reply",
    "ReplyDict",
    "SentenceDict",
    "Span",
    "__version__",
    "pipeline",
]

__version__ = "0.2.0"
