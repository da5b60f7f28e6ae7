"""A witness who signs at any moment that a test wants."""

from __future__ import annotations

import dataclasses
import datetime as dt

from geowallet.app.desk.desk import Desk
from geowallet.app.evidence.stamps import Stamp, keep
from geowallet.contracts.terms.syntax import Terms
from geowallet.crypto.cosignatures import cosign, find_cosignature, witness_key
from geowallet.crypto.note_lines import signature_lines
from geowallet.crypto.notes import Checkpoint
from geowallet.crypto.signing import log_public
from geowallet.vault.highwater import Mark
from geowallet.vault.store import Vault
from geowallet.verify.evidence import Anchor
from tests.app import scene

SEED = b"w" * 32
NAME = "exemple.fr/witness"
KEY = witness_key(NAME, log_public(SEED))
ANCHOR = Anchor("works council", KEY)


def at(day: int, hour: int, minute: int = 0) -> int:
    """Seconds since the epoch of an hour (UTC) of May 2026."""
    return scene.minute_us(dt.date(2026, 5, day), hour, minute) // 1_000_000


def seen(
    vault: Vault,
    at_s: int,
    *,
    seed: bytes = SEED,
    name: str = NAME,
    mark: Mark | None = None,
) -> Stamp:
    """Have the log as it is, or as it was at ``mark``, signed at ``at_s``."""
    mark = mark or vault.mark()
    checkpoint = Checkpoint(vault.origin, mark.size, mark.root)
    lines = signature_lines(cosign(checkpoint, name=name, seed32=seed, at_s=at_s))
    public = log_public(seed)
    said = find_cosignature(checkpoint, lines, name=name, public32=public)
    stamp = Stamp(
        kind="witness",
        name=name,
        by=witness_key(name, public),
        size=mark.size,
        root=mark.root,
        at_s=at_s,
        token=said.signature,
    )
    keep(vault, stamp, now_us=at_s * 1_000_000)
    return stamp


def stamped_mileage(employer: Desk, *, percent: int = 80, name: str = "mileage") -> Terms:
    """Business kilometres, of which so many percent must be L1."""
    return dataclasses.replace(
        scene.mileage(employer, name=name), min_assurance="L1", min_share_percent=percent
    )
