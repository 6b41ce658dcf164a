"""Documents: what a document is, and how files become documents."""

from __future__ import annotations

from qa.documents.control_characters import INVISIBLE, UNSAFE_IN_LINE
from qa.documents.document import Document
from qa.documents.encoding import decode
from qa.documents.file_stamp import UNSTAMPED, Stamp, stamp
from qa.documents.formats import SUFFIXES, SUFFIXES_IN_WORDS
from qa.documents.loader import check_folder, corpus_files, load_document, text_document
from qa.documents.names import check_name, document_name
from qa.documents.sandbox import Sandbox
from qa.documents.sentences import sentence_around, sentences
from qa.documents.span import Span, strip_span
from qa.documents.web_address import is_web_address

__all__ = [
    "INVISIBLE",
    "SUFFIXES",
    "SUFFIXES_IN_WORDS",
    "UNSAFE_IN_LINE",
    "UNSTAMPED",
    "Document",
    "Sandbox",
    "Span",
    "Stamp",
    "check_folder",
    "check_name",
    "corpus_files",
    "decode",
    "document_name",
    "is_web_address",
    "load_document",
    "sentence_around",
    "sentences",
    "stamp",
    "strip_span",
    "text_document",
]
