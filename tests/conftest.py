"""Setup of all tests: the models run in PyTorch, and only `test_compilation` uses OpenVINO."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from qa.storage import RemotePath
from tests.object_store import ObjectStore

os.environ["QA_OPENVINO"] = "0"


@pytest.fixture(scope="session")
def object_server() -> Iterator[ObjectStore]:
    """Run an object store."""
    for library in ("moto", "flask_cors", "s3fs"):
        pytest.importorskip(library)
    store = ObjectStore()
    yield store
    store.off()


@pytest.fixture
def object_store(
    object_server: ObjectStore, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ObjectStore]:
    """Return an object store with an empty bucket. Local copies of its objects are in a temporary folder."""
    from s3fs import S3FileSystem

    store = object_server
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    for name, value in store.environment.items():
        monkeypatch.setenv(name, value)
    S3FileSystem.clear_instance_cache()  # an instance cached by another test may have no credentials
    S3FileSystem().mkdir("bucket")
    yield store
    store.forget()


@pytest.fixture
def remote(object_store: ObjectStore) -> RemotePath:
    """Return an empty folder on the object store."""
    return RemotePath("s3://bucket/articles")
