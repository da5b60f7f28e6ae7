"""``trip recompute``: all trips again, by the engine of now, after the difference was seen."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.terminal.language import _, plural, word
from geowallet.cli.terminal.numbers import km, month, weekday
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import verb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geowallet.app.sharing.resending import Resent
    from geowallet.app.travel.differences import Difference
    from geowallet.app.travel.recompute import Plan
    from geowallet.contracts.evaluation.figures import Value
    from geowallet.model.mobility import DescribedTrip

_SHOWN = 20


def add_to(app: typer.Typer) -> None:
    """Register the verb with the noun ``trip``."""
    verb(
        app,
        "recompute",
        _("Find all trips again with this version; shows first what would change."),
        example="geowallet trip recompute --dry-run",
    )(recompute)


def recompute(
    shell: Shell,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Only show what would change."))
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help=_("Show every trip that would change."))
    ] = False,
) -> None:
    """Show the difference by month, trip and sent export; ask; replace all trips."""
    from geowallet.app.travel import recompute as use_case
    from geowallet.app.travel.engine import is_outdated
    from geowallet.app.wallet import now_us

    with open_wallet(shell) as vault:
        outdated = is_outdated(vault)
        shell.note(_("Finding all trips again; nothing is written yet..."))
        planned = use_case.plan(vault)
        shell.emit(_record(planned))
        if not outdated and not planned.differences:
            shell.say(_("All trips are of this version: nothing would change."))
            return
        _show(shell, planned, everything=everything)
        if dry_run:
            shell.say(_("Nothing was changed."))
            shell.next("geowallet trip recompute")
            return
        shell.confirm(_("Replace all trips? What you said of them stays."))
        use_case.carry_out(vault, planned, now_us=now_us())
    shell.say(_("All trips are of this version now. Your words were applied to them again."))
    shell.next("geowallet trip list")


def _show(shell: Shell, planned: Plan, *, everything: bool) -> None:
    old, new = planned.old[:12] or _("unknown"), planned.new[:12]
    shell.say(_("Engine {old} -> {new}", old=old, new=new))
    shell.say()
    columns = [
        Column(_("MONTH")),
        Column(_("TRIPS"), numeric=True),
        Column(_("KM"), numeric=True),
        Column(_("OTHER MODE"), numeric=True),
        Column(_("OTHER KM"), numeric=True),
        Column(_("NEW"), numeric=True),
        Column(_("GONE"), numeric=True),
    ]
    months = sorted({trip.day[:7] for trip in (*planned.before, *planned.after)})
    rows = [_row(month(text), planned, text) for text in months]
    shell.table(columns, [*rows, _row(_("all"), planned, "")])
    shown = planned.differences if everything else planned.differences[:_SHOWN]
    if shown:
        shell.say()
    headings = [Column(_("DAY")), Column(_("BEFORE")), Column(_("AFTER"))]
    shell.table(headings, [_change(one) for one in shown], indent=2)
    if len(shown) < len(planned.differences):
        more = len(planned.differences) - len(shown)
        shell.say("  " + _("({count} more; --all shows them)", count=more))
    _show_exports(shell, planned.exports)


def _show_exports(shell: Shell, exports: Sequence[Resent]) -> None:
    shell.say()
    if not exports:
        shell.say(_("No sent export would say anything else."))
        return
    shell.say(
        plural(
            "{count} sent export would say something else. It stays as it was sent:",
            "{count} sent exports would say something else. They stay as they were sent:",
            len(exports),
        )
    )
    columns = [Column(_("RECEIPT")), Column(_("CONTRACT")), Column(_("PERIOD"))]
    columns += [Column(_("SENT")), Column(_("NOW"))]
    rows = [
        [
            one.receipt.id,
            one.receipt.contract,
            one.receipt.period,
            _figures(one.sent.totals),
            _figures(one.now.totals),
        ]
        for one in exports
    ]
    shell.table(columns, rows, indent=2)


def _row(name: str, planned: Plan, text: str) -> list[str]:
    """Return the line of a month, or of all where ``text`` is empty."""
    before = [trip for trip in planned.before if trip.day.startswith(text)]
    after = [trip for trip in planned.after if trip.day.startswith(text)]
    changes = [one for one in planned.differences if one.day.startswith(text)]
    metres = [sum(trip.trip.distance_m for trip in some) for some in (before, after)]
    return [
        name,
        _("{before} -> {after}", before=str(len(before)), after=str(len(after))),
        _("{before} -> {after}", before=km(metres[0]), after=km(metres[1])),
        str(sum(one.other_mode for one in changes)),
        str(sum(one.other_length for one in changes)),
        str(sum(one.before is None for one in changes)),
        str(sum(one.after is None for one in changes)),
    ]


def _change(one: Difference) -> list[str]:
    day = weekday(dt.date.fromisoformat(one.day))
    return [f"{day} {month(one.day[:7])}", _trip(one.before), _trip(one.after)]


def _trip(trip: DescribedTrip | None) -> str:
    if trip is None:
        return "-"
    words = [word(trip.trip.main_leg.mode), word(trip.purpose), km(trip.trip.distance_m)]
    return f"{trip.trip.id[:7]} {', '.join(words)}"


def _figures(totals: Mapping[str, Value]) -> str:
    shown = {name: "-" if value is None else str(value) for name, value in totals.items()}
    return ", ".join(f"{name} {value}" for name, value in sorted(shown.items()))


def _record(planned: Plan) -> dict[str, Any]:
    return {
        "old_engine": planned.old,
        "new_engine": planned.new,
        "trips": {"before": len(planned.before), "after": len(planned.after)},
        "distance_m": {
            "before": round(sum(trip.trip.distance_m for trip in planned.before)),
            "after": round(sum(trip.trip.distance_m for trip in planned.after)),
        },
        "changes": [
            {"day": one.day, "before": _seen(one.before), "after": _seen(one.after)}
            for one in planned.differences
        ],
        "exports": [
            {
                "receipt": one.receipt.id,
                "contract": one.receipt.contract,
                "period": one.receipt.period,
                "sent": one.sent.totals,
                "now": one.now.totals,
            }
            for one in planned.exports
        ],
    }


def _seen(trip: DescribedTrip | None) -> dict[str, Any] | None:
    if trip is None:
        return None
    return {
        "trip": trip.trip.id,
        "mode": str(trip.trip.main_leg.mode),
        "purpose": str(trip.purpose),
        "distance_m": round(trip.trip.distance_m),
    }
