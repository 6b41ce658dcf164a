"""Fuzz test of the parsers: `make fuzz` reads 10,000 damaged files of each format.

Each case is a real file with random changes from its own seed. Reading it must result in a document with
correct offsets or a one-line `DocumentError`. Files that crash the parser's process or take longer than
`SECONDS` are refused too, and counted separately. Failed cases are saved in `runs/fuzz/` under their number.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

from qa.documents import Blocks, Document, Kind, Sandbox, load_document, sentences
from qa.documents.encoding import CODE_PAGES
from qa.errors import DocumentError

FILES = Path(__file__).parent / "files"
SAVED = Path("runs/fuzz")
FORMATS = (
    "txt", "md", "html", "pdf", "docx", "epub", "odt", "rtf", "pptx", "xlsx", "xls", "ods", "csv", "tsv",
    "eml",
)  # fmt: skip
ARCHIVES = ("docx", "epub", "odt", "pptx", "xlsx", "ods")
PAGED = ("pdf", "pptx")
SECONDS = 20.0
MEMORY = 1024 * 1024 * 1024

TOKENS = {
    "txt": [
        b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\x0c", b"\xe2\x80\xa8", b"\xed\xa0\x80",
        b"\xf0\x9f\x98\x80",
    ],
    "md": [
        b"# ", b"- ", b"| a |\n", b"```\n", b"\n\n", b"1. ", b"\xc2\xa0", b"\xe2\x80\x83",
    ],
    "html": [
        b"<div>" * 300, b"<table><tr><td>", b"</table>", b"<!--", b"-->", b"<pre>", b"<svg>", b"<select>",
        b"</p>", b"<template>", b"<script>", b"&#x10FFFF;", b"&#0;", b"&#xD800;", b"<b><p>" * 50,
        b"<a href=x>" * 50, b"<meta charset=utf-7>", b"<meta charset=idna>", b"<meta charset=shift_jis>",
        b"<plaintext>", b"\x00",
    ],
    "pdf": [
        b"<<", b">>", b"[", b"]", b"(", b")", b"stream\n", b"endstream", b"endobj", b" 2 0 R", b" 4 0 R",
        b"null", b"/Length 99999999", b"/Filter /FlateDecode", b"/Filter /LZWDecode", b"/Kids [2 0 R]",
        b"/Parent 4 0 R", b"999999999999", b"-1", b"/Prev 9", b"startxref\n1\n", b"1e999 ", b" Tj ",
        b" Do ", b"/Count 99999", b"BI ID ",
    ],
    "docx": [
        b"<w:p>", b"</w:p>", b"<w:tbl>", b"</w:tc>", b"<w:r>", b"&#x0;", b"<!DOCTYPE x>", b"<![CDATA[",
        b"]]>", b"PK\x01\x02", b"PK\x05\x06", b"\xff\xff\xff\xff", b"../../x", b"<w:t>",
        b"word/document.xml", b"&lt;",
    ],
    "rtf": [
        b"{", b"}", b"\\par ", b"\\'", b"\\u-10000?", b"\\bin9999 ", b"\\super ", b"\\ansicpg1 ", b"\\cell ",
        b"\x00",
    ],
    "csv": [b'"', b";", b"\t", b"\r", b"\n\n", b"\x00", b"|", b"\xff", b'""' * 50],
    "eml": [
        b"\n\n", b"Content-Type: text/html; charset=x\n", b"Subject: =?utf-8?b?/w?=\n", b"--b\n", b"=E",
        b"\x00",
    ],
}  # fmt: skip
PARTS = [
    b"<",
    b"</",
    b">",
    b"&#x0;",
    b"<!DOCTYPE x>",
    b"]]>",
    b"PK\x01\x02",
    b"PK\x05\x06",
    b"\xff\xff\xff\xff",
    b"99999999",
]


def seeds(kind: str) -> list[bytes]:
    """Return the real files of a format, and for PDF also copies with uncompressed text."""
    data = [path.read_bytes() for path in sorted(FILES.glob(f"*.{kind}"))]
    if kind == "pdf":
        data += [
            unpacked(path) for path in sorted(FILES.glob("*.pdf")) if path.stem not in ("locked", "scanned")
        ]
    return data


def unpacked(path: Path) -> bytes:
    """Return a PDF with the content of its pages uncompressed."""
    writer, plain = PdfWriter(clone_from=path), BytesIO()
    for page in writer.pages:
        contents = page.get_contents()
        if contents is not None:
            stream = DecodedStreamObject()
            stream.set_data(contents.get_data())
            page[NameObject("/Contents")] = writer._add_object(stream)
    writer.write(plain)
    return plain.getvalue()


def changed(rng: random.Random, kind: str, data: bytes, other: bytes) -> bytes:
    """Return a file with one to eight changes; in half of the archives, they are inside one part."""
    if kind in ARCHIVES and rng.random() < 0.5:
        return changed_part(rng, kind, data, other)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 5, 8))):
        data = changed_once(rng, kind, data, other)
    return data


def changed_part(rng: random.Random, kind: str, data: bytes, other: bytes) -> bytes:
    """Return an archive with changes in one part, packed again."""
    result = BytesIO()
    with (
        ZipFile(BytesIO(data)) as old,
        ZipFile(BytesIO(other)) as source,
        ZipFile(result, "w", ZIP_DEFLATED) as new,
    ):
        largest = max(old.infolist(), key=lambda part: part.file_size).filename
        main = "word/document.xml" if kind == "docx" else "content.xml" if kind in ("odt", "ods") else largest
        target = rng.choice([main] * 3 + old.namelist())
        for name in old.namelist():
            content = old.read(name)
            if name == target:
                for _ in range(rng.choice((1, 1, 2, 4))):
                    content = changed_once(rng, kind, content, source.read(rng.choice(source.namelist())))
            new.writestr(name, content)
    return result.getvalue()


def changed_once(rng: random.Random, kind: str, data: bytes, other: bytes) -> bytes:
    """Return a file with one change.

    Bits are flipped, or a block is cut off, deleted, repeated, moved, made random, or copied from elsewhere.
    """
    start = rng.randrange(len(data) + 1)
    end = min(len(data), start + int(rng.paretovariate(0.6)))
    before, block, after = data[:start], data[start:end], data[end:]
    way = rng.randrange(8)
    if way == 0:
        flipped = bytearray(data)
        for _ in range(rng.choice((1, 2, 5, 20)) if data else 0):
            flipped[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        return bytes(flipped)
    if way == 1:
        return before
    if way == 2:
        return before + after
    if way == 3:
        return before + block * rng.choice((2, 2, 3, 50)) + after
    if way == 4:
        offset = rng.randrange(len(after) + 1)
        return before + after[:offset] + block + after[offset:]
    if way == 5:
        return before + rng.randbytes(min(len(block), 1000)) + after
    if way == 6:
        offset = rng.randrange(len(other) + 1)
        return before + other[offset : offset + int(rng.paretovariate(0.6))] + after
    return before + rng.choice(TOKENS.get(kind, PARTS)) + rng.choice((block, b"")) + after


def problem_of(document: Document, kind: str, data: bytes) -> str:
    """Return what is wrong with a document, or an empty string."""
    text = document.text
    text.encode()
    if not text.strip():
        return "no text"
    if list(document.pages) != sorted(document.pages) or not all(
        0 <= offset <= len(text) for offset in document.pages
    ):
        return "pages out of order"
    if bool(document.pages) != (kind in PAGED):
        return "pages where there are none, or none where there are"
    for words in (document.title, document.url):
        if words is not None and (not words.strip() or len(words.splitlines()) != 1):
            return "a title or address that is not one line"
    if kind in ("txt", "md") and all(
        text.encode(encoding, "replace") not in (data, data[2:], data[3:], data[4:])
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp1252", "utf-32-le", "utf-32-be", *CODE_PAGES)
    ):
        return "another text than the file contains"
    wrong = structure_problem(document)
    if wrong:
        return wrong
    found = sentences(text)
    if any(first.end > second.start for first, second in pairwise(found)):
        return "sentences that overlap"
    if "".join("".join(document[span] for span in found).split()) != "".join(text.split()):
        return "text in no sentence"
    return ""


def structure_problem(document: Document) -> str:
    """Return what is wrong with the blocks of a document, or an empty string."""
    text, blocks = document.text, list(document.blocks)
    if any(first.span.end > second.span.start for first, second in pairwise(blocks)):
        return "blocks that overlap or are out of order"
    if "".join("".join(document[block.span] for block in blocks).split()) != "".join(text.split()):
        return "text in no block"
    for block in blocks:
        inner = [block.content, block.value, block.caption, *(cell.span for cell in block.cells)]
        spans = [block.span, *(span for span in inner if span is not None)]
        if any(document[span] != document[span].strip() for span in spans):
            return "a block with white space at its ends"
        if not all(block.span.contains(span) for span in spans):
            return "a part outside its block"
        if block.label is not None and block.label.end > (block.value or block.label).end:
            return "a label after its value"
        if any(first.span.end > second.span.start for first, second in pairwise(block.cells)):
            return "cells that overlap or are out of order"
        if (block.kind is Kind.TABLE) != bool(block.cells) or (block.kind is Kind.HEADING) > (
            block.level > 0
        ):
            return "a table without cells, or a heading without a level"
        places = [
            (row, column)
            for cell in block.cells[:200]
            for row in range(cell.row, cell.row + min(cell.rows, 50))
            for column in range(cell.column, cell.column + cell.columns)
        ]
        if len(set(places)) < len(places):
            return "two cells in one place"
    if Blocks.of(blocks) != document.blocks:
        return "blocks that are not stored as they are"
    return ""


def outcome(kind: str, path: Path, sandbox: Sandbox) -> str:
    """Return the outcome of reading a file: read, refused, damaged, too slow, or FAILED with the reason."""
    try:
        document = load_document(path, sandbox=sandbox)
    except DocumentError as error:
        message = str(error)
        if not message.isprintable() or len(message) > 400 or "'case." not in message:
            return f"FAILED: message {message!r}"
        if "takes longer than" in message:
            return "too slow"
        if "cannot be read within" in message:
            return "process died"
        return "damaged" if "is damaged" in message else "refused"
    except Exception as error:
        return f"FAILED: {type(error).__name__}: {error}"
    wrong = problem_of(document, kind, path.read_bytes())
    return f"FAILED: {wrong}" if wrong else "read"


def fuzz(
    kind: str, cases: Sequence[int], *, seconds: float = SECONDS, report: Callable[[str], None] = print
) -> int:
    """Read damaged files of a format, report the outcomes in one line, and return how many failed."""
    files, counts, failures, slowest, start = seeds(kind), Counter[str](), 0, 0.0, time.monotonic()
    with tempfile.TemporaryDirectory() as folder, Sandbox(seconds=seconds, memory=MEMORY) as sandbox:
        path = Path(folder, f"case.{kind}")
        for case in cases:
            rng = random.Random(f"{kind} {case}")
            path.write_bytes(changed(rng, kind, rng.choice(files), rng.choice(files)))
            begun = time.monotonic()
            result = outcome(kind, path, sandbox)
            slowest = max(slowest, time.monotonic() - begun)
            counts[result] += 1
            failures += result.startswith("FAILED")
            if result not in ("read", "damaged", "refused"):
                SAVED.mkdir(parents=True, exist_ok=True)
                (SAVED / f"{case}.{kind}").write_bytes(path.read_bytes())
                report(f"  {kind} {case}: {result}")
    most = (
        max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        // 1024
    )
    summary = ", ".join(f"{result} {count:,}" for result, count in counts.most_common())
    report(
        f"{kind}: {len(cases):,} cases of {len(files)} files in {time.monotonic() - start:.0f} s: {summary}; "
        f"slowest {slowest:.1f} s; memory at most {most} MiB"
    )
    return failures


def main() -> int:
    """Fuzz the named formats, or all."""
    parser = argparse.ArgumentParser(description="Read damaged files of every format.")
    parser.add_argument("formats", nargs="*", help=f"of {', '.join(FORMATS)} (default: all)")
    parser.add_argument("--cases", type=int, default=10_000, help="files a format (default: %(default)s)")
    parser.add_argument(
        "--first", type=int, default=0, help="the number of the first case (default: %(default)s)"
    )
    options = parser.parse_args()
    cases = range(options.first, options.first + options.cases)
    return min(1, sum(fuzz(kind, cases) for kind in options.formats or FORMATS))


if __name__ == "__main__":
    sys.exit(main())
