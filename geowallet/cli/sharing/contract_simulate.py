"""``contract simulate``: what each offer would have cost, on the owner's own trips."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.terminal.language import _, clauses, plural
from geowallet.cli.terminal.numbers import count, km, money, period_words
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import verb

if TYPE_CHECKING:
    from geowallet.app.scoring.simulation import Asked, Charged, Simulated
    from geowallet.model.calendar import Period

NOTHING = "-"


def simulate(
    shell: Shell,
    offers: Annotated[list[Path], typer.Argument(help=_("Offers to compare."))],
) -> None:
    """Compute what each tariff or module makes of the months in the wallet; write nothing."""
    from geowallet.app.scoring.simulation import simulate as compute

    asked = [_asked(path) for path in offers]
    with open_wallet(shell) as vault:
        found = compute(vault, asked, today=dt.datetime.now(tz=dt.UTC).date())
    for one in found:
        for charged in one.charged:
            shell.emit(_record(one, charged))
        shell.emit(_total_record(one))
    shell.say(_("What each offer would have cost on your own trips, by what it says itself:"))
    _table(shell, found)
    for one in found:
        _remarks(shell, one)
    shell.say(_("Computed on this machine. Nothing was written, nothing leaves."))


def add_to(app: typer.Typer) -> None:
    """Add the verb to ``contract``."""
    verb(
        app,
        "simulate",
        _("Compare offers: what each would have cost on your own trips. Nothing leaves."),
        example="geowallet contract simulate aurore.offer boreal.offer",
    )(simulate)


def _asked(path: Path) -> Asked:
    from geowallet.app.scoring.modules import module_beside
    from geowallet.app.scoring.simulation import Asked
    from geowallet.app.sharing.agreements import offer_from

    terms = offer_from(path).terms
    return Asked(terms, module_beside(path, terms))


def _table(shell: Shell, found: tuple[Simulated, ...]) -> None:
    """Show one row for each period and one column for each offer, then totals."""
    spans = sorted({charged.period for one in found for charged in one.charged}, key=_order)
    columns = [Column(_("PERIOD"))]
    columns += [Column(one.terms.name, numeric=True) for one in found]
    rows = [[period_words(span), *(_cell(one, span) for one in found)] for span in spans]
    rows.append([_("Total"), *(_money(one, one.total) for one in found)])
    rows.append([_("For each month"), *(_money(one, one.monthly) for one in found)])
    shell.table(columns, rows, indent=2)


def _order(span: Period) -> tuple[dt.date, dt.date]:
    return span.first, span.last


def _cell(one: Simulated, span: Period) -> str:
    charged = next((item for item in one.charged if item.period == span), None)
    if charged is None:
        return ""
    parts = [f"{name} {count(value)}" for name, value in charged.outputs.items()]
    if charged.cost is not None:
        parts.insert(0, _money(one, charged.cost.total))
    return clauses(parts) or NOTHING


def _money(one: Simulated, amount: Any) -> str:
    tariff = one.terms.tariff
    return NOTHING if tariff is None or amount is None else money(amount, tariff.currency)


def _remarks(shell: Shell, one: Simulated) -> None:
    name, metres = one.terms.name, sum(charged.metres for charged in one.charged)
    shell.say(
        _(
            "{name}: {recipient} would count {distance} of your trips.",
            name=name,
            recipient=one.terms.recipient.name,
            distance=km(metres),
        )
    )
    waiting = sum(charged.waiting for charged in one.charged)
    if waiting:
        shell.say(
            plural(
                "{name}: {count} more trip is too unsure to be counted; it may cost more.",
                "{name}: {count} more trips are too unsure to be counted; it may cost more.",
                waiting,
                name=name,
            )
        )
    if one.terms.tariff is None:
        shell.say(_("{name}: this offer names no tariff.", name=name))
    if one.terms.module is not None:
        shell.say(
            _(
                "{name}: a module of the recipient's scored your trips, confined on this machine.",
                name=name,
            )
        )


def _record(one: Simulated, charged: Charged) -> dict[str, Any]:
    cost = charged.cost
    return {
        "offer": one.terms.name,
        "period": str(charged.period),
        "metres": charged.metres,
        "waiting": charged.waiting,
        "currency": one.terms.tariff.currency if one.terms.tariff else None,
        "cost": cost
        and {
            "base": str(cost.base),
            "distance": str(cost.distance),
            "night": str(cost.night),
            "scored": str(cost.scored),
            "total": str(cost.total),
        },
        "outputs": charged.outputs,
    }


def _total_record(one: Simulated) -> dict[str, Any]:
    return {
        "offer": one.terms.name,
        "months": one.months,
        "total": None if one.total is None else str(one.total),
        "monthly": None if one.monthly is None else str(one.monthly),
    }
