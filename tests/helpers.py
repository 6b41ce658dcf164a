"""Helpers for the tests of several packages: paths, a tiny chatbot, HTML as plain text."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import numpy as np

from qa.chatbot import Chatbot
from qa.documents import Document
from qa.index import Index
from qa.reader import Calibrator
from qa.reader.features import FEATURES
from qa.retrieval import HybridRetriever
from tests.tiny_embedder import WordEmbedder
from tests.tiny_reader import tiny_reader

ROOT = Path(__file__).parent.parent
FILES = Path(__file__).parent / "files"
GOLD = Path(__file__).parent / "gold"

BRIDGE = (
    "The bridge over the Lune was opened in 1932 by the mayor, Anna Lund. It cost four million crowns.\r\n"
    "\r\n"
    "Trams crossed it until 1968, when the line was closed because too few people used it."
)
READER = tiny_reader()
INDIFFERENT = Calibrator(np.zeros(len(FEATURES)), 0.0, np.zeros(len(FEATURES)), np.ones(len(FEATURES)))

TAG = re.compile("<[^>]*>")
LETTERS = re.compile('<div class="letters">(.*?)</div>', re.DOTALL)


def tiny_chatbot(*texts: str) -> Chatbot:
    """Return a chatbot over these texts with tiny models. Every answer has confidence 0.5."""
    embedder = WordEmbedder()
    documents = [Document(f"{position}.txt", text) for position, text in enumerate(texts)]
    index = Index.build(documents, embedder, size=20, overlap=5)
    return Chatbot(HybridRetriever(index, embedder), READER, INDIFFERENT)


def plain(markup: str) -> str:
    """Return HTML as a browser shows it: without tags, with character references resolved."""
    return html.unescape(TAG.sub("", markup))


def letters(markup: str) -> str:
    """Return the text in the document panel."""
    found = LETTERS.search(markup)
    assert found is not None
    return plain(found[1])


def asked(markup: str) -> list[dict[str, str | int]]:
    """Return the request that each button for opening a place sends, in order."""
    return [json.loads(html.unescape(wish)) for wish in re.findall('data-look="([^"]*)"', markup)]


def written(folder: Path, name: str, data: bytes) -> Path:
    """Write a file, creating the folders above it, and return its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
