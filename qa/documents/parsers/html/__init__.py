"""Web page parser: the article of a page, its headings, lists and tables, without what surrounds it."""

from __future__ import annotations

from qa.documents.parsers.html.document import html_document

__all__ = ["html_document"]
