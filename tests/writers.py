"""Writers that change a corpus, and a check that it contains the state before or after the change."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from qa.corpus import Corpus
from qa.corpus.corpus import INDEX_FOLDER
from qa.corpus.trash import Trash
from qa.index import Store
from qa.index.snapshot import MANIFEST
from tests.tiny_embedder import WordEmbedder

State: TypeAlias = dict[str, str]
BEFORE = {
    "a.txt": "The talks were held in Brussels. Naqvi met the minister.",
    "b.txt": "Trade grew last year. Exports of rice rose.",
    "sub/c.txt": "The river rose in spring. Three bridges were closed.",
}
NEW = "The mill burnt down in 1822. Nobody was hurt."
OLD = "Trade fell. The harvest was poor."


@dataclass(frozen=True)
class Writer:
    """A change to a corpus.

    Attributes:
        work: Makes the change.
        after: The articles after the change.
        before: The articles before the change.
        prepare: Prepares the folder for the change.
        keeps: Whether no text may be lost. False if files are deleted by hand.
    """

    work: Callable[[Corpus], object]
    after: State
    before: State
    prepare: Callable[[Path], object] = lambda folder: None
    keeps: bool = True


def by_hand(folder: Path) -> None:
    """Change the folder without the corpus: delete, add and overwrite an article."""
    (folder / "sub" / "c.txt").unlink()
    (folder / "e.txt").write_text("Nothing was said of visas.", encoding="utf-8")
    (folder / "a.txt").write_text(NEW, encoding="utf-8")


def replace_and_sync(folder: Path) -> None:
    """Put an older version of an article into the trash."""
    corpus, embedder = Corpus(folder), WordEmbedder()
    corpus.add(OLD, embedder, name="b.txt")
    corpus.add(BEFORE["b.txt"], embedder, name="b.txt")
    corpus.restore("b.txt", embedder)


WRITERS = {
    "add": Writer(
        lambda corpus: corpus.add(NEW, WordEmbedder(), name="new/d.txt"), {**BEFORE, "new/d.txt": NEW}, BEFORE
    ),
    "replace": Writer(
        lambda corpus: corpus.add(NEW, WordEmbedder(), name="a.txt"), {**BEFORE, "a.txt": NEW}, BEFORE
    ),
    "remove": Writer(
        lambda corpus: corpus.remove("b.txt"),
        {name: text for name, text in BEFORE.items() if name != "b.txt"},
        BEFORE,
    ),
    "restore": Writer(
        lambda corpus: corpus.restore("b.txt", WordEmbedder()),
        BEFORE,
        {**BEFORE, "b.txt": OLD},
        replace_and_sync,
    ),
    "save": Writer(
        lambda corpus: corpus.sync(WordEmbedder()),
        {"a.txt": NEW, "b.txt": BEFORE["b.txt"], "e.txt": "Nothing was said of visas."},
        BEFORE,
        by_hand,
        keeps=False,
    ),
}


def make(folder: Path) -> None:
    """Write the articles of the state before, and their index."""
    for name, text in BEFORE.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    Corpus(folder).sync(WordEmbedder())


def files(folder: Path) -> State:
    """Return the articles in the folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.txt")
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def removed(folder: Path) -> list[str]:
    """Return the texts in the trash, the latest first."""
    trash = Trash(folder)
    return [trash.file_path(file).read_text(encoding="utf-8") for file in trash.files()]


def indexed(corpus: Corpus) -> State:
    """Return the articles in the index, after checking that words and vectors find each chunk."""
    index = corpus.index
    for row in index.rows:
        text = index.chunk(row).text
        assert index.chunk(index.search(WordEmbedder().embed([text]), 1)[1][0, 0]).text == text
        assert index.chunk(index.bm25.search(text, 1)[0][0]).text == text
    return {document.id: document.text for document in index.documents}


def check(folder: Path, writer: Writer, *, done: bool) -> bool:
    """Return whether the stored index contains the state after. Fail unless it is that or the one before."""
    states = (writer.before, writer.after)
    stored = Store(folder / INDEX_FOLDER).read()
    assert stored is not None
    assert not stored.damaged, stored.damaged
    written = {document.id: document.text for document in stored.index.documents}
    assert written in (*states, BEFORE), written
    present = files(folder)
    assert present in states, present
    if writer.keeps:
        lost = {*writer.before.values(), *writer.after.values()} - {*present.values(), *removed(folder), NEW}
        assert not lost, lost
    embedder = WordEmbedder()
    corpus = Corpus(folder)
    corpus.sync(embedder)
    assert indexed(corpus) == present
    assert not done or present == writer.after
    if present == written:
        assert embedder.embedded == [], "an unchanged text was embedded again"
    # The next writer must succeed and leave no temporary files.
    corpus.add("One more.", embedder, name="z.txt")
    assert indexed(corpus) == {**present, "z.txt": "One more."}
    named = json.loads((folder / INDEX_FOLDER / MANIFEST).read_bytes())["segments"]
    expected = {MANIFEST, "lock"} | {name for segment in named for name in segment["checksums"]}
    assert {path.name for path in (folder / INDEX_FOLDER).iterdir()} == expected
    assert not list(folder.glob(".incoming-*"))
    return written == writer.after
