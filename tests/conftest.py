"""What holds for all tests: the models run in PyTorch (`test_compilation` is about the other way); fixtures."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from qa.storage import RemotePath
from tests.object_store import ObjectStore

os.environ["QA_OPENVINO"] = "0"


@pytest.fixture
def object_store(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ObjectStore]:
    """Run an object store with an empty bucket. Copies of its objects are in a folder of this test."""
    for library in ("moto", "flask_cors", "s3fs"):
        pytest.importorskip(library)
    from s3fs import S3FileSystem

    store = ObjectStore()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    for name, value in store.environment.items():
        monkeypatch.setenv(name, value)
    S3FileSystem.clear_instance_cache()  # they know the address of the one before
    S3FileSystem().mkdir("bucket")
    yield store
    S3FileSystem.clear_instance_cache()
    store.forget()
    store.off()


@pytest.fixture
def remote(object_store: ObjectStore) -> RemotePath:
    """Return a folder on the object store, in which nothing is."""
    return RemotePath("s3://bucket/articles")
