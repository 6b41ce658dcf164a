"""Ray readers: readers as replicas of Ray Serve, with a time limit on calls."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from qa.cluster.copied_shards import CALL_SECONDS
from qa.cluster.delays import Delays
from qa.cluster.readers import Found
from qa.errors import UnavailableError
from qa.results import Passage

APPLICATION = "verbatim-qa"

PATIENCE = 3.0
"""A call is repeated after this multiple of the delay: reading one call in twenty twice costs too much."""

TURN_SECONDS = 0.05
"""How long to wait for one of two calls before checking the other."""


class RayReaders:
    """Readers of the Ray Serve application, see `Readers`.

    Args:
        handle: The handle of the deployment.
        seconds: How long a call may take.
    """

    def __init__(self, handle: Any, *, seconds: float = CALL_SECONDS) -> None:
        self._handle, self._seconds = handle, seconds
        self._delays = Delays()

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
        """Start reading, see `Readers.start`."""
        return self._call("read_sentences" if each_sentence else "read", question, passages)

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text has."""
        count: int = self._call("count_tokens", text)()
        return count

    def _call(self, method: str, *arguments: object) -> Callable[[], Any]:
        """Call a method of a replica."""
        from ray.exceptions import RayActorError, RaySystemError
        from ray.serve.exceptions import BackPressureError, RayServeException

        begun = time.monotonic()
        ask = partial(getattr(self._handle, method).remote, *arguments)
        calls = [ask()]

        def wait() -> Any:
            waited_since = time.monotonic()
            try:
                found = self._first(calls, ask, begun, PATIENCE * self._delays.of(method))
            except BackPressureError:
                raise UnavailableError("Too many questions are waiting for a reader: try again.") from None
            except TimeoutError:
                for call in calls:
                    call.cancel()
                raise UnavailableError(
                    f"No reader answered within {self._seconds:.0f} seconds: try again."
                ) from None
            except (RayActorError, RaySystemError, RayServeException):
                raise UnavailableError("The readers are restarting: try again.") from None
            now = time.monotonic()
            self._delays.note(method, now - begun, waited=now - waited_since)
            return found

        return wait

    def _first(self, calls: list[Any], ask: Callable[[], Any], begun: float, delay: float) -> Any:
        """Return the first result. If the replica ends meanwhile or is slow, another is asked, once.

        Args:
            calls: The call that was made. The second is added.
            ask: Makes the call once more.
            begun: When the call was made.
            delay: After how many seconds it is made once more.

        Raises:
            TimeoutError: There is no result in time.
        """
        from ray.exceptions import RayActorError
        from ray.serve.exceptions import BackPressureError

        deadline = begun + self._seconds
        may_ask, turn = True, 0
        while True:
            now = time.monotonic()
            if may_ask and now >= begun + delay:
                calls.append(ask())
                may_ask = False
            end = min(deadline, begun + delay) if may_ask else deadline
            if len(calls) > 1:
                end = min(end, now + TURN_SECONDS)
            call = calls[turn % len(calls)]
            turn += 1
            try:
                return call.result(timeout_s=max(0.0, end - now))
            except BackPressureError:
                calls.remove(call)
                if not calls:
                    raise
            except RayActorError:
                calls.remove(call)
                if may_ask:
                    calls.append(ask())
                    may_ask = False
                elif not calls:
                    raise
            except TimeoutError:
                if time.monotonic() >= deadline:
                    raise
