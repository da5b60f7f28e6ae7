"""``vault erase``: show what goes and what rests on it, have it typed, say what is confirmed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _, plural
from geowallet.cli.terminal.numbers import count, km
from geowallet.cli.terminal.secrets import locations, open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import verb
from geowallet.cli.wallet.vault_copies import show_copies
from geowallet.model.errors import BadOptionError

if TYPE_CHECKING:
    from geowallet.app.keeping.erasing import Plan
    from geowallet.app.keeping.erasure import Erasure
    from geowallet.app.keeping.scope import Scope
    from geowallet.vault.store import Vault

_SHOWN = 12

_Trip = Annotated[str, typer.Option("--trip", help=_("One trip, by its id."))]
_Day = Annotated[str, typer.Option("--day", help=_("One local day, such as 2026-05-04."))]
_Period = Annotated[str, typer.Option("--period", help=_("Local days, such as 2026-05."))]
_Place = Annotated[
    str, typer.Option("--place", help=_("All that was recorded at a place, and its name."))
]
_Source = Annotated[
    str, typer.Option("--source", help=_("One imported file, by its name or SHA-256."))
]


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    verb(
        app,
        "erase",
        _("Erase positions and what was found from them, here and in known backups."),
        example="geowallet vault erase --day 2026-05-04 --dry-run",
    )(erase)


def erase(
    shell: Shell,
    *,
    trip: _Trip = "",
    day: _Day = "",
    place: _Place = "",
    period: _Period = "",
    source: _Source = "",
    everything: Annotated[
        bool, typer.Option("--everything", help=_("All of it: only keys and the log stay."))
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Show what would go, and erase nothing."))
    ] = False,
    receipt: Annotated[
        Path | None, typer.Option("--receipt", help=_("Write a receipt of it to this new file."))
    ] = None,
    confirm: Annotated[
        str, typer.Option("--confirm", help=_("What to erase, typed again, without a question."))
    ] = "",
) -> None:
    """Show what goes and what rests on it, have it typed, erase it, and say what is confirmed."""
    from geowallet.app.keeping.erasing import plan
    from geowallet.app.keeping.erasure import erase as carry_out
    from geowallet.app.keeping.erasure import receipt_json
    from geowallet.app.sharing.attesting import attested
    from geowallet.app.wallet import now_us

    given = {
        "--trip": trip,
        "--day": day,
        "--place": place,
        "--period": period,
        "--source": source,
        "--everything": _("everything") if everything else "",
    }
    option, name = _the_one(given)
    _check_new(receipt)
    with open_wallet(shell, keep=False) as vault:
        planned = plan(vault, _scope(vault, option, name))
        _show_plan(shell, vault, planned)
        if dry_run:
            shell.say(_("Nothing was erased."))
            shell.emit(_plan_record(planned) | {"erased": False})
            return
        prompt = _("Type {name} to erase it for good: ", name=name)
        shell.confirm_name(name, confirm, prompt)
        done = carry_out(vault, locations(shell).wallet, planned, now_us=now_us())
        record = attested(vault, receipt_json(done))
    if receipt is not None:
        _write(receipt, record)
    _show_done(shell, done)
    if receipt is not None:
        shell.say(_("Receipt: {path}", path=str(receipt)))
    shell.emit(_plan_record(planned) | {"erased": True, "receipt": record})


def _the_one(given: dict[str, str]) -> tuple[str, str]:
    """Return option and value of the one scope that was given."""
    found = [(option, name) for option, name in given.items() if name]
    if len(found) != 1:
        raise BadOptionError(option=", ".join(given), reason=_("name exactly one of them"))
    return found[0]


def _scope(vault: Vault, option: str, name: str) -> Scope:
    from geowallet.app.keeping import scope
    from geowallet.model.calendar import Period

    if option == "--trip":
        return scope.of_trip(vault, name)
    if option == "--place":
        return scope.of_place(vault, name)
    if option == "--source":
        return scope.of_source(vault, name)
    if option == "--everything":
        return scope.EVERYTHING
    period = Period.parse(name)
    if option == "--day" and period.first != period.last:
        raise BadOptionError(option=option, reason=_("one day, such as 2026-05-04"))
    return scope.of_period(vault, period, what=option.removeprefix("--"))


def _check_new(receipt: Path | None) -> None:
    """Refuse a receipt's place that is taken, before anything is erased."""
    from geowallet.model.errors import FileTakenError

    if receipt is not None and receipt.exists():
        raise FileTakenError(path=str(receipt))


def _write(path: Path, record: dict[str, object]) -> None:
    from geowallet.app.files import write_new

    write_new(path, (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode())


def _show_plan(shell: Shell, vault: Vault, planned: Plan) -> None:
    from geowallet.app.keeping.copies import copies as known

    metres = sum(trip.trip.distance_m for trip in planned.trips)
    rows = [
        (_("positions"), count(planned.fixes)),
        (_("trips"), _("{count}, {km}", count=count(len(planned.trips)), km=km(metres))),
        (_("other records"), count(len(planned.records))),
    ]
    names = [one.before.name or one.before.sha256[:12] for one in planned.sources]
    rows += [(_("files") if not at else "", name) for at, name in enumerate(names[:_SHOWN])]
    if len(names) > _SHOWN:
        rows.append(("", _("({count} more)", count=count(len(names) - _SHOWN))))
    shell.say(_("What goes:"))
    shell.pairs(rows)
    if planned.exports:
        shell.say()
        shell.say(_("Figures that rest on it were sent. They stay with who has them:"))
        shell.table(
            [Column(_("RECEIPT")), Column(_("PERIOD")), Column(_("CONTRACT"))],
            [[one.id, one.period, one.contract] for one in planned.exports],
        )
    if planned.audits:
        shell.say()
        shell.say(
            plural(
                "{count} export can no longer be audited then: you could not answer.",
                "{count} exports can no longer be audited then: you could not answer.",
                planned.audits,
            )
        )
    if planned.forgets_habits:
        shell.say()
        shell.say(_("The habits that were read off your trips go with it: read them again."))
    found = known(vault)
    if found:
        shell.say()
        shell.say(_("Backups that hold it are replaced by one of the wallet without it:"))
        for one in found:
            shell.say(f"  {one.folder}")


def _show_done(shell: Shell, done: Erasure) -> None:
    shell.say()
    shell.say(
        plural(
            "{positions} position is erased; entry {entry} of the log says so.",
            "{positions} positions are erased; entry {entry} of the log says so.",
            done.erased.fixes,
            positions=count(done.erased.fixes),
            entry=done.erased.entry,
        )
    )
    keys = len(done.erased.keys)
    if done.left:
        shell.say(
            _(
                "NOT confirmed: {left} of {keys} keys still lie in the file.",
                left=done.left,
                keys=keys,
            )
        )
    else:
        shell.say(
            _("Confirmed: none of the {keys} keys lies in the wallet's file any more.", keys=keys)
        )
    show_copies(shell, done.copies)
    shell.say(
        _(
            "Not confirmed, as nobody can: other copies, exports that were sent, blocks that the "
            "disk set aside, and the files that were imported."
        )
    )


def _plan_record(planned: Plan) -> dict[str, object]:
    return {
        "what": planned.scope.what,
        "positions": planned.fixes,
        "trips": [trip.trip.id for trip in planned.trips],
        "records": len(planned.records),
        "files": [one.before.sha256 for one in planned.sources],
        "exports": [one.id for one in planned.exports],
        "audits": planned.audits,
        "habits": planned.forgets_habits,
    }
