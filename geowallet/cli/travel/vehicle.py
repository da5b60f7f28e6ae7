"""``vehicle add``, ``list`` and ``odometer``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from geowallet.cli.terminal.language import _, word
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import group, verb
from geowallet.model.errors import BadOptionError
from geowallet.model.mobility import Mode, Vehicle

app = group(_("Your cars, motorcycles and bikes."))

ENERGIES = ("", "petrol", "diesel", "electric", "hybrid", "gas")
"""What a vehicle may run on; "" where it does not matter."""

MODES = (Mode.CAR, Mode.MOTORCYCLE, Mode.BIKE, Mode.E_BIKE, Mode.E_SCOOTER)
"""What may be registered."""

_MAX_POWER_CV = 100

Devices = Annotated[
    list[str] | None,
    typer.Option("--device", help=_("Device or format whose traces are of it; may be repeated.")),
]
Since = Annotated[str, typer.Option(help=_("First day on which it was yours."))]
Until = Annotated[str, typer.Option(help=_("Last day on which it was yours."))]


def add(
    shell: Shell,
    name: Annotated[str, typer.Argument(help=_("Your short name for it."))],
    *,
    mode: Annotated[str, typer.Option(help=_("car, motorcycle, bike, e_bike or e_scooter."))] = (
        "car"
    ),
    plate: Annotated[str, typer.Option(help=_("Registration."))] = "",
    power: Annotated[
        int, typer.Option(help=_("Fiscal power in CV: field P.6 of the registration certificate."))
    ] = 0,
    energy: Annotated[str, typer.Option(help=_("petrol, diesel, electric, hybrid or gas."))] = "",
    device: Devices = None,
    company: Annotated[
        bool, typer.Option("--company", help=_("A company car, that you may use privately."))
    ] = False,
    since: Since = "",
    until: Until = "",
) -> None:
    """Register a vehicle."""
    from geowallet.app import settings
    from geowallet.app.wallet import now_us

    if mode not in MODES:
        raise BadOptionError(option="--mode", reason=", ".join(MODES))
    check_facts(power, energy)
    first, last = held(since, until)
    devices = tuple(device or ())
    vehicle = Vehicle(name, Mode(mode), plate, power, energy, devices, company, first, last)
    with open_wallet(shell) as vault:
        settings.add_vehicle(vault, vehicle, now_us=now_us())
    shell.say(_("Vehicle {name} added.", name=name))
    shell.emit(record(vehicle))


def check_facts(power: int, energy: str) -> None:
    """Refuse a fiscal power or an energy that no vehicle has.

    Raises:
        BadOptionError: One of them.
    """
    if energy not in ENERGIES:
        raise BadOptionError(option="--energy", reason=", ".join(filter(None, ENERGIES)))
    if not 0 <= power <= _MAX_POWER_CV:
        raise BadOptionError(option="--power", reason=f"0 to {_MAX_POWER_CV}")


def held(since: str, until: str) -> tuple[str, str]:
    """Return the first and last day on which a vehicle was the owner's, "" for open.

    Raises:
        BadPeriodError: One cannot be read.
        BadOptionError: The first is after the last.
    """
    from geowallet.model.calendar import Period

    first = Period.parse(since).first.isoformat() if since else ""
    last = Period.parse(until).last.isoformat() if until else ""
    if first and last and last < first:
        raise BadOptionError(option="--since, --until", reason=_("the first day is after the last"))
    return first, last


def list_(shell: Shell) -> None:
    """Show the registered vehicles."""
    from geowallet.app import settings

    with open_wallet(shell) as vault:
        found = settings.vehicles(vault)
    for vehicle in found:
        shell.emit(record(vehicle))
    if not found:
        shell.say(_("No vehicles yet."))
        shell.next("geowallet vehicle add NAME --power 5 --plate AB-123-CD")
        return
    columns = [
        Column(_("NAME")),
        Column(_("MODE")),
        Column(_("PLATE")),
        Column(_("CV"), numeric=True),
        Column(_("ENERGY")),
        Column(_("DEVICES")),
        Column(_("REMARKS")),
    ]
    shell.table(columns, [_row(vehicle) for vehicle in found])


def odometer(
    shell: Shell,
    name: Annotated[str, typer.Argument(help=_("The vehicle."))],
    km: Annotated[
        int | None, typer.Argument(help=_("What it shows, in whole km; without it, list."))
    ] = None,
    *,
    on: Annotated[str, typer.Option("--day", help=_("When, such as 2026-10-31; today."))] = "",
    statement: Annotated[
        Path | None, typer.Option(help=_("A reading that a workshop or somebody else signed."))
    ] = None,
) -> None:
    """Note what the odometer shows at the end of a day, or list what was noted."""
    from geowallet.app import settings
    from geowallet.app.vehicles import odometer as use
    from geowallet.app.vehicles.statements import crossed
    from geowallet.app.wallet import now_us
    from geowallet.cli.reports.hand_over import today
    from geowallet.cli.terminal.numbers import count, day
    from geowallet.cli.travel.vehicle_statement import show_crossed, take_in
    from geowallet.model.calendar import Period

    if km is not None and (km < 0 or statement is not None):
        raise BadOptionError(option="KM", reason="0..." if km < 0 else "--statement")
    when = Period.parse(on).last if on else today()
    with open_wallet(shell) as vault:
        vehicle = settings.resolve("vehicle", name, [v.id for v in settings.vehicles(vault)])
        if km is not None:
            use.add_reading(vault, vehicle, use.Reading(when, km), now_us=now_us())
        if statement is not None:
            take_in(shell, vault, vehicle, statement)
        found, between = use.readings(vault, vehicle), crossed(vault, vehicle)
    for reading in found:
        shell.emit({"vehicle": vehicle, "day": reading.day.isoformat(), "km": reading.km})
    if not found:
        shell.say(_("No reading yet."))
        shell.next(f"geowallet vehicle odometer {vehicle} 48210")
    columns = [Column(_("DAY")), Column(_("KM"), numeric=True)]
    shell.table(columns, [[day(reading.day), count(reading.km)] for reading in found])
    show_crossed(shell, vehicle, between)


verb(app, "add", _("Register a vehicle."), example="geowallet vehicle add clio --power 5")(add)
verb(app, "list", _("List your vehicles."))(list_)
verb(
    app,
    "odometer",
    _("Note what the odometer shows, or list what was noted."),
    example="geowallet vehicle odometer clio 48210 --day 2026-10-31",
)(odometer)


def _row(vehicle: Vehicle) -> list[str]:
    power = str(vehicle.fiscal_power_cv or "-")
    return [
        vehicle.id,
        word(vehicle.mode),
        vehicle.plate or "-",
        power,
        _energy(vehicle.energy),
        ", ".join(vehicle.devices) or "-",
        _remarks(vehicle),
    ]


def _remarks(vehicle: Vehicle) -> str:
    import datetime as dt

    from geowallet.cli.terminal.numbers import day

    said = [_("company car")] if vehicle.company else []
    if vehicle.since:
        said.append(_("since {day}", day=day(dt.date.fromisoformat(vehicle.since))))
    if vehicle.until:
        said.append(_("until {day}", day=day(dt.date.fromisoformat(vehicle.until))))
    return ", ".join(said) or "-"


def _energy(energy: str) -> str:
    words = {
        "petrol": _("petrol"),
        "diesel": _("diesel"),
        "electric": _("electric"),
        "hybrid": _("hybrid"),
        "gas": _("gas"),
    }
    return words.get(energy, "-")


def record(vehicle: Vehicle) -> dict[str, Any]:
    """Return a vehicle for ``--json``."""
    return {
        "vehicle": vehicle.id,
        "mode": str(vehicle.mode),
        "plate": vehicle.plate,
        "fiscal_power_cv": vehicle.fiscal_power_cv,
        "energy": vehicle.energy,
        "devices": list(vehicle.devices),
        "company": vehicle.company,
        "since": vehicle.since or None,
        "until": vehicle.until or None,
    }
