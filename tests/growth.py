"""Growth of processor time with input size, a test that does not depend on the speed of the machine."""

from __future__ import annotations

import resource
from collections.abc import Callable
from timeit import repeat


def assert_grows_in_line(work: Callable[[int], object], size: int) -> None:
    """Check that `work(16 * size)` takes less than 64 times the processor time of `work(size)`.

    Quadratic work takes 256 times as long. `size` must be large enough that `work(size)` takes a millisecond.
    """
    work(size)
    small, large = max(_seconds(work, size)), min(_seconds(work, 16 * size))
    assert large < 64 * max(small, 0.001), f"{small:.4f} s at {size:,}, {large:.4f} s at {16 * size:,}"


def _seconds(work: Callable[[int], object], size: int) -> list[float]:
    """Return the times of two runs, without garbage collection."""
    return repeat(lambda: work(size), timer=_user_seconds, number=1, repeat=2)


def _user_seconds() -> float:
    """Return the user time of this process, because the kernel's time for memory grows in steps."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime
