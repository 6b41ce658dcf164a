"""Corpus folder: when a stamp is reliable, and staging."""

from __future__ import annotations

import os
import time
from pathlib import Path

from qa.corpus.folder import COARSE_RESOLUTION, SECOND, Folder
from qa.documents import Sandbox, text_document


def test_a_file_changed_just_now_is_read_later(tmp_path: Path) -> None:
    """Once no later change can have the same time. Other files are read at once."""
    (tmp_path / "a.txt").write_text("Talks.", encoding="utf-8")
    with Sandbox() as sandbox:
        folder = Folder(tmp_path)
        now = time.time_ns() // 1_000_000_000 * 1_000_000_000  # as on file systems that store whole seconds
        os.utime(tmp_path / "a.txt", ns=(now, now))
        document, stamp = folder.read("a.txt", sandbox)
        assert time.time_ns() >= now + COARSE_RESOLUTION
        assert (document, stamp.time, stamp.size) == (text_document("Talks.", name="a.txt"), now, 6)
        for moment in (now - 10 * COARSE_RESOLUTION, now + 10**15):
            os.utime(tmp_path / "a.txt", ns=(moment, moment))
            start = time.perf_counter()
            folder.read("a.txt", sandbox)
            assert time.perf_counter() - start < COARSE_RESOLUTION / SECOND


def test_a_staged_text_is_read_as_later_runs_will_read_it(tmp_path: Path) -> None:
    """A byte order mark is in the file, but not in the document."""
    with Folder(tmp_path).staged("\ufeffTalks.\r\n", "a.txt") as (document, staged_path):
        assert document.text == "Talks.\r\n"
        assert staged_path.read_bytes() == b"\xef\xbb\xbfTalks.\r\n"
        assert Folder(tmp_path).listing().stamps == {}
    assert list(tmp_path.iterdir()) == []


def test_only_staged_files_are_deleted(tmp_path: Path) -> None:
    """A user's own file may have a name with the same beginning."""
    own = [".incoming-mine.txt", f".incoming-{'a' * 33}.txt"]
    staged = [f".incoming-{'a' * 32}.txt", f".incoming-{'0' * 32}"]
    for name in own + staged:
        (tmp_path / name).write_text("text", encoding="utf-8")
    Folder(tmp_path).tidy()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(own)
