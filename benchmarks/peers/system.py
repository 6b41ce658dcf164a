"""The interface of each system. It is imported in all their environments."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


class System(ABC):
    """A question-answering system over texts.

    Args:
        embedder: The folder of the embedder.
        reader: The folder of the reader, in single precision.
        settings: What differs from the system's defaults.

    Attributes:
        passages: The texts that were read for the last question, if the system reports them.
    """

    distributions: tuple[str, ...] = ()
    """The packages whose versions are reported, in addition to those that all systems use."""

    def __init__(self, embedder: Path, reader: Path, settings: Mapping[str, Any]) -> None:
        self.embedder, self.reader, self.settings = embedder, reader, settings
        self.passages: Sequence[str] = ()

    @abstractmethod
    def index(self, texts: Sequence[str]) -> None:
        """Load the models and index texts, so that `answer` can be called."""

    @abstractmethod
    def answer(self, question: str) -> str:
        """Return the best answer, "" if there is none."""

    @abstractmethod
    def save(self, texts: Sequence[str], folder: Path) -> None:
        """Write the index of `texts`, which was just made, to a folder."""

    @abstractmethod
    def load(self, folder: Path) -> None:
        """Load the models and the index, so that `answer` can be called."""
