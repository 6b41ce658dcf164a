"""`python -m qa`: the shell, also where the `qa` command is not on the path."""

from __future__ import annotations

import sys

from qa.cli import main

if __name__ == "__main__":
    sys.exit(main())
