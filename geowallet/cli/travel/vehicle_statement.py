"""Odometer readings that others signed, as ``vehicle odometer`` takes them in and shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.numbers import day, km
from geowallet.cli.terminal.shell import Column

if TYPE_CHECKING:
    from pathlib import Path

    from geowallet.app.vehicles.statements import Crossed
    from geowallet.cli.terminal.shell import Shell
    from geowallet.vault.store import Vault


def take_in(shell: Shell, vault: Vault, vehicle: str, path: Path) -> None:
    """Keep a signed reading, and say by which key it is signed."""
    from geowallet.app.vehicles import statements
    from geowallet.app.wallet import now_us

    found = statements.statement_in(path)
    statements.add_statement(vault, vehicle, found, now_us=now_us())
    shell.say(_("Signed reading of {day} kept; key {key}.", day=day(found.day), key=found.signer))


def show_crossed(shell: Shell, vehicle: str, found: tuple[Crossed, ...]) -> None:
    """Show what the traces say between signed readings; nothing where there are no two."""
    for one in found:
        shell.emit(_record(vehicle, one))
    if not found:
        return
    columns = [Column(_("SIGNED READINGS")), Column(_("ODOMETER"), numeric=True)]
    columns += [Column(_("TRACES"), numeric=True), Column(_("MAY DIFFER"), numeric=True)]
    columns.append(Column(_("AGREE")))
    shell.say()
    shell.table(columns, [_row(one) for one in found])


def _row(one: Crossed) -> list[str]:
    before, after = one.pair
    between = _("{first} to {last}", first=day(before.day), last=day(after.day))
    traces = km(one.least_m)
    if one.most_m > one.least_m:
        traces = _("{low} to {high}", low=km(one.least_m), high=km(one.most_m))
    agree = _("yes: L3") if one.agrees else _("no")
    return [between, km(one.odometer_m), traces, km(one.margin_m), agree]


def _record(vehicle: str, one: Crossed) -> dict[str, Any]:
    before, after = one.pair
    return {
        "vehicle": vehicle,
        "before": before.day.isoformat(),
        "after": after.day.isoformat(),
        "odometer_m": one.odometer_m,
        "least_m": one.least_m,
        "most_m": one.most_m,
        "margin_m": one.margin_m,
        "agrees": one.agrees,
    }
