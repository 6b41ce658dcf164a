"""Charts as inline SVG: bars of counts, and curves of shares from 0 to 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

SIZE, MARGIN = 260, 44  # of a square plot, and the space for its labels
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
BAR, LABELS, BARS = 26, 150, 300  # height of a row, width of the names, width of the longest bar


class Point(NamedTuple):
    """A point of a curve. Both numbers are from 0 to 1."""

    x: float
    y: float


def bars(title: str, counts: Mapping[str, int]) -> Markup:
    """Return a horizontal bar with its number for each name."""
    most = max(counts.values(), default=0)
    rows = Markup("").join(
        Markup(
            '<text x="{}" y="{}" text-anchor="end">{}</text><rect x="{}" y="{}" width="{:.1f}" height="{}"/>'
            '<text x="{:.1f}" y="{}">{}</text>'
        ).format(
            LABELS - 8, row * BAR + 18, name,
            LABELS, row * BAR + 4, _share(count, most) * BARS, BAR - 8,
            LABELS + _share(count, most) * BARS + 6, row * BAR + 18, count,
        )
        for row, (name, count) in enumerate(counts.items())
    )  # fmt: skip
    return _svg(title, LABELS + BARS + 60, len(counts) * BAR, rows)


def curve(
    title: str, points: Sequence[Point], *, x: str, y: str, diagonal: bool = False, dots: bool = False
) -> Markup:
    """Return a curve in a unit square.

    Args:
        title: What the curve shows.
        points: Its points, from left to right.
        x: The label of the horizontal axis.
        y: The label of the vertical axis.
        diagonal: Whether to draw the line y = x.
        dots: Whether to mark each point.
    """
    parts = [*_axes(x, y)]
    if diagonal:
        parts.append(_line("ideal", [Point(0, 0), Point(1, 1)]))
    parts.append(_line("curve", points))
    if dots:
        parts += (
            Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3"/>').format(*_place(point)) for point in points
        )
    side = SIZE + 2 * MARGIN
    return _svg(title, side, side - MARGIN // 2, Markup("").join(parts))


def _svg(title: str, width: int, height: int, content: Markup) -> Markup:
    return Markup(
        '<svg role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}"><title>{}</title>{}</svg>'
    ).format(title, width, height, width, height, title, content)


def _axes(x: str, y: str) -> Iterable[Markup]:
    """Yield the grid lines with their numbers, and the labels of the axes."""
    for tick in TICKS:
        left, low = _place(Point(tick, tick))
        yield _line("grid", [Point(tick, 0), Point(tick, 1)])
        yield _line("grid", [Point(0, tick), Point(1, tick)])
        yield Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{:g}</text>').format(
            left, MARGIN // 2 + SIZE + 16, tick
        )
        yield Markup('<text x="{}" y="{:.1f}" text-anchor="end">{:g}</text>').format(
            MARGIN - 6, low + 4, tick
        )
    middle = MARGIN // 2 + SIZE // 2
    yield Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
        MARGIN + SIZE // 2, MARGIN // 2 + SIZE + 36, x
    )
    yield Markup('<text x="12" y="{}" text-anchor="middle" transform="rotate(-90 12 {})">{}</text>').format(
        middle, middle, y
    )


def _line(kind: str, points: Iterable[Point]) -> Markup:
    places = " ".join("{:.1f},{:.1f}".format(*_place(point)) for point in points)
    return Markup('<polyline class="{}" points="{}"/>').format(kind, places)


def _place(point: Point) -> tuple[float, float]:
    return MARGIN + point.x * SIZE, MARGIN // 2 + (1 - point.y) * SIZE


def _share(count: int, most: int) -> float:
    return count / most if most else 0.0
