"""Entry point of the shell: arguments, logging, exit status."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Sequence

from qa.cli.exit_status import FAILURE, INTERRUPTED, PIPE_CLOSED
from qa.cli.output import one_line
from qa.cli.parser import make_parser
from qa.errors import QAError
from qa.models import let_threads_sleep

log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: The command line after the program's name, by default that of the process.

    Returns:
        The exit status, see `exit_status`.

    Raises:
        SystemExit: The arguments are wrong (status 2) or ask for help (status 0).
    """
    let_threads_sleep()
    options = make_parser().parse_args(arguments)
    _set_up_output(verbose=options.verbose)
    try:
        status: int = options.run(options)
        if not sys.stdout.closed:  # the MCP server closes it
            sys.stdout.flush()
    except QAError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Python flushes stdout once more at exit. Replace it by a file that can be written to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except Exception as error:
        log.debug("", exc_info=True)
        return _fail(f"unexpected {type(error).__name__}: {error} (--verbose shows where)")
    return status


def _fail(reason: str) -> int:
    print(f"qa: {one_line(reason).strip()}", file=sys.stderr)
    return FAILURE


class _OneLineFormatter(logging.Formatter):
    """Keeps each message on one line; a traceback follows on its own lines."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the name is logging's
        return one_line(super().formatMessage(record))


def _set_up_output(*, verbose: bool) -> None:
    """Send this package's warnings to stderr (with `verbose`, all messages), and make stdout UTF-8."""
    handler = logging.StreamHandler()
    handler.setFormatter(_OneLineFormatter("qa: %(message)s"))
    if not verbose:
        handler.addFilter(logging.Filter("qa"))
        if not sys.warnoptions:
            warnings.simplefilter("ignore")
    logging.basicConfig(handlers=[handler], level=logging.DEBUG if verbose else logging.WARNING)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
