"""What an export commits to, and the secrets that stay in the wallet to open it later."""

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING, Any

import msgspec

from geowallet.app.sharing.committed_track import track_of
from geowallet.contracts.cells import slot_count
from geowallet.contracts.offer import terms_digest
from geowallet.crypto.pedersen import SEED_BYTES
from geowallet.crypto.range_proof import MOST
from geowallet.model.errors import DayTooLongError, ResultRefusedError
from geowallet.proofs.commitments import commitment_claims
from geowallet.proofs.track import track_root

if TYPE_CHECKING:
    from geowallet.app.sharing.preparing import Prepared
    from geowallet.contracts.syntax import Terms
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
    """

    jti: str
    terms_sha256: str
    period: str
    days_m: tuple[int, ...]
    seed: bytes
    track_seed: bytes
    track: dict[int, tuple[str, ...]]


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


def _days(prepared: Prepared) -> tuple[int, ...]:
    period, by_day = prepared.period, dict(prepared.selected.metres_by_day)
    count = (period.last - period.first).days + 1
    days_m = tuple(by_day.get(period.first + dt.timedelta(days=n), 0) for n in range(count))
    if prepared.terms.commitments == "day_proved" and max(days_m) > MOST:
        raise DayTooLongError(name=prepared.terms.name, most_km=MOST // 1_000)
    if sum(days_m) != prepared.result.totals["distance_m"]:
        raise ResultRefusedError(reason="totals.distance_m")
    return days_m
