"""Extraction benchmark: which words of files are missing, and what is read that is not part of an article?

    python -m benchmarks.extraction pdf FOLDER [--others pypdf pdfminer] [--worst N]
    python -m benchmarks.extraction pages FOLDER
    python -m benchmarks.extraction snippets FOLDER

`pdf` compares the words of every PDF in a folder with those that all the other extractors read, which must be
installed. Files that are refused are counted separately. `pages` wants the `test-pages` of
mozilla/readability: one folder per page, with `source.html`, `expected.html` and `expected-metadata.json`.
`snippets` wants the `tests` of adbar/trafilatura: `evaldata.json` says which words of each page belong to its
article and which do not.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import mean
from typing import Any

from selectolax.lexbor import LexborHTMLParser
from tqdm import tqdm

from qa.documents import Sandbox, load_document
from qa.errors import DocumentError

MIN_WORDS = 20
"""A PDF is left out if the other extractors read fewer words of it."""

MANY = 0.2
"""A file that loses more than this share of its words is counted."""

SECONDS = 60  # limit for another extractor to read one file

_WORD = re.compile(r"[^\W_]+")
_NO_SPACES = re.compile(r"[\u0590-\u08ff\u0e00-\u0fff\u2e80-\ud7ff\uf900-\ufaff]")
_CUT = re.compile(r"[-\u2010\xad\x02]\s*\n\s*")
_HYPHEN = re.compile(r"[-\u2010\u2011\xad]")


@dataclass(frozen=True, slots=True)
class Loss:
    """The words that are missing from one file.

    Attributes:
        name: The file.
        total: How many words there should be.
        missing: The words that are missing, with their number; None if the file is refused.
        problem: Why it is refused.
        nowhere: How many of the words are not in the text at all. The rest occur less often than expected:
            running heads, and text that is drawn repeatedly, are read once.
    """

    name: str
    total: int
    missing: Counter[str] | None
    problem: str = ""
    nowhere: int = 0

    @property
    def share(self) -> float:
        """The share of the words that is missing, 0 to 1."""
        return 0.0 if self.missing is None else sum(self.missing.values()) / self.total


def words(text: str) -> Counter[str]:
    """Return the words of a text with their counts; words hyphenated at a line end are joined."""
    text = _HYPHEN.sub("", _CUT.sub("", unicodedata.normalize("NFKC", text)))
    return Counter(_WORD.findall(text.lower()))


def pdf_losses(folder: Path, others: Iterable[str]) -> Iterator[Loss]:
    """Yield, for each PDF in a folder, which of the words that all other extractors read are missing.

    Files of which they read few words, files in scripts without spaces, and copies are left out.
    """
    readers = [_READERS[name] for name in others]
    seen = set()
    with Sandbox() as sandbox:
        for path in tqdm(sorted(folder.rglob("*.pdf")), unit="file"):
            found = [_words_of(read, path) for read in readers]
            expected = found[0]
            for counted in found[1:]:
                expected &= counted
            total = sum(expected.values())
            unspaced = sum(count for word, count in expected.items() if _NO_SPACES.search(word))
            form = frozenset(expected.items())
            if total < MIN_WORDS or 3 * unspaced > total or form in seen:
                continue
            seen.add(form)
            try:
                text = load_document(path, name="file.pdf", sandbox=sandbox).text
            except DocumentError as error:
                yield Loss(path.name, total, None, str(error))
            else:
                read = words(text)
                nowhere = sum(count for word, count in expected.items() if word not in read)
                yield Loss(path.name, total, expected - read, nowhere=nowhere)


def page_losses(folder: Path) -> Iterator[tuple[Loss, bool | None]]:
    """Yield the words missing from the article of each page, and whether its headline, if any, is found."""
    with Sandbox() as sandbox:
        for path in tqdm(sorted(folder.glob("*/source.html")), unit="page"):
            tree = LexborHTMLParser((path.parent / "expected.html").read_text(encoding="utf-8"))
            body = tree.body
            expected = words("" if body is None else body.text(separator=" "))
            metadata = json.loads((path.parent / "expected-metadata.json").read_text(encoding="utf-8"))
            headlines = _headlines(path, words(metadata["title"] or ""))
            try:
                text = load_document(path, name="page.html", sandbox=sandbox).text
            except DocumentError as error:
                yield Loss(path.parent.name, sum(expected.values()), None, str(error)), None
                continue
            read = words(text)
            known = any(not headline - read for headline in headlines) if headlines else None
            yield Loss(path.parent.name, max(1, sum(expected.values())), expected - read), known


def _headlines(path: Path, title: Counter[str]) -> list[Counter[str]]:
    """Return the headings of a page that are mostly words of its title."""
    tree = LexborHTMLParser(path.read_bytes())
    found = [words(heading.text(separator=" ")) for heading in tree.css("h1, h2")]
    return [
        heading
        for heading in found
        if heading and 2 * sum((heading & title).values()) > max(sum(heading.values()), sum(title.values()))
    ]


def snippets(folder: Path) -> Iterator[tuple[str, str, bool, bool]]:
    """Yield page, snippet, whether it belongs to the article, and whether it is read."""
    pages: dict[str, dict[str, Any]] = json.loads((folder / "evaldata.json").read_text(encoding="utf-8"))
    with Sandbox() as sandbox:
        for page in tqdm(pages.values(), unit="page"):
            name = page["file"]
            path = next(
                (folder / at / name for at in ("eval", "cache") if (folder / at / name).exists()), None
            )
            if path is None:
                continue
            try:
                text = " ".join(load_document(path, name="page.html", sandbox=sandbox).text.split())
            except DocumentError:
                text = ""
            for wanted in ("with", "without"):
                for snippet in page[wanted]:
                    yield name, snippet, wanted == "with", " ".join(snippet.split()) in text


def _pypdf(data: bytes) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)


def _pdfminer(data: bytes) -> str:
    from pdfminer.high_level import extract_text

    return str(extract_text(BytesIO(data)))


_READERS: dict[str, Callable[[bytes], str]] = {"pypdf": _pypdf, "pdfminer": _pdfminer}


def _words_of(read: Callable[[bytes], str], path: Path) -> Counter[str]:
    """Return the words that another extractor reads; none if it fails or takes too long."""
    signal.alarm(SECONDS)
    try:
        return words(read(path.read_bytes()))
    except Exception:  # any kind
        return Counter()
    finally:
        signal.alarm(0)


def _too_slow(*_: object) -> None:
    raise TimeoutError


def main() -> None:
    """Print the figures of one comparison."""
    parser = argparse.ArgumentParser(description="Compare what is read of files with what is in them.")
    parser.add_argument("kind", choices=("pdf", "pages", "snippets"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--others", nargs="+", choices=_READERS, default=["pypdf"])
    parser.add_argument(
        "--worst", type=int, default=20, help="how many files are shown (default: %(default)s)"
    )
    options = parser.parse_args()
    signal.signal(signal.SIGALRM, _too_slow)
    if options.kind == "snippets":
        found = list(snippets(options.folder))
        for wanted, what in ((True, "of the article"), (False, "of what is around it")):
            kept = [is_read for _, _, is_wanted, is_read in found if is_wanted == wanted]
            print(f"{sum(kept)} of {len(kept)} snippets {what} are read ({mean(kept):.1%})")
        return
    headlines: list[bool] = []
    if options.kind == "pdf":
        losses = list(pdf_losses(options.folder, options.others))
    else:
        pairs = list(page_losses(options.folder))
        losses, headlines = [loss for loss, _ in pairs], [known for _, known in pairs if known is not None]
    read = [loss for loss in losses if loss.missing is not None]
    print(f"{len(losses)} files, {len(losses) - len(read)} refused")
    print(f"words missing, in the mean of the others: {mean(loss.share for loss in read):.2%}")
    if options.kind == "pdf":
        nowhere = mean(loss.nowhere / loss.total for loss in read)
        print(f"words that are nowhere, in the mean of the others: {nowhere:.2%}")
    print(f"files that miss more than {MANY:.0%}: {sum(loss.share > MANY for loss in read)}")
    if headlines:
        print(f"headlines read: {mean(headlines):.1%}")
    for loss in losses:
        if loss.missing is None:
            print(f"refused {loss.name}: {loss.problem}")
    for loss in sorted(read, key=lambda loss: -loss.share)[: options.worst]:
        shown = " ".join(word for word, _ in (loss.missing or Counter()).most_common(8))
        print(f"{loss.share:6.1%} of {loss.total:6} {loss.name}: {shown}")


if __name__ == "__main__":
    main()
