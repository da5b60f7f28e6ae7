"""Use case: what the odometer says, beside what the traces say."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from geowallet.app.settings import resolve, vehicles
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.errors import OdometerRunsBackError
from geowallet.model.provenance import Statement, StatementKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geowallet.model.mobility import DescribedTrip
    from geowallet.vault.store import Vault
    from geowallet.vault.transaction import Transaction

_KIND = "setting"


class Reading(msgspec.Struct, frozen=True, order=True):
    """One look at the odometer.

    Attributes:
        day: Local day, at the end of which it stood so.
        km: Whole kilometres, as shown.
    """

    day: dt.date
    km: int


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What lies between two readings.

    Attributes:
        before: Earlier reading.
        after: Later one.
        traced_m: Metres of the vehicle's trips on the days after ``before`` up to the
            day of ``after``.
    """

    before: Reading
    after: Reading
    traced_m: int

    @property
    def residual_m(self) -> int:
        """Metres that the odometer has and the traces have not; negative the other way."""
        return (self.after.km - self.before.km) * 1000 - self.traced_m

    @property
    def share(self) -> float:
        """What the traces saw of the odometer's metres; NaN where it did not move."""
        driven_m = (self.after.km - self.before.km) * 1000
        return self.traced_m / driven_m if driven_m else float("nan")


def readings(vault: Vault, vehicle: str) -> tuple[Reading, ...]:
    """Return the readings of a vehicle by day; empty where there are none."""
    body = vault.get(_KIND, f"odometer/{vehicle}")
    return msgspec.json.decode(body, type=tuple[Reading, ...]) if body else ()


def add_reading(
    vault: Vault, vehicle: str, reading: Reading, *, now_us: int
) -> tuple[Reading, ...]:
    """Store a reading, one a day, and return all of them.

    Raises:
        NotFoundError: No vehicle is called so.
        AmbiguousNameError: Several begin so.
        OdometerRunsBackError: An earlier day shows more, or a later one less.
    """
    name = resolve("vehicle", vehicle, [known.id for known in vehicles(vault)])
    kept = readings_with(vault, name, reading)
    with vault.transaction(now_us=now_us) as tx:
        put_readings(tx, name, kept)
    return kept


def readings_with(vault: Vault, name: str, reading: Reading) -> tuple[Reading, ...]:
    """Return the readings of a vehicle with one more, which replaces that of its day.

    Raises:
        OdometerRunsBackError: An earlier day shows more, or a later one less.
    """
    others = [known for known in readings(vault, name) if known.day != reading.day]
    kept = tuple(sorted([*others, reading]))
    for before, after in pairwise(kept):
        if after.km < before.km:
            raise OdometerRunsBackError(vehicle=name, date=after.day.isoformat())
    return kept


def put_readings(tx: Transaction, name: str, kept: tuple[Reading, ...]) -> None:
    """Put the readings of a vehicle into a transaction."""
    body = msgspec.json.encode(kept)
    tx.put(_KIND, f"odometer/{name}", body)
    tx.log(Statement(StatementKind.SETTING, (sha256_hex(body),), (), {"what": "odometer read"}))


def reconcile(
    found: tuple[Reading, ...], vehicle: str, trips: Iterable[DescribedTrip]
) -> tuple[Reconciled, ...]:
    """Return one comparison for each pair of readings that follow each other.

    Args:
        found: As `readings` returns.
        vehicle: Id of the vehicle.
        trips: Any; only those of the vehicle count, on the day they start.
    """
    by_day: dict[dt.date, float] = {}
    for trip in trips:
        if trip.vehicle == vehicle:
            day = dt.date.fromisoformat(trip.day)
            by_day[day] = by_day.get(day, 0.0) + trip.trip.distance_m
    return tuple(
        Reconciled(
            before,
            after,
            round(sum(m for day, m in by_day.items() if before.day < day <= after.day)),
        )
        for before, after in pairwise(found)
    )
