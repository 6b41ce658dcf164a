"""Exit statuses of the shell."""

from __future__ import annotations

SUCCESS = 0
NOT_FOUND = 1  # no answer was found
BELOW = 1  # a figure of `qa eval` is below its `--fail-under`
FAILURE = 2  # one line on stderr says why
PERHAPS = 3  # there is a guess, but no answer
INTERRUPTED = 130  # as shells report Ctrl-C
PIPE_CLOSED = 141  # as shells report a pipe that nobody reads
