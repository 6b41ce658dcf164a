"""What a document is, and how files become documents."""

from __future__ import annotations

from qa.documents.document import Document, Span, trimmed
from qa.documents.encoding import decode
from qa.documents.file_stamp import UNSTAMPED, Stamp, stamp
from qa.documents.loader import (
    MAX_BYTES,
    MAX_TEXT_BYTES,
    SUFFIXES,
    TEXT_SUFFIXES,
    check_folder,
    check_name,
    corpus_files,
    load_document,
    text_document,
)
from qa.documents.sandbox import MAX_CHARACTERS, Sandbox
from qa.documents.sentences import sentence_around, sentences

__all__ = [
    "MAX_BYTES",
    "MAX_CHARACTERS",
    "MAX_TEXT_BYTES",
    "SUFFIXES",
    "TEXT_SUFFIXES",
    "UNSTAMPED",
    "Document",
    "Sandbox",
    "Span",
    "Stamp",
    "check_folder",
    "check_name",
    "corpus_files",
    "decode",
    "load_document",
    "sentence_around",
    "sentences",
    "stamp",
    "text_document",
    "trimmed",
]
