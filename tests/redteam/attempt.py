"""One attempt to cheat: who, how, what comes of it, and what it is stopped by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """Who cheats, in the words of the attack model."""

    OWNER = "owner"
    RECIPIENT = "recipient"
    MODULE = "module"
    STRANGER = "stranger"


class Comes(StrEnum):
    """What comes of an attempt."""

    REFUSED = "refused"
    SHOWN = "shown"
    PASSES = "not stopped"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A row of the table, and the test that tries it.

    Attributes:
        id: F and a number for a forgery, O for an overreach.
        who: Who tries it.
        does: What they do.
        comes: Whether it is refused, passes but shows, or passes.
        by: What refuses or shows it; of what passes, what would help.
        test: Node id; a name in brackets picks one of many.
        ends: What the test must observe: a code, a check, a level or a word. "" where a
            test of the product is used again, which looks for itself.
    """

    id: str
    who: Who
    does: str
    comes: Comes
    by: str
    test: str
    ends: str = ""


Row = tuple[Who, str, Comes, str, str, str]
"""The members of an `Attempt` after its number."""


def numbered(letter: str, rows: tuple[Row, ...]) -> tuple[Attempt, ...]:
    """Give each row its number, from 1."""
    return tuple(
        Attempt(f"{letter}{number}", *row[:4], f"tests/{row[4]}", row[5])
        for number, row in enumerate(rows, 1)
    )
