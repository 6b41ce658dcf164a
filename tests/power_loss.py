"""A disk that loses power: the states that a file system may leave a folder in, at each moment.

The calls of `qa.storage.disk` are executed and recorded. A change of a name is safe once its folder has been
synchronised, and content once its file has been. Anything else may be lost, in whole or in part: any of the
changes in a folder may be missing, and a file may end anywhere in its content.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pytest

from qa.storage import disk

CALLS = ("open_file", "sync", "sync_folder", "rename", "link", "delete", "make_folder", "delete_folder")


@dataclass(eq=False)
class File:
    """A file: its current path and content, and the content that is safe."""

    path: Path
    content: bytes = b""
    safe: bytes = b""
    time: int = 0


@dataclass(eq=False)
class Folder:
    """A folder: its current names, the names that are safe, and the changes in between."""

    names: dict[str, Node] = field(default_factory=dict)
    safe: dict[str, Node] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def change(self, names: Change) -> None:
        """Assign names to nodes in one step; None removes a name."""
        self.changes.append(names)
        _apply(self.names, names)

    def left(self, choice: Choice) -> dict[str, Node]:
        """Return the names that are left if only the chosen changes reach the disk."""
        names = dict(self.safe)
        for change in choice(self.changes):
            _apply(names, change)
        return names


Node = File | Folder
Change = dict[str, Node | None]
Choice = Callable[[Sequence[Change]], Sequence[Change]]
"""Chooses the changes of a folder that survive a power loss."""
Image = dict[str, tuple[bytes, int]]
"""The content and modification time of each file, by path."""


def _apply(names: dict[str, Node], change: Change) -> None:
    for name, node in change.items():
        if node is None:
            names.pop(name, None)
        else:
            names[name] = node


class Disk:
    """The contents of a folder, and which of them are safe on the disk.

    Args:
        root: The folder. Its present contents are safe.
        forgets: The number, from 0, of a synchronisation that has no effect. None if all have one.
        samples: The number of random states to take at each moment, in addition to the extreme ones.
    """

    def __init__(self, root: Path, *, forgets: int | None = None, samples: int = 0) -> None:
        self.root, self._forgets, self._samples = root, forgets, samples
        self.synchronisations: list[str] = []
        self.images: list[Image] = []
        self._chance = random.Random(0)
        self._tree = self._safe_folder(root)
        self._dirty: list[File] = []
        self._open: dict[int, File] = {}

    def _safe_folder(self, path: Path) -> Folder:
        nodes: dict[str, Node] = {}
        for entry in path.iterdir():
            if entry.is_dir():
                nodes[entry.name] = self._safe_folder(entry)
            elif entry.name != "lock":
                content = entry.read_bytes()
                nodes[entry.name] = File(entry, content, content, entry.stat().st_mtime_ns)
        return Folder(dict(nodes), nodes)

    @contextmanager
    def in_use(self) -> Iterator[Disk]:
        """Record all calls in a `with` block, and the states that a power loss before each could leave."""
        with pytest.MonkeyPatch.context() as patch:
            for name in CALLS:
                patch.setattr(disk, name, self._noted(getattr(disk, name), getattr(self, f"_{name}")))
            yield self
        self._take_images()

    def final_images(self) -> list[Image]:
        """Return the states that a power loss right after the last call could leave."""
        taken = len(self.images)
        self._take_images()
        return self.images[taken:]

    def _noted(self, call: Callable[..., Any], note: Callable[..., None]) -> Callable[..., Any]:
        def noted(*arguments: Any) -> Any:
            self._take_images()
            result = call(*arguments)
            note(result, *arguments)
            return result

        return noted

    def _folder(self, path: Path) -> Folder:
        folder = self._tree
        for part in path.relative_to(self.root).parts:
            node = folder.names[part]
            assert isinstance(node, Folder)
            folder = node
        return folder

    def _node(self, path: Path) -> Node:
        return self._folder(path.parent).names[path.name]

    def _open_file(self, file: IO[bytes], path: Path, mode: str) -> None:
        folder = self._folder(path.parent)
        node = folder.names.get(path.name)
        if node is None:
            node = File(path)
            folder.change({path.name: node})
        assert isinstance(node, File)
        self._open[id(file)] = node
        self._dirty.append(node)

    def _sync(self, _: None, file: IO[bytes]) -> None:
        node = self._open[id(file)]
        self._read_dirty()
        if self._remembers(f"sync {node.path.name}"):
            node.safe = node.content

    def _sync_folder(self, _: None, path: Path) -> None:
        if path.is_relative_to(self.root) and self._remembers(f"sync_folder {path.relative_to(self.root)}"):
            folder = self._folder(path)
            folder.safe, folder.changes = dict(folder.names), []

    def _remembers(self, what: str) -> bool:
        self.synchronisations.append(what)
        return len(self.synchronisations) - 1 != self._forgets

    def _rename(self, _: None, source: Path, target: Path) -> None:
        node = self._node(source)
        assert isinstance(node, File)
        self._no_longer_written(target)
        node.path = target
        if source.parent == target.parent:
            self._folder(source.parent).change({source.name: None, target.name: node})
        else:
            self._folder(target.parent).change({target.name: node})
            self._folder(source.parent).change({source.name: None})

    def _link(self, _: None, source: Path, target: Path) -> None:
        self._folder(target.parent).change({target.name: self._node(source)})

    def _delete(self, _: None, path: Path) -> None:
        self._no_longer_written(path)
        self._folder(path.parent).change({path.name: None})

    def _no_longer_written(self, path: Path) -> None:
        self._dirty = [node for node in self._dirty if node.path != path]

    def _make_folder(self, _: None, path: Path, permissions: int) -> None:
        self._folder(path.parent).change({path.name: Folder()})

    def _delete_folder(self, _: None, path: Path) -> None:
        self._folder(path.parent).change({path.name: None})

    def _read_dirty(self) -> None:
        for node in self._dirty:
            if node.path.exists():
                node.content, node.time = node.path.read_bytes(), node.path.stat().st_mtime_ns

    def _take_images(self) -> None:
        self._read_dirty()
        # The extreme states, with safe content only: no change, all changes, only the last change.
        self.images += [self._image(lambda changes: changes[:0]), self._image(lambda changes: changes)]
        self.images.append(self._image(lambda changes: changes[-1:]))
        self.images += [self._image(self._some, content=True) for _ in range(self._samples)]

    def _some(self, changes: Sequence[Change]) -> list[Change]:
        return [change for change in changes if self._chance.random() < 0.5]

    def _image(self, choice: Choice, *, content: bool = False) -> Image:
        image: Image = {}
        waiting: list[tuple[str, Folder]] = [("", self._tree)]
        left: dict[int, bytes] = {}  # a file with two names has one content
        while waiting:
            prefix, folder = waiting.pop()
            for name, node in folder.left(choice).items():
                if isinstance(node, Folder):
                    waiting.append((f"{prefix}{name}/", node))
                    continue
                if content and id(node) not in left and node.content != node.safe:
                    size = self._chance.randint(0, len(node.content))
                    left[id(node)] = self._chance.choice((node.safe, node.content, node.content[:size]))
                image[prefix + name] = (left.get(id(node), node.safe), node.time)
        return image


def write_image(image: Image, folder: Path) -> None:
    """Write these files into a folder."""
    for name, (content, time) in image.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, ns=(time, time))


def different(images: list[Image]) -> list[Image]:
    """Return the images without repetitions."""
    return [dict(items) for items in dict.fromkeys(tuple(sorted(image.items())) for image in images)]
