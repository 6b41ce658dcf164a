"""A web page becomes a document: its article, without what surrounds it."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from qa.documents.document import Document
from qa.documents.encoding import decode, marked_encoding
from qa.documents.web_address import is_web_address
from qa.errors import DocumentError

DECLARATION_BYTES = 1024
"""So far from its beginning a page may say in what encoding it is, by the rules of HTML."""

CELL_CHARACTERS = 500
"""A table with a longer cell arranges a page: its cells are paragraphs, not a row."""

COLUMNS = 50
"""As many at most as one cell is taken to span."""

URL_CHARACTERS = 2000
"""A longer address is passed over."""

_DECLARED = re.compile(rb"""<(?:meta|\?xml)\b[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I)
# How browsers read what a page declares, by Python's names; what is not here is no encoding of the web. The
# declaration itself was read as ASCII, so that of UTF-16 is wrong: it means UTF-8.
_READ_AS = {
    **{name: name for name in ("utf-8", "koi8-r", "koi8-u", "mac-roman", "cp866", "cp932", "cp949")},
    **{name: name for name in ("big5", "big5hkscs", "gb18030", "euc_jp", "iso2022_jp")},
    **{name: name for name in (f"cp{number}" for number in range(1250, 1259))},
    **{name: name for name in (f"iso8859-{number}" for number in (*range(2, 9), 10, *range(13, 17)))},
    **dict.fromkeys(("ascii", "iso8859-1"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    **dict.fromkeys(("iso8859-11", "tis-620"), "cp874"),
    **dict.fromkeys(("utf-16", "utf-16-le", "utf-16-be"), "utf-8"),
    "iso8859-9": "cp1254",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}

# Neither seen in a page nor part of a word: where it may be broken.
_BREAKS = re.compile("[\xad\u200b]")
_SPACE = re.compile("[ \t\n\r\f]+")
_INTEGER = re.compile(r"[ \t\n\r\f]*[-+]?[0-9]{1,9}(?![0-9])")
_SAVED = re.compile(r"saved from url=\(\d+\)(\S+)|Page saved with SingleFile\s+url:\s*(\S+)")
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_COOKIES = re.compile(
    r"(cookie|consent|gdpr)s?[-_]?(banner|notice|bar|popup|pop-up|modal|overlay|dialog|message|consent|law)"
    r"|\b(onetrust|didomi|usercentrics|cybot|truste|qc-cmp|sp_message)",
    re.I,
)

_UNSEEN = frozenset(
    [
        *("script", "style", "noscript", "template", "head", "nav", "menu", "dialog"),
        *("button", "input", "select", "textarea", "datalist"),
        *("svg", "canvas", "iframe", "object", "embed", "audio", "video"),
        *("rt", "rp", "annotation", "annotation-xml"),
    ]
)
_UNSEEN_ROLES = frozenset(("navigation", "search", "dialog", "alertdialog", "menu", "menubar", "toolbar"))
_UNSEEN_CLASSES = frozenset(
    [
        *("noprint", "mw-editsection", "mw-jump-link", "printfooter", "catlinks"),
        *("ad", "ads", "advert", "advertisement", "advertising"),
    ]
)
_ROLE_TAGS = {"banner": "header", "contentinfo": "footer", "complementary": "aside"}
_AROUND = frozenset(("header", "footer", "aside"))
_PARAGRAPHS = frozenset(
    [
        *("html", "body", "main", "article", "section", "header", "footer", "aside", "address"),
        *(
            "div",
            "p",
            "blockquote",
            "center",
            "pre",
            "hr",
            "form",
            "fieldset",
            "legend",
            "details",
            "summary",
        ),
        *("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "dt", "dd", "figure", "figcaption"),
        *("table", "caption"),
    ]
)
_LINES = frozenset(("li", "br", "tr", "thead", "tbody", "tfoot"))
_NOT_IN_ROWS = "table, pre, h1, h2, h3, h4, h5, h6"
_SEPARATORS = ("", " ", "\n", "\n\n")  # each stands for those before it too


@dataclass(slots=True)
class _Writer:
    """Text as it is laid out: white space between words is one space, between blocks an empty line."""

    pieces: list[str] = field(default_factory=list)
    waiting: str = ""
    marker: str = ""

    def separate(self, by: str) -> None:
        """What is written next stands apart; of several separators the widest counts."""
        self.waiting = max(self.waiting, by, key=_SEPARATORS.index)

    def write(self, text: str, *, as_it_is: bool = False) -> None:
        words = _BREAKS.sub("", text)
        if not as_it_is:
            words = _SPACE.sub(" ", words)
            if words.startswith(" "):
                self.separate(" ")
            words = words.strip(" ")
        if words:
            if self.pieces:
                self.pieces.append(self.waiting)
            self.pieces += (self.marker, words)
            self.waiting = self.marker = ""
        if not as_it_is and text and text[-1] in " \t\n\r\f":
            self.separate(" ")

    def text(self) -> str:
        return "".join(self.pieces).strip("\n")


def html_document(name: str, data: bytes) -> Document:
    """The article of a web page, with its title and the address that it names as its own.

    Blocks are paragraphs, with an empty line between them; rows of a table are lines `| cell | cell |`;
    items of a list begin with a bullet or their number, as they do on the page. What is not part of the
    article is left out: scripts, styles, hidden elements, navigation, the page's own header, footer and
    sidebars, cookie notices, what is marked as advertisement; and all outside the page's main part, if that
    holds half of the text.

    Raises:
        DocumentError: it cannot be decoded, or nothing is left.
        MemoryError: there is too little memory for it.
    """
    try:
        tree = LexborHTMLParser(_decode(data, name))
    except SelectolaxError as error:
        raise MemoryError from error  # there is no markup that it does not take
    body = tree.body
    text = "" if body is None else _text(body)
    for part in _main_parts(tree):
        article = _text(part)
        if article and 2 * len(article) >= len(text):
            text = article
            break
    if not text.strip():
        raise DocumentError(f"{name!r} holds no text of its own: save the page once it is loaded whole")
    return Document(name, text, title=_title(tree), url=_url(tree))


def _decode(data: bytes, name: str) -> str:
    """The page's letters: in UTF-8, if it can be and says something in it; else in what it declares."""
    mark, _ = marked_encoding(data)
    declared = _DECLARED.search(data, 0, DECLARATION_BYTES)
    if mark or declared is None or (not data.isascii() and _is_utf_8(data)):
        return decode(data, name)
    try:
        encoding = _READ_AS[codecs.lookup(declared[1].decode("ascii")).name]
        text = data.decode(encoding, errors="replace")
    except (LookupError, UnicodeError):
        return decode(data, name)
    # A damaged letter here and there is shown as such; more of them, and the declaration is wrong.
    if 1000 * text.count("\N{REPLACEMENT CHARACTER}") <= len(text) and "\0" not in text:
        return text
    return decode(data, name)


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _main_parts(tree: LexborHTMLParser) -> list[LexborNode]:
    """What may be the part that the page is about: its `main`, or its one `article`."""
    parts = tree.css("main, [role=main]")[:1]
    articles = tree.css("article")
    return parts + articles if len(articles) == 1 else parts


def _text(root: LexborNode) -> str:
    """The text of an element, as a browser would lay it out, without what is no part of an article."""
    writer = _Writer()
    counts: dict[int, int] = {}
    spans: dict[int, dict[int, int]] = {}
    inside, laid_out = int(root.tag != "body"), 0
    # Each element is met twice, before and after what it holds; not by recursion, for pages may be deep.
    stack: list[tuple[LexborNode, bool]] = [(root, False)]
    while stack:
        node, left = stack.pop()
        if not left and node is not root and node.next is not None:
            stack.append((node.next, False))
        tag = node.tag
        if tag == "-text":
            writer.write(node.text_content or "", as_it_is=laid_out > 0)
        elif not node.is_element_node or tag is None:
            continue
        elif left:
            inside -= tag in ("main", "article")
            laid_out -= tag == "pre"
            _separate(writer, tag)
        elif node is root or not _unseen(node, tag, inside > 0):
            _separate(writer, tag)
            if tag == "tr" and _write_row(writer, node, spans):
                continue
            if tag == "li":
                writer.marker = _marker(node, counts)
            inside += tag in ("main", "article")
            laid_out += tag == "pre"
            stack.append((node, True))
            if node.first_child is not None:
                stack.append((node.first_child, False))
    return writer.text()


def _separate(writer: _Writer, tag: str) -> None:
    """A new paragraph, line or word, as the element asks for one before and after it."""
    if tag in _PARAGRAPHS:
        writer.separate("\n\n")
    elif tag in _LINES:
        writer.separate("\n")
    elif tag in ("td", "th"):
        writer.separate(" ")


def _unseen(node: LexborNode, tag: str, inside: bool) -> bool:
    """Whether an element is left out; `inside` says whether it stands in the page's article."""
    attributes = node.attributes
    role = (attributes.get("role") or "").strip().lower()
    if tag in _UNSEEN or role in _UNSEEN_ROLES or "hidden" in attributes:
        return True
    if attributes.get("aria-hidden") == "true" or _HIDING.search(attributes.get("style") or "") is not None:
        return True
    names = attributes.get("class") or ""
    if not _UNSEEN_CLASSES.isdisjoint(names.split()):
        return True
    if _COOKIES.search(f"{names} {attributes.get('id') or ''}") is not None:
        return node.css_first("main, article, h1") is None
    around = _ROLE_TAGS.get(role, tag)
    if around not in _AROUND:
        return False
    if inside:
        links = sum(len(link.text()) for link in node.css("a"))
        return links > 0 and 2 * links >= len(node.text(strip=True))
    return around != "header" or node.css_first("a, button, form, nav") is not None


def _write_row(writer: _Writer, row: LexborNode, spans: dict[int, dict[int, int]]) -> bool:
    """Write a table's row as a line, unless it arranges a page; whether it was written.

    A cell that spans columns or rows stands in the first and leaves the others empty; `spans` are the rows
    still to be spanned in each column of each part of a table. A part's first row of headings has a rule
    under it.
    """
    cells = [cell for cell in row.iter() if cell.tag in ("td", "th") and not _unseen(cell, cell.tag, True)]
    part = 0 if row.parent is None else row.parent.mem_id
    spanned = spans.get(part, {})
    columns = len(cells) + sum(rows > 0 for rows in spanned.values())
    if columns < 2 or any(cell.css_first(_NOT_IN_ROWS) is not None for cell in cells):
        return False
    said = [" ".join(_text(cell).split()).replace("|", "\\|") for cell in cells]
    if max(map(len, said), default=0) > CELL_CHARACTERS:
        return False
    first = part not in spans
    spans[part] = spanned
    words: list[str] = []

    def pass_over() -> None:
        while spanned.get(len(words), 0) > 0:
            spanned[len(words)] -= 1
            words.append("")

    for cell, text in zip(cells, said, strict=True):
        pass_over()
        for number in range(max(1, min(COLUMNS, _number(cell, "colspan", 1)))):
            spanned[len(words)] = _number(cell, "rowspan", 1) - 1
            words.append("" if number else text)
    pass_over()
    if any(words):
        writer.separate("\n")
        writer.write(f"| {' | '.join(words)} |", as_it_is=True)
        writer.separate("\n")
        if first and all(cell.tag == "th" for cell in cells):
            writer.write(f"|{'---|' * len(words)}", as_it_is=True)
            writer.separate("\n")
    return True


def _marker(item: LexborNode, counts: dict[int, int]) -> str:
    """What a list's item begins with on the page; `counts` are the last numbers of each numbered list."""
    if item.parent is None or item.parent.tag != "ol":
        return "• "
    last = counts.get(item.parent.mem_id, _number(item.parent, "start", 1) - 1)
    number = counts[item.parent.mem_id] = _number(item, "value", last + 1)
    return f"{number}. "


def _number(node: LexborNode, attribute: str, otherwise: int) -> int:
    """The whole number that an attribute begins with, as HTML reads it."""
    said = _INTEGER.match(node.attributes.get(attribute) or "")
    return otherwise if said is None else int(said[0])


def _title(tree: LexborHTMLParser) -> str | None:
    """What the page calls itself."""
    title = tree.css_first("head > title")
    named = tree.css_first('meta[property="og:title"]')
    for words in (title and title.text(), named and named.attributes.get("content")):
        if words and words.strip():
            return " ".join(words.split())
    return None


def _url(tree: LexborHTMLParser) -> str | None:
    """The whole address at which the page says that it stands, or from which it was saved."""
    canonical = tree.css_first("link[rel=canonical]")
    named = tree.css_first('meta[property="og:url"]')
    found = [canonical and canonical.attributes.get("href"), named and named.attributes.get("content")]
    # A browser that saves a page says so in a comment before it, or at its very beginning.
    for parent in (tree.root and tree.root.parent, tree.root, tree.head):
        node = parent and parent.first_child
        while node:
            saved = _SAVED.search(node.comment_content or "") if node.is_comment_node else None
            found += [saved[1] or saved[2]] if saved else []
            node = node.next
    for url in found:
        if url and len(url) <= URL_CHARACTERS and is_web_address(url.strip()):
            return url.strip()
    return None
