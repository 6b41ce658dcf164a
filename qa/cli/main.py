"""One run of the shell: arguments, logging, exit status.

The status is 0 if answered (or done), 1 if the text does not say, 2 for an error, told in one line on stderr.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Sequence

from qa.cli.commands import FAILED
from qa.cli.parser import make_parser
from qa.errors import QAError

log = logging.getLogger(__name__)

STOPPED, UNREAD = 130, 141  # as a shell reports an interrupt, and a pipe that nobody reads


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, given as on the command line (that of the process if None).

    Returns:
        The exit status; 130 if the user stopped it, 141 if nobody reads the output any more.

    Raises:
        SystemExit: the arguments were wrong (status 2) or asked for help (status 0).
    """
    options = make_parser().parse_args(arguments)
    _prepare(verbose=options.verbose)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except QAError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return STOPPED
    except BrokenPipeError:
        # Python flushes once more at its end, which must find something that can be written to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    except Exception as error:
        log.debug("", exc_info=True)
        return _fail(f"unexpected {type(error).__name__}: {error} (--verbose shows where)")
    return status


def _fail(reason: str) -> int:
    print(f"qa: {' '.join(reason.split())}", file=sys.stderr)
    return FAILED


def _prepare(*, verbose: bool) -> None:
    """Only this package speaks on stderr; what it says of others' text can always be written."""
    handler = logging.StreamHandler()
    if not verbose:
        handler.addFilter(logging.Filter("qa"))
        if not sys.warnoptions:
            warnings.simplefilter("ignore")
    level = logging.DEBUG if verbose else logging.WARNING
    logging.basicConfig(handlers=[handler], level=level, format="qa: %(message)s")
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
