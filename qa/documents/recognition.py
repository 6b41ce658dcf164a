"""Text recognition (OCR): turns pictures and scanned PDFs into PDFs whose text can be read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import shorten

from qa.documents.formats import PICTURE_SUFFIXES, suffix_of
from qa.documents.loader import load_document
from qa.documents.sandbox import Sandbox
from qa.errors import DocumentError, PictureOfTextError
from qa.settings import DEFAULTS

SECONDS = 120
"""The time limit of tesseract for one page."""

LISTING_SECONDS = 10
"""The time limit of tesseract for listing its languages."""

SAID_CHARACTERS = 300
"""A longer error message of tesseract is truncated."""

MAX_PAGES = 200
MEMORY = 2 * 1024**3
"""The bytes of memory that tesseract may use. This is not enforced on Windows."""

_INSTALL = "install tesseract (package tesseract-ocr) to read it"
_ENVIRONMENT = ("LANG", "LD_LIBRARY_PATH", "PATH", "SYSTEMROOT", "TESSDATA_PREFIX")
_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"II+\0", b"MM\0*", b"MM\0+")

# Limits its own memory, then executes another program. In a process with threads, preexec_fn is not safe.
_LIMITED = (
    "import os, resource, sys; size = int(sys.argv[1]); "
    "resource.setrlimit(resource.RLIMIT_AS, (size, size)); os.execv(sys.argv[2], sys.argv[2:])"
)


def recognised(path: Path, folder: Path) -> Path:
    """Return a PDF with the recognised text of a picture or scan; any other file is returned as it is.

    The text is an invisible layer over the pictures of the pages. A PDF whose text can be read is not a scan.

    Args:
        path: A file of any format.
        folder: Where the PDF is written, under the name of the file.

    Raises:
        DocumentError: tesseract, which recognises the text, is not installed, fails or takes too long; or the
            PDF is damaged or has too many pages.
    """
    suffix = suffix_of(path.name)
    is_picture = suffix in PICTURE_SUFFIXES
    if not is_picture and not (suffix == ".pdf" and _is_scan(path)):
        return path
    if path.stat().st_size > DEFAULTS.max_file_bytes:
        raise DocumentError(f"{path.name!r} is too large: split it into smaller files")
    if is_picture:
        _check_picture(path)
    program, target = _program(path), folder / path.stem
    pictures = [path.absolute()] if is_picture else _page_pictures(path, folder)
    pages = folder / "pages.txt"
    pages.write_text("".join(f"{picture}\n" for picture in pictures), encoding="utf-8")
    source = pictures[0] if is_picture else pages
    command = [program, str(source), str(target), "-l", _languages(path, program), "pdf"]
    _output(path, command, SECONDS * len(pictures))
    return target.with_name(f"{target.name}.pdf")


def _check_picture(path: Path) -> None:
    """Check that a file is a picture. Tesseract would read any other file as a list of pictures.

    Raises:
        DocumentError: It is not a picture.
    """
    with path.open("rb") as file:
        if not file.read(8).startswith(_SIGNATURES):
            raise DocumentError(f"{path.name!r} is not a PNG, JPEG or TIFF image: save it as .png or .jpg")


def _is_scan(path: Path) -> bool:
    try:
        load_document(path)
    except PictureOfTextError:
        return True
    except DocumentError:
        pass
    return False


def _program(path: Path) -> str:
    program = shutil.which("tesseract")
    if program is None:
        raise DocumentError(f"{path.name!r} is a picture of text: {_INSTALL}")
    return program


def _page_pictures(path: Path, folder: Path) -> list[Path]:
    """Write the pages of a PDF as pictures, drawn in the sandbox."""
    found: list[Path] = []

    def write(number: int, count: int, picture: bytes) -> None:
        if count > MAX_PAGES:
            raise DocumentError(
                f"{path.name!r} has {count:,} pages and at most {MAX_PAGES} can be recognised: split it"
            )
        del found[number - 1 :]  # drawing may have been restarted
        found.append(folder / f"{number}.jpg")
        found[-1].write_bytes(picture)

    with Sandbox() as sandbox:
        sandbox.pictures(path.name, path.read_bytes(), write)
    return found


def _languages(path: Path, program: str) -> str:
    """Return the installed languages in the form that tesseract expects."""
    listed = _output(path, [program, "--list-langs"], LISTING_SECONDS)
    names = [line.strip() for line in listed.splitlines()[1:]]
    return "+".join(name for name in names if name not in ("", "osd")) or "eng"


def _output(path: Path, command: list[str], seconds: float) -> str:
    """Run tesseract with limits on time and memory, and return its output.

    Raises:
        DocumentError: It fails or takes too long.
    """
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    limited = [] if sys.platform == "win32" else [sys.executable, "-I", "-S", "-c", _LIMITED, str(MEMORY)]
    try:
        done = subprocess.run(
            [*limited, *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=seconds,
            env={**environment, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise DocumentError(f"{path.name!r} takes too long to recognise: split it") from error
    if done.returncode != 0:
        said = shorten(done.stderr.decode(errors="replace"), SAID_CHARACTERS, placeholder=" ...")
        raise DocumentError(
            f"{path.name!r} cannot be recognised by tesseract: {said or f'exit status {done.returncode}'}"
        )
    return done.stdout.decode(errors="replace")
