"""What an erasure did, as it can be shown and kept: confirmed copy by copy, or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.app.keeping.copies import Copy, Standing, renew_copies
from geowallet.app.keeping.erasing import carry_out
from geowallet.vault.erase import keys_in

if TYPE_CHECKING:
    from pathlib import Path

    from geowallet.app.keeping.erasing import Erased, Plan
    from geowallet.vault.store import Vault

SCHEMA = "geowallet.erasure/1"


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was done, and what was found when it was looked at afterwards.

    Attributes:
        erased: What the wallet did.
        left: Destroyed keys that still lie in the wallet's file or journal: 0 is right.
        copies: Every known folder of backups, and how it stands now.
        checkpoint: Signed state of the log with the entry.
        at_us: When, UTC microseconds, by this machine's clock.
        what: Kind of scope.
    """

    erased: Erased
    left: int
    copies: tuple[Copy, ...]
    checkpoint: str
    at_us: int
    what: str

    @property
    def confirmed(self) -> bool:
        """Whether every copy that is known was reached, and nothing is left in any."""
        return not self.left and all(copy.standing is Standing.CLEAN for copy in self.copies)


def erase(vault: Vault, wallet: Path, planned: Plan, *, now_us: int) -> Erasure:
    """Erase what was planned, bring known backups up to it, and look for what was destroyed.

    Args:
        vault: The open wallet.
        wallet: Its file.
        planned: What to erase.
        now_us: The present.

    Raises:
        VaultBusyError: Something was written since the plan was made.
        DiskFullError: The disk refuses.
    """
    done = carry_out(vault, planned, now_us=now_us)
    copies = renew_copies(vault)
    places = (wallet, wallet.with_name(f"{wallet.name}-journal"))
    left = sum(keys_in(place, done.keys) for place in places)
    return Erasure(done, left, copies, vault.checkpoint(), now_us, planned.scope.what)


def receipt_json(erasure: Erasure) -> dict[str, Any]:
    """Return the receipt as JSON values; it names no time, place or file that was erased."""
    return {
        "schema": SCHEMA,
        "what": erasure.what,
        "at_us": erasure.at_us,
        "positions": erasure.erased.fixes,
        "records": erasure.erased.records,
        "log_entry": erasure.erased.entry,
        "checkpoint": erasure.checkpoint,
        "keys_destroyed": len(erasure.erased.keys),
        "keys_left_in_wallet": erasure.left,
        "copies": [copy_json(copy) for copy in erasure.copies],
        "confirmed": erasure.confirmed,
        "not_confirmed": list(_NOT_CONFIRMED),
    }


def copy_json(copy: Copy) -> dict[str, Any]:
    """Return a known folder of backups as JSON values."""
    return {
        "folder": copy.folder,
        "standing": str(copy.standing),
        "removed": copy.removed,
        "error": copy.error.code if copy.error else None,
    }


_NOT_CONFIRMED = (
    "copies of the file or of a folder of backups made by other means",
    "exports that others received",
    "blocks that the disk set aside and did not overwrite",
    "the files that were imported",
)
"""What no wallet can confirm; the receipt says so, whatever it confirms."""
