"""CSV cells that no spreadsheet takes for formulas."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def with_quote(cell: str) -> str:
    """Return a cell with an apostrophe before it if a spreadsheet would take it for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) is not None else cell


def without_quote(cell: str) -> str:
    """Undo `with_quote`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) is not None else cell
