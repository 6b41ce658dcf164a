"""The folder of a corpus: which files it holds, and how one comes in or goes out in one step."""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from qa.documents import (
    Document,
    Sandbox,
    Stamp,
    check_name,
    corpus_files,
    load_document,
    stamp,
    text_document,
)
from qa.errors import CorpusError, DocumentError
from qa.storage import replace_file, sync_file, sync_folder

INCOMING = ".incoming-"  # begins the names of files that are on their way in, which no reader looks at
COARSE, FINE = 2_000_000_000, 20_000_000  # nanoseconds within which two changes may bear the same time


@dataclass(frozen=True, slots=True)
class Listing:
    """The files to be read, each with its stamp, and those that must not be, each with the reason, by id."""

    stamps: dict[str, Stamp]
    forbidden: dict[str, str]


class Folder:
    """The files of a corpus."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def listing(self) -> Listing:
        """What the folder holds now; no file is read.

        Raises:
            CorpusError: it is missing.
        """
        stamps, forbidden = {}, {}
        for name, problem in corpus_files(self.path):
            if problem:
                forbidden[name] = f"{name!r} {problem}"
            else:
                try:
                    stamps[name] = stamp(f"{self.path}/{name}")
                except FileNotFoundError:  # removed meanwhile
                    continue
                except OSError as error:
                    forbidden[name] = f"{name!r} cannot be read ({error.strerror}): mend it or take it away"
        return Listing(stamps, forbidden)

    def read(self, name: str, sandbox: Sandbox) -> tuple[Document | DocumentError, Stamp]:
        """A file as a document, or why it is none, and the stamp by which a later change will be seen.

        Raises:
            OSError: it is no longer there.
        """
        path = self.path / name
        before = stamp(path)
        # What is written in the same moment bears the same time: that moment must be over.
        age = time.time_ns() - before.time
        moment = FINE if before.time % 1_000_000_000 else COARSE
        if 0 <= age < moment:
            time.sleep((moment - age) / 1e9)
            before = stamp(path)
        try:
            return load_document(path, name=name, sandbox=sandbox), before
        except DocumentError as failure:
            return failure, before

    def place(self, name: str) -> Path:
        """Where a document of this name lies.

        Raises:
            DocumentError: that would not be in the folder.
        """
        place = self.path / name
        home = os.path.realpath(self.path)
        if not Path(os.path.realpath(place.parent)).is_relative_to(home):
            raise DocumentError(f"{name!r} leads out of the corpus folder: give another name")
        return place

    @contextmanager
    def staged(self, source: Path | str, name: str) -> Iterator[tuple[Document, Path]]:
        """The document of a file or a text, and the path at which its file waits to be let in.

        Raises:
            DocumentError: it cannot become a document.
            OSError: the folder cannot be written to.
        """
        check_name(name)
        self.place(name)
        aside = self.path / f"{INCOMING}{uuid.uuid4().hex}{PurePosixPath(name).suffix}"
        try:
            if isinstance(source, Path):
                before = stamp(source) if source.exists() else None
                document = load_document(source, name=name)
                self.path.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, aside)
                if stamp(source) != before:
                    raise DocumentError(f"{name!r} was changed while it was read: add it again")
            else:
                text = text_document(source, name=name).text
                self.path.mkdir(parents=True, exist_ok=True)
                aside.write_bytes(text.encode())
                document = load_document(aside, name=name)  # as it will be read ever after
            sync_file(aside)
            yield document, aside
        finally:
            aside.unlink(missing_ok=True)

    def commit(self, aside: Path, name: str) -> None:
        """Put the file that waits at `aside` in its place, over one that may be there, in one step.

        Raises:
            OSError: the folder cannot be written to.
        """
        place = self.place(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        replace_file(aside, place)

    def holds(self, source: Path | str, name: str) -> bool:
        """Whether `source` is the very file that has this name here.

        Raises:
            DocumentError: a file of this name would not be in the folder.
        """
        place = self.place(name)
        return isinstance(source, Path) and place.exists() and source.samefile(place)

    def delete(self, names: Collection[str]) -> None:
        """Delete files; one that is no longer there is none to be deleted.

        Raises:
            CorpusError: a file cannot be deleted.
        """
        for name in names:
            place = self.place(name)
            try:
                place.unlink(missing_ok=True)
                sync_folder(place.parent)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise CorpusError(f"{name!r} cannot be deleted: {error.strerror}") from error

    def clean(self) -> None:
        """Delete what a writer that was killed has left on its way in."""
        for path in self.path.glob(f"{INCOMING}*"):
            path.unlink(missing_ok=True)
