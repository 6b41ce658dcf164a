"""Ray cluster: the connection to it, and workers that make parts."""

from __future__ import annotations

import logging
import os
import pickle
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from qa.cluster.copied_shards import CALL_SECONDS
from qa.cluster.parts import Part
from qa.errors import CorpusError, QAError
from qa.index import Embedder

NAMESPACE = "verbatim-qa"

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
    # `ray start` requires a token if there is one. Ray reads the variable when it is imported: set later, it
    # would take effect in only half of Ray.
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
    """Check that something listens at the address: Ray itself would wait for minutes.

    Raises:
        OSError: Nothing does.
    """
    host, colon, port = address.rpartition(":")
    if colon and port.isdecimal():
        with socket.create_connection((host, int(port)), timeout=CALL_SECONDS):
            pass


def make_parts(load: Callable[[], Embedder], parts: Sequence[Part]) -> Iterator[Part]:
    """Make parts on the cores of all nodes, and yield each as soon as it is made.

    If a worker is lost, another one starts its part again.

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
