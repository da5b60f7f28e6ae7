"""The habits that a wallet keeps: read off its trips once, heeded until they are read anew.

They hold where legs began and ended, rounded, and so lie in the wallet, sealed as all
else; what an owner erases takes them away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from geowallet.crypto.canonical import digest_of, sha256_hex
from geowallet.model.provenance import Statement, StatementKind
from geowallet.track.modes.habits import Habits, Said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geowallet.vault.store import Vault

ADDRESS = ("setting", "habits")

SECOND_US = 1_000_000

DEGREE = 10_000
"""Steps of a degree: an end of a leg is kept to 6 m, and counts within 100 m or more."""

CERTAIN = 65_535
"""What a probability of 1 is kept as."""

MILLIONTHS = 1_000_000


class KeptHabits(msgspec.Struct, frozen=True):
    """Habits as they are stored.

    Attributes:
        model: SHA-256 (hex) of the model that said it, as it was fitted, and of no other.
        id: SHA-256 (hex) of what was read: it stays when a rule takes away old legs.
        since_us: When it was read.
        legs: Off how many legs.
        shares: Millionths, by class.
        bounds_s: Little-endian int64 ``(n, 2)``: first and last whole seconds of each leg.
        ends: Little-endian int32 ``(n, 4)``: steps of `DEGREE` of its ends.
        said: Little-endian uint16 ``(n, classes)``: steps of `CERTAIN`.
    """

    model: str
    id: str
    since_us: int
    legs: int
    shares: dict[str, int]
    bounds_s: bytes
    ends: bytes
    said: bytes

    @property
    def habits(self) -> Habits:
        """What tells of a leg; its classes are in the order of the model."""
        shares = np.array(list(self.shares.values())) / MILLIONTHS
        bounds_us = np.frombuffer(self.bounds_s, dtype="<i8").reshape(-1, 2) * SECOND_US
        ends_deg = np.frombuffer(self.ends, dtype="<i4").reshape(-1, 4) / DEGREE
        said = np.frombuffer(self.said, dtype="<u2").reshape(-1, len(shares)) / CERTAIN
        return Habits(shares, Said(bounds_us, ends_deg, said))

    def since(self, first_us: int) -> KeptHabits:
        """Return the same without the legs that begin before ``first_us``."""
        said = self.habits.said
        left = said.of(said.bounds_us[:, 0] >= first_us)
        return msgspec.structs.replace(self, **_packed(left))


def kept_from(habits: Habits, classes: tuple[str, ...], *, model: str, now_us: int) -> KeptHabits:
    """Return habits as they are stored.

    Args:
        habits: What was read.
        classes: Of the model.
        model: Its digest (hex).
        now_us: When.
    """
    millionths = np.rint(habits.shares * MILLIONTHS).astype(int).tolist()
    shares = dict(zip(classes, millionths, strict=True))
    packed = _packed(habits.said)
    whole = {name: sha256_hex(column) for name, column in packed.items()}
    found = digest_of({"model": model, "shares": shares, **whole})
    return KeptHabits(model, found, now_us, len(habits.said), shares, **packed)


def kept_habits(vault: Vault) -> KeptHabits | None:
    """Return the habits that are kept, whichever model said them, or None."""
    stored = vault.get(*ADDRESS)
    return msgspec.msgpack.decode(stored, type=KeptHabits) if stored else None


def store_habits(vault: Vault, found: KeptHabits, *, now_us: int) -> None:
    """Heed these habits from now on."""
    with vault.transaction(now_us=now_us) as tx:
        tx.put(*ADDRESS, msgspec.msgpack.encode(found))
        what = {"what": "habits read", "model": found.model, "legs": found.legs}
        tx.log(Statement(StatementKind.SETTING, (found.id,), (), what))


def forget_habits(vault: Vault, *, now_us: int) -> bool:
    """Heed no habits from now on; say whether there were any."""
    found = kept_habits(vault)
    if found is None:
        return False
    with vault.transaction(now_us=now_us) as tx:
        tx.delete(*ADDRESS)
        tx.log(Statement(StatementKind.SETTING, (found.id,), (), {"what": "habits forgotten"}))
    return True


def _packed(said: Said) -> Mapping[str, bytes]:
    bounds_s = said.bounds_us // SECOND_US
    ends = np.rint(said.ends_deg * DEGREE)
    shares = np.rint(said.probabilities * CERTAIN)
    return {
        "bounds_s": bounds_s.astype("<i8").tobytes(),
        "ends": ends.astype("<i4").tobytes(),
        "said": shares.astype("<u2").tobytes(),
    }
