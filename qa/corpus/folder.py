"""Corpus folder: listing and reading its files, and adding or deleting one in one step."""

from __future__ import annotations

import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator
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

STAGED_PREFIX = ".incoming-"
"""What the names of staged files begin with. They are never listed."""

_STAGED = re.compile(re.escape(STAGED_PREFIX) + r"[0-9a-f]{32}(?:\..*)?")

SECOND = 1_000_000_000
"""In nanoseconds, as all times here."""

COARSE_RESOLUTION, FINE_RESOLUTION = 2 * SECOND, SECOND // 50
"""How far apart two changes must be to have different times. Coarse applies to file systems that store whole
seconds or less."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a corpus folder.

    Attributes:
        stamps: The stamps of the files to be read, by id.
        problems: Why each other file is not read, by id.
    """

    stamps: dict[str, Stamp]
    problems: dict[str, str]


class Folder:
    """A corpus folder. A file's id is its path inside, with forward slashes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def listing(self) -> Listing:
        """List the files. None is opened.

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

    def read(self, file_id: str, sandbox: Sandbox) -> tuple[Document | DocumentError, Stamp]:
        """Read a file.

        A file that was changed just now is read when a later change is sure to have another stamp.

        Returns:
            The document, or why there is none, and the stamp of the file that was read.

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

    @contextmanager
    def staged(self, source: Path | str, file_id: str) -> Iterator[tuple[Document, Path]]:
        """Copy a file or a text to a temporary file in the folder, for `commit`.

        Args:
            source: The path of a file, or a text.
            file_id: The id that it will have.

        Yields:
            The document and the path of the temporary file, which is deleted in the end.

        Raises:
            DocumentError: It cannot become a document.
            OSError: The folder cannot be written to.
        """
        check_name(file_id)
        self.file_path(file_id)
        staged_path = self.path / f"{STAGED_PREFIX}{uuid.uuid4().hex}{PurePosixPath(file_id).suffix}"
        try:
            if isinstance(source, Path):
                before = stamp(source) if source.exists() else None
                document = load_document(source, name=file_id)
                self.path.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, staged_path)
                if stamp(source) != before:
                    raise DocumentError(f"{file_id!r} was changed while it was read: add it again")
            else:
                text = text_document(source, name=file_id).text
                self.path.mkdir(parents=True, exist_ok=True)
                staged_path.write_bytes(text.encode())
                # Read it as every later run will: a byte order mark is not part of the text.
                document = load_document(staged_path, name=file_id)
            sync_file(staged_path)
            yield document, staged_path
        finally:
            staged_path.unlink(missing_ok=True)

    def commit(self, staged_path: Path, file_id: str) -> None:
        """Rename a staged file to its id in one step. A file with this id is replaced.

        Raises:
            OSError: The folder cannot be written to.
        """
        path = self.file_path(file_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(staged_path, path)

    def contains(self, source: Path | str, file_id: str) -> bool:
        """Return whether `source` is the path of the file with this id.

        Raises:
            DocumentError: The id leads outside the folder.
        """
        path = self.file_path(file_id)
        return isinstance(source, Path) and path.exists() and source.samefile(path)

    def delete(self, file_id: str) -> None:
        """Delete a file, unless it is gone already.

        Raises:
            CorpusError: The file cannot be deleted.
        """
        path = self.file_path(file_id)
        try:
            path.unlink(missing_ok=True)
            sync_folder(path.parent)
        except FileNotFoundError:  # its folder is gone too
            return
        except OSError as error:
            raise CorpusError(f"{file_id!r} cannot be deleted: {error.strerror}") from error

    def delete_staged_files(self) -> None:
        """Delete the staged files that killed writers left."""
        for path in self.path.glob(f"{STAGED_PREFIX}*"):
            if _STAGED.fullmatch(path.name) is not None:  # else it is the user's own
                path.unlink(missing_ok=True)
