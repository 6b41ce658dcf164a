"""Documents: what a document is, and how files become documents."""

from __future__ import annotations

from qa.documents.block import Block, Cell, Kind
from qa.documents.block_sentences import document_sentences, sentence_at
from qa.documents.blocks import Blocks
from qa.documents.context import cell_headings, context, in_heading, section_titles
from qa.documents.control_characters import INVISIBLE, UNSAFE_IN_LINE
from qa.documents.dates import stated_date, written_dates
from qa.documents.document import Document
from qa.documents.drawing import QuotedPage, quoted_pages
from qa.documents.encoding import decode
from qa.documents.file_stamp import UNSTAMPED, Stamp, stamp
from qa.documents.formats import SUFFIXES, SUFFIXES_IN_WORDS, TEXT_SUFFIXES, UNREAD_SUFFIXES, suffix_of
from qa.documents.loader import check_folder, corpus_files, load_document, text_document, with_structure
from qa.documents.names import check_name, document_name
from qa.documents.recognition import recognised
from qa.documents.sandbox import PagePicture, Sandbox
from qa.documents.sentences import sentence_around, sentences
from qa.documents.span import Span, strip_span
from qa.documents.structure import structure
from qa.documents.tables import Headings, Table
from qa.documents.web_address import is_web_address

__all__ = [
    "INVISIBLE",
    "SUFFIXES",
    "SUFFIXES_IN_WORDS",
    "TEXT_SUFFIXES",
    "UNREAD_SUFFIXES",
    "UNSAFE_IN_LINE",
    "UNSTAMPED",
    "Block",
    "Blocks",
    "Cell",
    "Document",
    "Headings",
    "Kind",
    "PagePicture",
    "QuotedPage",
    "Sandbox",
    "Span",
    "Stamp",
    "Table",
    "cell_headings",
    "check_folder",
    "check_name",
    "context",
    "corpus_files",
    "decode",
    "document_name",
    "document_sentences",
    "in_heading",
    "is_web_address",
    "load_document",
    "quoted_pages",
    "recognised",
    "section_titles",
    "sentence_around",
    "sentence_at",
    "sentences",
    "stamp",
    "stated_date",
    "strip_span",
    "structure",
    "suffix_of",
    "text_document",
    "with_structure",
    "written_dates",
]
