"""Structure of a text: the blocks that a parser found, with the rest as paragraphs and labels."""

from __future__ import annotations

from collections.abc import Iterable

from qa.documents.block import Block
from qa.documents.blocks import Blocks
from qa.documents.labels import with_labels
from qa.documents.paragraphs import complete


def structure(text: str, blocks: Iterable[Block] = ()) -> Blocks:
    """Return the structure of a text.

    Args:
        text: The text.
        blocks: The blocks that a parser found. Text outside them becomes paragraphs, split at blank lines.
    """
    return Blocks.of(with_labels(text, complete(text, blocks)))
