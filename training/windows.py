"""Questions and contexts as windows of token ids, in memory and on disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids (length,) of a question and a context, and votes for the answer's first and last token."""

    ids: NDArray[np.uint16]
    context_start: int
    starts: dict[int, float]
    ends: dict[int, float]


Group = list[Window]  # windows that are read together: of one question, or of one and what was made of it


def save(groups: Sequence[Group], path: Path) -> None:
    """Write what `read` reads."""
    flat = [window for group in groups for window in group]
    votes = [
        (number, side, position, weight)
        for number, window in enumerate(flat)
        for side, chosen in enumerate((window.starts, window.ends))
        for position, weight in chosen.items()
    ]
    unfinished = path.with_suffix(".tmp.npz")
    np.savez_compressed(
        unfinished,
        sizes=np.array([len(group) for group in groups], np.uint8),
        lengths=np.array([len(window.ids) for window in flat], np.uint16),
        context_starts=np.array([window.context_start for window in flat], np.uint16),
        ids=np.concatenate([window.ids for window in flat]),
        votes=np.array(votes, np.float32).reshape(-1, 4),
    )
    unfinished.replace(path)


def read(path: Path) -> list[Group]:
    """The groups of a file that `save` wrote."""
    with np.load(path) as arrays:
        ends = np.cumsum(arrays["lengths"], dtype=np.int64)[:-1]
        flat = [
            Window(ids, int(start), {}, {})
            for ids, start in zip(np.split(arrays["ids"], ends), arrays["context_starts"], strict=True)
        ]
        for number, side, position, weight in arrays["votes"].tolist():
            window = flat[int(number)]
            (window.ends if side else window.starts)[int(position)] = weight
        sizes = arrays["sizes"].tolist()
    return [flat[start:end] for start, end in pairwise(accumulate(sizes, initial=0))]
