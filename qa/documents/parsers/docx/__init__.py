"""Word parser: the paragraphs, tables and notes of a document, as its reader sees them."""

from __future__ import annotations

from qa.documents.parsers.docx.document import docx_document

__all__ = ["docx_document"]
