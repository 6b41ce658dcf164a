"""Write requirements.lock and torch.lock: `make lock` pipes what was resolved to this program.

PyTorch and the libraries that only its GPU build needs stand in torch.lock, so that who has a CPU build
already installs requirements.lock alone.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

ONLY_FOR_TORCH = re.compile(r"(torch|triton|nvidia-[a-z0-9-]+|cuda-[a-z0-9-]+)==")

HEADS = {
    "requirements.lock": "# Made from pyproject.toml by `make lock`: all but PyTorch, which torch.lock has.",
    "torch.lock": "# Made from pyproject.toml by `make lock`: PyTorch, with the libraries of its GPU build.",
}


def split(resolved: str) -> dict[str, str]:
    """Return the content of each lock file.

    Args:
        resolved: Requirements with hashes. Each begins a line, and what belongs to it is indented.
    """
    contents = {name: f"{head}\n" for name, head in HEADS.items()}
    for requirement in re.split(r"^(?=\S)", resolved, flags=re.MULTILINE):
        name = "torch.lock" if ONLY_FOR_TORCH.match(requirement) is not None else "requirements.lock"
        contents[name] += requirement
    return contents


if __name__ == "__main__":
    for name, content in split(sys.stdin.read()).items():
        (ROOT / name).write_text(content, encoding="utf-8")
