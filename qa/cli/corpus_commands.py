"""The commands that manage articles: `qa add`, `qa remove`, `qa restore`, `qa list` and `qa index`."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from qa.cli.exit_status import FAILURE, SUCCESS
from qa.cli.output import one_line, print_json
from qa.corpus import Corpus, RemovedFile
from qa.documents import decode, document_name, recognised
from qa.errors import CorpusError, QAError
from qa.index import Embedder, load_embedder

log = logging.getLogger(__name__)


def run_add(options: argparse.Namespace) -> int:
    """Copy files into the corpus folder and index them."""
    if options.name is not None and len(options.files) > 1:
        raise QAError("--name applies to a single file: add the files one by one.")
    corpus = Corpus(options.corpus)
    corpus.folder.check_changeable()
    try:
        options.corpus.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CorpusError(
            f"cannot create the corpus folder {str(options.corpus)!r} ({error.strerror}): choose another"
        ) from error
    known_ids = {file.id for file in corpus.files() if file.state == "indexed"}
    embedder = _synchronise(corpus, options)
    rows: list[dict[str, str | list[str] | None]] = []
    for file in options.files:
        try:
            with TemporaryDirectory() as folder:
                source = _source(file, Path(folder) if options.ocr else None)
                expected_id = document_name(
                    source, options.name, corpus.index.documents.ids, folder=options.corpus
                )
                document = corpus.add(source, embedder, name=options.name)
        except QAError as error:
            rows.append({"file": file, "document": None, "problem": str(error), "notes": []})
            log.error("%s", error)
            continue
        rows.append({"file": file, "document": document.id, "problem": None, "notes": list(document.notes)})
        if document.id != expected_id:
            outcome = f"Not added: {one_line(file)} has the same text as"
        else:
            outcome = "Replaced" if document.id in known_ids else "Added"
        known_ids.add(document.id)
        if not options.json:
            print(outcome, one_line(document.id) + _in_brackets("; ".join(document.notes)))
    if options.json:
        print_json(rows)
    return FAILURE if any(row["problem"] for row in rows) else SUCCESS


def _source(file: str, folder: Path | None) -> Path | str:
    """Return the source to add: a path, or the text from standard input.

    If a folder is given, pictures of text are converted to PDFs with recognised text in it.
    """
    if file == "-":
        return decode(sys.stdin.buffer.read(), "standard input").text
    return Path(file) if folder is None else recognised(Path(file), folder)


def run_remove(options: argparse.Namespace) -> int:
    """Delete articles from the folder and the index."""
    corpus = Corpus(options.corpus)
    removed: list[str] = []
    for document_id in options.documents:
        try:
            duplicates = corpus.remove(document_id)
        except QAError as error:
            log.error("%s", error)
            continue
        removed.append(document_id)
        if not options.json:
            note = f" (its text remains in {', '.join(map(one_line, duplicates))})" if duplicates else ""
            print(f"Removed {one_line(document_id)}{note}")
    if options.json:
        print_json(removed)
    return SUCCESS if len(removed) == len(options.documents) else FAILURE


def run_restore(options: argparse.Namespace) -> int:
    """Bring articles back from the trash of the corpus folder, or list its contents."""
    corpus = Corpus(options.corpus)
    removed = corpus.removed()
    if not options.names:
        _list_removed(removed, as_json=options.json)
        return SUCCESS
    embedder = load_embedder(options.embedder)
    restored: list[str] = []
    for name in options.names:
        try:
            restored.append(corpus.restore(name, embedder))
        except QAError as error:
            log.error("%s", error)
            continue
        if not options.json:
            print(f"Restored {one_line(restored[-1])}")
    if options.json:
        print_json(restored)
    return SUCCESS if len(restored) == len(options.names) else FAILURE


def _list_removed(removed: list[RemovedFile], *, as_json: bool) -> None:
    """Print each removed file by its shortest unambiguous name, with its time and size."""
    latest: dict[str, RemovedFile] = {}
    for file in removed:
        latest.setdefault(file.id, file)
    names = {file: file.id if latest[file.id] is file else file.name for file in removed}
    if as_json:
        print_json(
            [
                {"name": name, "id": file.id, "removed": file.time.isoformat(), "bytes": file.size}
                for file, name in names.items()
            ]
        )
        return
    for file, name in names.items():
        print(f"{one_line(name)}  (removed {file.time.astimezone():%Y-%m-%d %H:%M}, {file.size:,} bytes)")


def run_list(options: argparse.Namespace) -> int:
    """Print every article, with a note if it is not indexed or is a duplicate."""
    files = Corpus(options.corpus).files()
    if options.json:
        print_json([file.to_dict() for file in files])
        return SUCCESS
    for file in files:
        note: str | None = "; ".join(file.notes)
        if file.duplicate_of is not None:
            note = f"the same text as {file.duplicate_of}"
        elif file.state == "waiting":
            note = "not indexed yet: run qa index"
        elif file.state == "failed":
            note = file.problem
        print(one_line(file.id) + _in_brackets(note))
    return SUCCESS


def _in_brackets(note: str | None) -> str:
    return f"  ({one_line(note)})" if note else ""


def run_index(options: argparse.Namespace) -> int:
    """Bring the index up to date, and retry the files that failed before."""
    corpus = Corpus(options.corpus) if options.cluster is None else _cluster_corpus(options)
    _synchronise(corpus, options, retry=True)
    if not corpus.index.segments:
        raise corpus.nothing_to_read()
    documents, passages, failures = len(corpus.index.documents), len(corpus.index), corpus.failures
    if options.json:
        print_json(
            {
                "documents": documents,
                "passages": passages,
                "failures": [str(failure) for failure in failures],
            }
        )
        return SUCCESS
    print(f"The index of {options.corpus} is up to date: documents {documents}, passages {passages}.")
    for failure in failures:
        log.warning("%s", failure)
    return SUCCESS


def _cluster_corpus(options: argparse.Namespace) -> Corpus:
    from qa.cluster import cluster_corpus  # needed only with --cluster

    return cluster_corpus(options.cluster, options.corpus, embedder=options.embedder)


def _synchronise(corpus: Corpus, options: argparse.Namespace, *, retry: bool = False) -> Embedder:
    """Update the index from the folder. Return the embedder, the only model that is loaded."""
    corpus.folder.listing()  # report a missing folder before a model is loaded
    embedder = load_embedder(options.embedder)
    corpus.sync(embedder, retry=retry, progress=sys.stderr.isatty())
    return embedder
