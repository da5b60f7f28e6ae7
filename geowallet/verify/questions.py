"""How a check asks, and how it says no."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.model.errors import ContractMismatchError
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from geowallet.contracts.grant import Contract
    from geowallet.contracts.syntax import Terms
    from geowallet.model.calendar import Period
    from geowallet.model.errors import GeowalletError
    from geowallet.proofs.sdjwt import Opened


@dataclass(frozen=True, slots=True)
class Case:
    """What all checks look at; nothing in it changes while they run.

    Attributes:
        opened: The file, taken apart.
        contract: The contract that the reader holds.
        now_s: The moment of verification, seconds since the epoch.
        period: The one that was asked for, or None for any.
    """

    opened: Opened
    contract: Contract
    now_s: int
    period: Period | None

    @property
    def claims(self) -> dict[str, Any]:
        """The signed claims."""
        return self.opened.claims

    @property
    def rows(self) -> tuple[Any, ...]:
        """The disclosed rows, in the order of the file."""
        return tuple(row for _, row in self.opened.rows)

    @property
    def terms(self) -> Terms:
        """What both signed."""
        return self.contract.terms


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a check failed: for the exit status, and for people."""

    error: GeowalletError
    note: Phrase


def refusal(error: GeowalletError) -> Refusal:
    """Return the refusal whose note is the text of ``error``."""
    return Refusal(error, Phrase(error.text, tuple(error.details.items())))


def mismatch(text: str, **values: str | int) -> Refusal:
    """Return the refusal of a file that does not fit its contract.

    Args:
        text: English msgid, marked with `N_` by the caller.
        **values: What it names; never a figure of the file.
    """
    note = phrase(text, **values)
    return Refusal(ContractMismatchError(reason=str(note)), note)


def shown_name(name: Any) -> str:
    """Return the name of a member as it may be shown: letters and underscores.

    A name with anything else in it could carry a coordinate or an escape
    sequence, so it is not repeated.
    """
    proper = isinstance(name, str) and re.fullmatch(r"[A-Za-z_]{1,32}", name)
    return f'"{name}"' if proper else N_("a member with an odd name")


def is_count(value: Any) -> bool:
    """Say whether a JSON value is a whole number, 0 or more; true and false are none."""
    return type(value) is int and value >= 0
