"""Use cases: odometer readings that outsiders signed, and whether the traces agree with them.

What the owner typed stays the owner's word, however well it agrees. Between two signed
readings the traces of the vehicle must come to what the odometer moved, within what
both may err; the days of the readings themselves count for neither side, because
nobody knows at which hour it was read.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from geowallet.app.files import read_small
from geowallet.app.settings import resolve, vehicles
from geowallet.app.travel.trips import described_trips
from geowallet.app.vehicles.odometer import Reading, put_readings, readings_with
from geowallet.crypto.canonical import sha256_hex, strict_json
from geowallet.model.calendar import Period
from geowallet.model.errors import BadStatementError, OtherVehicleError
from geowallet.model.provenance import Statement as Entry
from geowallet.model.provenance import StatementKind
from geowallet.proofs.evidence import MOST_READINGS
from geowallet.proofs.odometer import (
    MAX_STATEMENT_CHARS,
    TOLERANCE_PERCENT,
    Statement,
    read_statement,
    registration_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from geowallet.model.mobility import DescribedTrip
    from geowallet.vault.store import Vault

Pair = tuple[Statement, Statement]
"""Two statements about one vehicle that follow each other."""

_KIND = "setting"
_MAX_BYTES = 16 << 20
_KM = 1_000
_TWO_SIGMA = 2


@dataclass(frozen=True, slots=True)
class Crossed:
    """What the traces say between two signed readings.

    Attributes:
        pair: The two readings.
        least_m: Metres of the vehicle's trips on the days between them.
        most_m: The same with the days of the readings.
        margin_m: By how much the odometer's metres may differ.
    """

    pair: Pair
    least_m: int
    most_m: int
    margin_m: int

    @property
    def odometer_m(self) -> int:
        """What the odometer moved."""
        before, after = self.pair
        return ((after.km or 0) - (before.km or 0)) * _KM

    @property
    def agrees(self) -> bool:
        """Whether the traces are as much as the odometer says."""
        low, high = self.odometer_m - self.margin_m, self.odometer_m + self.margin_m
        return self.least_m <= high and low <= self.most_m


def statement_in(path: Path) -> Statement:
    """Return the statement in a file; line ends after it are forgiven.

    Raises:
        BadStatementError: It is none, or does not show what it says.
        SourceMissingError: There is no such file.
    """
    data = read_small(path, MAX_STATEMENT_CHARS)
    try:
        found = read_statement(data.decode("ascii").rstrip("\r\n"))
    except ValueError as error:
        raise BadStatementError from error
    if found.km is None:
        raise BadStatementError
    return found


def add_statement(
    vault: Vault, vehicle: str, found: Statement, *, now_us: int
) -> tuple[Statement, ...]:
    """Keep a statement with its reading, and return all of the vehicle's by day.

    Args:
        vault: The open wallet.
        vehicle: Name of the vehicle, or a beginning of it.
        found: As `statement_in` returns.
        now_us: For the log.

    Raises:
        NotFoundError: No vehicle is called so.
        AmbiguousNameError: Several begin so.
        OtherVehicleError: It speaks of another registration than the vehicle's.
        OdometerRunsBackError: An earlier day shows more, or a later one less.
    """
    known = {one.id: one for one in vehicles(vault)}
    name = resolve("vehicle", vehicle, known)
    if registration_of(known[name].plate) != found.vehicle:
        raise OtherVehicleError(vehicle=name)
    shown = readings_with(vault, name, Reading(found.day, found.km or 0))
    others = [one for one in statements(vault, name) if one.day != found.day]
    kept = tuple(sorted([*others, found], key=lambda one: one.day))
    body = _written(kept)
    with vault.transaction(now_us=now_us) as tx:
        put_readings(tx, name, shown)
        tx.put(_KIND, _name(name), body)
        said = {"what": "odometer read by others"}
        digest = sha256_hex(found.text.encode("ascii"))
        tx.log(Entry(StatementKind.SETTING, (sha256_hex(body),), (digest,), said))
    return kept


def statements(vault: Vault, vehicle: str) -> tuple[Statement, ...]:
    """Return what others signed of a vehicle's odometer, by day; empty where nothing."""
    body = vault.get(_KIND, _name(vehicle))
    return _read(body) if body else ()


def both_statements(mine: bytes, theirs: bytes) -> bytes | None:
    """Return the record of what two records hold, or None where they differ about a day."""
    found = sorted({*_read(mine), *_read(theirs)}, key=lambda one: one.day)
    return _written(found) if len({one.day for one in found}) == len(found) else None


def crossed(vault: Vault, vehicle: str) -> tuple[Crossed, ...]:
    """Return what the traces say between each two signed readings of a vehicle."""
    found = []
    for before, after in pairwise(statements(vault, vehicle)):
        trips = described_trips(vault, Period(before.day, after.day))
        own = [one for one in trips if one.vehicle == vehicle]
        found.append(_crossed((before, after), own))
    return tuple(found)


def agreeing(vault: Vault, trips: Iterable[DescribedTrip]) -> Mapping[str, Pair]:
    """Return, by trip id, the readings around each trip that the traces agree with.

    A trip on the day of a reading is between no two.

    Args:
        vault: The open wallet.
        trips: Of one export.
    """
    of_vehicle: dict[str, list[DescribedTrip]] = {}
    for trip in trips:
        of_vehicle.setdefault(trip.vehicle, []).append(trip)
    found: dict[str, Pair] = {}
    pairs: set[Pair] = set()
    for vehicle in sorted(set(of_vehicle) - {""}):
        for one in crossed(vault, vehicle):
            inside = [trip for trip in of_vehicle[vehicle] if _between(trip, one.pair)]
            if inside and one.agrees and len(pairs | {one.pair}) <= MOST_READINGS:
                pairs.add(one.pair)
                found |= dict.fromkeys([trip.trip.id for trip in inside], one.pair)
    return found


def _crossed(pair: Pair, trips: Sequence[DescribedTrip]) -> Crossed:
    legs = [leg for trip in trips for leg in trip.trip.legs]
    spread_m = math.hypot(*(leg.distance_sd_m for leg in legs)) if legs else 0.0
    moved_m = ((pair[1].km or 0) - (pair[0].km or 0)) * _KM
    margin_m = moved_m * TOLERANCE_PERCENT / 100 + _KM + _TWO_SIGMA * spread_m
    return Crossed(
        pair,
        least_m=round(sum(one.trip.distance_m for one in trips if _between(one, pair))),
        most_m=round(sum(one.trip.distance_m for one in trips)),
        margin_m=round(margin_m),
    )


def _between(trip: DescribedTrip, pair: Pair) -> bool:
    return pair[0].day < dt.date.fromisoformat(trip.day) < pair[1].day


def _read(body: bytes) -> tuple[Statement, ...]:
    return tuple(read_statement(one) for one in strict_json(body, max_bytes=_MAX_BYTES))


def _written(found: Iterable[Statement]) -> bytes:
    return json.dumps([one.text for one in found]).encode()


def _name(vehicle: str) -> str:
    return f"statements/{vehicle}"
