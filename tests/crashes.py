"""Crash test of the corpus and its index: `python -m tests.crashes COUNT` kills writers at COUNT moments.

A writer is a process that adds, replaces, removes or restores an article, or synchronises a changed folder.
It is killed (SIGKILL) before one of the lines that write files, or after a random time. In further runs, the
power fails before each call that changes files (see `tests/power_loss.py`), or one such call fails. After
this, the folder and its index must contain the state before or the state after. With one synchronisation left
out, they must not: this shows that the test would notice a missing one.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from types import FrameType
from typing import Any

import pytest
from tqdm import tqdm

import qa
from qa.corpus import Corpus
from qa.errors import QAError
from qa.index.text_digest import text_digest
from qa.storage import disk
from tests.power_loss import CALLS, Disk, different, write_image
from tests.tiny_embedder import WordEmbedder
from tests.writers import WRITERS, Writer, check, files, indexed, make

ONLY_AT_LINES = 50  # up to this many kills of a writer are all at lines, none at a random time
PACKAGE = str(Path(qa.__file__).parent)
WRITING = {
    "add", "_add", "remove", "_delete", "_write", "staged", "commit", "delete", "delete_staged_files",
    "save_segment", "save", "write", "write_arrays", "write_whole", "written_through", "replace_file",
    "sync_file", "sync_folder", "delete_unused_files", "append", "keep", "restore", "tidy", "make_folder",
}  # fmt: skip


@contextmanager
def workplace() -> Iterator[Callable[[Writer], Path]]:
    """Yield a function that creates a fresh folder for a writer, replacing the last one."""
    memory = Path("/dev/shm")  # faster than the disk; a kill affects neither
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as temporary:
        root = Path(temporary)
        make(root / "before")

        def fresh(writer: Writer) -> Path:
            shutil.rmtree(root / "folder", ignore_errors=True)
            # copy2 keeps the file times; otherwise every file would look changed.
            folder = shutil.copytree(root / "before", root / "folder", copy_function=shutil.copy2)
            writer.prepare(folder)
            return folder

        yield fresh


def dying(line: int) -> Callable[[FrameType, str, Any], Any]:
    """Return a tracer that kills the process before the given line of writing code, counted from 0."""
    left = line

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal left
        if not _writes(frame):
            return None
        left -= event == "line"
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    return trace


def _writes(frame: FrameType) -> bool:
    return frame.f_code.co_name in WRITING and frame.f_code.co_filename.startswith(PACKAGE)


def run(writer: Writer, folder: Path, *, line: int | None, seconds: float | None) -> bool:
    """Do the work in a process that is killed at a line or after a time. Return whether it survived."""
    child = os.fork()
    if not child:
        try:
            if line is not None:
                sys.settrace(dying(line))
            writer.work(Corpus(folder))
            sys.settrace(None)
            os._exit(0)
        finally:
            os._exit(1)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    assert status in (0, signal.SIGKILL), f"a writer failed: {status}"
    return status == 0


def lines_of(writer: Writer, folder: Path) -> int:
    """Return how many lines of writing code the work executes."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line" and _writes(frame)
        return trace if _writes(frame) else None

    sys.settrace(trace)
    writer.work(Corpus(folder))
    sys.settrace(None)
    return count


def killed(writer: Writer, kills: int, fresh: Callable[[Writer], Path]) -> dict[str, int]:
    """Kill a writer `kills` times. Return how often each state was left."""
    rng = random.Random(0)
    lines = lines_of(writer, fresh(writer))
    folder = fresh(writer)
    start = time.perf_counter()
    writer.work(Corpus(folder))
    whole = time.perf_counter() - start
    outcomes: Counter[str] = Counter()
    for number in range(kills):
        folder = fresh(writer)
        # Spread the lines evenly, so that none is missed. With many kills, half are at a random time.
        at_line = kills <= ONLY_AT_LINES or number % 2 == 0
        line = int((number + rng.random()) * lines / kills) if at_line else None
        seconds = None if at_line else rng.uniform(0, 1.3 * whole)
        done = run(writer, folder, line=line, seconds=seconds)
        outcomes["survived" if done else "killed"] += 1
        outcomes["after" if check(folder, writer, done=done) else "before"] += 1
    return {"lines": lines, **outcomes}


def without_power(
    writer: Writer, fresh: Callable[[Writer], Path], *, forgets: int | None = None, samples: int = 0
) -> dict[str, int]:
    """Simulate a power loss before each call of a writer, and after the last. Count the states it leaves.

    Raises:
        AssertionError: A state is neither the one before nor the one after, or is the one before although
            the writer had finished.
    """
    root = fresh(writer)
    noted = Disk(root, forgets=forgets, samples=samples)
    corpus = Corpus(root)
    with noted.in_use():
        writer.work(corpus)
    folder = root.parent / "left"
    images = different(noted.images)
    cases = [(image, True) for image in noted.final_images()] + [(image, False) for image in images]
    for image, done in cases:
        shutil.rmtree(folder, ignore_errors=True)
        write_image(image, folder)
        check(folder, writer, done=done)
    return {"states": len(images), "synchronisations": len(noted.synchronisations)}


def in_vain(writer: Writer, fresh: Callable[[Writer], Path]) -> list[int]:
    """Return the numbers of the synchronisations that are not needed: without them, no state is wrong."""
    found = []
    for number in range(without_power(writer, fresh)["synchronisations"]):
        try:
            without_power(writer, fresh, forgets=number)
            found.append(number)
        except (AssertionError, QAError, ValueError, OSError):
            pass
    return found


def failing(writer: Writer, fresh: Callable[[Writer], Path], *, for_good: bool) -> dict[str, int]:
    """Make each call that changes files fail in turn. Count the calls, and the failures that were reported.

    Args:
        writer: The writer. It must succeed, or raise a `QAError`.
        fresh: Creates its folder.
        for_good: Whether all later calls fail too.
    """
    calls, told = 0, 0
    while True:
        folder = fresh(writer)
        corpus, count = Corpus(folder), 0

        def broken(call: Callable[..., Any], first: int = calls) -> Callable[..., Any]:
            def called(*arguments: Any) -> Any:
                nonlocal count
                count += 1
                if count == first + 1 or (for_good and count > first):
                    raise OSError(5, "Input/output error")
                return call(*arguments)

            return called

        with pytest.MonkeyPatch.context() as patch:
            for name in CALLS:
                patch.setattr(disk, name, broken(getattr(disk, name)))
            try:
                writer.work(corpus)
            except QAError:
                told += 1
        check(folder, writer, done=False)
        corpus.sync(WordEmbedder())  # the same process goes on
        assert indexed(corpus) == files(folder)
        if count <= calls:  # none failed
            return {"calls": calls, "told": told}
        calls += 1


def main() -> None:
    """Kill, check and count the outcomes."""
    kills = int(sys.argv[1]) // len(WRITERS)
    # tqdm shares its lock with forked processes, and a killed process never releases it.
    tqdm.set_lock(RLock())
    tqdm.monitor_interval = 0
    with workplace() as fresh:
        assert text_digest("")  # import everything before measuring times
        for name, writer in WRITERS.items():
            print(json.dumps({"writer": name, **killed(writer, kills, fresh)}), flush=True)
        if kills > ONLY_AT_LINES:
            for name, writer in WRITERS.items():
                power = without_power(writer, fresh, samples=10)
                # The last one only avoids indexing again, since the index can be rebuilt from the folder.
                assert in_vain(writer, fresh) in ([], [power["synchronisations"] - 1])
                once, for_good = (failing(writer, fresh, for_good=each) for each in (False, True))
                found = {"power": power, "once": once, "for_good": for_good}
                print(json.dumps({"writer": name, **found}), flush=True)


if __name__ == "__main__":
    main()
