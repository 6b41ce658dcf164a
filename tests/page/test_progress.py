from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from qa.documents import Document
from qa.page.progress import BATCH, Progress, StoppedError, WatchedEmbedder
from qa.page.sessions import Sessions
from qa.settings import LOCAL_LIMITS
from tests.helpers import BRIDGE, tiny_chatbot
from tests.tiny_embedder import WordEmbedder

PAGES = Document("a.pdf", "the mill " * 40, pages=tuple(range(0, 360, 9)))


def test_progress_is_shown_in_pages_and_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The remaining time is extrapolated from the step so far; near its beginning none is given."""
    now = [100.0]
    monkeypatch.setattr("qa.page.progress.time.monotonic", lambda: now[0])
    progress = Progress()
    assert progress.words() == "is being read …"
    progress._tell_read(0, 40)
    assert progress.words() == "is being read: page 1 of 40"
    now[0] += 5
    progress._tell_read(20, 40)
    assert progress.words() == "is being read: page 20 of 40, about 5 seconds more"
    now[0] += 5
    progress.tell(PAGES, 0.0)
    assert progress.words() == "is being indexed: page 1 of 40"
    now[0] += 30
    progress.tell(PAGES, 0.3)
    assert progress.words() == "is being indexed: page 12 of 40, about 70 seconds more"
    progress.tell(Document("a.txt", "x"), 0.5)
    assert progress.words() == "is being indexed: 50%, about 30 seconds more"
    progress.tell(PAGES, 1.2)
    assert progress.words() == "is being indexed: page 40 of 40"


def test_a_watched_embedder_returns_the_same_vectors() -> None:
    embedder, progress = WordEmbedder(), Progress()
    texts = [f"the mill {number}" for number in range(2 * BATCH + 3)]
    watched = WatchedEmbedder(embedder, Document("a", "".join(texts)), progress)
    expected = embedder.embed_with_sentences(texts, [[]] * len(texts))
    for one, other in zip(watched.embed_with_sentences(texts, [[]] * len(texts)), expected, strict=True):
        assert np.array_equal(one, other)
    assert progress.share == 1.0
    assert watched.digest == embedder.digest


def test_reading_a_file_stops_at_once(tmp_path: Path) -> None:
    """Even a file that reports no pages and would take minutes; nothing of it is left."""
    sessions, progress = Sessions(tiny_chatbot(BRIDGE), limits=LOCAL_LIMITS), Progress()
    path = tmp_path / "nested.html"
    path.write_bytes(b"<div>" * 100_000 + b"text")
    with ThreadPoolExecutor(1) as pool:
        adding = pool.submit(sessions.add, "me", path, progress=progress)
        time.sleep(1)
        assert not adding.done()
        begin = time.monotonic()
        progress.stop()
        with pytest.raises(StoppedError, match="was stopped"):
            adding.result()
        assert time.monotonic() - begin < 5
    assert sessions.added("me") == frozenset()


def test_a_stopped_document_leaves_nothing() -> None:
    sessions, progress = Sessions(tiny_chatbot(BRIDGE), limits=LOCAL_LIMITS), Progress()
    progress.stop()
    with pytest.raises(StoppedError, match="was stopped"):
        sessions.add("me", "The mill burnt down.", name="mill.txt", progress=progress)
    assert sessions.added("me") == frozenset()
    assert sessions.usage()["characters"]["used"] == 0
    sessions.add("me", "The mill burnt down.", name="mill.txt", progress=Progress())
    assert sessions.added("me") == {"mill.txt"}
