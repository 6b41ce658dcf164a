"""Ray cluster: the connection, workers, and readers as replicas of Ray Serve whose calls end in time."""

from __future__ import annotations

import logging
import os
import pickle
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from qa.cluster.copied_shards import CALL_SECONDS
from qa.cluster.parts import Part
from qa.cluster.readers import Found
from qa.errors import CorpusError, QAError, UnavailableError
from qa.index import Embedder
from qa.results import Passage

NAMESPACE = APPLICATION = "verbatim-qa"

TOKEN = Path.home() / ".ray" / "auth_token"
"""Where Ray keeps the token of its clusters, if they have one."""


def connect(address: str) -> None:
    """Connect this process to a Ray cluster.

    Args:
        address: `HOST:PORT` of its head, or `auto` for the cluster that this machine is a node of.

    Raises:
        QAError: Ray is not installed, or there is no cluster at this address.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    # `ray start` asks for a token if there is one. Ray reads this when it is imported. Set later,
    # it would reach a half of Ray.
    if TOKEN.exists() and "ray" not in sys.modules:
        os.environ.setdefault("RAY_AUTH_MODE", "token")
    try:
        import ray
    except ImportError as error:
        raise QAError("A cluster needs Ray: pip install 'verbatim-qa[cluster]'") from error
    try:
        _check(address)
        ray.init(
            address,
            namespace=NAMESPACE,
            log_to_driver=False,
            logging_level=logging.WARNING,
            ignore_reinit_error=True,
        )
    except (OSError, RuntimeError, ValueError) as error:
        raise QAError(f"There is no Ray cluster at {address}: {error}".splitlines()[0]) from error


def _check(address: str) -> None:
    """Make sure that somebody listens: Ray would wait for minutes.

    Raises:
        OSError: Nobody does.
    """
    host, colon, port = address.rpartition(":")
    if colon and port.isdecimal():
        with socket.create_connection((host, int(port)), timeout=CALL_SECONDS):
            pass


def make_parts(load: Callable[[], Embedder], parts: Sequence[Part]) -> Iterator[Part]:
    """Have parts made by the cores of all nodes, and yield each when it is.

    What a worker that is lost began is begun anew by another.

    Args:
        load: Loads the embedder, once in each worker.
        parts: The parts.

    Raises:
        CorpusError: A worker cannot write to the index folder.
    """
    import ray

    pickled = pickle.dumps(load)
    make = ray.remote(Part.make).options(num_cpus=1, max_retries=-1, scheduling_strategy="SPREAD")
    waiting = {make.remote(part, pickled): part for part in parts}
    while waiting:
        (done,), _ = ray.wait(list(waiting), num_returns=1)
        try:
            ray.get(done)
        except OSError as error:
            raise CorpusError(f"a worker cannot write to the index folder ({error.strerror})") from error
        yield waiting.pop(done)


class RayReaders:
    """Readers of the Ray Serve application, see `Readers`.

    Args:
        handle: The handle of the deployment.
        seconds: How long a call may take.
    """

    def __init__(self, handle: Any, *, seconds: float = CALL_SECONDS) -> None:
        self._handle, self._seconds = handle, seconds

    @classmethod
    def deploy(cls, deployment: Any, *, seconds: float = CALL_SECONDS) -> RayReaders:
        """Start an application of readers, or bring the running one up to date. It outlives this process.

        Args:
            deployment: See `reader_deployment`.
            seconds: How long a call may take.
        """
        from ray import serve

        serve.start(proxy_location="Disabled", logging_config={"log_level": "WARNING"})
        return cls(serve.run(deployment, name=APPLICATION, route_prefix=None), seconds=seconds)

    def start(
        self, question: str, passages: Sequence[Passage], *, each_sentence: bool = False
    ) -> Callable[[], Found]:
        """Begin to read, see `Readers.start`."""
        return self._call("read_sentences" if each_sentence else "read", question, passages)

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text has."""
        count: int = self._call("count_tokens", text)()
        return count

    def _call(self, method: str, *arguments: object) -> Callable[[], Any]:
        """Call a method of a replica. If that one ends meanwhile, another is asked, once."""
        from ray.exceptions import RayActorError, RaySystemError
        from ray.serve.exceptions import BackPressureError, RayServeException

        deadline = time.monotonic() + self._seconds
        first = getattr(self._handle, method).remote(*arguments)

        def left() -> float:
            return max(0.0, deadline - time.monotonic())

        def wait() -> Any:
            try:
                try:
                    return first.result(timeout_s=left())
                except RayActorError:
                    return getattr(self._handle, method).remote(*arguments).result(timeout_s=left())
            except BackPressureError:
                raise UnavailableError("Too many questions are waiting for a reader: try again.") from None
            except TimeoutError:
                first.cancel()
                raise UnavailableError(
                    f"No reader answered within {self._seconds:.0f} seconds: try again."
                ) from None
            except (RayActorError, RaySystemError, RayServeException):
                raise UnavailableError("The readers are being started anew: try again.") from None

        return wait
