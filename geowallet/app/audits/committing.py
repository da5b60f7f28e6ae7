"""What an export commits to, and the secrets that stay in the wallet to open it later."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from geowallet.app.audits.committed_track import track_of
from geowallet.app.evidence.levels import shows_levels
from geowallet.contracts.evaluation.cells import slot_count
from geowallet.contracts.life.offer import terms_digest
from geowallet.crypto.pedersen import SEED_BYTES
from geowallet.crypto.range_proof import MOST
from geowallet.model.errors import DayTooLongError, ResultRefusedError
from geowallet.proofs.answers import compare, open_drawn
from geowallet.proofs.commitments import Stamped, commitment_claims
from geowallet.proofs.track import track_root

if TYPE_CHECKING:
    from geowallet.app.sharing.preparing import Prepared
    from geowallet.contracts.life.audit import Challenge
    from geowallet.contracts.life.sightings import Sightings
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.proofs.answers import Compared
    from geowallet.proofs.commitments import Opening
    from geowallet.vault.store import Vault
    from geowallet.vault.transaction import Transaction

KIND = "opening"


class Secrets(msgspec.Struct, frozen=True):
    """What opens the commitments of one export; sealed in the wallet, and never whole outside.

    Attributes:
        jti: Full id of the export.
        terms_sha256: Digest of the contract's terms.
        period: As `Period` writes it.
        days_m: Metres of every day of the period.
        seed: From which the openings of the days follow.
        track_seed: From which the salts of the track follow.
        track: Marks by quarter hour; empty where no sightings are granted.
        stamped: Metres above L0 and the entries that they rest on, by the ordinal of
            the day; days without are missing.
    """

    jti: str
    terms_sha256: str
    period: str
    days_m: tuple[int, ...]
    seed: bytes
    track_seed: bytes
    track: dict[int, tuple[str, ...]]
    stamped: dict[int, tuple[int, tuple[int, ...]]] = {}

    def opened(self, challenge: Challenge) -> tuple[Opening, ...]:
        """Return the days that answer a challenge."""
        stamped = {day: Stamped(metres, found) for day, (metres, found) in self.stamped.items()}
        return open_drawn(challenge, self.days_m, self.seed, stamped)

    def compared(self, sightings: Sightings) -> tuple[Compared, ...]:
        """Return what the track says to sightings."""
        return compare(sightings, self.track, self.track_seed)


def secrets_for(vault: Vault, prepared: Prepared) -> Secrets:
    """Return a fresh id and fresh secrets for one export, few where little is committed to.

    Raises:
        DayTooLongError: A range proof is asked for, and a day is longer than it can show.
        ResultRefusedError: The days do not add up to the total that was evaluated.
    """
    terms, period = prepared.terms, prepared.period
    used = [trip for trip, _ in prepared.selected.used]
    return Secrets(
        jti=os.urandom(16).hex(),
        terms_sha256=terms_digest(terms),
        period=str(period),
        days_m=_days(prepared) if terms.commitments != "none" else (),
        seed=os.urandom(SEED_BYTES),
        track_seed=os.urandom(SEED_BYTES),
        track=track_of(vault, terms, period, used) if terms.audit.spot_checks else {},
        stamped=_stamped(prepared) if terms.audit.draws else {},
    )


def claims_for(prepared: Prepared, secrets: Secrets) -> dict[str, Any]:
    """Return the claims that commit an export to its days and its track; maybe none."""
    claims = commitment_claims(
        prepared.terms,
        secrets.days_m,
        seed=secrets.seed,
        jti=secrets.jti,
        period=secrets.period,
        random=os.urandom,
    )
    if prepared.terms.audit.spot_checks:
        size = slot_count(prepared.period)
        root = track_root(secrets.track, seed=secrets.track_seed, size=size)
        claims["track"] = {"root": root.hex(), "size": size}
    return claims


def keep(tx: Transaction, terms: Terms, secrets: Secrets) -> None:
    """Write what opens an export, if anything does, in the transaction that records it."""
    if terms.commitments != "none" or terms.audit.spot_checks:
        tx.put(KIND, secrets.jti, msgspec.msgpack.encode(secrets))


def kept(vault: Vault, jti: str) -> Secrets | None:
    """Return the secrets of an export, or None where it committed to nothing."""
    body = vault.get(KIND, jti)
    return None if body is None else msgspec.msgpack.decode(body, type=Secrets)


def _stamped(prepared: Prepared) -> dict[int, tuple[int, tuple[int, ...]]]:
    """Return stamped metres and their entries by day; none where the export carries none."""
    if not shows_levels(prepared.result):
        return {}
    metres: Counter[int] = Counter()
    leaves: dict[int, set[int]] = {}
    for (trip, length_m), day in zip(
        prepared.selected.used, prepared.selected.used_on, strict=True
    ):
        grounds = prepared.grounds.get(trip)
        if grounds is not None and length_m:
            ordinal = (day - prepared.period.first).days
            metres[ordinal] += length_m
            leaves.setdefault(ordinal, set()).update(grounds.leaves)
    return {day: (metres[day], tuple(sorted(found))) for day, found in leaves.items()}


def _days(prepared: Prepared) -> tuple[int, ...]:
    period, by_day = prepared.period, dict(prepared.selected.metres_by_day)
    count = (period.last - period.first).days + 1
    days_m = tuple(by_day.get(period.first + dt.timedelta(days=n), 0) for n in range(count))
    if prepared.terms.commitments == "day_proved" and max(days_m) > MOST:
        raise DayTooLongError(name=prepared.terms.name, most_km=MOST // 1_000)
    if sum(days_m) != prepared.result.totals["distance_m"]:
        raise ResultRefusedError(reason="totals.distance_m")
    return days_m
