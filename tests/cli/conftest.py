"""A small corpus and tiny models for the commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tiny_embedder import save_tiny_model
from tests.tiny_reader import tiny_reader

TEXT = "The mill stood\nby the river. It burnt down in 1822, on a Sunday. Nobody was hurt.\n"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return options that name a tiny embedder and a tiny reader."""
    folder = tmp_path_factory.mktemp("models")
    embedder = save_tiny_model(folder / "embedder", max_tokens=64)
    reader = tiny_reader()
    reader.model.save_pretrained(folder / "reader")
    reader.tokenizer.save_pretrained(folder / "reader")
    return ["--embedder", str(embedder), "--reader", str(folder / "reader")]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a folder with one article, `mill.txt`."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "mill.txt").write_text(TEXT, encoding="utf-8", newline="")
    return folder
