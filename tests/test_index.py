"""Vectors to chunks, against brute force, and what becomes of the index folder."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from qa.document import Document, Span
from qa.errors import IndexFolderError
from qa.index import MANIFEST, Cut, Index, Recipe, open_index
from tests.tiny_embedder import WordEmbedder, documents

TALKS = "The talks were held in Brussels. Naqvi met the minister. They spoke of visas and of drugs."
TRADE = "Trade grew last year. Exports of rice and of cotton rose. Belgium bought most of the cotton."
RIVER = "The river rose in spring. Three bridges were closed. Nobody was hurt."


def index_of(vectors: NDArray[np.float32]) -> Index:
    """An index of one document whose chunks are its letters, with these vectors."""
    text = "x" * len(vectors)
    cut = Cut(tuple(Span(place, place + 1) for place in range(len(vectors))), vectors)
    recipe = Recipe(embedder="", dimension=vectors.shape[1], size=1, overlap=0)
    return Index([Document("x", text)], {hashlib.sha256(text.encode()).hexdigest(): cut}, recipe)


def brute_force(
    vectors: NDArray[np.float32], questions: NDArray[np.float32], k: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Every product, sorted; equal scores in the order of the rows."""
    scores = questions @ vectors.T
    rows = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(scores, rows, axis=1), rows


def halves(rows: st.SearchStrategy[int]) -> st.SearchStrategy[NDArray[np.float32]]:
    """Vectors whose products have no rounding: many of them are equal, some are zero."""
    numbers = st.sampled_from([np.float32(-0.5), np.float32(0), np.float32(0.5)])
    return rows.flatmap(lambda count: arrays(np.float32, (count, 4), elements=numbers))


@settings(deadline=None)  # the first example imports libraries
@given(halves(st.integers(0, 40)), halves(st.integers(0, 25)), st.integers(1, 60))
def test_search_is_brute_force(vectors: NDArray[np.float32], questions: NDArray[np.float32], k: int) -> None:
    """Scores and rows are exactly those of numpy: ties, zero vectors and `k` beyond the end included."""
    scores, rows = index_of(vectors).search(questions, k)
    expected_scores, expected_rows = brute_force(vectors, questions, k)
    np.testing.assert_array_equal(rows, expected_rows)
    np.testing.assert_array_equal(scores, expected_scores)


@pytest.mark.parametrize("questions", [1, 30])
@pytest.mark.parametrize("k", [1, 7, 150, 3000])
def test_search_of_real_size_is_brute_force(questions: int, k: int) -> None:
    """So it is for vectors as a model gives them, one question or many at once."""
    numbers = np.random.default_rng(0)
    vectors = numbers.standard_normal((2000 + questions, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    asked, vectors = vectors[:questions], vectors[questions:]
    scores, rows = index_of(vectors).search(asked, k)
    expected, _ = brute_force(vectors, asked, k)
    assert rows.shape == expected.shape == (questions, min(k, 2000))
    np.testing.assert_allclose(scores, expected, atol=1e-6)
    np.testing.assert_allclose(np.take_along_axis(asked @ vectors.T, rows, axis=1), scores, atol=1e-6)
    assert all(len(set(row)) == len(row) for row in rows.tolist())


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_what_is_not_a_number_is_refused(number: float) -> None:
    """A vector that cannot be compared raises, whether it is searched for or to be held."""
    vectors = np.eye(3, dtype=np.float32)
    question = np.array([[0, number, 0]], dtype=np.float32)
    with pytest.raises(ValueError, match="not a number"):
        index_of(vectors).search(question, 1)
    with pytest.raises(ValueError, match="shape"):
        index_of(vectors).search(vectors[:, :2], 1)


def test_each_chunk_has_its_own_vector() -> None:
    """Rows are those of `chunks`, which come in the order of the documents; equal texts share vectors."""
    embedder = WordEmbedder()
    index = Index.build(documents(TALKS, TRADE, TALKS), embedder, size=8, overlap=0)
    assert [chunk.document.id for chunk in index.chunks] == sorted(
        chunk.document.id for chunk in index.chunks
    )
    assert len(index.chunks) > 6
    assert len(embedder.embedded) == len({chunk.text for chunk in index.chunks})
    texts = [chunk.text for chunk in index.chunks]
    scores, rows = index.search(embedder.embed(texts), 1)
    np.testing.assert_allclose(scores[:, 0], 1, atol=1e-6)
    assert [texts[row] for row in rows[:, 0]] == texts


def test_documents_without_words_have_no_chunks(tmp_path: Path) -> None:
    """An index of nothing finds nothing, and is kept all the same."""
    for given_documents in ([], documents("", " \n")):
        folder = tmp_path / str(len(given_documents))
        for _ in range(2):
            embedder = WordEmbedder()
            index = open_index(folder, given_documents, embedder)
            assert index.documents == tuple(given_documents)
            scores, rows = index.search(embedder.embed(["talks"]), 3)
            assert scores.shape == rows.shape == (1, 0)


def test_a_chunk_is_never_longer_than_the_embedder_reads() -> None:
    """Size and overlap give way to the limit of the embedder."""
    embedder = WordEmbedder(max_tokens=9)
    index = Index.build(documents(" ".join([TALKS, TRADE])), embedder)
    assert index.recipe.size == 9
    assert max(len(embedder.token_offsets(chunk.text)) for chunk in index.chunks) <= 9


def test_a_fresh_index_is_used_as_it_is(tmp_path: Path) -> None:
    """Nothing is embedded or written the second time, and the same is found, under new names too."""
    first = open_index(tmp_path, documents(TALKS, TRADE), WordEmbedder())
    files = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    embedder = WordEmbedder()
    second = open_index(tmp_path, documents(TALKS, TRADE), embedder)
    assert second.chunks == first.chunks
    renamed = open_index(tmp_path, [Document("z", TALKS), Document("a", TRADE)], embedder)
    assert [chunk.document.id for chunk in renamed.chunks] == ["z", "a"]
    assert embedder.embedded == []
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == files
    question = embedder.embed(["rice and cotton"])
    for found, expected in zip(second.search(question, 9), first.search(question, 9), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_only_what_changed_is_embedded(tmp_path: Path) -> None:
    """A new text is embedded, the others are taken from the folder, and what went is forgotten."""
    open_index(tmp_path, documents(TALKS, TRADE), WordEmbedder())
    embedder = WordEmbedder()
    changed = open_index(tmp_path, documents(RIVER, TALKS), embedder)
    assert embedder.embedded == [chunk.text for chunk in changed.chunks if chunk.document.id == "0"]
    whole = Index.build(documents(RIVER, TALKS), embedder)
    assert whole.chunks == changed.chunks
    question = embedder.embed(["Naqvi in Brussels"])
    for found, expected in zip(changed.search(question, 9), whole.search(question, 9), strict=True):
        np.testing.assert_array_equal(found, expected)
    gone = hashlib.sha256(TRADE.encode()).hexdigest()
    assert gone not in (tmp_path / MANIFEST).read_text(encoding="utf-8")
    assert sorted(path.name.partition("-")[0] for path in tmp_path.iterdir()) == [
        "lock",
        MANIFEST,
        "vectors",
    ]


def test_an_index_in_memory_is_reused_the_same_way() -> None:
    """`known` saves the embedding of what it holds, if it was made in the same way."""
    known = Index.build(documents(TALKS), WordEmbedder())
    same, other = WordEmbedder(), WordEmbedder(name="other")
    index = Index.build(documents(TALKS, TRADE), same, known=known)
    assert not any(text in TALKS for text in same.embedded)
    assert len(index.documents) == 2
    Index.build(documents(TALKS), other, known=known)
    assert other.embedded


@pytest.mark.parametrize(
    ("embedder", "size", "overlap"),
    [
        (WordEmbedder(name="other"), 20, 4),
        (WordEmbedder(dimension=8), 20, 4),
        (WordEmbedder(), 30, 4),
        (WordEmbedder(), 20, 5),
    ],
)
def test_another_recipe_makes_another_index(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, embedder: WordEmbedder, size: int, overlap: int
) -> None:
    """Another model or other chunks: all is made anew, without a warning, since nothing is wrong."""
    open_index(tmp_path, documents(TALKS), WordEmbedder(), size=20, overlap=4)
    embedder.embedded.clear()
    index = open_index(tmp_path, documents(TALKS), embedder, size=size, overlap=overlap)
    assert embedder.embedded == [chunk.text for chunk in index.chunks]
    assert caplog.messages == []


def test_damage_to_any_byte_is_noticed(tmp_path: Path) -> None:
    """One flipped bit, anywhere in any file, and the index is not opened; nor is one cut short."""
    embedder = WordEmbedder()
    open_index(tmp_path, documents(TALKS), embedder, size=10, overlap=0)
    for path in (path for path in tmp_path.iterdir() if path.name != "lock"):
        content = path.read_bytes()
        for place in range(len(content)):
            damaged = bytearray(content)
            damaged[place] ^= 1 << place % 8
            path.write_bytes(damaged)
            with pytest.raises(IndexFolderError):
                Index.open(tmp_path, documents(TALKS), embedder, size=10, overlap=0)
        for rest in (content[:-1], content[: len(content) // 2], b"", content + b"\n"):
            path.write_bytes(rest)
            with pytest.raises(IndexFolderError):
                Index.open(tmp_path, documents(TALKS), embedder, size=10, overlap=0)
        path.write_bytes(content)
    assert Index.open(tmp_path, documents(TALKS), embedder, size=10, overlap=0).covers(documents(TALKS))


@pytest.mark.parametrize("name", [MANIFEST, "vectors-*"])
@pytest.mark.parametrize("damage", ["flipped", "gone"])
def test_a_damaged_index_is_made_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, damage: str
) -> None:
    """The answer to damage is one line of warning and a sound index, in memory and in the folder."""
    sound = open_index(tmp_path, documents(TALKS), WordEmbedder())
    (path,) = tmp_path.glob(name)
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-2] + b"!!")
    embedder = WordEmbedder()
    mended = open_index(tmp_path, documents(TALKS), embedder)
    assert mended.chunks == sound.chunks
    assert embedder.embedded
    # A folder without a manifest is as one that was never filled: there is nothing to warn of.
    warnings = 0 if (name, damage) == (MANIFEST, "gone") else 1
    assert len(caplog.messages) == warnings
    assert all("must be made anew" in line and "\n" not in line for line in caplog.messages)
    assert Index.open(tmp_path, documents(TALKS), embedder).covers(documents(TALKS))


def test_an_index_of_another_version_is_made_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A sound manifest that says another format is not read on."""
    open_index(tmp_path, documents(TALKS), WordEmbedder())
    manifest = json.loads((tmp_path / MANIFEST).read_bytes())
    del manifest["seal"]
    manifest["format"] = 999
    content = json.dumps(manifest, separators=(",", ":"))
    manifest["seal"] = hashlib.sha256(content.encode()).hexdigest()
    (tmp_path / MANIFEST).write_text(json.dumps(manifest, separators=(",", ":")), encoding="utf-8")
    open_index(tmp_path, documents(TALKS), WordEmbedder())
    assert len(caplog.messages) == 1
    assert "version 999" in caplog.messages[0]


def test_a_folder_that_cannot_be_written_is_done_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The index is made in memory, with one line of warning."""
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    for folder in (tmp_path / "file", tmp_path / "file" / "index", Path("/proc/no/index")):
        caplog.clear()
        index = open_index(folder, documents(TALKS), WordEmbedder())
        assert index.covers(documents(TALKS))
        assert len(caplog.messages) == 1
        assert "cannot be kept" in caplog.messages[0]


def test_a_failed_write_leaves_the_old_index(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where the new one cannot be written, the old one stays whole and the new one lives in memory."""
    open_index(tmp_path, documents(TALKS), WordEmbedder())
    (tmp_path / (MANIFEST + ".new")).mkdir()  # stands where the new manifest would be written
    both = documents(TALKS, TRADE)
    assert open_index(tmp_path, both, WordEmbedder()).covers(both)
    assert len(caplog.messages) == 1
    assert Index.open(tmp_path, documents(TALKS), WordEmbedder()).covers(documents(TALKS))


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Another Python that runs `code`, with the names it needs."""
    preamble = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from qa.index import Index, open_index\n"
        "from tests.tiny_embedder import WordEmbedder, documents\n"
        f"TALKS, TRADE, RIVER = {TALKS!r}, {TRADE!r}, {RIVER!r}\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", preamble + code, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )


def test_two_processes_make_one_index(tmp_path: Path) -> None:
    """Of processes that want the same index at once, one makes it and the other takes it over."""
    code = """
class SlowEmbedder(WordEmbedder):
    def embed(self, texts, *, progress=False):
        time.sleep(0.5)
        return super().embed(texts)
embedder = SlowEmbedder()
print("ready", flush=True)
while not Path(sys.argv[1], "go").exists():
    time.sleep(0.01)
index = open_index(Path(sys.argv[1], "index"), documents(TALKS, TRADE), embedder)
print(len(embedder.embedded), len(index.chunks), flush=True)
"""
    processes = [start(code, str(tmp_path)) for _ in range(2)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    (tmp_path / "go").touch()
    counts = sorted(tuple(map(int, process.communicate(timeout=60)[0].split())) for process in processes)
    chunks = counts[0][1]
    assert counts == [(0, chunks), (chunks, chunks)]
    assert chunks > 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that can fork")
def test_a_killed_process_leaves_a_whole_index(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Killed before any line of its writing, a process leaves the old index or the new one, whole."""
    code = """
import os, shutil, signal
root = Path(sys.argv[1])
open_index(root / "old", documents(TALKS, TRADE), WordEmbedder())
new = Index.build(documents(TALKS, RIVER), WordEmbedder())
left = 0
def die(frame, event, argument):
    global left
    if not frame.f_code.co_filename.endswith("index.py"):
        return None
    left -= event == "line"
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return die
for step in range(1000):
    folder = shutil.copytree(root / "old", root / str(step))
    child = os.fork()
    if not child:
        left = step
        sys.settrace(die)
        new.save(folder)
        os._exit(0)
    if not os.waitpid(child, 0)[1]:
        break
print(step)
"""
    process = start(code, str(tmp_path))
    steps = int(process.communicate(timeout=60)[0])
    embedder = WordEmbedder()
    found = []
    for step in range(steps + 1):
        folder = tmp_path / str(step)
        index = Index.open(folder, documents(TALKS, TRADE, RIVER), embedder)
        found.append([document.text for document in index.documents])
        assert open_index(folder, documents(TALKS), embedder).covers(documents(TALKS))
        assert len(list(folder.glob("vectors-*"))) == 1
    changed = found.index([TALKS, RIVER])
    assert found == [[TALKS, TRADE]] * changed + [[TALKS, RIVER]] * (steps + 1 - changed)
    assert 10 < changed < steps
    assert caplog.messages == []
