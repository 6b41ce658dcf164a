"""PDF parser: letters become words, words lines, and lines the paragraphs and tables of a document."""

from __future__ import annotations

from qa.documents.parsers.pdf.document import pdf_document

__all__ = ["pdf_document"]
