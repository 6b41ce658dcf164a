"""Rules of a PDF page: the horizontal and vertical lines that it draws, such as the borders of cells."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as api

from qa.documents.parsers.pdf.characters import turned

MAX_OBJECTS = 20_000
"""The most objects of one page that are looked at."""

MAX_SEGMENTS = 400
"""A path with more segments is a drawing."""

MAX_RULES = 2_000
"""A page with more rules is a drawing."""

THIN = 3.0
"""A rule is at most this many points thick."""

SAME_PLACE = 1.0
"""Rules at most this many points apart are one."""

JOIN = 6.0
"""Rules in line, and rules that meet, are at most this many points apart. Spaced cells have such gaps."""

SHORT = 4.0
"""A rule is longer than this many points."""


_ONE_AREA = 5  # segments: a rectangle


class Rule(NamedTuple):
    """A horizontal (level) or vertical (upright) line. Lengths are in points.

    Attributes:
        at: The height of a horizontal line, the distance from the left of a vertical one.
        start: Its left or lower end.
        end: Its right or upper end.
    """

    at: float
    start: float
    end: float

    def covers(self, start: float, end: float, slack: float = JOIN) -> bool:
        """Return whether it extends from `start` to `end`, except for up to `slack` points at each end."""
        return self.start <= start + slack and end - slack <= self.end


class Rules(NamedTuple):
    """The horizontal and the vertical rules of a page, in order of position."""

    level: list[Rule]
    upright: list[Rule]


def page_rules(page: pdfium.PdfPage, quarter: int) -> Rules:
    """Return the rules that a page draws: strokes, and rectangles that are thin enough.

    Those inside images and form XObjects are ignored.

    Args:
        page: The page.
        quarter: By how many quarter turns its words are rotated; the rules are rotated back with them.
    """
    level: list[Rule] = []
    upright: list[Rule] = []
    for x, y, x_end, y_end in _bars(page.raw):
        if quarter:
            corners = turned(x, y, quarter), turned(x_end, y_end, quarter)
            (x, x_end), (y, y_end) = (sorted(side) for side in zip(*corners, strict=True))
        if y_end - y <= min(THIN, x_end - x):
            level.append(Rule((y + y_end) / 2, x, x_end))
        elif x_end - x <= THIN:
            upright.append(Rule((x + x_end) / 2, y, y_end))
    if not level or not upright or len(level) + len(upright) > MAX_OBJECTS:
        return Rules([], [])
    rules = Rules(_joined(level), _joined(upright))
    return rules if len(rules.level) + len(rules.upright) <= MAX_RULES else Rules([], [])


def _joined(rules: Iterable[Rule]) -> list[Rule]:
    """Join rules that continue each other, and drop short ones."""
    places: list[list[Rule]] = []
    for rule in sorted(rules):
        if places and rule.at - places[-1][0].at <= SAME_PLACE:
            places[-1].append(rule)
        else:
            places.append([rule])
    result: list[Rule] = []
    for place in places:
        in_line: list[Rule] = []
        for rule in sorted(place, key=lambda rule: rule.start):
            last = in_line[-1] if in_line else None
            if last is not None and rule.start <= last.end + JOIN:
                in_line[-1] = Rule(last.at, last.start, max(last.end, rule.end))
            else:
                in_line.append(rule)
        result += (rule for rule in in_line if rule.end - rule.start > SHORT)
    return result


Box = tuple[float, float, float, float]
"""The left, bottom, right and top edge, in points."""


def _bars(page: Any) -> Iterator[Box]:
    """Yield the boxes of what may be rules."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    object_at, kind_of, is_path = api.FPDFPage_GetObject, api.FPDFPageObj_GetType, api.FPDF_PAGEOBJ_PATH
    for index in range(min(MAX_OBJECTS, api.FPDFPage_CountObjects(page))):
        item = object_at(page, index)
        if kind_of(item) != is_path:
            continue
        api.FPDFPageObj_GetBounds(item, left, bottom, right, top)
        width, height = right.value - left.value, top.value - bottom.value
        if width <= THIN and height <= THIN:
            continue
        api.FPDFPath_GetDrawMode(item, fill, stroke)
        if width <= THIN or height <= THIN:
            if fill.value or stroke.value:
                yield left.value, bottom.value, right.value, top.value
        elif stroke.value or fill.value:
            count = api.FPDFPath_CountSegments(item)
            if count <= MAX_SEGMENTS and (stroke.value or count > _ONE_AREA):
                yield from _parts(item, count, is_stroke=bool(stroke.value))


def _parts(path: Any, count: int, *, is_stroke: bool) -> Iterator[Box]:
    """Yield the horizontal and vertical strokes of a path, or the boxes of its filled parts."""
    matrix = api.FS_MATRIX()
    api.FPDFPageObj_GetMatrix(path, matrix)
    x, y = ctypes.c_float(), ctypes.c_float()
    part: list[tuple[float, float]] = []
    for index in range(count):
        segment = api.FPDFPath_GetPathSegment(path, index)
        kind = api.FPDFPathSegment_GetType(segment)
        if kind == api.FPDF_SEGMENT_BEZIERTO:
            return
        api.FPDFPathSegment_GetPoint(segment, x, y)
        if kind == api.FPDF_SEGMENT_MOVETO:
            yield from _boxes(part, is_stroke=is_stroke)
            part = []
        part.append(
            (
                matrix.a * x.value + matrix.c * y.value + matrix.e,
                matrix.b * x.value + matrix.d * y.value + matrix.f,
            )
        )
        if is_stroke and api.FPDFPathSegment_GetClose(segment):
            part.append(part[0])
    yield from _boxes(part, is_stroke=is_stroke)


def _boxes(points: Sequence[tuple[float, float]], *, is_stroke: bool) -> Iterator[Box]:
    """Yield the box of each horizontal or vertical stroke between points, or of a thin area between them."""
    if is_stroke:
        for (x, y), (x_end, y_end) in pairwise(points):
            if abs(x - x_end) <= SAME_PLACE or abs(y - y_end) <= SAME_PLACE:
                yield min(x, x_end), min(y, y_end), max(x, x_end), max(y, y_end)
    elif points:
        across, up = zip(*points, strict=True)
        box = min(across), min(up), max(across), max(up)
        if min(box[2] - box[0], box[3] - box[1]) <= THIN:
            yield box
