"""Web page parser: the article of a page, without the boilerplate around it."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from qa.documents.document import Document
from qa.documents.parsers.html.article import article_only
from qa.documents.parsers.html.contact import contact
from qa.documents.parsers.html.encoding import decode_page
from qa.documents.parsers.html.extraction import Extractor
from qa.documents.parsers.html.headline import headline
from qa.documents.parsers.html.layout import LaidOut
from qa.documents.parsers.html.metadata import page_title, page_url
from qa.documents.structure import structure
from qa.errors import DocumentError

MIN_MAIN_SHARE = 0.5
"""The main part of a page is taken for the article if it contains at least this share of the text."""

_SURROUNDINGS = "header, footer, aside, [role=banner], [role=contentinfo], [role=complementary]"
_MAX_AROUND = 100


def html_document(name: str, data: bytes, *, is_whole: bool = False) -> Document:
    """Extract the article of a web page, with its title and address.

    Blocks become paragraphs, with a blank line between them. Table rows become lines `| cell | cell |`. List
    items begin with a bullet or their number. Boilerplate is left out: scripts, hidden elements, navigation,
    headers, footers and sidebars of the page, cookie notices and advertisements, all text outside the main
    part if that contains half of the text, and on long pages what `article_only` drops. Panels that a reader
    can open are read; struck-out text is not.

    Args:
        name: The id of the document, also used in messages.
        data: The bytes of the file.
        is_whole: Whether there is nothing around the article, as in a book.

    Raises:
        DocumentError: The page cannot be decoded or contains no text.
        MemoryError: The page does not fit in memory.
    """
    try:
        markup, notes = decode_page(data, name)
        page = _Page(LexborHTMLParser(markup))
    except SelectolaxError as error:
        raise MemoryError from error  # the parser accepts any markup
    laid_out = page.article()
    if not is_whole:
        text, blocks = article_only(markup, *laid_out)
        laid_out = page.with_contact(LaidOut(text, blocks, []))
    text, blocks, _ = laid_out
    if not text.strip():
        raise DocumentError(f"{name!r} contains no text of its own: save the page after it has fully loaded")
    tree = page.tree
    structured = structure(text, blocks)
    return Document(name, text, title=page_title(tree), url=page_url(tree), blocks=structured, notes=notes)


class _Page:
    """A page and its article."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self.tree = tree
        self._extractor = Extractor(tree)

    def article(self) -> LaidOut:
        """Return the article, perhaps with boilerplate that was not recognised."""
        if self.tree.body is None:
            return LaidOut("", [], [])
        whole = self._extractor.extracted(self.tree.body)
        for part in self._main_parts():
            article = self._extractor.extracted(part)
            if article.text and len(article.text) >= MIN_MAIN_SHARE * len(whole.text):
                return self._with_headline(part, article)
        around = sum(len(element.text(strip=True)) for element in self.tree.css(_SURROUNDINGS)[:_MAX_AROUND])
        if around > len(whole.text):
            self._extractor = Extractor(self.tree, with_surroundings=True)
            wider = self._extractor.extracted(self.tree.body)
            if len(whole.text) < MIN_MAIN_SHARE * len(wider.text):
                return wider
        return whole

    def with_contact(self, article: LaidOut) -> LaidOut:
        """Return an article followed by the contact details in the footer of the page."""
        for part in contact(self.tree, self._extractor.boilerplate):
            found = self._extractor.extracted(part)
            if found.text not in article.text:
                article = article.followed_by(found)
        return article

    def _main_parts(self) -> list[LexborNode]:
        """Return the candidates for the main part: the first `main` and the only `article`."""
        parts = self.tree.css("main, [role=main]")[:1]
        articles = self.tree.css("article")
        return parts + articles if len(articles) == 1 else parts

    def _with_headline(self, part: LexborNode, article: LaidOut) -> LaidOut:
        """Return an article, preceded by its headline if that is outside it."""
        element = headline(self.tree, part)
        return article if element is None else self._extractor.extracted(element).followed_by(article)
