"""Layout of a web page as text: paragraphs, lines and words apart as a browser sets them."""

from __future__ import annotations

import re

_WHITE_SPACE = " \t\n\r\f"  # as HTML defines it
_SPACES = re.compile(f"[{_WHITE_SPACE}]+")
_WORD_BREAKS = re.compile("[\xad\u200b]")  # invisible marks of where a word may be broken
_SEPARATORS = ("", " ", "\n", "\n\n")  # from narrow to wide

_PARAGRAPHS = frozenset({
    "html", "body", "main", "article", "section", "header", "footer", "aside", "address", "div", "p",
    "blockquote", "center", "pre", "hr", "form", "fieldset", "legend", "details", "summary",
    "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "dt", "dd", "figure", "figcaption", "table",
    "caption",
})  # fmt: skip
_LINES = frozenset({"li", "br", "tr", "thead", "tbody", "tfoot"})
_CELLS = frozenset({"td", "th"})


class TextLayout:
    """Writer of laid-out text: one space between words, a blank line between blocks.

    Attributes:
        marker: What begins the next text written, such as the bullet of a list item.
    """

    def __init__(self) -> None:
        self.marker = ""
        self._pieces: list[str] = []
        self._separator = ""

    def separate(self, separator: str) -> None:
        """Set what is written next apart. If called several times, the widest separator counts."""
        self._separator = max(self._separator, separator, key=_SEPARATORS.index)

    def separate_element(self, tag: str) -> None:
        """Set an element apart from its neighbours: call it before and after the element."""
        if tag in _PARAGRAPHS:
            self.separate("\n\n")
        elif tag in _LINES:
            self.separate("\n")
        elif tag in _CELLS:
            self.separate(" ")

    def write(self, text: str, *, preformatted: bool = False) -> None:
        """Append text. White space is collapsed unless the text is `preformatted`."""
        words = _WORD_BREAKS.sub("", text)
        if not preformatted:
            words = _SPACES.sub(" ", words)
            if words.startswith(" "):
                self.separate(" ")
            words = words.strip(" ")
        if words:
            if self._pieces:
                self._pieces.append(self._separator)
            self._pieces += (self.marker, words)
            self._separator = self.marker = ""
        if not preformatted and text and text[-1] in _WHITE_SPACE:
            self.separate(" ")

    def write_line(self, text: str) -> None:
        """Append text as a line of its own."""
        self.separate("\n")
        self.write(text, preformatted=True)
        self.separate("\n")

    def text(self) -> str:
        """Return all that was written."""
        return "".join(self._pieces).strip("\n")
