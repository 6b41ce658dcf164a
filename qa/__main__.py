"""Entry point of `python -m qa`, the same program as the `qa` command."""

from __future__ import annotations

import sys

from qa.cli import main

if __name__ == "__main__":
    sys.exit(main())
