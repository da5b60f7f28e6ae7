"""Numbers and tables as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown, or a word where there are no rows."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    if not lines:
        return "Not measured yet."
    return "\n".join([f"| {' | '.join(head)} |", "|---" * len(head) + "|", *lines])


def percent(value: float | None, digits: int = 1) -> str:
    """Return a share as a percentage, or a dash."""
    return "-" if value is None else f"{100 * value:.{digits}f} %"


def plain(value: float | None) -> str:
    """Return three digits, or a dash."""
    return "-" if value is None else f"{value:.3f}"


def signed(value: float | None) -> str:
    """Return three digits with their sign, or a dash."""
    return "-" if value is None else f"{value:+.3f}"
