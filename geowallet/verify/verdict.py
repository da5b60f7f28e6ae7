"""What a recipient is told: every check by name, and what no check can show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from geowallet.model.errors import GeowalletError
    from geowallet.proofs.claims import Figures
    from geowallet.verify.amounts import Footing
    from geowallet.verify.evidence import Seen

NOT_PROVED = (
    phrase(N_("who drove or rode")),
    phrase(N_("that the trip was necessary")),
    phrase(N_("that the phone was not deceived")),
)
"""What a reader must not conclude from an accepted file."""


class Outcome(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True)
class Check:
    """One question put to the file.

    Attributes:
        name: Stable, never translated.
        outcome: How it ended; ``NOT_RUN`` after the first failure.
        note: What was asked, or what is wrong.
    """

    name: str
    outcome: Outcome
    note: Phrase


@dataclass(frozen=True, slots=True)
class Verdict:
    """The end of a verification.

    Attributes:
        checks: All of them, in the order in which they are put.
        error: The failure of the first check that did not pass, or None; it
            carries the exit status.
        figures: What the file says, or None unless every check passed.
        not_proved: What remains open even so.
        seen: What authorities and witnesses said, where levels above L0 rest on it.
        amount: What its amount was found to rest on; None where it says none.
    """

    checks: tuple[Check, ...]
    error: GeowalletError | None
    figures: Figures | None
    not_proved: tuple[Phrase, ...] = NOT_PROVED
    seen: Seen | None = None
    amount: Footing | None = None

    @property
    def accepted(self) -> bool:
        """Whether every check passed."""
        return self.error is None
