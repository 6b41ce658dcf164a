"""Remote path: a folder or a file on an object store, such as S3, via fsspec."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from qa.documents import Stamp
from qa.errors import StorageError
from qa.storage.durable import delete_file, make_folder, replace_file

EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs"}
"""The extra of this package that installs what fsspec needs for a protocol."""

UNFINISHED = ".part"
"""The suffix of a copy's name until the copy is complete."""

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://.")
_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class RemotePath:
    """A folder or a file on an object store. Files are read and replaced as a whole, atomically.

    Every method that contacts the store may raise `StorageError`: the store does not answer, permission or
    the bucket is missing, or the library for it is not installed.

    Attributes:
        address: The address as fsspec knows it, such as `s3://bucket/articles`.
    """

    address: str

    def __truediv__(self, name: str) -> RemotePath:
        return RemotePath(f"{self.address.rstrip('/')}/{name}")

    def __str__(self) -> str:
        return self.address

    def absolute(self) -> RemotePath:
        """Return this path, which does not depend on the current folder."""
        return self

    @property
    def local(self) -> Path:
        """The local folder for copies of its files. It need not exist."""
        from platformdirs import user_cache_path

        name = hashlib.sha256(self.address.rstrip("/").encode()).hexdigest()[:32]
        return user_cache_path("verbatim-qa") / "remote" / name

    def files(self) -> dict[str, Stamp]:
        """Return the stamp of each file in the folder and below it, by its path inside.

        Raises:
            FileNotFoundError: There is nothing at this address.
        """
        with self._reached() as (store, path):
            if not (found := store.find(path, detail=True)):
                store.ls(path)  # raises the reason
            inside = f"{path.rstrip('/')}/"
            return {
                name.removeprefix(inside): _stamp(entry)
                for name, entry in found.items()
                if name.startswith(inside) and not name.endswith("/")
            }

    def stamp(self) -> Stamp:
        """Return the stamp of the file.

        Raises:
            FileNotFoundError: There is no such file.
        """
        with self._reached() as (store, path):
            return _stamp(store.info(path))

    def exists(self) -> bool:
        """Return whether there is such a file."""
        try:
            self.stamp()
        except FileNotFoundError:
            return False
        return True

    def read_bytes(self) -> bytes:
        """Return the content of the file.

        Raises:
            FileNotFoundError: There is no such file.
        """
        with self._reached() as (store, path):
            return bytes(store.cat_file(path))

    def fetch(self, target: Path) -> None:
        """Copy the file to this machine. `target` is replaced atomically.

        Raises:
            FileNotFoundError: There is no such file.
        """
        unfinished = target.with_name(f"{target.name}.{uuid.uuid4().hex}{UNFINISHED}")
        with self._reached() as (store, path):
            make_folder(target.parent)
            try:
                store.get_file(path, str(unfinished))
                replace_file(unfinished, target)
            finally:
                delete_file(unfinished)

    def put_bytes(self, content: bytes) -> None:
        """Write the file, replacing any existing one."""
        with self._written() as (store, path):
            store.pipe_file(path, content)

    def put(self, source: Path) -> None:
        """Copy a local file there, replacing any existing one."""
        with self._written() as (store, path):
            store.put_file(str(source), path)

    def copy(self, target: RemotePath) -> None:
        """Have the store copy the file to another of its paths."""
        with self._written() as (store, path):
            store.cp_file(path, store._strip_protocol(target.address))

    def delete(self) -> None:
        """Delete the file, unless it is gone already."""
        with self._reached() as (store, path), suppress(FileNotFoundError):
            store.rm_file(path)

    @contextmanager
    def _written(self) -> Iterator[tuple[Any, str]]:
        """Do as `_reached`, for writing: anything not found is then the bucket."""
        try:
            with self._reached() as reached:
                yield reached
        except FileNotFoundError as error:
            raise StorageError(
                f"{self} cannot be written to ({error}): check that the bucket exists"
            ) from error

    @contextmanager
    def _reached(self) -> Iterator[tuple[Any, str]]:
        """Yield the store and its own name for the path, and turn its errors into `StorageError`."""
        protocol = self.address.partition("://")[0].lower()
        try:
            from fsspec.core import url_to_fs

            yield url_to_fs(self.address, use_listings_cache=False)
        except FileNotFoundError:
            raise
        except ImportError as error:
            extra = EXTRAS.get(protocol)
            advice = str(error) if extra is None else f"pip install 'verbatim-qa[{extra}]'"
            raise StorageError(
                f"{self} cannot be read without a library for {protocol}://: {advice}"
            ) from error
        except ValueError as error:
            raise StorageError(f"{self} is not an address that can be read: {error}") from error
        except Exception as error:  # each store has its own errors
            reason = str(error) or type(error).__name__
            if isinstance(error, PermissionError) or "Credentials" in type(error).__name__:
                raise StorageError(
                    f"Access to {self} is denied ({reason}): give this machine credentials for it"
                ) from error
            raise StorageError(
                f"{self} cannot be reached ({reason}): try again. What was written so far is kept."
            ) from error


def folder_at(address: str | Path | RemotePath) -> Path | RemotePath:
    """Return the folder at an address: on an object store if it has a protocol, else on this machine."""
    if isinstance(address, str) and _ADDRESS.match(address) is not None:
        return RemotePath(address)
    return address if isinstance(address, RemotePath) else Path(address)


def _stamp(entry: Mapping[str, Any]) -> Stamp:
    """Return the stamp of a file: its size, and its time to the second.

    Stores do not keep fractions of a second. In their place are digits derived from the ETag, which changes
    with the content.
    """
    times = (entry.get(name) for name in ("LastModified", "last_modified", "mtime", "updated", "created"))
    modified = next((time for time in times if time is not None), 0)
    if isinstance(modified, str):
        modified = datetime.fromisoformat(modified.replace("Z", "+00:00"))
    seconds = modified.timestamp() if isinstance(modified, datetime) else float(modified)
    tag = entry.get("ETag", entry.get("etag"))
    if tag is None:
        return Stamp(int(entry["size"]), int(seconds * _SECOND))
    digits = int.from_bytes(hashlib.sha256(str(tag).encode()).digest()[:8], "big") % _SECOND
    return Stamp(int(entry["size"]), int(seconds) * _SECOND + digits)
