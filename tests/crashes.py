"""Crash test of the index: `python -m tests.crashes COUNT` kills each kind of writer COUNT times.

A writer is a process that adds, replaces or removes an article, or synchronises a changed folder. It dies
(SIGKILL) before one of the lines that write files, or after a random time. Then the folder and its index must
contain the state before or the state after.
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
from collections.abc import Callable
from pathlib import Path
from threading import RLock
from types import FrameType
from typing import Any

from tqdm import tqdm

import qa
from qa.corpus import Corpus
from qa.corpus.corpus import INDEX_FOLDER
from qa.index import Store
from qa.index.store import MANIFEST
from qa.index.text_digest import text_digest
from tests.tiny_embedder import WordEmbedder

ONLY_AT_LINES = 50  # up to this many kills, none is at a random time
State = dict[str, str]
BEFORE = {
    "a.txt": "The talks were held in Brussels. Naqvi met the minister.",
    "b.txt": "Trade grew last year. Exports of rice rose.",
    "sub/c.txt": "The river rose in spring. Three bridges were closed.",
}
NEW = "The mill burnt down in 1822. Nobody was hurt."
PACKAGE = str(Path(qa.__file__).parent)
WRITING = {
    "add", "_add", "remove", "_delete", "_write", "staged", "commit", "delete", "delete_staged_files",
    "save_segment", "save", "write", "write_arrays", "write_whole", "written_through", "replace_file",
    "sync_file", "sync_folder", "delete_unused_files", "append",
}  # fmt: skip


def add(folder: Path) -> None:
    """Add an article."""
    Corpus(folder).add(NEW, WordEmbedder(), name="sub/d.txt")


def replace(folder: Path) -> None:
    """Replace the text of an article."""
    Corpus(folder).add(NEW, WordEmbedder(), name="a.txt")


def remove(folder: Path) -> None:
    """Remove an article."""
    Corpus(folder).remove("b.txt")


def save(folder: Path) -> None:
    """Synchronise a folder that was changed."""
    Corpus(folder).sync(WordEmbedder())


def by_hand(folder: Path) -> None:
    """Change the folder without the corpus: delete, add and overwrite an article."""
    (folder / "sub" / "c.txt").unlink()
    (folder / "e.txt").write_text("Nothing was said of visas.", encoding="utf-8")
    (folder / "a.txt").write_text(NEW, encoding="utf-8")


#: Each writer with the articles after it, and what changes the folder before it.
WRITERS: dict[str, tuple[Callable[[Path], None], State, Callable[[Path], object]]] = {
    "add": (add, {**BEFORE, "sub/d.txt": NEW}, lambda folder: None),
    "replace": (replace, {**BEFORE, "a.txt": NEW}, lambda folder: None),
    "remove": (remove, {name: text for name, text in BEFORE.items() if name != "b.txt"}, lambda folder: None),
    "save": (
        save,
        {"a.txt": NEW, "b.txt": BEFORE["b.txt"], "e.txt": "Nothing was said of visas."},
        by_hand,
    ),
}


def files(folder: Path) -> State:
    """Return the articles in the folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.txt")
        if not path.name.startswith(".")
    }


def indexed(corpus: Corpus) -> State:
    """Return the articles in the index, after checking that its words and its vector find each chunk."""
    index = corpus.index
    for row in index.rows:
        text = index.chunk(row).text
        assert index.chunk(index.search(WordEmbedder().embed([text]), 1)[1][0, 0]).text == text
        assert index.chunk(index.bm25.search(text, 1)[0][0]).text == text
    return {document.id: document.text for document in index.documents}


def check(folder: Path, after: State, *, done: bool) -> bool:
    """Return whether the index contains the state after. Any state but this and the one before fails."""
    stored = Store(folder / INDEX_FOLDER).read()
    assert stored is not None
    assert not stored.damaged, stored.damaged
    written = {document.id: document.text for document in stored.index.documents}
    assert written in (BEFORE, after), written
    present = files(folder)
    assert present in (BEFORE, after), present
    embedder = WordEmbedder()
    corpus = Corpus(folder)
    corpus.sync(embedder)
    assert indexed(corpus) == present
    assert not done or present == after
    if present == written:
        assert embedder.embedded == [], "an unchanged text was embedded again"
    # The next writer succeeds and leaves no temporary files.
    corpus.add("One more.", embedder, name="z.txt")
    assert indexed(corpus) == {**present, "z.txt": "One more."}
    named = json.loads((folder / INDEX_FOLDER / MANIFEST).read_bytes())["segments"]
    expected = {MANIFEST, "lock"} | {name for segment in named for name in segment["files"]}
    assert {path.name for path in (folder / INDEX_FOLDER).iterdir()} == expected
    assert not list(folder.glob(".incoming-*"))
    return written == after


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


def run(work: Callable[[Path], None], folder: Path, *, line: int | None, seconds: float | None) -> bool:
    """Do the work in a process that is killed at a line or after a time. Return whether it survived."""
    child = os.fork()
    if not child:
        try:
            if line is not None:
                sys.settrace(dying(line))
            work(folder)
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


def lines_of(work: Callable[[Path], None], folder: Path) -> int:
    """Return how many lines of writing code the work executes."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line" and _writes(frame)
        return trace if _writes(frame) else None

    sys.settrace(trace)
    work(folder)
    sys.settrace(None)
    return count


def main() -> None:
    """Kill, check and count the outcomes."""
    kills = int(sys.argv[1])
    # tqdm shares its lock with forked processes, and a killed process never releases it.
    tqdm.set_lock(RLock())
    tqdm.monitor_interval = 0
    rng = random.Random(0)
    memory = Path("/dev/shm")  # faster than the disk, which a kill does not affect
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as temporary:
        root = Path(temporary)
        for name, text in BEFORE.items():
            (root / "before" / name).parent.mkdir(parents=True, exist_ok=True)
            (root / "before" / name).write_text(text, encoding="utf-8")
        Corpus(root / "before").sync(WordEmbedder())
        assert text_digest("")  # import everything before times are measured
        for name, (work, after, prepare) in WRITERS.items():

            def fresh(prepare: Callable[[Path], object] = prepare) -> Path:
                shutil.rmtree(root / "folder", ignore_errors=True)
                # copy2 keeps the file times; otherwise every file would look changed.
                folder = shutil.copytree(root / "before", root / "folder", copy_function=shutil.copy2)
                prepare(folder)
                return folder

            lines = lines_of(work, fresh())
            start = time.perf_counter()
            work(fresh())
            whole = time.perf_counter() - start
            outcomes: Counter[str] = Counter()
            for number in range(kills):
                folder = fresh()
                # Spread the lines evenly, so that none is missed. Of many kills, half are at a random time.
                at_line = kills <= ONLY_AT_LINES or number % 2 == 0
                line = int((number + rng.random()) * lines / kills) if at_line else None
                seconds = None if at_line else rng.uniform(0, 1.3 * whole)
                done = run(work, folder, line=line, seconds=seconds)
                outcomes["survived" if done else "killed"] += 1
                outcomes["after" if check(folder, after, done=done) else "before"] += 1
            print(json.dumps({"writer": name, "lines": lines, **outcomes}), flush=True)


if __name__ == "__main__":
    main()
