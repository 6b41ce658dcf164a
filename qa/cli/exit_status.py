"""Exit statuses of the shell."""

from __future__ import annotations

SUCCESS = 0
NO_ANSWER = 1  # the documents do not contain the answer
BELOW = 1  # a figure of `qa eval` is below its `--fail-under`
FAILURE = 2  # one line on stderr says why
INTERRUPTED = 130  # as shells report Ctrl-C
PIPE_CLOSED = 141  # as shells report a pipe that nobody reads
