"""Storage: arrays and strings in files, and writing that survives a crash."""

from __future__ import annotations

from qa.storage.array_file import Arrays, allocate, concatenate_rows, mapped, read_arrays, write_arrays
from qa.storage.csv_cells import with_quote, without_quote
from qa.storage.durable import (
    append_to,
    copy_file,
    cut_off,
    delete_file,
    delete_folder,
    link_or_copy,
    make_folder,
    replace_file,
    sync_folder,
    write_whole,
    written_through,
)
from qa.storage.remote_path import UNFINISHED, RemotePath, folder_at
from qa.storage.strings import StringArray

__all__ = [
    "UNFINISHED",
    "Arrays",
    "RemotePath",
    "StringArray",
    "allocate",
    "append_to",
    "concatenate_rows",
    "copy_file",
    "cut_off",
    "delete_file",
    "delete_folder",
    "folder_at",
    "link_or_copy",
    "make_folder",
    "mapped",
    "read_arrays",
    "replace_file",
    "sync_folder",
    "with_quote",
    "without_quote",
    "write_arrays",
    "write_whole",
    "written_through",
]
