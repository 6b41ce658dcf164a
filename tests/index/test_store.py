"""Index folder: damage, other formats, other processes, full disks, killed writers."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import qa
from qa.corpus import Corpus
from qa.corpus.corpus import INDEX_FOLDER
from qa.documents import Span, text_document
from qa.errors import IndexFolderError
from qa.index import Segment, Store
from qa.index.manifest import FORMAT
from qa.index.snapshot import MANIFEST
from qa.settings import DEFAULTS
from tests.tiny_embedder import WordEmbedder
from tests.writers import BEFORE, WRITERS, indexed

ROOT = Path(qa.__file__).parent.parent
EXTRA = {"d.txt": "Belgium bought most of the cotton."}


def write(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def synchronised(folder: Path, *, size: int = 160, overlap: int = 40) -> tuple[Corpus, WordEmbedder]:
    """Return a new corpus, synchronised, and the embedder that was used."""
    corpus, embedder = Corpus(folder, size=size, overlap=overlap), WordEmbedder()
    corpus.sync(embedder)
    return corpus, embedder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return documents with an index of two segments, in one of which a document is deleted."""
    folder = tmp_path / "articles"
    write(folder, BEFORE)
    corpus, embedder = synchronised(folder, size=8, overlap=0)
    corpus.add(" ".join(f"Number {number}." for number in range(600)), embedder, name="long.txt")
    corpus.remove("b.txt")
    return folder


def index_files(folder: Path) -> dict[str, bytes]:
    """Return the files of the index without the lock, which is empty."""
    return {path.name: path.read_bytes() for path in (folder / INDEX_FOLDER).iterdir() if path.name != "lock"}


def test_every_flipped_bit_is_detected(folder: Path) -> None:
    """So is a truncated file. The message names the file."""
    index_folder = folder / INDEX_FOLDER
    detected = 0
    for name, content in index_files(folder).items():
        offsets = {*range(0, len(content), max(1, len(content) // 100)), len(content) - 1}
        flipped = [content[:at] + bytes([content[at] ^ 1 << at % 8]) + content[at + 1 :] for at in offsets]
        for damaged in (*flipped, content[:-1], content[: len(content) // 2], b"", content + b"\n"):
            (index_folder / name).write_bytes(damaged)
            if name == MANIFEST:
                with pytest.raises(IndexFolderError, match=str(index_folder)):
                    Store(index_folder).read()
            else:
                stored = Store(index_folder).read()
                assert stored is not None
                assert len(stored.damaged) == 1
                assert name in stored.damaged[0]
            detected += 1
        (index_folder / name).write_bytes(content)
    stored = Store(index_folder).read()
    assert stored is not None
    assert not stored.damaged
    assert detected > 400


@pytest.mark.parametrize("damage", ["flipped", "gone"])
def test_only_a_damaged_segment_is_rebuilt(
    folder: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    """With one warning that names the file."""
    before = indexed(synchronised(folder, size=8, overlap=0)[0])
    path = max((folder / INDEX_FOLDER).glob("*.arrays"), key=lambda path: b"Brussels" in path.read_bytes())
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-2] + b"!!")
    corpus, embedder = synchronised(folder, size=8, overlap=0)
    assert indexed(corpus) == before
    rebuilt = [chunk for chunk in map(corpus.index.chunk, corpus.index.rows) if chunk.document.id in BEFORE]
    assert sorted(embedder.embedded) == sorted({chunk.text for chunk in rebuilt})
    assert len(caplog.messages) == 1
    assert path.name in caplog.messages[0]
    assert synchronised(folder, size=8, overlap=0)[1].embedded == []


@pytest.mark.parametrize("damage", ["flipped", "version", "old"])
def test_an_index_with_an_unusable_manifest_is_rebuilt(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    """Damaged, or of a later or an earlier format. One warning says so, and no old file is left."""
    write(tmp_path, BEFORE)
    manifest = tmp_path / INDEX_FOLDER / MANIFEST
    if damage == "old":
        write_manifest(manifest, {"format": 5, "recipe": {"embedder": ""}, "segments": [], "others": {}})
    else:
        synchronised(tmp_path)
        if damage == "version":
            content = json.loads(manifest.read_bytes())
            del content["checksum"]
            write_manifest(manifest, {**content, "format": FORMAT + 1})
        else:
            manifest.write_bytes(manifest.read_bytes()[:-2] + b"!!")
    corpus, embedder = synchronised(tmp_path)
    assert indexed(corpus) == BEFORE
    assert sorted(embedder.embedded) == sorted(set(BEFORE.values()))
    assert len(caplog.messages) == 1
    assert "must be rebuilt" in caplog.messages[0]
    assert {"version": f"format is {FORMAT + 1}", "old": "format is 5", "flipped": "damaged"}[
        damage
    ] in caplog.text
    assert sorted(path.suffix for path in (tmp_path / INDEX_FOLDER).iterdir()) == [
        "",
        ".arrays",
        ".json",
        ".npy",
    ]
    assert synchronised(tmp_path)[1].embedded == []


def write_manifest(path: Path, content: dict[str, object]) -> None:
    """Write a manifest with its checksum, under the name that it had in format 5."""
    path.parent.mkdir(exist_ok=True)
    checksum = hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()
    path.write_text(json.dumps({**content, "seal": checksum}, separators=(",", ":")), encoding="utf-8")


def test_other_files_in_the_index_folder_stay(tmp_path: Path) -> None:
    """Even if the documents themselves are there."""
    other_files = {"embedded-systems.txt", "draft.new", f"{'0' * 32}.txt", f"{'0' * 32}.jpg"}
    write(tmp_path, {**BEFORE, **dict.fromkeys(other_files, "Belgium bought most of the cotton.")})
    corpus = Corpus(tmp_path, index_folder=tmp_path)
    corpus.sync(WordEmbedder())
    corpus.add("Nothing was said of visas.", WordEmbedder(), name="visas.txt")
    corpus.remove("visas.txt")
    assert other_files < {path.name for path in tmp_path.iterdir()}
    assert indexed(corpus).keys() >= BEFORE.keys()


def test_the_manifest_describes_the_index(folder: Path) -> None:
    """Format, model, settings, the number of documents of each segment, a checksum for every other file."""
    manifest = json.loads((folder / INDEX_FOLDER / MANIFEST).read_bytes())
    assert (manifest["format"], manifest["model"]) == (FORMAT, "words")
    assert manifest["settings"] == {
        "embedder": WordEmbedder().digest,
        "dimension": 16,
        "size": 8,
        "overlap": 0,
    }
    assert [segment["documents"] for segment in manifest["segments"]] == [2, 1]
    named = {name for segment in manifest["segments"] for name in segment["checksums"]}
    assert named == index_files(folder).keys() - {MANIFEST}


@pytest.mark.parametrize(
    ("embedder", "size", "overlap"),
    [
        (WordEmbedder(name="other"), 20, 4),
        (WordEmbedder(dimension=8), 20, 4),
        (WordEmbedder(), 30, 4),
        (WordEmbedder(), 20, 5),
    ],
)
def test_other_settings_rebuild_the_index(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, embedder: WordEmbedder, size: int, overlap: int
) -> None:
    """Without a warning: nothing is wrong."""
    write(tmp_path, BEFORE)
    synchronised(tmp_path, size=20, overlap=4)
    embedder.embedded.clear()
    Corpus(tmp_path, size=size, overlap=overlap).sync(embedder)
    assert sorted(embedder.embedded) == sorted(set(BEFORE.values()))
    assert caplog.messages == []


def start(code: str, *arguments: Path, stdin: int | None = None) -> subprocess.Popen[str]:
    """Start a Python process that runs `code`, with the names it needs."""
    preamble = (
        "import sys, time\nfrom pathlib import Path\nfrom qa.corpus import Corpus\n"
        "from tests.tiny_embedder import WordEmbedder\n"
        "class Slow(WordEmbedder):\n"
        "    def embed(self, texts):\n"
        "        time.sleep(0.5)\n"
        "        return super().embed(texts)\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", preamble + code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        stdin=stdin,
    )


def test_two_writers_at_once(tmp_path: Path) -> None:
    """Only one of them builds the index. In the end it has what both have added."""
    folder = tmp_path / "articles"
    write(folder, BEFORE)
    code = """
folder, name = Path(sys.argv[1]), Path(sys.argv[2]).name
embedder = Slow()
print("ready", flush=True)
while not (folder.parent / "go").exists():
    time.sleep(0.01)
corpus = Corpus(folder)
corpus.sync(embedder)
embedded = len(embedder.embedded)
for number in range(3):
    corpus.add(f"{name} says {number}.", embedder, name=f"{name}{number}")
print(embedded)
"""
    writers = [start(code, folder, Path(name)) for name in ("x", "y")]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    (tmp_path / "go").touch()
    embedded = sorted(int(writer.communicate(timeout=100)[0]) for writer in writers)
    assert embedded == [0, len(sorted(set(BEFORE.values())))]
    corpus, embedder = synchronised(folder)
    added = {f"{name}{number}.txt": f"{name} says {number}." for name in "xy" for number in range(3)}
    assert indexed(corpus) == BEFORE | added
    assert embedder.embedded == []


def test_readers_do_not_wait_for_writers(tmp_path: Path) -> None:
    """An index that is up to date is opened while another process holds the lock."""
    write(tmp_path, BEFORE)
    synchronised(tmp_path)
    with Store(tmp_path / INDEX_FOLDER).locked():
        reader = start(
            "corpus = Corpus(Path(sys.argv[1])); corpus.sync(WordEmbedder()); print(len(corpus.index))",
            tmp_path,
        )
        assert reader.communicate(timeout=60) == ("3\n", "")


def test_readers_do_not_disturb_the_writer(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The files of a segment are written once, though the folder is listed before the manifest names them.

    Writing them again would change them while they are mapped, which ends the process.
    """
    monkeypatch.setattr("qa.corpus.sync.SEGMENT_CHARACTERS", 1)
    corpus, index_folder = Corpus(folder, size=8, overlap=0), folder / INDEX_FOLDER
    written: dict[Path, os.stat_result] = {}

    class ListingEmbedder(WordEmbedder):
        def embed_with_sentences(
            self, texts: Sequence[str], sentences: Sequence[Sequence[Span]]
        ) -> list[NDArray[np.float32]]:
            lister = threading.Thread(target=corpus.files)
            lister.start()
            lister.join()
            paths = [path for path in index_folder.iterdir() if path.suffix in (".arrays", ".npy")]
            written.update((path, path.stat()) for path in paths if path not in written)
            return super().embed_with_sentences(texts, sentences)

    before = set(index_folder.iterdir())
    write(folder, {f"{number}.txt": f"Number {number} burnt down." for number in range(4)})
    corpus.sync(ListingEmbedder())
    after = {path: path.stat() for path in written if path.exists()}
    assert len(after.keys() - before) == 6, "of all new segments but the last"
    for path, now in after.items():
        assert (now.st_ino, now.st_mtime_ns) == (written[path].st_ino, written[path].st_mtime_ns), path
    assert caplog.messages == []
    assert synchronised(folder, size=8, overlap=0)[1].embedded == []


def test_a_reader_that_is_overtaken_by_a_writer_reads_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that are replaced after the manifest was read are not damage."""
    open_segment = Segment.open
    overtaken: list[str] = []

    def overtaken_open(index_folder: Path, name: str, checksums: Mapping[str, str]) -> Segment:
        if not overtaken:
            overtaken.append(name)
            synchronised(folder, size=8, overlap=0)[0].remove("a.txt")
            assert not (index_folder / f"{name}.arrays").exists()
        return open_segment(index_folder, name, checksums)

    monkeypatch.setattr(Segment, "open", overtaken_open)
    stored = Store(folder / INDEX_FOLDER).read()
    assert stored is not None
    assert not stored.damaged
    assert stored.index.documents.ids == ["long.txt", "sub/c.txt"]


def test_a_writer_that_does_not_finish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others fail, or if there is an older index, use it."""
    monkeypatch.setattr("qa.corpus.corpus.SYNC_LOCK_SECONDS", 0.1)
    monkeypatch.setattr("qa.corpus.corpus.DEFAULTS", replace(DEFAULTS, lock_seconds=0.1))
    write(tmp_path, BEFORE)
    (tmp_path / INDEX_FOLDER).mkdir()
    code = (
        "\nwith Corpus(Path(sys.argv[1]))._kept.locked():\n    print('locked', flush=True); sys.stdin.read()"
    )
    with start(code, tmp_path, stdin=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "locked\n"
        with pytest.raises(IndexFolderError, match="another process"):
            synchronised(tmp_path)
        writer.communicate("")
    synchronised(tmp_path)
    write(tmp_path, EXTRA)
    with start(code, tmp_path, stdin=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "locked\n"
        assert indexed(synchronised(tmp_path)[0]) == BEFORE
        writer.communicate("")
    assert indexed(synchronised(tmp_path)[0]) == BEFORE | EXTRA


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Return a folder that any user can reach, unlike those of pytest."""
    with tempfile.TemporaryDirectory() as temporary:
        Path(temporary).chmod(0o755)
        yield Path(temporary)


@pytest.mark.skipif(os.name == "nt", reason="needs users and rights")
def test_a_read_only_folder(open_folder: Path, tmp_path: Path) -> None:
    """Its index is used. If it must be rebuilt, it stays in memory, with a warning. Additions are refused."""
    write(open_folder, BEFORE)
    synchronised(open_folder)
    code = """
import os, shutil, tqdm
embedder = WordEmbedder()
warm = Corpus(Path(sys.argv[2]))
warm.sync(embedder)  # import libraries while this user can read them
warm.add("Warm.", embedder)
embedder.embedded.clear()
if os.geteuid() == 0:
    os.setuid(65534)
corpus = Corpus(Path(sys.argv[1]))
corpus.sync(embedder)
print(len(corpus.index), len(embedder.embedded))
try:
    corpus.add("More.", embedder)
except Exception as error:
    print(type(error).__name__, error)
"""
    for path in (open_folder, *open_folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    (tmp_path / "1").mkdir()
    stdout, stderr = start(code, open_folder, tmp_path / "1").communicate(timeout=60)
    assert stderr == ""
    assert stdout.splitlines()[0] == "3 0"
    assert stdout.splitlines()[1].startswith("CorpusError 'text.txt' cannot be saved")
    open_folder.chmod(0o755)
    (open_folder / "d.txt").write_text(EXTRA["d.txt"], encoding="utf-8")
    open_folder.chmod(0o555)
    (tmp_path / "2").mkdir()
    stdout, stderr = start(code, open_folder, tmp_path / "2").communicate(timeout=60)
    assert stdout.splitlines()[0] == "4 1"
    assert "cannot be saved and is rebuilt at every start" in stderr
    for path in (open_folder, *open_folder.rglob("*")):
        path.chmod(0o755)
    assert indexed(synchronised(open_folder)[0]) == BEFORE | EXTRA


def test_an_index_folder_that_cannot_be_created(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The index stays in memory, with one warning."""
    write(tmp_path / "articles", BEFORE)
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    for index_folder in (tmp_path / "file", tmp_path / "file" / "index", Path("/proc/no/index")):
        caplog.clear()
        corpus = Corpus(tmp_path / "articles", index_folder=index_folder)
        corpus.sync(WordEmbedder())
        assert indexed(corpus) == BEFORE
        assert len(caplog.messages) == 1
        assert "cannot be saved" in caplog.messages[0]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of one MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a disk is not permitted; the test with a limit on file size stands in")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_on_a_full_disk_the_old_index_stays(small_disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever does not fit, a document or its index."""
    folder = small_disk / "articles"
    write(folder, BEFORE)
    corpus, embedder = synchronised(folder)
    before = index_files(folder)
    with (small_disk / "ballast").open("wb") as ballast:
        while small_disk.stat() and os.statvfs(small_disk).f_bavail > 2:
            ballast.write(bytes(4096))
            ballast.flush()
    message = None
    for number in range(30):
        text = ". ".join(f"Number {number} {position}" for position in range(100))
        try:
            corpus.add(text, embedder, name=f"{number}.txt")
        except qa.CorpusError as error:
            message = str(error)
    assert message is not None
    assert "cannot be saved" in message
    assert "\n" not in message
    assert not list(folder.glob(".incoming*"))
    assert before.items() <= index_files(folder).items() or indexed(synchronised(folder)[0])
    assert BEFORE.items() <= indexed(corpus).items()
    (small_disk / "ballast").unlink()
    caplog.clear()
    fresh, _ = synchronised(folder)
    assert indexed(fresh) == indexed(corpus)
    assert caplog.messages == []


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="needs a limit on files")
@pytest.mark.parametrize("limit", [0, 100, 1000])
def test_with_a_limit_on_file_size_the_old_index_stays(folder: Path, limit: int) -> None:
    """A write that fails in the middle, as on a full disk."""
    before = index_files(folder)
    write(folder, EXTRA)
    code = f"""
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
embedder = WordEmbedder()
embedder.embed(["import libraries"])
import faiss, tqdm, xxhash
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
corpus = Corpus(Path(sys.argv[1]), size=8, overlap=0)
corpus.sync(embedder)
print(*corpus.index.documents.ids)
"""
    stdout, stderr = start(code, folder).communicate(timeout=60)
    assert stdout.split() == ["a.txt", "d.txt", "long.txt", "sub/c.txt"]
    assert "cannot be saved" in stderr
    after = index_files(folder)
    # The embedding cache is there for the next run.
    assert {name: content for name, content in after.items() if not name.startswith("embedded-")} == before
    stored = Store(folder / INDEX_FOLDER).read()
    assert stored is not None
    assert not stored.damaged
    assert stored.index.documents.ids == ["a.txt", "long.txt", "sub/c.txt"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that can fork")
def test_a_killed_writer_leaves_the_state_before_or_after() -> None:
    """`make crash` tries many more moments."""
    command = [sys.executable, "-m", "tests.crashes", "120"]
    process = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert process.returncode == 0, process.stderr
    results = [json.loads(line) for line in process.stdout.splitlines()]
    assert [result["writer"] for result in results] == list(WRITERS)
    assert all(result["killed"] > 12 for result in results)
    assert all(result["before"] > 3 and result["after"] > 0 for result in results)


def test_the_structure_of_documents_is_stored(tmp_path: Path) -> None:
    """And survives a merge: titles, tables, labels."""
    text = "# Huts\n\n| Bed | Price |\n|---|---|\n| upper | 9 |\n\n- Cook: Ann\n"
    write(tmp_path, {"huts.md": text, **{f"{number}.md": f"# Number {number}" for number in range(20)}})
    corpus, embedder = synchronised(tmp_path)
    for number in range(20):
        corpus.add(f"## Added {number}", embedder, name=f"added-{number}.md")
    opened, _ = synchronised(tmp_path)
    for name, words in (("huts.md", text), ("7.md", "# Number 7"), ("added-7.md", "## Added 7")):
        assert opened.index.find(name) == text_document(words, name=name)
