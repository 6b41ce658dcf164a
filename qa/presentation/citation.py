"""Citations: the location of a quotation, as text and as a link that scrolls to it."""

from __future__ import annotations

import re
from itertools import islice
from urllib.parse import quote

from qa.documents import Document, Span, is_web_address
from qa.results import Citation

MAX_EXACT_CHARACTERS = 300
"""The longest quotation that a link spells out; a longer one is given by its first and last words."""

END_WORDS = 5  # of a long quotation, at each end
CONTEXT_WORDS = 4  # on each side of a quotation that occurs more than once
CONTEXT_CHARACTERS = 200  # in which these words are looked for

_WORD = re.compile(r"\w")


def page_label(document: Document, span: Span) -> str | None:
    """Return the page on which `span` begins as "page 12", None if the document has no pages."""
    page = document.page(span.start)
    return None if page is None else f"page {page:,}"


def location(document: Document, span: Span) -> str:
    """Return the location of `span` in words: "fires.pdf, page 2, characters 32–36"."""
    characters = f"characters {span.start:,}–{span.end:,}"
    return ", ".join(filter(None, (document.id, page_label(document, span), characters)))


def compact_location(document: Document, span: Span) -> str:
    """Return the location of `span` in short, for lists and terminals: "fires.pdf:32-36, page 2"."""
    offsets = f"{document.id}:{span.start}-{span.end}"
    return ", ".join(filter(None, (offsets, page_label(document, span))))


def cell_label(citation: Citation) -> str:
    """Return the headings of the cited table cell: "Tray capacity, LX-40"; empty if there are none."""
    cell = citation.cell
    return "" if cell is None else ", ".join([*cell["column"], *cell["row"]])


def quotation(citation: Citation) -> str:
    """Return the cited sentence in quotation marks, with its source on a second line.

    If the citation is in a table, only the cell is quoted, after its headings.
    """
    words = in_sentence(citation)
    return f"{words if cell_label(citation) else f'“{words}”'}\n— {source(citation)}"


def in_sentence(citation: Citation) -> str:
    """Return the cited sentence or, in a table, the cell after its headings: "Price, LX-40: 50"."""
    label = cell_label(citation)
    return f"{label}: {citation.text}" if label else citation.document[citation.sentence].strip()


def is_whole_sentence(citation: Citation) -> bool:
    """Whether `in_sentence` has only the cited words, so that it is enough to show one of the two."""
    document, span, sentence = citation.document, citation.span, citation.sentence
    around = document.text[sentence.start : span.start] + document.text[span.end : sentence.end]
    return not cell_label(citation) and not _WORD.search(around)


def source(citation: Citation) -> str:
    """Return the document's title, the section, the location and the link, without those that are missing."""
    document = citation.document
    link = text_link(document, citation.sentence)
    section = " › ".join(title for title in citation.section if title != document.title)
    return ", ".join(filter(None, (document.title, section, location(document, citation.span), link)))


def text_link(document: Document, span: Span) -> str | None:
    """Return the document's web address with a fragment that makes browsers scroll to the words at `span`.

    The fragment spells the words out. If they are long, or on several lines, it has only the first and last
    few. Words that occur more than once are disambiguated by the words around them. The syntax is that of
    WICG's "URL Fragment Text Directives".

    Args:
        document: The document, parsed from a web page.
        span: What to scroll to.

    Returns:
        The link; the plain address if there is only white space at `span`; None if the document has no web
        address.
    """
    if document.url is None or not is_web_address(document.url):
        return None
    lines = [line.split() for line in document[span].splitlines() if line.strip()]
    if not lines:
        return document.url
    terms = [" ".join(lines[0])]
    if len(lines) > 1 or len(terms[0]) > MAX_EXACT_CHARACTERS:
        terms = [" ".join(lines[0][:END_WORDS]), " ".join(lines[-1][-END_WORDS:])]
    # The syntax is `before-,first,last,-after`; all but `first` are optional.
    directive = [_encode(term) for term in terms]
    if _is_repeated(terms[0], document.text):
        before, after = _context(document.text, span)
        directive = [
            *([f"{_encode(before)}-"] if before else []),
            *directive,
            *([f"-{_encode(after)}"] if after else []),
        ]
    address, _, fragment = document.url.partition("#")
    return f"{address}#{fragment.partition(':~:')[0]}:~:text={','.join(directive)}"


def _context(text: str, span: Span) -> tuple[str, str]:
    """Return the words before and after `span` on the same line."""
    before = text[max(0, span.start - CONTEXT_CHARACTERS) : span.start].splitlines(keepends=True)
    after = text[span.end : span.end + CONTEXT_CHARACTERS].splitlines()
    line_before = before[-1] if before and not before[-1].endswith(("\r", "\n")) else ""
    line_after = after[0] if after else ""
    return " ".join(line_before.split()[-CONTEXT_WORDS:]), " ".join(line_after.split()[:CONTEXT_WORDS])


def _is_repeated(words: str, text: str) -> bool:
    """Return whether `words` occur twice in `text`, ignoring case and kinds of white space as browsers do."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    return len(list(islice(re.finditer(pattern, text, re.IGNORECASE), 2))) > 1


def _encode(term: str) -> str:
    """Percent-encode a term, dashes included, since a dash marks context in a directive."""
    return quote(term, safe="").replace("-", "%2D")
