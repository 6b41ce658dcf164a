"""Ray shards: copies of shards as actors, those of a shard on different nodes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qa.cluster.copies import AwayError, NotYetError
from qa.cluster.shard import Shard
from qa.storage import RemotePath

SHARD_CORES = 0.1
"""What a copy of a shard reserves. It uses more while it searches; memory limits the shards per node."""

SHARD_THREADS = 4
"""How many calls a copy answers at once."""


class RayCopies:
    """Copies of shards as actors that are restarted, on another node if necessary, see `Copies`.

    Args:
        folder: The index folder, which every node must reach under this path.
        shards: How many shards there are.
        copies: How many copies of each.
    """

    def __init__(self, folder: Path | RemotePath, shards: int, copies: int = 1) -> None:
        import ray

        self.shards, self.count = shards, copies
        names = [shard_name(folder, shard, shards, 0, copies) for shard in range(shards)]
        self._groups = [_group(name, copies) for name in names] if copies > 1 else []
        self._actors = [
            [
                ray.remote(Shard)
                .options(
                    name=shard_name(folder, shard, shards, copy, copies),
                    get_if_exists=True,
                    lifetime="detached",
                    max_restarts=-1,
                    max_concurrency=SHARD_THREADS,
                    num_cpus=SHARD_CORES,
                    scheduling_strategy=_place(group, copy),
                )
                .remote(folder, shard, shards)
                for copy in range(copies)
            ]
            for shard, group in zip(range(shards), self._groups or [None] * shards, strict=True)
        ]

    def call(self, shard: int, copy: int, method: str, *arguments: object) -> Any:
        """Call a method of a copy, see `Copies.call`."""
        return getattr(self._actors[shard][copy], method).remote(*arguments)

    def result(self, call: Any, seconds: float) -> Any:
        """Wait for the result of a call, see `Copies.result`."""
        import ray
        from ray.exceptions import GetTimeoutError, RayActorError, RaySystemError

        try:
            return ray.get(call, timeout=seconds)
        except GetTimeoutError:
            raise NotYetError from None
        except (RayActorError, RaySystemError):
            raise AwayError from None

    def first(self, calls: Sequence[Any], seconds: float) -> Any:
        """Wait for one of some calls, see `Copies.first`."""
        import ray

        done, _ = ray.wait(list(calls), timeout=seconds)
        if not done:
            raise NotYetError
        return done[0]

    def cancel(self, call: Any) -> None:
        """Cancel a call, unless it is running already."""
        import ray

        ray.cancel(call)

    def stop(self) -> None:
        """Stop all copies, for all clients."""
        import ray
        from ray.util.placement_group import remove_placement_group

        for copies in self._actors:
            for actor in copies:
                ray.kill(actor)
        for group in self._groups:
            remove_placement_group(group)


def shard_name(folder: Path | RemotePath, shard: int, shards: int, copy: int = 0, copies: int = 1) -> str:
    """Return the name of a copy of a shard in the cluster."""
    which = f"shard {shard + 1} of {shards} of {folder}"
    return which if copies == 1 else f"copy {copy + 1} of {copies} of {which}"


def _group(name: str, copies: int) -> Any:
    """Return a placement group for the copies of a shard, each on its own node if there are enough nodes.

    Then they stay on different nodes, even after one is lost.
    """
    import ray
    from ray.exceptions import RaySystemError
    from ray.util.placement_group import get_placement_group, placement_group

    # Ray warns that actors end when their group is removed, which is intended here.
    logging.getLogger("ray.actor").setLevel(logging.ERROR)
    try:
        return get_placement_group(name)
    except ValueError:
        alive = [node["Resources"].get("CPU", 0.0) for node in ray.nodes() if node["Alive"]]
        nodes = sum(cores >= SHARD_CORES for cores in alive)  # the head node may have none to spare
    try:
        strategy = "STRICT_SPREAD" if nodes >= copies else "SPREAD"
        bundles = [{"CPU": SHARD_CORES}] * copies
        return placement_group(bundles, strategy=strategy, name=name, lifetime="detached")
    except RaySystemError:  # another process was faster
        return get_placement_group(name)


def _place(group: Any | None, copy: int) -> Any:
    """Return Ray's scheduling strategy for a copy."""
    from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

    return "SPREAD" if group is None else PlacementGroupSchedulingStrategy(group, copy)
