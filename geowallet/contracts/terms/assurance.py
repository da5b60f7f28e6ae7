"""How hard figures must be to forge, by terms: a level, for how much, and of what kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.contracts.evaluation.rows import LEVELS

if TYPE_CHECKING:
    from geowallet.contracts.terms.members import Members
    from geowallet.contracts.terms.syntax import Terms


@dataclass(frozen=True, slots=True)
class Assurance:
    """What the member ``assurance`` says.

    Attributes:
        level: Of `LEVELS`; nothing of a higher one is looked for, or leaves.
        share_percent: So much of the metres must have it at least, 0 to 100.
        only: Whether trips below it are left out of every figure.
        readings: Whether the odometer readings of L3 leave in the clear.
    """

    level: str
    share_percent: int
    only: bool
    readings: bool


def read_assurance(members: Members) -> Assurance:
    """Return the member ``assurance``; the last two are written only where they are true.

    Raises:
        BadContractError: Not such a member.
    """
    found = Assurance(
        level=members.choice("level", LEVELS),
        share_percent=members.integer("share_percent", 0, 100),
        only=members.flag("only") if "only" in members else False,
        readings=members.flag("readings") if "readings" in members else False,
    )
    members.done()
    return found


def assurance_as_json(terms: Terms) -> dict[str, Any]:
    """Return what `read_assurance` reads."""
    value: dict[str, Any] = {
        "level": terms.min_assurance,
        "share_percent": terms.min_share_percent,
    }
    value |= {"only": True} if terms.only_assured else {}
    return value | ({"readings": True} if terms.shows_readings else {})


def unassured(terms: Terms) -> tuple[tuple[str, bool, str], ...]:
    """Return what may be wrong with the demand: the member, whether it is, and why."""
    return (
        (
            "assurance",
            terms.only_assured and terms.min_assurance == LEVELS[0],
            "every trip has the lowest level",
        ),
        (
            "assurance",
            terms.only_assured and terms.min_share_percent < 100,
            "where nothing else counts, all of it has the level",
        ),
        (
            "assurance",
            terms.shows_readings and terms.min_assurance != LEVELS[-1],
            "odometer readings without the level that rests on them",
        ),
    )
