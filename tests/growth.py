"""Growth of processor time with size: the same on a fast machine and a slow one."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from timeit import repeat


def assert_grows_in_line(work: Callable[[int], object], size: int) -> None:
    """`work(4 * size)` takes at most ten times the processor time of `work(size)`.

    Quadratic work takes 16 times. `size` must be so large that `work(size)` takes milliseconds.
    """
    work(size)
    small, large = _seconds(work, size), _seconds(work, 4 * size)
    assert large < 10 * max(small, 0.001), f"{small:.4f} s at {size:,}, {large:.4f} s at {4 * size:,}"


def _seconds(work: Callable[[int], object], size: int) -> float:
    """The better of two runs, without collections of garbage."""
    return min(repeat(lambda: work(size), timer=process_time, number=1, repeat=2))
