"""Who else speaks for figures above L1: devices that sign files, outsiders who read odometers.

What is shown here of a device: its key signed these files, one after the other, and
their digests were in the holder's log when the stamps say. Of a reading: its key
signed that an odometer stood so on that day. How metres follow from files, which
trips were of that vehicle, and, where the readings stay closed, that they agree with
the traces, is the holder's word.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.crypto.batches import parse_device_key
from geowallet.proofs.device_runs import gaps
from geowallet.proofs.odometer import TOLERANCE_PERCENT
from geowallet.verify.jose import MALFORMED, MISMATCH, refuse
from geowallet.verify.standalone import periods

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geowallet.proofs.evidence import Evidence
    from geowallet.proofs.odometer import Statement
    from geowallet.verify.standalone import Export

UNKNOWN_SIGNER = "unknown_signer"
"""Status of an export whose levels rest on devices or readings by nobody known."""

_METRES = 1_000
_LAST_DAY = dt.timedelta(days=1)
"""Somewhere on Earth it is a day later than where the export was signed."""


@dataclass(frozen=True, slots=True)
class SeenDevice:
    """What a device signed of the files behind the figures.

    Attributes:
        device: Its own name.
        name: The reader's word for it, or "" where they do not rely on it.
        batches: Number of batches that are carried.
        first: Counter of the first of them.
        last: Counter of the last of them.
        missing: First and last counter of each gap between them: files that were not
            handed over.
    """

    device: str
    name: str
    batches: int
    first: int
    last: int
    missing: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class SeenReading:
    """Two looks of outsiders at one odometer.

    Attributes:
        before: Day of the first.
        after: Day of the second.
        names: The reader's words for who looked; "" for one they do not rely on.
        vehicle: Its registration, or "" where that stays closed.
        km: What lies between, or None where that stays closed.
    """

    before: dt.date
    after: dt.date
    names: tuple[str, str]
    vehicle: str
    km: int | None


def seen_devices(evidence: Evidence, known: Mapping[str, str]) -> tuple[SeenDevice, ...]:
    """Return what each device signed; ``known`` gives the reader's word for a key line."""
    found = []
    for key in sorted({run.key for run in evidence.runs}):
        runs = [run for run in evidence.runs if run.key == key]
        found.append(
            SeenDevice(
                device=parse_device_key(key)[0],
                name=known.get(key, ""),
                batches=sum(len(run.files) for run in runs),
                first=runs[0].first,
                last=runs[-1].last,
                missing=gaps(runs),
            )
        )
    return tuple(found)


def seen_readings(
    export: Export, evidence: Evidence, known: Mapping[str, str]
) -> tuple[SeenReading, ...]:
    """Return what outsiders read of odometers, after checking it against the contract.

    Args:
        export: It has passed the checks of `standalone`.
        evidence: Of its claim.
        known: The reader's word by the thumbprint of a key.

    Raises:
        RefusedError: Readings are not of the period, show more or less than the
            contract names, run backwards, or are fewer metres than are claimed.
    """
    first, last = periods(export.terms)[export.claims["period"]]
    signed = dt.datetime.fromtimestamp(export.claims["iat"], tz=dt.UTC).date() + _LAST_DAY
    outside = any(
        before.day > last or after.day <= first or after.day > signed
        for before, after in evidence.readings
    )
    refuse("its odometer readings are not of the period", MISMATCH, outside)
    asked = export.terms["assurance"].get("readings", False)
    other = any((one.km is not None) != asked for pair in evidence.readings for one in pair)
    refuse("it shows odometer readings otherwise than the contract names", MISMATCH, other)
    found = tuple(_reading(before, after, known) for before, after in evidence.readings)
    if asked:
        _check_bound(export, found)
    return found


def believed_to(devices: Sequence[SeenDevice], readings: Sequence[SeenReading]) -> str:
    """Return the highest level at which the metres count for this reader."""
    if not devices or not all(one.name for one in devices):
        return "L1"
    if not readings or not all(name for one in readings for name in one.names):
        return "L2"
    return "L3"


def counted(shares: Mapping[str, int], level: str) -> dict[str, int]:
    """Return shares by level where what is above ``level`` counts as ``level``."""
    above = sum(share for name, share in shares.items() if name > level)
    kept = {name: 0 if name > level else share for name, share in shares.items()}
    return kept | {level: kept[level] + above}


def check_demand(export: Export, level: str) -> None:
    """Refuse where the contract asks for more than counts for this reader.

    Raises:
        RefusedError: Too few metres are at the level that it asks for.
    """
    demand, shares = export.terms["assurance"], export.claims["share_percent"]
    counts = counted(shares, level)
    found = sum(share for name, share in counts.items() if name >= demand["level"])
    refuse(
        "too few metres count: this desk does not rely on the devices or readings behind them",
        UNKNOWN_SIGNER,
        any(shares.values()) and found < demand["share_percent"],
    )


def _reading(before: Statement, after: Statement, known: Mapping[str, str]) -> SeenReading:
    names = (known.get(before.signer, ""), known.get(after.signer, ""))
    km = None if before.km is None or after.km is None else after.km - before.km
    return SeenReading(before.day, after.day, names, before.vehicle, km)


def _check_bound(export: Export, readings: Sequence[SeenReading]) -> None:
    """Refuse more metres at L3 than the odometers moved, however much they err."""
    backwards = any(one.km is None or one.km < 0 for one in readings)
    twice = any(
        one.vehicle == other.vehicle and other.before < one.after
        for n, one in enumerate(readings)
        for other in readings[n + 1 :]
    )
    refuse("its odometer readings contradict each other", MALFORMED, backwards or twice)
    most_m = sum(((one.km or 0) + 1) * _METRES * (100 + TOLERANCE_PERCENT) for one in readings)
    claimed_m = export.claims.get("share_m", {}).get("L3") or 0
    over = claimed_m * 100 > most_m
    refuse("it claims more metres than the odometers moved", MISMATCH, over)
