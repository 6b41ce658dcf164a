"""Parts of documents that are archives (.docx, .epub, .odt, .pptx), unpacked within limits."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZIP_STORED, ZipFile

from lxml import etree

from qa.errors import DocumentError

MAX_PARTS = 10_000
"""The most files in the archive."""

MAX_EXPANDED_BYTES = 64 * 1024 * 1024
"""The most bytes that are unpacked in total."""

MAX_RATIO = 200
"""The highest compression ratio of a part larger than `SMALL_PART`. XML text compresses ten- to
thirtyfold; only a zip bomb reaches a thousand."""

SMALL_PART = 1024 * 1024

_XML = (".xml", ".rels")
_ENTITY = tuple("<!ENTITY".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_READ_BYTES = 1024 * 1024  # unpacked at a time


class ZipParts:
    """The parts of an archive.

    Attributes:
        names: Their paths, in the order of the archive.
    """

    def __init__(self, name: str, data: bytes) -> None:
        """Open an archive.

        Args:
            name: The id of the document, for messages.
            data: The bytes of the file.

        Raises:
            DocumentError: It has too many parts.
            BadZipFile: It is damaged or not an archive.
        """
        self._name, self._budget = name, MAX_EXPANDED_BYTES
        self._archive = ZipFile(BytesIO(data))
        paths = self._archive.namelist()
        if len(paths) > MAX_PARTS:
            raise DocumentError(f"{name!r} has {len(paths):,} parts and at most {MAX_PARTS:,} can be read")
        self.names = dict.fromkeys(paths).keys()

    def read(self, path: str) -> bytes:
        """Unpack a part. The sizes that the archive declares are not trusted.

        Raises:
            DocumentError: It expands far too much, or all parts together exceed the limit.
            KeyError: There is no such part.
        """
        part = self._archive.getinfo(path)
        limit = min(self._budget, max(SMALL_PART, MAX_RATIO * part.compress_size))
        content = bytearray()
        with self._archive.open(part) as file:
            while piece := file.read(_READ_BYTES):
                content += piece
                if len(content) > limit:
                    raise DocumentError(f"{self._name!r} unpacks to far too much data: save its text as .txt")
        self._budget -= len(content)
        return bytes(content)

    def read_xml(self, path: str) -> bytes:
        """Unpack a part that is XML.

        Raises:
            DocumentError: It is too large, or declares entities, whose text would be missing.
            KeyError: There is no such part.
        """
        content = self.read(path)
        if any(mark in content for mark in _ENTITY):
            raise DocumentError(
                f"{self._name!r} declares entities, which its format never does: save it again"
            )
        return content

    def xml(self, path: str) -> Any:
        """Parse a part and return its root element, see `read_xml`. External resources are not loaded."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        return etree.fromstring(self.read_xml(path), parser)

    def xml_archive(self, changed: Callable[[bytes], bytes] = bytes) -> BytesIO:
        """Return the archive without compression, see `read_xml`. Parts that are not XML are emptied.

        Args:
            changed: Returns the content that replaces that of an XML part.
        """
        copy = BytesIO()
        with ZipFile(copy, "w", ZIP_STORED) as plain:
            for path in self.names:
                plain.writestr(path, changed(self.read_xml(path)) if path.lower().endswith(_XML) else b"")
        copy.seek(0)
        return copy
