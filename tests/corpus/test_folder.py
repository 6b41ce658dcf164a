"""Which name a file is given, and when a file's time can be trusted."""

from __future__ import annotations

import os
import time
from pathlib import Path

from qa.corpus.folder import COARSE, Folder
from qa.documents import Document, Sandbox


def test_a_time_is_trusted_once_its_moment_is_over(tmp_path: Path) -> None:
    """What was just written is read when no later change can bear the same time; the rest at once."""
    (tmp_path / "a.txt").write_text("Talks.", encoding="utf-8")
    with Sandbox() as sandbox:
        folder = Folder(tmp_path)
        now = time.time_ns() // 1_000_000_000 * 1_000_000_000  # as a file system keeps it that counts seconds
        os.utime(tmp_path / "a.txt", ns=(now, now))
        document, stamp = folder.read("a.txt", sandbox)
        assert time.time_ns() >= now + COARSE
        assert (document, stamp.time, stamp.size) == (Document("a.txt", "Talks."), now, 6)
        for moment in (now - 10 * COARSE, now + 10**15):
            os.utime(tmp_path / "a.txt", ns=(moment, moment))
            start = time.perf_counter()
            folder.read("a.txt", sandbox)
            assert time.perf_counter() - start < 0.5


def test_a_text_comes_back_as_it_will_be_read(tmp_path: Path) -> None:
    """A byte order mark at its beginning is a mark in the file, and so no part of the document."""
    with Folder(tmp_path).staged("\ufeffTalks.\r\n", "a.txt") as (document, aside):
        assert document.text == "Talks.\r\n"
        assert aside.read_bytes() == b"\xef\xbb\xbfTalks.\r\n"
        assert Folder(tmp_path).listing().stamps == {}
    assert list(tmp_path.iterdir()) == []
