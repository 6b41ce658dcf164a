"""What becomes of the index folder: damage, other versions, other processes, full disks, kills."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

import qa
from qa.corpus import Corpus
from qa.corpus.corpus import INDEX_FOLDER
from qa.errors import IndexFolderError
from qa.index import Segment, Store
from qa.index.store import FORMAT, MANIFEST
from qa.settings import DEFAULTS
from tests.crashes import BEFORE, WRITERS, indexed
from tests.tiny_embedder import WordEmbedder, pieces

ROOT = Path(qa.__file__).parent.parent
EXTRA = {"d.txt": "Belgium bought most of the cotton."}


def write(folder: Path, texts: dict[str, str]) -> None:
    """Put articles into a folder."""
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def synchronised(folder: Path, *, size: int = 160, overlap: int = 40) -> tuple[Corpus, WordEmbedder]:
    """The corpus as a process that has just started finds it, and the embedder that was used for it."""
    corpus, embedder = Corpus(folder, size=size, overlap=overlap), WordEmbedder()
    corpus.sync(embedder)
    return corpus, embedder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Articles with an index in two segments, one of which has lost an article."""
    folder = tmp_path / "articles"
    write(folder, BEFORE)
    corpus, embedder = synchronised(folder, size=8, overlap=0)
    corpus.add(" ".join(f"Number {number}." for number in range(600)), embedder, name="long.txt")
    corpus.remove("b.txt")
    return folder


def index_files(folder: Path) -> dict[str, bytes]:
    """The files of the index, but for the lock, which is empty."""
    return {path.name: path.read_bytes() for path in (folder / INDEX_FOLDER).iterdir() if path.name != "lock"}


def test_every_flipped_byte_is_noticed(folder: Path) -> None:
    """A bit turned in any region of any file is noticed, and the file named; so is a file cut short."""
    place = folder / INDEX_FOLDER
    noticed = 0
    for name, content in index_files(folder).items():
        places = {*range(0, len(content), max(1, len(content) // 100)), len(content) - 1}
        wrong = [content[:at] + bytes([content[at] ^ 1 << at % 8]) + content[at + 1 :] for at in places]
        for damaged in (*wrong, content[:-1], content[: len(content) // 2], b"", content + b"\n"):
            (place / name).write_bytes(damaged)
            if name == MANIFEST:
                with pytest.raises(IndexFolderError, match=str(place)):
                    Store(place).read()
            else:
                kept = Store(place).read()
                assert kept is not None
                assert len(kept.damaged) == 1
                assert name in kept.damaged[0]
            noticed += 1
        (place / name).write_bytes(content)
    kept = Store(place).read()
    assert kept is not None
    assert not kept.damaged
    assert noticed > 400


@pytest.mark.parametrize("damage", ["flipped", "gone"])
def test_only_what_is_damaged_is_made_anew(
    folder: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    """The articles of the damaged file are read again, with one line that names it; the rest is used."""
    before = indexed(synchronised(folder, size=8, overlap=0)[0])
    path = max((folder / INDEX_FOLDER).glob("*.arrays"), key=lambda path: b"Brussels" in path.read_bytes())
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-2] + b"!!")
    corpus, embedder = synchronised(folder, size=8, overlap=0)
    assert indexed(corpus) == before
    anew = map(corpus.index.chunk, corpus.index.rows)
    assert sorted(embedder.embedded) == pieces(*(c.text for c in anew if c.document.id in BEFORE))
    assert len(caplog.messages) == 1
    assert path.name in caplog.messages[0]
    assert synchronised(folder, size=8, overlap=0)[1].embedded == []


@pytest.mark.parametrize("damage", ["flipped", "version", "old"])
def test_a_manifest_that_cannot_be_used_is_made_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    """Damaged, of a version to come or of the first version: one line says so, and nothing of it is left."""
    write(tmp_path, BEFORE)
    manifest = tmp_path / INDEX_FOLDER / MANIFEST
    if damage == "old":
        old = b"IxFI" + bytes(100)
        name = f"vectors-{hashlib.sha256(old).hexdigest()}.faiss"
        write_manifest(manifest, {"format": 1, "recipe": {"embedder": ""}, "texts": {}, "vectors": name})
        (manifest.parent / name).write_bytes(old)
    else:
        synchronised(tmp_path)
        if damage == "version":
            content = json.loads(manifest.read_bytes())
            del content["seal"]
            write_manifest(manifest, {**content, "format": FORMAT + 1})
        else:
            manifest.write_bytes(manifest.read_bytes()[:-2] + b"!!")
    corpus, embedder = synchronised(tmp_path)
    assert indexed(corpus) == BEFORE
    assert sorted(embedder.embedded) == pieces(*BEFORE.values())
    assert len(caplog.messages) == 1
    assert "must be made anew" in caplog.messages[0]
    assert {"version": f"version {FORMAT + 1}", "old": "version 1", "flipped": "damaged"}[
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
    """A manifest with its seal, as all versions write it."""
    path.parent.mkdir(exist_ok=True)
    seal = hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()
    path.write_text(json.dumps({**content, "seal": seal}, separators=(",", ":")), encoding="utf-8")


def test_what_is_no_file_of_the_index_stays(tmp_path: Path) -> None:
    """An index folder that holds other files, the articles themselves even, removes none of them."""
    own = {"embedded-systems.txt", "draft.new", f"{'0' * 32}.txt", f"{'0' * 32}.jpg"}
    write(tmp_path, {**BEFORE, **dict.fromkeys(own, "Belgium bought most of the cotton.")})
    corpus = Corpus(tmp_path, index_folder=tmp_path)
    corpus.sync(WordEmbedder())
    corpus.add("Nothing was said of visas.", WordEmbedder(), name="visas.txt")
    corpus.remove("visas.txt")
    assert own < {path.name for path in tmp_path.iterdir()}
    assert indexed(corpus).keys() >= BEFORE.keys()


def test_the_manifest_tells_what_was_made_how(folder: Path) -> None:
    """Version, model and its digest, settings, how each segment searches, a checksum for every other file."""
    manifest = json.loads((folder / INDEX_FOLDER / MANIFEST).read_bytes())
    assert (manifest["format"], manifest["model"]) == (FORMAT, "words")
    assert manifest["recipe"] == {
        "embedder": WordEmbedder().digest,
        "dimension": 16,
        "size": 8,
        "overlap": 0,
    }
    assert {segment["vectors"] for segment in manifest["segments"]} == {"exact"}
    named = {name for segment in manifest["segments"] for name in segment["files"]}
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
def test_another_recipe_makes_another_index(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, embedder: WordEmbedder, size: int, overlap: int
) -> None:
    """Another model or other chunks: all is made anew, without a warning, since nothing is wrong."""
    write(tmp_path, BEFORE)
    synchronised(tmp_path, size=20, overlap=4)
    embedder.embedded.clear()
    Corpus(tmp_path, size=size, overlap=overlap).sync(embedder)
    assert sorted(embedder.embedded) == pieces(*BEFORE.values())
    assert caplog.messages == []


def start(code: str, *arguments: Path, stdin: int | None = None) -> subprocess.Popen[str]:
    """Another Python that runs `code`, with the names it needs."""
    preamble = (
        "import sys, time\nfrom pathlib import Path\nfrom qa.corpus import Corpus\n"
        "from tests.tiny_embedder import WordEmbedder\n"
        "class Slow(WordEmbedder):\n"
        "    def embed(self, texts, *, progress=False):\n"
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


def test_two_writers_at_once_both_get_their_way(tmp_path: Path) -> None:
    """Processes that make an index at once make it once; what each adds is there in the end, for both."""
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
made = len(embedder.embedded)
for number in range(3):
    corpus.add(f"{name} says {number}.", embedder, name=f"{name}{number}")
print(made)
"""
    writers = [start(code, folder, Path(name)) for name in ("x", "y")]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    (tmp_path / "go").touch()
    made = sorted(int(writer.communicate(timeout=100)[0]) for writer in writers)
    assert made == [0, len(pieces(*BEFORE.values()))]
    corpus, embedder = synchronised(folder)
    said = {f"{name}{number}.txt": f"{name} says {number}." for name in "xy" for number in range(3)}
    assert indexed(corpus) == BEFORE | said
    assert embedder.embedded == []


def test_who_asks_never_waits_for_who_writes(tmp_path: Path) -> None:
    """While another process holds the lock, an index that is up to date is opened and asked at once."""
    write(tmp_path, BEFORE)
    synchronised(tmp_path)
    with Store(tmp_path / INDEX_FOLDER).locked():
        reader = start(
            "corpus = Corpus(Path(sys.argv[1])); corpus.sync(WordEmbedder()); print(len(corpus.index))",
            tmp_path,
        )
        assert reader.communicate(timeout=60) == ("3\n", "")


def test_a_reader_that_is_overtaken_reads_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that a writer replaces between a reader's look at the manifest and at them are no damage."""
    segment = Store._segment
    overtaken: list[str] = []

    def slowly(self: Store, name: str, files: Mapping[str, str]) -> Segment:
        if not overtaken:
            overtaken.append(name)
            synchronised(folder, size=8, overlap=0)[0].remove("a.txt")
            assert not (folder / INDEX_FOLDER / next(iter(files))).exists()
        return segment(self, name, files)

    monkeypatch.setattr(Store, "_segment", slowly)
    kept = Store(folder / INDEX_FOLDER).read()
    assert kept is not None
    assert not kept.damaged
    assert kept.index.documents.ids == ["long.txt", "sub/c.txt"]


def test_who_waits_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that never ends makes an error of one line, or leaves what there was before."""
    monkeypatch.setattr("qa.corpus.corpus.PATIENCE", 0.1)
    monkeypatch.setattr("qa.corpus.corpus.DEFAULTS", replace(DEFAULTS, lock_seconds=0.1))
    write(tmp_path, BEFORE)
    (tmp_path / INDEX_FOLDER).mkdir()
    code = (
        "\nwith Corpus(Path(sys.argv[1]))._store.locked():\n    print('locked', flush=True); sys.stdin.read()"
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
    """A folder that any user can reach, unlike those of pytest."""
    with tempfile.TemporaryDirectory() as temporary:
        Path(temporary).chmod(0o755)
        yield Path(temporary)


@pytest.mark.skipif(os.name == "nt", reason="needs users and rights")
def test_a_folder_that_can_only_be_read(open_folder: Path, tmp_path: Path) -> None:
    """It is asked: with its index, or with one in memory and a warning; additions are refused in one line."""
    write(open_folder, BEFORE)
    synchronised(open_folder)
    code = """
import os, shutil
embedder = WordEmbedder()
warm = Corpus(Path(sys.argv[2]))
warm.sync(embedder)  # what is imported late lies where only this user may be able to read
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
    told, warned = start(code, open_folder, tmp_path / "1").communicate(timeout=60)
    assert warned == ""
    assert told.splitlines()[0] == "3 0"
    assert told.splitlines()[1].startswith("CorpusError 'text.txt' cannot be kept")
    open_folder.chmod(0o755)
    (open_folder / "d.txt").write_text(EXTRA["d.txt"], encoding="utf-8")
    open_folder.chmod(0o555)
    (tmp_path / "2").mkdir()
    told, warned = start(code, open_folder, tmp_path / "2").communicate(timeout=60)
    assert told.splitlines()[0] == "4 1"
    assert "cannot be kept and is made each time" in warned
    for path in (open_folder, *open_folder.rglob("*")):
        path.chmod(0o755)
    assert indexed(synchronised(open_folder)[0]) == BEFORE | EXTRA


def test_a_place_where_no_folder_can_be(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The index is made in memory, with one line of warning."""
    write(tmp_path / "articles", BEFORE)
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    for place in (tmp_path / "file", tmp_path / "file" / "index", Path("/proc/no/index")):
        caplog.clear()
        corpus = Corpus(tmp_path / "articles", index_folder=place)
        corpus.sync(WordEmbedder())
        assert indexed(corpus) == BEFORE
        assert len(caplog.messages) == 1
        assert "cannot be kept" in caplog.messages[0]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no right to mount a small disk; the test of files that may not grow stands in for it")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_on_a_full_disk_the_old_index_stands(small_disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever no longer fits, an article or its index: the index that was there can be read again."""
    folder = small_disk / "articles"
    write(folder, BEFORE)
    corpus, embedder = synchronised(folder)
    before = index_files(folder)
    with (small_disk / "ballast").open("wb") as ballast:
        while small_disk.stat() and os.statvfs(small_disk).f_bavail > 2:
            ballast.write(bytes(4096))
            ballast.flush()
    kept = None
    for number in range(30):
        text = ". ".join(f"Number {number} {place}" for place in range(100))
        try:
            corpus.add(text, embedder, name=f"{number}.txt")
        except qa.CorpusError as error:
            kept = str(error)
    assert kept is not None
    assert "cannot be kept" in kept
    assert "\n" not in kept
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
def test_where_files_may_not_grow_the_old_index_stands(folder: Path, limit: int) -> None:
    """A write that fails after so many bytes, as on a full disk: the old index is there, whole."""
    before = index_files(folder)
    write(folder, EXTRA)
    code = f"""
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
embedder = WordEmbedder()
embedder.embed(["what is imported late"])
import faiss, tqdm, xxhash
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
corpus = Corpus(Path(sys.argv[1]), size=8, overlap=0)
corpus.sync(embedder)
print(*corpus.index.documents.ids)
"""
    told, warned = start(code, folder).communicate(timeout=60)
    assert told.split() == ["a.txt", "d.txt", "long.txt", "sub/c.txt"]
    assert "cannot be kept" in warned
    left = index_files(folder)
    # What was embedded by then is there for the next who tries.
    assert {name: content for name, content in left.items() if not name.startswith("embedded-")} == before
    kept = Store(folder / INDEX_FOLDER).read()
    assert kept is not None
    assert not kept.damaged
    assert kept.index.documents.ids == ["a.txt", "long.txt", "sub/c.txt"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that can fork")
def test_a_killed_writer_leaves_the_state_before_or_after() -> None:
    """Killed at any moment, whatever was written; `make crash` tries many more moments."""
    command = [sys.executable, "-m", "tests.crashes", "24"]
    tried = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert tried.returncode == 0, tried.stderr
    told = [json.loads(line) for line in tried.stdout.splitlines()]
    assert [one["writer"] for one in told] == list(WRITERS)
    assert all(one["killed"] > 12 for one in told)
    assert all(one["before"] > 3 and one["after"] > 0 for one in told)
