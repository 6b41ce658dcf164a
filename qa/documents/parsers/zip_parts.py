"""Parts of documents that are archives (.epub, .odt), unpacked within limits."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZipFile

from lxml import etree

from qa.errors import DocumentError

MAX_PARTS = 10_000
"""The most files in the archive."""

MAX_EXPANDED_BYTES = 64 * 1024 * 1024
"""The most bytes that are unpacked."""

_READ_BYTES = 1024 * 1024  # unpacked at once


class ZipParts:
    """The parts of an archive."""

    def __init__(self, name: str, data: bytes) -> None:
        """Open an archive.

        Args:
            name: The id of the document, for messages.
            data: The bytes of the file.

        Raises:
            DocumentError: It has too many parts.
            BadZipFile: It is damaged or no archive.
        """
        self._name, self._budget = name, MAX_EXPANDED_BYTES
        self._archive = ZipFile(BytesIO(data))
        self.names = frozenset(self._archive.namelist())
        if len(self.names) > MAX_PARTS:
            raise DocumentError(
                f"{name!r} has {len(self.names):,} parts and at most {MAX_PARTS:,} can be read"
            )

    def read(self, path: str) -> bytes:
        """Unpack a part. The sizes that the archive declares are not trusted.

        Raises:
            DocumentError: All parts together unpack to too much data.
            KeyError: There is no such part.
        """
        content = bytearray()
        with self._archive.open(path) as file:
            while piece := file.read(_READ_BYTES):
                content += piece
                if len(content) > self._budget:
                    raise DocumentError(f"{self._name!r} unpacks to far too much data: save its text as .txt")
        self._budget -= len(content)
        return bytes(content)

    def read_xml(self, path: str) -> bytes:
        """Unpack a part that is XML.

        Raises:
            DocumentError: It is too much data, or declares entities, in whose places text would be missing.
            KeyError: There is no such part.
        """
        content = self.read(path)
        if declares(content, "<!ENTITY"):
            raise DocumentError(
                f"{self._name!r} declares entities, which its format never does: save it again"
            )
        return content

    def xml(self, path: str) -> Any:
        """Return the root element of a part, see `read_xml`. Nothing is loaded from elsewhere."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        return etree.fromstring(self.read_xml(path), parser)


def declares(content: bytes, what: str) -> bool:
    """Return whether XML has a declaration, such as `<!ENTITY`, in UTF-8 or UTF-16."""
    return any(what.encode(encoding) in content for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
