"""``vault keep``: for how long positions and figures are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _, plural, told
from geowallet.cli.terminal.numbers import count
from geowallet.cli.terminal.secrets import locations, open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import group, verb
from geowallet.model.errors import RulesDamagedError

if TYPE_CHECKING:
    from geowallet.app.keeping.erasing import Plan
    from geowallet.app.keeping.retention import Rules
    from geowallet.vault.store import Vault

app = group(_("How long positions and figures are kept."))

_Duration = Annotated[
    str, typer.Argument(help=_("90-days, 3-months, 6-years, or forever."), metavar="DURATION")
]


def fixes(shell: Shell, duration: _Duration) -> None:
    """Say how long positions are kept; the trips found from them stay."""
    _set(shell, "fixes", duration)


def figures(shell: Shell, duration: _Duration) -> None:
    """Say how long trips, what was said of them, and receipts are kept."""
    _set(shell, "figures", duration)


def list_(shell: Shell) -> None:
    """Show the rules, and the first day that each keeps today."""
    from geowallet.app.keeping import retention
    from geowallet.app.travel.trips import own_zone
    from geowallet.app.wallet import now_us
    from geowallet.model.calendar import local_time

    with open_wallet(shell, keep=False) as vault:
        said = retention.rules(vault)
        today = local_time(now_us(), own_zone(vault)).date()
    rows = []
    for matter, name in (("fixes", _("positions")), ("figures", _("figures"))):
        given = getattr(said, matter)
        first = "" if given is None else given.first_kept(today).isoformat()
        shell.emit({"matter": matter, "keep": str(given or "forever"), "first_day": first or None})
        rows.append([name, str(given or _("forever")), first])
    shell.table([Column(_("WHAT")), Column(_("KEPT")), Column(_("FIRST DAY KEPT"))], rows)


def apply(
    shell: Shell,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Show what would go, and erase nothing."))
    ] = False,
) -> None:
    """Do now what the rules say, whatever the clock did since the last look."""
    from geowallet.app.keeping import retention
    from geowallet.app.wallet import now_us

    with open_wallet(shell, keep=False) as vault:
        now = now_us()
        planned = retention.due(vault, retention.rules(vault), now_us=now)
        if planned is not None and not dry_run:
            retention.apply(vault, planned, now_us=now)
        if not dry_run:
            retention.looked(vault, locations(shell).rules_looked(vault.id), now_us=now)
    if planned is None:
        shell.say(_("Nothing is due."))
        shell.emit(_record(None, erased=False))
        return
    _show(shell, planned)
    shell.say(_("Nothing was erased.") if dry_run else _("Erased; the log says so."))
    shell.emit(_record(planned, erased=not dry_run))


verb(app, "fixes", _("Positions: for so long."), example="geowallet vault keep fixes 3-months")(
    fixes
)
verb(
    app,
    "figures",
    _("Trips, what you said of them, and receipts: for so long."),
    example="geowallet vault keep figures 6-years",
)(figures)
verb(app, "list", _("Show the rules."))(list_)
verb(app, "apply", _("Do now what the rules say."))(apply)


def run_rules(shell: Shell, vault: Vault) -> None:
    """Let the rules do what is due, and say on stderr what they did."""
    from geowallet.app.keeping import retention
    from geowallet.app.wallet import now_us

    memory = locations(shell).rules_looked(vault.id)
    done = retention.run_due(vault, memory, now_us=now_us())
    if done is None:
        return
    if done.erased is None:
        shell.note(
            _(
                "Rules of retention wait: this computer has not looked at them for long, or its "
                "clock leapt. Check the date, then: geowallet vault keep apply"
            )
        )
        return
    shell.note(_("By your rules: {what}", what=_sum(done.planned)))


def _set(shell: Shell, matter: str, text: str) -> None:
    from geowallet.app.keeping import retention
    from geowallet.app.keeping.durations import FOREVER, Duration
    from geowallet.app.travel.trips import own_zone
    from geowallet.app.wallet import now_us
    from geowallet.model.calendar import local_time

    given = None if text == FOREVER else Duration.parse(text)
    with open_wallet(shell, keep=False) as vault:
        now = now_us()
        today = local_time(now, own_zone(vault)).date()
        said = retention.with_rule(_before(shell, vault), matter, given, today=today)
        planned = retention.due(vault, said, now_us=now)
        if planned is not None:
            _show(shell, planned)
            shell.confirm(_("This goes when the wallet is opened next. Set the rule?"))
        retention.set_rules(vault, said, now_us=now)
        # As of yesterday, so that the next opening looks.
        memory = locations(shell).rules_looked(vault.id)
        retention.looked(vault, memory, now_us=now - retention.DAY_US)
    shell.say(_("Kept: {duration}.", duration=str(given or _("forever"))))
    shell.emit({"matter": matter, "keep": str(given or FOREVER)} | _record(planned, erased=False))
    if planned is not None:
        shell.next("geowallet vault keep apply", _("does it now"))


def _before(shell: Shell, vault: Vault) -> Rules:
    """Return the rules as they are; those that cannot be read are none, and that is said."""
    from geowallet.app.keeping.retention import Rules, rules

    try:
        return rules(vault)
    except RulesDamagedError as error:
        shell.note(told(error)[0])
        shell.confirm(_("All rules but this one are to be said again. Go on?"))
        return Rules()


def _show(shell: Shell, planned: Plan) -> None:
    shell.say(_("Due by the rules: {what}", what=_sum(planned)))


def _sum(planned: Plan) -> str:
    return _(
        "{positions}, {trips}, {receipts}.",
        positions=_counted("positions", planned.fixes),
        trips=_counted("trips", len(planned.trips)),
        receipts=_counted("receipts", len(planned.exports)),
    )


def _counted(what: str, number: int) -> str:
    shown = count(number)
    if what == "positions":
        return plural("{number} position", "{number} positions", number, number=shown)
    if what == "trips":
        return plural("{number} trip", "{number} trips", number, number=shown)
    return plural("{number} receipt", "{number} receipts", number, number=shown)


def _record(planned: Plan | None, *, erased: bool) -> dict[str, object]:
    return {
        "positions": planned.fixes if planned else 0,
        "trips": len(planned.trips) if planned else 0,
        "receipts": len(planned.exports) if planned else 0,
        "erased": erased,
    }
