from __future__ import annotations

import pytest

from tests.growth import assert_grows_in_line


def test_quadratic_work_is_noticed() -> None:
    def quadratic(size: int) -> None:
        for _ in range(size):
            for _ in range(size):
                pass

    with pytest.raises(AssertionError, match="4,000"):
        assert_grows_in_line(quadratic, 250)


def test_linear_work_is_not() -> None:
    assert_grows_in_line(lambda size: sum(range(size)), 100_000)
