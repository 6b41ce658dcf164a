from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import running

BRIDGE = "The bridge over the Lune was opened in 1932 by the mayor, Anna Lund. It cost four million crowns.\n"


@pytest.fixture(scope="package")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one document."""
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "bridge.txt").write_text(BRIDGE, encoding="utf-8")
    return folder


@pytest.fixture(scope="package")
def address(corpus: Path) -> Iterator[str]:
    """The address of `qa serve --keep` with a token, with the packaged models."""
    with running(
        "-m", "qa", "serve", "--keep", "--corpus", str(corpus), QA_TOKEN="correct-horse-battery"
    ) as served:
        yield served
