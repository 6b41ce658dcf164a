"""Arrays and strings in files, and writing that survives a crash."""

from __future__ import annotations

from qa.storage.array_file import Arrays, join, mapped, read_arrays, room, write_arrays
from qa.storage.durable import replace_file, sync_file, sync_folder, write_whole, written_through
from qa.storage.strings import Strings

__all__ = [
    "Arrays",
    "Strings",
    "join",
    "mapped",
    "read_arrays",
    "replace_file",
    "room",
    "sync_file",
    "sync_folder",
    "write_arrays",
    "write_whole",
    "written_through",
]
