"""Paths on an object store: real requests to a real server, and errors in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.errors import StorageError
from qa.storage import RemotePath, folder_at
from tests.object_store import ObjectStore


def test_files_are_listed_with_what_changes_with_them(remote: RemotePath) -> None:
    """Only those below the folder; a change within a second that keeps the size gives another stamp."""
    (remote / "a.md").put_bytes(b"one")
    (remote / "deep/b.md").put_bytes(b"three")
    RemotePath("s3://bucket/articles-2/c.md").put_bytes(b"four")
    before = remote.files()
    assert {name: stamp.size for name, stamp in before.items()} == {"a.md": 3, "deep/b.md": 5}
    assert remote.files() == before
    (remote / "a.md").put_bytes(b"two")
    assert (remote / "a.md").stamp() != before["a.md"]
    assert remote.files() == {**before, "a.md": (remote / "a.md").stamp()}


def test_a_copy_is_whole_or_not_there(remote: RemotePath, tmp_path: Path) -> None:
    target = tmp_path / "copies" / "a.md"
    with pytest.raises(FileNotFoundError):
        (remote / "a.md").fetch(target)
    (remote / "a.md").put_bytes(b"one")
    (remote / "a.md").fetch(target)
    (remote / "a.md").copy(remote / "b.md")
    (remote / "a.md").delete()
    (remote / "a.md").delete()
    assert not (remote / "a.md").exists()
    assert (remote / "b.md").read_bytes() == target.read_bytes() == b"one"
    assert list(target.parent.iterdir()) == [target]


def test_what_goes_wrong_is_told(
    object_store: ObjectStore,
    remote: RemotePath,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import s3fs

    with pytest.raises(StorageError, match="check that the bucket exists"):
        RemotePath("s3://nobody/a.md").put_bytes(b"")
    with pytest.raises(FileNotFoundError):
        RemotePath("s3://nobody").files()
    object_store.off()
    with pytest.raises(StorageError, match="try again"):
        remote.files()
    object_store.on()
    s3fs.S3FileSystem.clear_instance_cache()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", "/nowhere")
    with pytest.raises(StorageError, match="credentials"):
        remote.files()


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from fsspec.registry import _registry

    for protocol, advice in (("s3", r"verbatim-qa\[s3\]"), ("gs", r"verbatim-qa\[gcs\]"), ("abfs", "adlfs")):
        monkeypatch.delitem(_registry, protocol, raising=False)
        for library in ("s3fs", "gcsfs", "adlfs"):
            monkeypatch.setitem(sys.modules, library, None)
        with pytest.raises(StorageError, match=advice):
            RemotePath(f"{protocol}://bucket/articles").files()
    with pytest.raises(StorageError, match="not an address"):
        RemotePath("nonsense://bucket").files()


def test_an_address_has_a_protocol() -> None:
    assert folder_at("s3://bucket/articles") == RemotePath("s3://bucket/articles")
    assert folder_at("articles") == folder_at(Path("articles")) == Path("articles")
    assert folder_at("C:/articles") == Path("C:/articles")
    assert RemotePath("s3://bucket/a/").local == RemotePath("s3://bucket/a").local
    assert RemotePath("s3://bucket/a").local != RemotePath("s3://bucket/b").local
