"""Headers and footers of a Word document: those that its pages show."""

from __future__ import annotations

import re
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import qn

from qa.documents.parsers.docx.toggles import is_on

_SECTION, _ID, _TYPE = qn("w:sectPr"), qn("r:id"), qn("w:type")
_HEADER, _FOOTER = qn("w:headerReference"), qn("w:footerReference")
_FIRST_PAGE, _EVEN_PAGES = qn("w:titlePg"), qn("w:evenAndOddHeaders")
_PARAGRAPH, _TEXT = qn("w:p"), qn("w:t")
_FIELD, _INSTRUCTION = qn("w:fldSimple"), qn("w:instrText")
_PAGE_NUMBER = re.compile(r"\s*(PAGE|NUMPAGES|SECTIONPAGES)\b", re.I)


class Margins:
    """The headers and footers of a document, each once.

    Attributes:
        headers: The elements with the headers, in order.
        footers: The elements with the footers.

    Args:
        part: The main part of the document.
        body: The element with its text.
    """

    def __init__(self, part: Any, body: Any) -> None:
        self._in_body = {_words(paragraph) for paragraph in body.iter(_PARAGRAPH)}
        self.headers: list[Any] = []
        self.footers: list[Any] = []
        has_even = _has_even_pages(part)
        seen = set()
        for section in body.iter(_SECTION):
            has_first = is_on(section.find(_FIRST_PAGE))
            for reference in (*section.findall(_HEADER), *section.findall(_FOOTER)):
                kind, relationship = reference.get(_TYPE), part.rels.get(reference.get(_ID))
                if (kind == "first" and not has_first) or (kind == "even" and not has_even):
                    continue
                if relationship is None or relationship.is_external or relationship.rId in seen:
                    continue
                seen.add(relationship.rId)
                found = self.headers if reference.tag == _HEADER else self.footers
                found.append(parse_xml(relationship.target_part.blob))

    def is_read(self, paragraph: Any, words: str) -> bool:
        """Return whether a paragraph of a header or footer says something new.

        Page numbers do not, nor do words that are also a paragraph of the text or of another header.
        """
        fields = [field.get(qn("w:instr")) or "" for field in paragraph.iter(_FIELD)]
        fields += [instruction.text or "" for instruction in paragraph.iter(_INSTRUCTION)]
        found = " ".join(words.split())
        if any(_PAGE_NUMBER.match(field) for field in fields) or found in self._in_body:
            return False
        self._in_body.add(found)
        return True


def _has_even_pages(part: Any) -> bool:
    """Return whether even pages have headers of their own."""
    for relationship in part.rels.values():
        if relationship.reltype.endswith("/settings") and not relationship.is_external:
            return is_on(parse_xml(relationship.target_part.blob).find(_EVEN_PAGES))
    return False


def _words(paragraph: Any) -> str:
    return " ".join("".join(text.text or "" for text in paragraph.iter(_TEXT)).split())
