"""Storage: arrays and strings in files, and writing that survives a crash."""

from __future__ import annotations

from qa.storage.array_file import Arrays, allocate, concatenate_rows, mapped, read_arrays, write_arrays
from qa.storage.durable import replace_file, sync_file, sync_folder, write_whole, written_through
from qa.storage.strings import StringArray

__all__ = [
    "Arrays",
    "StringArray",
    "allocate",
    "concatenate_rows",
    "mapped",
    "read_arrays",
    "replace_file",
    "sync_file",
    "sync_folder",
    "write_arrays",
    "write_whole",
    "written_through",
]
