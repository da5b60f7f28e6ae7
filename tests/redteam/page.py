"""The table as docs/security.md carries it."""

from __future__ import annotations

from pathlib import Path

from tests.redteam.attempt import Comes
from tests.redteam.catalogue import CATALOGUE

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
FIRST, LAST = "<!-- red team: written by ./dev redteam --write -->\n", "<!-- end of red team -->\n"

NAMES = {"F": "forgeries", "O": "overreaches"}


def table() -> str:
    """Return the sums and one row for each attempt, as Markdown."""
    lines = [f"- {line}" for line in sums()]
    lines += [
        "",
        "| # | who | does | comes of it | by, or what would help |",
        "|---|---|---|---|---|",
    ]
    for one in CATALOGUE:
        comes = f"**{one.comes}**" if one.comes is Comes.PASSES else one.comes
        lines.append(f"| {one.id} | {one.who} | {one.does} | {comes} | {one.by} |")
    return "\n".join(["", *lines, "", ""])


def sums() -> list[str]:
    """Return one line for forgeries and one for overreaches: how many end how."""
    found = []
    for letter, name in NAMES.items():
        rows = [one for one in CATALOGUE if one.id.startswith(letter)]
        counts = ", ".join(f"{sum(one.comes is c for one in rows)} {c}" for c in Comes)
        found.append(f"{len(rows)} {name}: {counts}")
    return found


def with_table(text: str) -> str:
    """Return the page with the table as it is now."""
    before, _, rest = text.partition(FIRST)
    _, _, after = rest.partition(LAST)
    return f"{before}{FIRST}{table()}{LAST}{after}"
