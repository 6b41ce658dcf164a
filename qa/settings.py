"""Where the program runs."""

from __future__ import annotations

import os


def on_a_space() -> bool:
    """Whether this process runs as a Hugging Face Space."""
    return bool(os.environ.get("SPACE_ID"))
