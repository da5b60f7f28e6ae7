"""Use case: fuel receipts of a vehicle, crossed with its kilometres."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from geowallet.app.settings import resolve, vehicles
from geowallet.app.vehicles.odometer import Reading, put_readings, readings, readings_with
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.provenance import Statement, StatementKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geowallet.model.mobility import DescribedTrip
    from geowallet.vault.store import Vault

_KIND = "setting"

NOT_READ = -1
"""Stands for an odometer that nobody looked at."""


class Receipt(msgspec.Struct, frozen=True, order=True):
    """One filling.

    Attributes:
        day: Local day.
        quantity: Litres, or kWh of an electric vehicle.
        km: What the odometer showed, or `NOT_READ`.
        amount: Paid, in euros, or None.
    """

    day: dt.date
    quantity: Decimal
    km: int = NOT_READ
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one filling to the next: what was filled at its end was used on the way.

    Attributes:
        before: The filling at its beginning.
        after: The filling at its end.
        quantity: Filled at its end.
        driven_m: By the odometer where both readings are known, else by the traces.
        by_odometer: Which of the two.
        traced_m: Metres of the traces, whatever the odometer says.
    """

    before: Receipt
    after: Receipt
    quantity: Decimal
    driven_m: int
    by_odometer: bool
    traced_m: int

    @property
    def per_100_km(self) -> Decimal | None:
        """Litres or kWh per 100 km, one decimal; None where nothing was driven."""
        if self.driven_m <= 0:
            return None
        return (self.quantity * 100_000 / self.driven_m).quantize(Decimal("0.1"))


def fuel(vault: Vault, vehicle: str) -> tuple[Receipt, ...]:
    """Return the receipts of a vehicle by day; empty where there are none."""
    body = vault.get(_KIND, f"fuel/{vehicle}")
    return msgspec.json.decode(body, type=tuple[Receipt, ...]) if body else ()


def add_fuel(vault: Vault, vehicle: str, receipt: Receipt, *, now_us: int) -> tuple[Receipt, ...]:
    """Store a receipt and return all; what the odometer showed is a reading as well.

    The same receipt again changes nothing.

    Raises:
        NotFoundError: No vehicle is called so.
        AmbiguousNameError: Several begin so.
        OdometerRunsBackError: An earlier day shows more, or a later one less.
    """
    name = resolve("vehicle", vehicle, [known.id for known in vehicles(vault)])
    shown = _shown_with(vault, name, receipt)
    kept = tuple(sorted({*fuel(vault, name), receipt}, key=_order))
    body = msgspec.json.encode(kept)
    with vault.transaction(now_us=now_us) as tx:
        if shown:
            put_readings(tx, name, shown)
        tx.put(_KIND, f"fuel/{name}", body)
        what = {"what": "fuel receipt noted"}
        tx.log(Statement(StatementKind.SETTING, (sha256_hex(body),), (), what))
    return kept


def _shown_with(vault: Vault, name: str, receipt: Receipt) -> tuple[Reading, ...]:
    """Return the readings with that of a receipt, or none where it has none."""
    if receipt.km == NOT_READ:
        return ()
    stood = [known.km for known in readings(vault, name) if known.day == receipt.day]
    return readings_with(vault, name, Reading(receipt.day, max(receipt.km, *stood, 0)))


def stretches(
    found: tuple[Receipt, ...], vehicle: str, trips: Iterable[DescribedTrip]
) -> tuple[Stretch, ...]:
    """Return one stretch a pair of fillings on different days; full tanks are taken for granted.

    Args:
        found: As `fuel` returns them; those of one day are one filling.
        vehicle: Id of the vehicle.
        trips: Any; those of the vehicle count, on the day they start: after the day of
            the first filling, up to the day of the second.
    """
    by_day: dict[dt.date, float] = {}
    for trip in trips:
        if trip.vehicle == vehicle:
            day = dt.date.fromisoformat(trip.day)
            by_day[day] = by_day.get(day, 0.0) + trip.trip.distance_m
    days = sorted({receipt.day for receipt in found})
    fillings = [_of_day([r for r in found if r.day == day]) for day in days]
    return tuple(_stretch(before, after, by_day) for before, after in pairwise(fillings))


def _stretch(before: Receipt, after: Receipt, by_day: dict[dt.date, float]) -> Stretch:
    traced_m = round(sum(m for day, m in by_day.items() if before.day < day <= after.day))
    read = NOT_READ not in {before.km, after.km}
    driven_m = (after.km - before.km) * 1000 if read else traced_m
    return Stretch(before, after, after.quantity, driven_m, read, traced_m)


def _of_day(receipts: list[Receipt]) -> Receipt:
    amounts = [receipt.amount for receipt in receipts if receipt.amount is not None]
    return Receipt(
        receipts[0].day,
        sum((receipt.quantity for receipt in receipts), Decimal(0)),
        max(receipt.km for receipt in receipts),
        sum(amounts, Decimal(0)) if amounts else None,
    )


def _order(receipt: Receipt) -> tuple[dt.date, int, Decimal, Decimal]:
    return receipt.day, receipt.km, receipt.quantity, receipt.amount or Decimal(0)
