"""A local object store that is compatible with S3, and is accessed by the same client as S3."""

from __future__ import annotations

from pathlib import Path

import httpx

from qa.storage import RemotePath


class ObjectStore:
    """A moto server in this process. Its objects are kept while it is off."""

    def __init__(self) -> None:
        from moto.server import ThreadedMotoServer

        self._make = ThreadedMotoServer
        self._server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        self._server.start()
        _, self.port = self._server.get_host_and_port()

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables with which a client uses this store."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": "any",
            "AWS_SECRET_ACCESS_KEY": "any",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
        }

    def off(self) -> None:
        self._server.stop()

    def forget(self) -> None:
        """Delete all objects and buckets."""
        httpx.post(f"http://127.0.0.1:{self.port}/moto-api/reset").raise_for_status()

    def on(self) -> None:
        self._server = self._make("127.0.0.1", self.port, verbose=False)
        self._server.start()


def put_folder(folder: Path, remote: RemotePath) -> None:
    """Make a remote folder equal to a local one, except for names that begin with a dot."""
    here = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and not path.relative_to(folder).as_posix().startswith(".")
    }
    try:
        there = {name for name in remote.files() if not name.startswith(".")}
    except FileNotFoundError:
        there = set()
    for name, path in here.items():
        if name not in there or (remote / name).read_bytes() != path.read_bytes():
            (remote / name).put(path)
    for name in there - here.keys():
        (remote / name).delete()
