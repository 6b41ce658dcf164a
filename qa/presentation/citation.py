"""A place to be carried elsewhere: its sentence with its source, and a link to the very words."""

from __future__ import annotations

import re
from itertools import islice
from urllib.parse import quote, urlsplit

from qa.documents import Document, Span
from qa.results import Citation

EXACT_CHARACTERS = 300
"""The longest words that a link holds whole; of longer ones it holds the first and the last."""

END_WORDS = 5
CONTEXT_WORDS = 4  # before and after words that the text has more than once


def quotation(place: Citation) -> str:
    """The sentence in quotation marks, and under it where it stands."""
    return f"“{place.document[place.sentence].strip()}”\n— {source(place)}"


def source(place: Citation) -> str:
    """Title, if there is one, document, page, if there are any, characters and link, if there is one."""
    document = place.document
    page = f"page {place.page}" if place.page is not None else None
    characters = f"characters {place.span.start:,}–{place.span.end:,}"
    link = text_link(document, place.sentence)
    return ", ".join(part for part in (document.title, document.id, page, characters, link) if part)


def text_link(document: Document, span: Span) -> str | None:
    """The document's web address with a fragment that makes browsers scroll to the words at `span`.

    None where the document has no such address. The words are spelled out or, where they are long or
    reach over lines, given by their first and last; what stands more than once is told by what stands
    round it. Source of the form: WICG's "URL Fragment Text Directives".
    """
    if not is_web(document.url):
        return None
    assert document.url is not None
    lines = [line.split() for line in document[span].splitlines() if line.strip()]
    if not lines:
        return document.url
    words = " ".join(lines[0])
    if len(lines) > 1 or len(words) > EXACT_CHARACTERS:
        ends = (lines[0][:END_WORDS], lines[-1][-END_WORDS:])
        terms = [" ".join(end) for end in ends]
    else:
        terms = [words]
    directive = ",".join(map(_encode, terms))
    if _is_repeated(terms[0], document.text):
        before, after = _context(document.text, span)
        directive = (
            (f"{_encode(before)}-," if before else "") + directive + (f",-{_encode(after)}" if after else "")
        )
    address, _, fragment = document.url.partition("#")
    return f"{address}#{fragment.partition(':~:')[0]}:~:text={directive}"


def is_web(url: str | None) -> bool:
    """Whether an address is one of the web, and safe to be followed."""
    try:
        return url is not None and urlsplit(url).scheme in {"http", "https"} and bool(urlsplit(url).netloc)
    except ValueError:
        return False


def _context(text: str, span: Span) -> tuple[str, str]:
    """The words on the same line before and after a stretch."""
    before = text[max(0, span.start - 200) : span.start].splitlines(keepends=True)
    after = text[span.end : span.end + 200].splitlines()
    line = before[-1] if before and not before[-1].endswith(("\r", "\n")) else ""
    return " ".join(line.split()[-CONTEXT_WORDS:]), " ".join("".join(after[:1]).split()[:CONTEXT_WORDS])


def _is_repeated(words: str, text: str) -> bool:
    """Whether words stand in a text more than once, as a browser compares: in any case and white space."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    return len(list(islice(re.finditer(pattern, text, re.IGNORECASE), 2))) > 1


def _encode(term: str) -> str:
    """Percent-encoded; the dash too, since it tells context from words."""
    return quote(term, safe="").replace("-", "%2D")
