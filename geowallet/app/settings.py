"""What the owner says of themselves: work hours, vehicles, named places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from geowallet.crypto.canonical import sha256_hex
from geowallet.model.calendar import Period, WorkWeek
from geowallet.model.errors import (
    AmbiguousNameError,
    BadNameError,
    BadWordsError,
    NotFoundError,
    WorkWeekMissingError,
)
from geowallet.model.mobility import Mode, NamedPlace, Vehicle
from geowallet.model.provenance import Statement, StatementKind
from geowallet.rules.holidays import public_holidays

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from geowallet.vault.store import Vault

MAX_NAME = 64
"""Longest name of a place, a vehicle, a device or a wallet, in characters."""

MAX_DEVICES = 16
"""Devices of one vehicle."""


def work_week(vault: Vault) -> WorkWeek | None:
    """Return the work hours, or None before they are set."""
    stored = vault.get("work", "week")
    return msgspec.json.decode(stored, type=WorkWeek) if stored else None


def required_work_week(vault: Vault) -> WorkWeek:
    """Return the work hours.

    Raises:
        WorkWeekMissingError: They are not set.
    """
    week = work_week(vault)
    if week is None:
        raise WorkWeekMissingError
    return week


def set_work_week(vault: Vault, week: WorkWeek, *, now_us: int) -> None:
    """Store the work hours; the log keeps that they changed.

    Raises:
        RuleDataError: No calendar of public holidays for ``week.holidays``.
    """
    public_holidays(week.holidays, [2026])
    _store(vault, ("work", "week"), msgspec.json.encode(week), "work hours set", now_us=now_us)


def days_off(week: WorkWeek | None, period: Period) -> frozenset[dt.date]:
    """Return the public holidays and days of leave that touch ``period``."""
    if week is None:
        return frozenset()
    years = range(period.first.year, period.last.year + 1)
    return public_holidays(week.holidays, years) | week.leave


def vehicles(vault: Vault) -> tuple[Vehicle, ...]:
    """Return the registered vehicles, by id."""
    found = (msgspec.json.decode(body, type=Vehicle) for _, body in vault.items("vehicle"))
    return tuple(sorted(found, key=lambda vehicle: vehicle.id))


def add_vehicle(vault: Vault, vehicle: Vehicle, *, now_us: int) -> None:
    """Register a vehicle, or say again what it is.

    Raises:
        BadNameError: The id or the plate cannot be shown safely.
        BadWordsError: A device cannot.
    """
    check_vehicle(vehicle)
    body = msgspec.json.encode(vehicle)
    _store(vault, ("vehicle", vehicle.id), body, "vehicle added", now_us=now_us)


def check_vehicle(vehicle: Vehicle) -> None:
    """Refuse a vehicle of which a word could not be shown safely.

    Raises:
        BadNameError: The id or the plate.
        BadWordsError: A device is empty, too long or not printable, or there are too many.
    """
    check_name(vehicle.id)
    if vehicle.plate:
        check_name(vehicle.plate)
    fine = all(0 < len(name) <= MAX_NAME and name.isprintable() for name in vehicle.devices)
    if not fine or len(vehicle.devices) > MAX_DEVICES:
        raise BadWordsError(limit=MAX_NAME)


def named_places(vault: Vault) -> tuple[NamedPlace, ...]:
    """Return what the owner named, by name."""
    found = (msgspec.json.decode(body, type=NamedPlace) for _, body in vault.items("place"))
    return tuple(sorted(found, key=lambda place: place.name))


def name_place(
    vault: Vault, place: NamedPlace, *, instead_of: Iterable[str] = (), now_us: int
) -> None:
    """Store a name for a position; the same name moves it.

    Args:
        vault: The open wallet.
        place: What it is called, and where it is.
        instead_of: Names that it had until now, which go.
        now_us: For the log.

    Raises:
        BadNameError: The name cannot be shown safely.
    """
    check_name(place.name)
    body = msgspec.json.encode(place)
    with vault.transaction(now_us=now_us) as tx:
        tx.put("place", place.name, body)
        for name in sorted(set(instead_of) - {place.name}):
            tx.delete("place", name)
        said = {"what": "place named"}
        tx.log(Statement(StatementKind.SETTING, (sha256_hex(body),), (), said))


def forget_place(vault: Vault, name: str, *, now_us: int) -> NamedPlace:
    """Take the name off a place and return what it was; the stops there stay.

    Raises:
        NotFoundError: No place has this name.
        AmbiguousNameError: Several begin with it.
    """
    known = {place.name: place for place in named_places(vault)}
    place = known[resolve("place", name, known)]
    with vault.transaction(now_us=now_us) as tx:
        tx.delete("place", place.name)
        tx.log(Statement(StatementKind.SETTING, (), (), {"what": "place forgotten"}))
    return place


def owned_modes(vault: Vault) -> frozenset[Mode] | None:
    """Return the modes that the owner has a vehicle for, or None before they said so."""
    stored = vault.get("setting", "owned")
    return None if stored is None else msgspec.json.decode(stored, type=frozenset[Mode])


def set_owned_modes(vault: Vault, modes: Iterable[Mode], *, now_us: int) -> None:
    """Store what the owner has a vehicle for; trips already found stay until recomputed."""
    body = msgspec.json.encode(sorted({*modes}))
    _store(vault, ("setting", "owned"), body, "owned modes set", now_us=now_us)


def owner_name(vault: Vault) -> str:
    """Return the name that recipients read, "" before it is set."""
    return (vault.get("setting", "owner") or b"").decode()


def set_owner_name(vault: Vault, name: str, *, now_us: int) -> None:
    """Store the name that recipients read in contracts.

    Raises:
        BadNameError: It cannot be shown safely.
    """
    check_name(name)
    _store(vault, ("setting", "owner"), name.encode(), "owner named", now_us=now_us)


def check_name(name: str) -> None:
    """Refuse names that could not be shown or stored safely.

    Raises:
        BadNameError: Empty, too long, or with other than letters, digits,
            blanks and ``- _ . '``.
    """
    usable = all(char.isalnum() or char in " -_.'" for char in name)
    if not name.strip() or len(name) > MAX_NAME or not usable:
        raise BadNameError(name=_safe(name))


def resolve(what: str, shortened: str, names: Iterable[str]) -> str:
    """Return the one name that equals or begins with ``shortened``.

    Raises:
        NotFoundError: None does.
        AmbiguousNameError: Several do.
    """
    known = sorted(set(names))
    if shortened in known:
        return shortened
    fitting = [name for name in known if shortened and name.startswith(shortened)]
    if not fitting:
        raise NotFoundError(what=what, name=_safe(shortened))
    if len(fitting) > 1:
        raise AmbiguousNameError(name=_safe(shortened), candidates=", ".join(fitting[:4]))
    return fitting[0]


def _safe(name: str) -> str:
    """Return what of a typed name may be shown in an error."""
    return "".join(char for char in name[:MAX_NAME] if char.isprintable())


def _store(vault: Vault, address: tuple[str, str], body: bytes, what: str, *, now_us: int) -> None:
    """Write one record and the log entry that says so, in one transaction."""
    with vault.transaction(now_us=now_us) as tx:
        tx.put(*address, body)
        tx.log(Statement(StatementKind.SETTING, (sha256_hex(body),), (), {"what": what}))
