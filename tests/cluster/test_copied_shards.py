"""Shards in copies, in the threads of this process: copies that end, hang and come back."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NoResultError
from concurrent.futures import wait as wait_for
from pathlib import Path
from threading import Event
from typing import Any

import pytest

import qa.cluster.absences
import qa.cluster.copied_shards
from qa.cluster import Shard, ShardedCorpus, ShardedIndex
from qa.cluster.copied_shards import CopiedShards
from qa.cluster.copies import AwayError, NotYetError
from qa.cluster.delays import FEW_CALLS, FIRST_SECONDS, LEAST_SECONDS, Delays
from qa.corpus import Corpus
from qa.errors import UnavailableError
from tests.clusters import write_articles
from tests.tiny_embedder import WordEmbedder

EMBEDDER = WordEmbedder()
QUESTION = "Where did the police find cotton?"
VECTOR = EMBEDDER.embed([QUESTION])[0]


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (qa.cluster.absences, qa.cluster.copied_shards):
        monkeypatch.setattr(module, "RESTART_SECONDS", 0.02)


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("articles")
    write_articles(folder, parts=3)
    return folder


class Threads:
    """Copies of shards in this process, see `Copies`, that can be made to fail.

    `calls` lists the calls that reached a copy: shard, copy and method.
    """

    def __init__(self, folder: Path, shards: int, count: int) -> None:
        self.folder, self.shards, self.count = Corpus(folder).index_folder, shards, count
        self.calls: list[tuple[int, int, str]] = []
        self._alive: dict[tuple[int, int], Shard] = {}
        self._moves = [Event() for _ in range(count)]
        self._pool = ThreadPoolExecutor(40)
        for copy in range(count):
            self.begin(copy)
            self.go_on(copy)

    def begin(self, copy: int) -> None:
        """Restart a copy of each shard."""
        for shard in range(self.shards):
            self._alive[shard, copy] = Shard(self.folder, shard, self.shards)

    def kill(self, copy: int) -> None:
        """End a copy of each shard."""
        for shard in range(self.shards):
            del self._alive[shard, copy]

    def stand_still(self, copy: int) -> None:
        """Make a copy of each shard hang."""
        self._moves[copy].clear()

    def go_on(self, copy: int) -> None:
        """Let it answer again, including what it was asked meanwhile."""
        self._moves[copy].set()

    def call(self, shard: int, copy: int, method: str, *arguments: object) -> Future[Any]:
        try:
            return self._pool.submit(self._run, shard, copy, method, *arguments)
        except RuntimeError:  # all copies were stopped
            raise AwayError from None

    def _run(self, shard: int, copy: int, method: str, *arguments: object) -> Any:
        alive = self._alive.get((shard, copy))
        if alive is None:
            raise AwayError
        self.calls.append((shard, copy, method))
        self._moves[copy].wait(30)
        return getattr(alive, method)(*arguments)

    def result(self, call: Future[Any], seconds: float) -> Any:
        try:
            return call.result(seconds)
        except NoResultError:
            raise NotYetError from None

    def first(self, calls: Sequence[Future[Any]], seconds: float) -> Future[Any]:
        done, _ = wait_for(calls, seconds, FIRST_COMPLETED)
        if not done:
            raise NotYetError
        return done.pop()

    def cancel(self, call: Future[Any]) -> None:
        call.cancel()

    def stop(self) -> None:
        for moves in self._moves:
            moves.set()
        self._pool.shutdown()


class Served:
    """An index over copies, and the same index on one machine."""

    def __init__(self, folder: Path, shards: int, count: int, seconds: float = 10) -> None:
        self.copies = Threads(folder, shards, count)
        self.shards = CopiedShards(self.copies, seconds=seconds)
        self.corpus = ShardedCorpus(Corpus(folder, size=24, overlap=4), self.shards)
        one = Corpus(folder, size=24, overlap=4)
        one.sync(EMBEDDER)
        self.expected = one.index.rank(QUESTION, VECTOR, 20)
        assert self.expected.by_words

    @property
    def index(self) -> ShardedIndex:
        return self.corpus.index

    def ask(self) -> None:
        """Ask once; the result must be the same as on one machine."""
        found = self.index.rank(QUESTION, VECTOR, 20)
        assert [list(found.by_vector.values()), list(found.by_words.values())] == [
            list(self.expected.by_vector.values()),
            list(self.expected.by_words.values()),
        ]

    def asked(self, copy: int) -> int:
        """Return how many questions have reached this copy, the minimum over the shards."""
        shards = range(len(self.shards))
        return min(self.copies.calls.count((shard, copy, "rank")) for shard in shards)

    def ask_until_asked(self, copy: int) -> None:
        """Ask until this copy of each shard has been asked, too."""
        before, end = self.asked(copy), time.monotonic() + 20
        while self.asked(copy) == before:
            assert time.monotonic() < end
            self.ask()
            time.sleep(0.005)


@pytest.fixture
def served(articles: Path) -> Iterator[Served]:
    served = Served(articles, 2, 2)
    yield served
    served.shards.stop()


def test_all_copies_are_asked_and_give_the_same(served: Served) -> None:
    """One copy per call, when nothing is wrong."""
    for _ in range(100):
        served.ask()
    assert min(served.asked(0), served.asked(1)) > 20
    asked = [method for _, _, method in served.copies.calls].count("rank")
    assert 200 <= asked < 230


def test_a_copy_that_ended_refuses_nothing(served: Served) -> None:
    """It is asked again after its restart, but not before it has the snapshot open."""
    served.copies.kill(0)
    for _ in range(20):
        served.ask()
    assert not served.asked(0)
    served.copies.begin(0)
    served.ask_until_asked(0)
    for shard in (0, 1):
        methods = [method for *place, method in served.copies.calls if place == [shard, 0]]
        assert methods[:4] == ["open", "has_open", "open", "rank"]
    served.copies.kill(1)
    for _ in range(20):
        served.ask()


def test_without_any_copy_it_is_refused_at_once(served: Served) -> None:
    for copy in (0, 1):
        served.copies.kill(copy)
    start = time.monotonic()
    for _ in range(5):
        with pytest.raises(UnavailableError, match=r"Shard \d of 2 is restarting"):
            served.ask()
    assert time.monotonic() - start < 2
    served.copies.begin(1)
    served.ask()  # the copy opens the snapshot that is asked
    served.ask_until_asked(1)


def test_a_copy_that_stands_still_is_overtaken(served: Served) -> None:
    """It costs the delay once; then it is not asked until it answers."""
    for _ in range(2 * FEW_CALLS):
        served.ask()
    served.copies.stand_still(0)
    before = len(served.copies.calls)
    slowest = 0.0
    for _ in range(20):
        start = time.monotonic()
        served.ask()
        slowest = max(slowest, time.monotonic() - start)
    assert slowest < 1
    still = [method for _, copy, method in served.copies.calls[before:] if copy == 0]
    assert still.count("rank") <= 2  # one per shard
    served.copies.go_on(0)
    served.ask_until_asked(0)


def test_of_three_copies_the_third_is_asked_later_than_the_second(articles: Path) -> None:
    served = Served(articles, 1, 3)
    for copy in range(3):
        served.copies.stand_still(copy)
    wait = served.shards.start(0, served.index.snapshot, "has_open", "")
    with ThreadPoolExecutor(1) as pool:
        result = pool.submit(wait)
        time.sleep(FIRST_SECONDS * 1.5)
        asked = [method for _, _, method in served.copies.calls].count("has_open")
        assert asked == 2
        served.shards.stop()
        assert result.result(5) is False


def test_silence_of_all_is_told(articles: Path) -> None:
    served = Served(articles, 1, 2, seconds=0.3)
    served.ask()
    for copy in (0, 1):
        served.copies.stand_still(copy)
    with pytest.raises(UnavailableError, match="did not answer within"):
        served.ask()
    for copy in (0, 1):
        served.copies.go_on(copy)
    served.ask()
    served.shards.stop()


def test_a_change_is_confirmed_when_all_copies_have_it(articles: Path, tmp_path: Path) -> None:
    """A slow copy is waited for. One that has ended is not: it opens the current state before it is asked."""
    folder = Path(shutil.copytree(articles, tmp_path / "articles"))
    served = Served(folder, 2, 2)
    served.copies.stand_still(1)
    with ThreadPoolExecutor(1) as pool:
        added = pool.submit(served.corpus.add, "The zeppelin landed in Lund.", EMBEDDER, name="news.txt")
        time.sleep(0.5)
        assert not added.done()
        served.copies.go_on(1)
        added.result(20)
    before = served.index
    served.copies.kill(0)
    served.corpus.add("A submarine came to Lund.", EMBEDDER, name="late.txt")
    served.copies.begin(0)
    end, asked = time.monotonic() + 20, served.copies.calls.count((0, 0, "ids"))
    while served.copies.calls.count((0, 0, "ids")) == asked:
        assert time.monotonic() < end
        assert {"news.txt", "late.txt"} <= set(served.index.documents.ids)
        assert "late.txt" not in before.documents.ids  # whoever began before finishes on the old state
    served.corpus.remove("news.txt")
    for _ in range(20):
        assert "news.txt" not in served.index.documents.ids
    served.shards.stop()


def test_a_single_copy_that_was_started_anew_opens_its_segments(articles: Path) -> None:
    served = Served(articles, 2, 1)
    served.ask()
    served.copies.kill(0)
    with pytest.raises(UnavailableError, match="restarting"):
        served.ask()
    served.copies.begin(0)
    served.ask()
    served.shards.stop()


def test_the_delay_is_the_95th_percentile() -> None:
    """Of calls whose time is known, by method."""
    delays = Delays()
    assert delays.of("rank") == FIRST_SECONDS
    for milliseconds in range(100):
        delays.note("rank", milliseconds / 1000, waited=milliseconds / 1000)
        delays.note("rank", 5.0, waited=0.0)  # it was ready before anybody waited
        delays.note("count", 0.001, waited=0.001)
    assert delays.of("rank") == 0.095
    assert delays.of("count") == LEAST_SECONDS
    assert delays.of("find") == FIRST_SECONDS
