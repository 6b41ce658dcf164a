"""Corpus: a folder of documents and its index, kept in step."""

from __future__ import annotations

from qa.corpus.corpus import Corpus
from qa.corpus.folder import Folder
from qa.corpus.remote_folder import corpus_folder_at
from qa.corpus.searchable_corpus import SearchableCorpus
from qa.corpus.sync import Difference, Update
from qa.corpus.trash import RemovedFile

__all__ = [
    "Corpus",
    "Difference",
    "Folder",
    "RemovedFile",
    "SearchableCorpus",
    "Update",
    "corpus_folder_at",
]
