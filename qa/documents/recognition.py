"""Text recognition (OCR): pictures and scanned PDFs become PDFs whose text can be read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from qa.documents.formats import PICTURE_SUFFIXES, suffix_of
from qa.documents.loader import load_document
from qa.documents.sandbox import Sandbox
from qa.errors import DocumentError, PictureOfTextError
from qa.settings import DEFAULTS

SECONDS = 120
"""The longest that the program may take for one page."""

MAX_PAGES = 200
MEMORY = 2 * 1024**3
"""The bytes of memory that the program may use. Windows does not limit it."""

_INSTALL = "install tesseract (package tesseract-ocr) to read it"
_ENVIRONMENT = ("LANG", "LD_LIBRARY_PATH", "PATH", "SYSTEMROOT", "TESSDATA_PREFIX")


def recognised(path: Path, folder: Path) -> Path:
    """Return a PDF with the pictures and the recognised text of a picture or scan; else the file itself.

    The text lies unseen over the pictures of the pages. A PDF whose text can be read stays as it is.

    Args:
        path: A file of any format.
        folder: Where the PDF is written to, under the name of the file.

    Raises:
        DocumentError: tesseract, which recognises the text, is not installed, fails or takes too long; or
            the PDF is damaged or has too many pages.
    """
    suffix = suffix_of(path.name)
    is_picture = suffix in PICTURE_SUFFIXES
    if not is_picture and not (suffix == ".pdf" and _is_scan(path)):
        return path
    program, target = _program(path), folder / path.stem
    pictures = [path.absolute()] if is_picture else _page_pictures(path, folder)
    pages = folder / "pages.txt"
    pages.write_text("".join(f"{picture}\n" for picture in pictures), encoding="utf-8")
    source = pictures[0] if is_picture else pages
    _run(path, [program, str(source), str(target), "-l", _languages(program), "pdf"], len(pictures))
    return target.with_name(f"{target.name}.pdf")


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
    """Write the pages of a PDF as pictures, which are made in the sandbox."""
    data = path.read_bytes()
    found: list[Path] = []
    count = 1
    with Sandbox() as sandbox:
        while len(found) < count:
            picture, count = sandbox.picture(path.name, data, len(found))
            if count > MAX_PAGES:
                raise DocumentError(
                    f"{path.name!r} has {count:,} pages and at most {MAX_PAGES} can be recognised: split it"
                )
            found.append(folder / f"{len(found)}.jpg")
            found[-1].write_bytes(picture)
    return found


def _languages(program: str) -> str:
    """Return the installed languages as the program wants them."""
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False)
    names = [line.strip() for line in listed.stdout.splitlines()[1:]]
    return "+".join(name for name in names if name not in ("", "osd")) or "eng"


def _run(path: Path, command: list[str], pages: int) -> None:
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    if path.stat().st_size > DEFAULTS.max_file_bytes:
        raise DocumentError(f"{path.name!r} is too large: split it into smaller files")
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=SECONDS * pages,
            env={**environment, "OMP_THREAD_LIMIT": "1"},
            preexec_fn=None if sys.platform == "win32" else _limit_memory,
        )
    except subprocess.TimeoutExpired as error:
        raise DocumentError(f"{path.name!r} takes too long to recognise: split it") from error
    if done.returncode != 0:
        raise DocumentError(f"{path.name!r} is not an image that tesseract can read: save it as .png or .jpg")


def _limit_memory() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
