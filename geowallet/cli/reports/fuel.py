"""Fuel receipts crossed with kilometres, as a table."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.numbers import day, decimal, exact, kilometres
from geowallet.paper.document import Cell, Column, Table, words

if TYPE_CHECKING:
    from geowallet.app.vehicles.fuel import Stretch


def fuel_table(ways: tuple[Stretch, ...]) -> Table:
    """Return what was used from filling to filling."""
    return Table(_("Fuel, from filling to filling"), fuel_columns(), fuel_rows(ways))


def fuel_columns() -> tuple[Column, ...]:
    """Return the columns of `fuel_rows`."""
    return (
        Column(_("Since"), "from"),
        Column(_("Until"), "to"),
        Column(_("Filled"), "filled", numeric=True),
        Column(_("Km"), "distance_km", numeric=True),
        Column(_("Of"), "basis"),
        Column(_("Traces"), "traced_km", numeric=True),
        Column(_("Per 100 km"), "per_100_km", numeric=True),
    )


def fuel_rows(ways: tuple[Stretch, ...]) -> tuple[tuple[Cell, ...], ...]:
    """Return one row a stretch."""
    return tuple(_row(way) for way in ways)


def fuel_record(vehicle: str, way: Stretch) -> dict[str, Any]:
    """Return a stretch for ``--json``; litres, or kWh if electric."""
    rate = way.per_100_km
    return {
        "vehicle": vehicle,
        "from": way.before.day.isoformat(),
        "to": way.after.day.isoformat(),
        "filled": str(way.quantity),
        "driven_m": way.driven_m,
        "by_odometer": way.by_odometer,
        "traced_m": way.traced_m,
        "per_100_km": str(rate) if rate is not None else None,
    }


def _row(way: Stretch) -> tuple[Cell, ...]:
    rate = way.per_100_km
    return (
        Cell(day(way.before.day), way.before.day),
        Cell(day(way.after.day), way.after.day),
        Cell(exact(way.quantity), way.quantity),
        _km(way.driven_m),
        words(_("odometer") if way.by_odometer else _("traces")),
        _km(way.traced_m),
        Cell(decimal(float(rate), 1), rate) if rate is not None else Cell("-"),
    )


def _km(metres: int) -> Cell:
    return Cell(kilometres(metres), (Decimal(metres) / 1000).quantize(Decimal("0.1")))
