"""Corpus folder: listing and reading its files, and adding or deleting one atomically."""

from __future__ import annotations

import filecmp
import os
import re
import time
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from qa.corpus.trash import Trash
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
from qa.storage import (
    RemotePath,
    copy_file,
    delete_file,
    link_or_copy,
    make_folder,
    replace_file,
    sync_folder,
    write_whole,
)

STAGED_PREFIX = ".incoming-"
"""Prefix of the names of staged files. They are never listed."""

_STAGED = re.compile(re.escape(STAGED_PREFIX) + r"[0-9a-f]{32}(?:\..*)?")

SECOND = 1_000_000_000
"""In nanoseconds, like all times here."""

COARSE_RESOLUTION, FINE_RESOLUTION = 2 * SECOND, SECOND // 50
"""How far apart two changes must be to have different times. The coarse one is for file systems that store
whole seconds or are less precise."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a corpus folder.

    Attributes:
        stamps: The stamps of the files to be read, by id.
        problems: Why each other file cannot be read, by id.
    """

    stamps: dict[str, Stamp]
    problems: dict[str, str]


class Folder:
    """A corpus folder. A file's id is its path inside, with forward slashes.

    Attributes:
        path: The folder.
        source: Where the files are.
        trash: The files that were deleted or replaced.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.source: Path | RemotePath = path
        self.trash = Trash(path)

    def listing(self) -> Listing:
        """List the files without opening them.

        Raises:
            CorpusError: The folder does not exist.
        """
        stamps, problems = {}, {}
        for file_id, problem in corpus_files(self.path):
            if problem:
                problems[file_id] = f"{file_id!r} {problem}"
                continue
            try:
                stamps[file_id] = stamp(f"{self.path}/{file_id}")
            except FileNotFoundError:  # deleted since it was listed
                continue
            except OSError as error:
                problems[file_id] = f"{file_id!r} cannot be read ({error.strerror}): fix or remove it"
        return Listing(stamps, problems)

    def check_changeable(self) -> None:
        """Check that files can be added and deleted here.

        Raises:
            CorpusError: They cannot.
        """

    @contextmanager
    def at_hand(self, file_ids: Collection[str]) -> Iterator[None]:
        """Make files available locally in a `with` block, so that `read` need not fetch them one by one."""
        yield

    def read(self, file_id: str, sandbox: Sandbox) -> tuple[Document | DocumentError, Stamp]:
        """Read a file.

        A file that was changed just now is read only once any later change is sure to have another stamp.

        Returns:
            The document or the error, and the stamp of the file that was read.

        Raises:
            OSError: The file does not exist.
        """
        path = self.path / file_id
        before = stamp(path)
        age = time.time_ns() - before.time
        resolution = FINE_RESOLUTION if before.time % SECOND else COARSE_RESOLUTION
        if 0 <= age < resolution:
            time.sleep((resolution - age) / SECOND)
            before = stamp(path)
        try:
            return load_document(path, name=file_id, sandbox=sandbox), before
        except DocumentError as error:
            return error, before

    def file_path(self, file_id: str) -> Path:
        """Return the path of a file, which need not exist.

        Raises:
            DocumentError: The path is outside the folder.
        """
        path = self.path / file_id
        real_folder = os.path.realpath(self.path)
        if not Path(os.path.realpath(path.parent)).is_relative_to(real_folder):
            raise DocumentError(f"{file_id!r} is outside the corpus folder: give another name")
        return path

    def has(self, file_id: str, expected: Stamp | None) -> bool:
        """Return whether a file exists and has this stamp."""
        try:
            return stamp(self.file_path(file_id)) == expected
        except OSError:
            return False

    @contextmanager
    def staged(self, source: Path | str, file_id: str) -> Iterator[tuple[Document, Path]]:
        """Copy a file or a text to a temporary file in the folder, for `commit`.

        Args:
            source: The path of a file, or a text.
            file_id: The id that it will have.

        Yields:
            The document and the path of the temporary file, which is deleted afterwards.

        Raises:
            DocumentError: It cannot become a document.
            OSError: The folder cannot be written to.
        """
        check_name(file_id)
        self.file_path(file_id)
        staged_path = self._staged_path(file_id)
        try:
            if isinstance(source, Path):
                before = stamp(source) if source.exists() else None
                document = load_document(source, name=file_id)
                make_folder(self.path)
                copy_file(source, staged_path)
                if stamp(source) != before:
                    raise DocumentError(f"{file_id!r} was changed while it was read: add it again")
            else:
                text = text_document(source, name=file_id).text
                make_folder(self.path)
                write_whole(staged_path, text.encode())
                # Read it as every later run will: a byte order mark is not part of the text.
                document = load_document(staged_path, name=file_id)
            yield document, staged_path
        finally:
            delete_file(staged_path)

    def commit(self, staged_path: Path, file_id: str) -> None:
        """Rename a staged file to its id atomically. A file with this id is replaced and goes to the trash.

        Raises:
            OSError: The folder cannot be written to.
        """
        path = self.file_path(file_id)
        make_folder(path.parent)
        kept = None
        if path.exists() and not filecmp.cmp(staged_path, path, shallow=False):
            kept = self.trash.keep(path, file_id)
        replace_file(staged_path, path)
        self.trash.tidy(spare=kept)

    def contains(self, source: Path | str, file_id: str) -> bool:
        """Return whether `source` is the path of the file with this id.

        Raises:
            DocumentError: The id leads outside the folder.
        """
        path = self.file_path(file_id)
        return isinstance(source, Path) and path.exists() and source.samefile(path)

    def delete(self, file_id: str) -> None:
        """Move a file to the trash, unless it is gone already.

        Raises:
            CorpusError: The file cannot be deleted.
        """
        path = self.file_path(file_id)
        try:
            kept = self.trash.keep(path, file_id)
            delete_file(path)
            sync_folder(path.parent)
        except OSError as error:
            if not os.path.lexists(path):
                return
            raise CorpusError(f"{file_id!r} cannot be deleted: {error.strerror}") from error
        self.trash.tidy(spare=kept)

    def restore(self, name: str) -> str:
        """Bring a file back from the trash. A file that now has its id goes to the trash.

        Args:
            name: Its name in the trash, or its id for the latest file with this id.

        Returns:
            Its id.

        Raises:
            CorpusError: It is not in the trash, or the folder cannot be written to.
        """
        removed = self.trash.find(name)
        if removed is None:
            raise CorpusError(f"{name!r} is not in the trash: see what is there with `qa restore`")
        staged_path = self._staged_path(removed.id)
        try:
            try:
                link_or_copy(self.trash.file_path(removed), staged_path)
                self.commit(staged_path, removed.id)
            finally:
                delete_file(staged_path)
            self.trash.delete(removed)
        except OSError as error:
            raise CorpusError(f"{name!r} cannot be restored: {error.strerror}") from error
        return removed.id

    def _staged_path(self, file_id: str) -> Path:
        """Return the path of a new temporary file."""
        return self.path / f"{STAGED_PREFIX}{uuid.uuid4().hex}{PurePosixPath(file_id).suffix}"

    def has_leftovers(self) -> bool:
        """Return whether there are staged files. If no writer is active, a killed one left them."""
        return any(_STAGED.fullmatch(path.name) for path in self.path.glob(f"{STAGED_PREFIX}*"))

    def tidy(self) -> None:
        """Delete the staged files that killed writers left, and tidy the trash."""
        self.trash.tidy()
        for path in self.path.glob(f"{STAGED_PREFIX}*"):
            if _STAGED.fullmatch(path.name) is not None:  # else it is the user's own
                delete_file(path)
