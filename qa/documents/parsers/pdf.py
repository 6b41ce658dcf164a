"""A PDF becomes a document: its paragraphs, and where each page begins."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise, product
from typing import Any

from pypdf import PageObject, PdfReader

from qa.documents.control_characters import UNPRINTABLE
from qa.documents.document import Document
from qa.errors import DocumentError

MAX_PAGES = 3_000

SHORT = 0.6
"""A line of fewer characters than this share of the full lines of its page ends its paragraph: it is the
paragraph's last, a heading, an item or a row."""

GAP = 1.3
"""Lines further apart than so many times the usual distance belong to different paragraphs."""

NUMBERS = 4
"""A line with more of them is a running head only if it is the same on most pages."""

_LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
_HALVES = dict.fromkeys(range(55296, 57344), "�")
_SPACE = re.compile(r"[ \t\r]+")
_ENDS = re.compile(r"[.!?:…][\"'”’»)\]]*$")
_ITEM = re.compile(r"[•‣◦▪–—*-] |\(?[0-9a-zA-Z]{1,3}[.)] ")
_HYPHEN = re.compile(r"(\w*\w)([-\u2010\xad])$")
_WORD = re.compile(r"\w+")
_HYPHENATED = re.compile(r"\w+(?:[-\u2010]\w+)+")
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile("[0-9]{1,5}")
_NUMBERS = re.compile(r"\d{1,9}")
# TeX's older fonts draw an accent before its letter; it stands for one of these, which are put after it.
_DRAWN, _COMBINED = "´¨ˆ˜ˇ˚¯˙˝˘", "\u0301\u0308\u0302\u0303\u030c\u030a\u0304\u0307\u030b\u0306"
_ACCENTS = dict(zip(_DRAWN, _COMBINED, strict=True))
_ACCENTED = re.compile(f"([{_DRAWN}]) ?([A-Za-zı])")


@dataclass(slots=True)
class _Line:
    """A line of a page: where it begins, in points from the lower left corner, and the size of most of it."""

    text: str
    left: float
    height: float
    size: float
    sized: int


def pdf_document(name: str, data: bytes) -> Document:
    """The text of a PDF, with its pages and its title.

    Lines are joined to paragraphs, with an empty line between them, and words that were cut at a line's
    end to whole words; a page may begin inside a paragraph. Page numbers and what stands above or below
    the text of most pages is left out.

    Raises:
        DocumentError: it is locked, has too many pages, or holds no text but perhaps pictures of it.
        Exception: of any kind, if it is damaged or no PDF.
    """
    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise DocumentError(f"{name!r} is locked with a password: save it without one")
    pages = reader.pages
    if len(pages) > MAX_PAGES:
        raise DocumentError(
            f"{name!r} has {len(pages):,} pages and at most {MAX_PAGES:,} can be read: split it"
        )
    about = reader.metadata
    tex = about is not None and "tex" in f"{about.producer} {about.creator}".lower()
    title = "" if about is None or not isinstance(about.title, str) else _clean(about.title, tex)
    lines = [_lines(page, tex) for page in pages]
    _drop_running_lines(lines, title)
    text, places = _flow(lines)
    if not text.strip():
        pictures = any(_shows_picture(page) for page in pages)
        found = "pictures and no text: run text recognition (OCR) on it" if pictures else "no text"
        raise DocumentError(f"{name!r} holds {found}")
    if 5 * text.count("\N{REPLACEMENT CHARACTER}") > len(text):
        raise DocumentError(f"{name!r} does not say which letters it shows: run text recognition (OCR) on it")
    return Document(name, text, title=title or None, pages=places)


def _clean(text: str, tex: bool) -> str:
    """Letters for ligatures and drawn accents, single spaces, and nothing that is not text."""
    text = UNPRINTABLE.sub("", text.translate(_LIGATURES).translate(_HALVES))
    if tex:
        text = _ACCENTED.sub(_accented, text)
    return _SPACE.sub(" ", text).strip()


def _accented(match: re.Match[str]) -> str:
    letter = "i" if match[2] == "ı" else match[2]
    composed = unicodedata.normalize("NFC", letter + _ACCENTS[match[1]])
    return composed if len(composed) == 1 else match[0]


def _lines(page: PageObject, tex: bool) -> list[_Line]:
    """The lines of a page, in the order in which it draws them."""
    lines: list[_Line] = []
    begun = False

    def take(text: str, place: Sequence[float], matrix: Sequence[float], font: Any, size: float) -> None:
        nonlocal begun
        size = abs(size * matrix[3] * place[3])
        for number, piece in enumerate(text.split("\n")):
            begun = begun and number == 0
            if begun:
                line = lines[-1]
                line.text += piece
                if len(piece) > line.sized:
                    line.size, line.sized = size, len(piece)
            elif piece.strip():
                left = matrix[4] * place[0] + matrix[5] * place[2] + place[4]
                height = matrix[4] * place[1] + matrix[5] * place[3] + place[5]
                lines.append(_Line(piece, left, height, size, len(piece)))
                begun = True

    page.extract_text(visitor_text=take)
    for line in lines:
        line.text = _clean(line.text, tex)
    return [line for line in lines if line.text]


def _drop_running_lines(pages: list[list[_Line]], title: str) -> None:
    """Take away the first and the last line of pages where they are a page number or the same on most."""
    told = Counter(_letters(words) for words in (title, *(line.text for lines in pages for line in lines)))
    for end in (0, -1):
        said: Counter[object] = Counter()
        for number, lines in enumerate(pages):
            said.update(_running_marks(lines[end].text, number, told) if lines else ())
        usual = {mark for mark, count in said.items() if count > 2 and 2 * count > len(pages)}
        for number, lines in enumerate(pages):
            if lines and not usual.isdisjoint(_running_marks(lines[end].text, number, told)):
                del lines[end]


def _running_marks(text: str, number: int, told: Counter[str]) -> set[object]:
    """What a line at the edge of a page would share with those of other pages.

    That is its words with its numbers, each as it is or, where it is no sentence, by how far it is from the
    page's; and so far alone a number at its beginning or end, if it stands alone or beside words that are
    `told` elsewhere too: those of a title, a heading, another edge.
    """
    letters = _letters(text)
    numbers = [int(digits) for digits in _NUMBERS.findall(text)]
    marks: set[object] = {(letters, *numbers)} if letters else set()
    if letters and len(numbers) <= NUMBERS and _ENDS.search(text) is None:
        marks |= {(letters, *way) for way in product(*((read, (read - number,)) for read in numbers))}
    if letters and told[letters] < 2:
        return marks
    words = text.split()
    return marks | {int(word) - number for word in (words[0], words[-1]) if _NUMBER.fullmatch(word)}


def _letters(text: str) -> str:
    """A line without its numbers, in small letters."""
    return " ".join(_DIGITS.sub("", text).lower().split())


def _flow(pages: list[list[_Line]]) -> tuple[str, tuple[int, ...]]:
    """The text of all pages and the place where each begins."""
    hyphenated = {word for lines in pages for line in lines for word in _HYPHENATED.findall(line.text)}
    pieces: list[str] = []
    places: list[int] = []
    length = 0
    last: _Line | None = None
    item = False
    for lines in pages:
        places.append(length)
        full, leading = _measures(lines)
        for place, line in enumerate(lines):
            cut, joint = 0, "\n\n"
            if last is None:
                joint = ""
            elif not _parts(last, line, full, leading, item=item, new_page=place == 0):
                cut, joint = _joint(last.text, line.text, hyphenated)
            if cut:
                pieces[-1] = pieces[-1][:-cut]
            if joint == "\n\n" or last is None:
                item = _ITEM.match(line.text) is not None
            length += len(joint) - cut
            if place == 0:
                places[-1] = length
            pieces += (joint, line.text)
            length += len(line.text)
            last = line
    return "".join(pieces), tuple(places)


def _measures(lines: list[_Line]) -> tuple[dict[int, int], float]:
    """The length of full lines by the size of their font, and the usual distance between lines."""
    lengths: dict[int, list[int]] = {}
    for line in lines:
        lengths.setdefault(round(line.size), []).append(len(line.text))
    full = {size: sorted(found)[len(found) * 4 // 5] for size, found in lengths.items()}
    steps = Counter(round(above.height - below.height) for above, below in pairwise(lines))
    down = [(count, -step) for step, count in steps.items() if step > 0]
    return full, float(-max(down)[1]) if down else 0.0


def _parts(
    last: _Line, line: _Line, full: dict[int, int], leading: float, *, item: bool, new_page: bool
) -> bool:
    """Whether a paragraph ends between two lines; `item` says whether it began as a list's item."""
    if abs(last.size - line.size) > 0.1 * max(last.size, line.size):
        return True
    if _ITEM.match(line.text) is not None and (item or _ENDS.search(last.text) is not None):
        return True
    step = last.height - line.height
    if new_page or step < 0:
        return _ENDS.search(last.text) is not None
    if leading and step > GAP * leading:
        return True
    if len(last.text) < SHORT * full.get(round(last.size), 0) and _HYPHEN.search(last.text) is None:
        return True
    indented = line.left - last.left > 0.5 * line.size
    return indented and not item and _ENDS.search(last.text) is not None


def _joint(above: str, below: str, hyphenated: set[str]) -> tuple[int, str]:
    """How many characters go at the end of a paragraph's line, and what comes before its next line.

    A hyphen goes, unless the word is written with one elsewhere or could not be without.
    """
    cut = _HYPHEN.search(above)
    following = _WORD.match(below)
    if cut is None or following is None:
        return 0, " "
    if cut[2] == "\xad":
        return 1, ""
    kept = f"{cut[1]}-{following[0]}" in hyphenated or not following[0][0].islower() or not cut[1].isalpha()
    return (0, "") if kept else (1, "")


def _shows_picture(page: PageObject) -> bool:
    resources = page.get("/Resources")
    objects = None if resources is None else resources.get_object().get("/XObject")
    items = [] if objects is None else [item.get_object() for item in objects.get_object().values()]
    return any(item is not None and item.get("/Subtype") == "/Image" for item in items)
