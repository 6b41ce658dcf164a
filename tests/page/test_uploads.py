from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from qa.page.uploads import LEAST_BYTES, SAFE_SECONDS, Uploads
from qa.settings import DEFAULTS
from tests.helpers import written


def aged(path: Path, seconds: float, now: float) -> Path:
    os.utime(path, (now - seconds, now - seconds))
    return path


def test_the_folder_is_private_and_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only its user can open it. Files left by a killed server are deleted; other users' files stay."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    monkeypatch.setattr("atexit.register", lambda *_, **__: None)
    folder = Uploads.create(7860, 10**9).folder
    assert folder.parent == tmp_path.resolve()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert os.environ["GRADIO_TEMP_DIR"] == str(folder)
    left = written(folder, "abc/left.pdf", b"x")
    other = written(tmp_path, "other.pdf", b"x")
    assert Uploads.create(7861, 10**9).folder not in (folder, tmp_path)
    assert left.exists()
    assert Uploads.create(7860, 10**9).folder == folder
    assert not left.exists()
    assert other.exists()


def test_a_link_in_place_of_the_folder_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another user may create one in a folder that all users share."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    monkeypatch.setattr("atexit.register", lambda *_, **__: None)
    name = Uploads.create(7860, 10**9).folder
    name.rmdir()
    kept = written(tmp_path / "mine", "kept.txt", b"x")
    name.symlink_to(kept.parent)
    assert Uploads.create(7860, 10**9).folder not in (name, kept.parent)
    assert kept.exists()


def test_old_files_are_deleted(tmp_path: Path) -> None:
    """Unfinished ones too."""
    now = 1_000_000.0
    uploads = Uploads(tmp_path, 10**9, clock=lambda: now)
    old = DEFAULTS.upload_seconds + 1
    gone = [aged(written(tmp_path, name, b"x"), old, now) for name in ("abc/a.pdf", "tmp123")]
    kept = aged(written(tmp_path, "def/b.pdf", b"x"), 5, now)
    uploads.tidy()
    assert not any(path.exists() for path in gone)
    assert not (tmp_path / "abc").exists()
    assert kept.exists()


def test_interrupted_uploads_are_deleted_at_once(tmp_path: Path) -> None:
    """Unless another upload is arriving, whose file looks the same."""
    uploads = Uploads(tmp_path, 10**9)
    with uploads.arriving(100):
        with uploads.arriving(100):
            broken = written(tmp_path, "tmp123", b"x")
        finished = written(tmp_path, "abc/a.pdf", b"x")
        assert broken.exists()
    assert not broken.exists()
    assert finished.exists()


def test_the_total_size_is_bounded(tmp_path: Path) -> None:
    """Uploads in progress count, and small files count as larger ones. The oldest are deleted first."""
    now = 1_000_000.0
    uploads = Uploads(tmp_path, 10 * LEAST_BYTES, clock=lambda: now)
    for number in range(8):
        aged(written(tmp_path, f"{number}/a.txt", b"x"), number, now)
    assert uploads.size() == 8 * LEAST_BYTES
    with uploads.arriving(1) as first, uploads.arriving(LEAST_BYTES) as second, uploads.arriving(1) as third:
        assert (first, second, third) == (True, True, False)
    with uploads.arriving(3 * LEAST_BYTES) as room:
        assert not room
    now += SAFE_SECONDS
    with uploads.arriving(3 * LEAST_BYTES) as room:
        assert room
    assert not (tmp_path / "7").exists()
    assert (tmp_path / "6").exists()


def test_folders_deleted_meanwhile_are_not_an_error(tmp_path: Path) -> None:
    """Other threads create and delete upload folders while the files are counted."""

    def make_and_delete() -> None:
        folders = [tmp_path / str(number) for number in range(20)]
        while not done.is_set():
            for change in (Path.mkdir, Path.rmdir):
                for folder in folders:
                    change(folder)

    done = threading.Event()
    other = threading.Thread(target=make_and_delete)
    other.start()
    try:
        uploads = Uploads(tmp_path, 10**9)
        assert {uploads.size() for _ in range(1_000)} == {0}
    finally:
        done.set()
        other.join()
