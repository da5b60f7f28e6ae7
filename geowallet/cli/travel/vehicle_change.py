"""``vehicle set``, ``remove`` and ``fuel``."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import verb
from geowallet.cli.travel.vehicle import Devices, Since, Until, check_facts, held, record
from geowallet.model.errors import BadOptionError

if TYPE_CHECKING:
    from geowallet.app.vehicles.fuel import Receipt

MAX_FILLED, MAX_PAID = Decimal(1000), Decimal(10_000)
"""More than a filling of a car holds or costs."""


def add_to(app: typer.Typer) -> None:
    """Register the verbs with the noun ``vehicle``."""
    verb(
        app,
        "set",
        _("Change what is known of a vehicle; what you leave out stays."),
        example="geowallet vehicle set clio --until 2026-06-30",
    )(set_)
    verb(app, "remove", _("Forget a vehicle of which nothing was sent."))(remove)
    verb(
        app,
        "fuel",
        _("Note a fuel receipt, or list them with what the vehicle used."),
        example="geowallet vehicle fuel clio 38.5 --km 48210 --amount 68.15 --day 2026-10-31",
    )(fuel)


def set_(
    shell: Shell,
    name: Annotated[str, typer.Argument(help=_("The vehicle."))],
    *,
    plate: Annotated[str | None, typer.Option(help=_("Registration."))] = None,
    power: Annotated[int | None, typer.Option(help=_("Fiscal power in CV, field P.6."))] = None,
    energy: Annotated[
        str | None, typer.Option(help=_("petrol, diesel, electric, hybrid or gas."))
    ] = None,
    device: Devices = None,
    company: Annotated[bool | None, typer.Option("--company/--own", help=_("Whose it is."))] = None,
    since: Since = "",
    until: Until = "",
) -> None:
    """Change a vehicle and show it."""
    from geowallet.app.vehicles import garage
    from geowallet.app.wallet import now_us

    check_facts(power or 0, energy or "")
    first, last = held(since, until)
    said: dict[str, Any] = {
        "plate": plate,
        "fiscal_power_cv": power,
        "energy": energy,
        "devices": tuple(name for name in device if name) if device else None,
        "company": company,
        "since": first or None,
        "until": last or None,
    }
    change = {member: value for member, value in said.items() if value is not None}
    if not change:
        raise BadOptionError(
            option="--plate, --power, --energy, --device, --company, --since, --until",
            reason=_("one of them is needed"),
        )
    with open_wallet(shell) as vault:
        vehicle = garage.change_vehicle(vault, name, change, now_us=now_us())
    shell.say(_("Vehicle {name} changed.", name=vehicle.id))
    shell.emit(record(vehicle))


def remove(shell: Shell, name: Annotated[str, typer.Argument(help=_("The vehicle."))]) -> None:
    """Forget a vehicle, its readings and receipts."""
    from geowallet.app.vehicles import garage
    from geowallet.app.wallet import now_us

    with open_wallet(shell) as vault:
        shell.confirm(_("Forget the vehicle, its odometer readings and fuel receipts?"))
        gone = garage.remove_vehicle(vault, name, now_us=now_us())
    shell.say(_("Vehicle {name} is forgotten.", name=gone.id))
    shell.emit(record(gone))


def fuel(
    shell: Shell,
    name: Annotated[str, typer.Argument(help=_("The vehicle."))],
    litres: Annotated[
        str, typer.Argument(help=_("Litres, or kWh if electric; without it, list."))
    ] = "",
    *,
    km: Annotated[int | None, typer.Option(help=_("What the odometer showed."))] = None,
    amount: Annotated[str, typer.Option(help=_("What was paid, in euros."))] = "",
    on: Annotated[str, typer.Option("--day", help=_("When, such as 2026-10-31; today."))] = "",
) -> None:
    """Note a receipt, or list them crossed with the kilometres."""
    from geowallet.app import settings
    from geowallet.app.travel import trips
    from geowallet.app.vehicles import fuel as use
    from geowallet.app.wallet import now_us
    from geowallet.cli.reports.fuel import fuel_columns, fuel_record, fuel_rows
    from geowallet.cli.reports.hand_over import today
    from geowallet.model.calendar import Period

    when = Period.parse(on).last if on else today()
    if km is not None and km < 0:
        raise BadOptionError(option="--km", reason="0...")
    filled = _number("LITRES", litres, MAX_FILLED)
    receipt = use.Receipt(when, filled, use.NOT_READ if km is None else km, _paid(amount))
    with open_wallet(shell) as vault:
        vehicle = settings.resolve("vehicle", name, [v.id for v in settings.vehicles(vault)])
        if litres:
            use.add_fuel(vault, vehicle, receipt, now_us=now_us())
        found = use.fuel(vault, vehicle)
        ways = use.stretches(found, vehicle, trips.described_trips(vault))
    for item in found:
        shell.emit(_receipt_record(vehicle, item))
    if not found:
        shell.say(_("No fuel receipt yet."))
        shell.next(f"geowallet vehicle fuel {vehicle} 38.5 --km 48210")
        return
    _show(shell, found)
    for way in ways:
        shell.emit(fuel_record(vehicle, way))
    if ways:
        shell.say()
        columns = [Column(column.heading, column.numeric) for column in fuel_columns()]
        shell.table(columns, [[cell.text for cell in row] for row in fuel_rows(ways)])


def _show(shell: Shell, found: tuple[Receipt, ...]) -> None:
    from geowallet.app.vehicles.fuel import NOT_READ
    from geowallet.cli.terminal.numbers import count, day, exact, money

    columns = [
        Column(_("DAY")),
        Column(_("FILLED"), numeric=True),
        Column(_("KM"), numeric=True),
        Column(_("PAID"), numeric=True),
    ]
    rows = [
        [
            day(item.day),
            exact(item.quantity),
            count(item.km) if item.km != NOT_READ else "-",
            money(item.amount, "EUR") if item.amount is not None else "-",
        ]
        for item in found
    ]
    shell.table(columns, rows)


def _receipt_record(vehicle: str, item: Receipt) -> dict[str, Any]:
    from geowallet.app.vehicles.fuel import NOT_READ

    return {
        "vehicle": vehicle,
        "day": item.day.isoformat(),
        "filled": str(item.quantity),
        "km": item.km if item.km != NOT_READ else None,
        "amount": str(item.amount) if item.amount is not None else None,
    }


def _paid(text: str) -> Decimal | None:
    return _number("--amount", text, MAX_PAID) if text else None


def _number(option: str, text: str, most: Decimal) -> Decimal:
    """Return a decimal number above 0, with a comma or a point; 0 for none."""
    if not text:
        return Decimal(0)
    reason = f"0.01 .. {most}"
    try:
        number = Decimal(text.replace(",", "."))
        fine = 0 < number <= most and number == round(number, 2)
    except InvalidOperation as error:
        raise BadOptionError(option=option, reason=reason) from error
    if not fine:
        raise BadOptionError(option=option, reason=reason)
    return number.quantize(Decimal("0.01"))
