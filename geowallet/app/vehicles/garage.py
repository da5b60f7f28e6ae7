"""Use cases: change a registered vehicle, and forget one that nothing sent rests on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from geowallet.app.settings import check_vehicle, resolve, vehicles
from geowallet.app.sharing.receipts import receipts
from geowallet.app.travel.trips import described_trips
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.errors import VehicleInExportError
from geowallet.model.provenance import Statement, StatementKind

if TYPE_CHECKING:
    from typing import Any

    from geowallet.model.mobility import Vehicle
    from geowallet.vault.store import Vault


def change_vehicle(vault: Vault, shortened: str, change: dict[str, Any], *, now_us: int) -> Vehicle:
    """Say anew what is in ``change`` of a vehicle, and return it as it is now.

    Args:
        vault: The open wallet.
        shortened: Its name or a beginning of it.
        change: Members of `Vehicle` and their new values.
        now_us: For the log.

    Raises:
        NotFoundError: No vehicle is called so.
        AmbiguousNameError: Several begin so.
        BadNameError: A plate that cannot be shown.
        BadWordsError: A device that cannot be shown.
    """
    known = {vehicle.id: vehicle for vehicle in vehicles(vault)}
    before = known[resolve("vehicle", shortened, known)]
    after = replace(before, **change)
    check_vehicle(after)
    body = msgspec.json.encode(after)
    with vault.transaction(now_us=now_us) as tx:
        tx.put("vehicle", after.id, body)
        what = {"what": "vehicle changed"}
        tx.log(Statement(StatementKind.SETTING, (sha256_hex(body),), (), what))
    return after


def remove_vehicle(vault: Vault, shortened: str, *, now_us: int) -> Vehicle:
    """Forget a vehicle with its readings, and return what it was.

    Args:
        vault: The open wallet.
        shortened: Its name or a beginning of it.
        now_us: For the log, which keeps that there was one.

    Raises:
        NotFoundError: No vehicle is called so.
        AmbiguousNameError: Several begin so.
        VehicleInExportError: A sent export rests on its trips.
    """
    known = {vehicle.id: vehicle for vehicle in vehicles(vault)}
    vehicle = known[resolve("vehicle", shortened, known)]
    sent = {name for receipt in receipts(vault) for name, _metres in receipt.used}
    if any(trip.vehicle == vehicle.id and trip.trip.id in sent for trip in described_trips(vault)):
        raise VehicleInExportError(vehicle=vehicle.id)
    with vault.transaction(now_us=now_us) as tx:
        tx.delete("vehicle", vehicle.id)
        for matter in ("odometer", "statements", "fuel"):
            tx.delete("setting", f"{matter}/{vehicle.id}")
        tx.log(Statement(StatementKind.SETTING, (), (), {"what": "vehicle removed"}))
    return vehicle
