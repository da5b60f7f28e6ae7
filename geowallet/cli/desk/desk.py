"""``desk init`` and ``offer``: the recipient's side."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.desk.drafting import (
    Cadence,
    Expires,
    Hours,
    RuleFacts,
    RuleName,
    RuleYear,
    Supersede,
    TermsFile,
    VehicleNames,
    drafted,
    purpose_of,
    rule_use,
    template_named,
)
from geowallet.cli.desk.offer_assurance import Level, Only, Readings, Stamped, asking_for
from geowallet.cli.desk.offer_audit import Commitments, Draws, SpotChecks, looking_behind
from geowallet.cli.desk.offering import (
    FUEL,
    Fuel,
    ModuleFile,
    Outputs,
    TariffFile,
    furnished,
    hand_over,
)
from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.secrets import asker, locations, new_passphrase
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import group, verb
from geowallet.model.calendar import Period

if TYPE_CHECKING:
    from geowallet.app.desk.desk import Desk
    from geowallet.contracts.templates.template import Particulars, Template

app = group(_("For recipients: keys, offers, and what came back."))


def init(
    shell: Shell,
    name: Annotated[str, typer.Argument(help=_("The organisation's name."))],
) -> None:
    """Make the recipient's keys."""
    from geowallet.app.desk.desk import create_desk
    from geowallet.app.settings import check_name

    check_name(name)
    desk = create_desk(locations(shell).desk, name, new_passphrase(shell))
    key = _fingerprint(desk.signing_jwk)
    shell.say(_("Desk of {name}, key {key}.", name=name, key=key))
    shell.say(_("Tell people this key by another way than the offers: phone, paper."))
    shell.emit({"desk": name, "key": key})
    shell.next("geowallet desk offer work-hour-mileage --name NAME --covers 2026")


def offer(
    shell: Shell,
    template: Annotated[str, typer.Argument(help=_("Such as work-hour-mileage."))],
    *,
    name: Annotated[str, typer.Option(help=_("Of the contract: small letters, digits, dashes."))],
    covers: Annotated[str, typer.Option(help=_("Period it speaks of, such as 2026."))],
    expires: Expires = "",
    cadence: Cadence = "",
    hours: Hours = None,
    zone: Annotated[str, typer.Option(help=_("IANA time zone."))] = "Europe/Paris",
    holidays: Annotated[str, typer.Option(help=_("Public holidays: FR, FR-57; none."))] = "FR",
    purpose: Annotated[str, typer.Option(help=_("What it is for, in your words."))] = "",
    retention: Annotated[int, typer.Option(help=_("Months that you keep it."))] = 36,
    vehicle: VehicleNames = None,
    rule: RuleName = "",
    rule_year: RuleYear = 0,
    rule_fact: RuleFacts = None,
    terms_file: TermsFile = None,
    module: ModuleFile = None,
    output: Outputs = None,
    fuel: Fuel = FUEL,
    tariff: TariffFile = None,
    commitments: Commitments = "",
    draws: Draws = 0,
    spot_checks: SpotChecks = 0,
    stamped: Stamped = 0,
    level: Level = "L1",
    only: Only = False,
    readings: Readings = False,
    supersede: Supersede = False,
    out: Annotated[Path, typer.Option(help=_("Folder for the offer."))] = Path(),
) -> None:
    """Write and sign an offer from a template."""
    from geowallet.app.desk.desk import make_offer, open_desk
    from geowallet.app.desk.desk_offers import following

    chosen, use = template_named(template), rule_use(rule, rule_year, rule_fact)
    desk = open_desk(locations(shell).desk, asker(shell, _("Passphrase of the desk: ")))
    plain = _particulars(desk, chosen, name, Period.parse(covers), expires)
    particulars = replace(
        plain, cadence=cadence, purpose=purpose or plain.purpose, retention_months=retention
    )
    terms = drafted(
        chosen,
        particulars,
        hours=hours,
        zone=zone,
        holidays=holidays,
        vehicles=vehicle,
        rule=use,
        changes=terms_file,
    )
    terms, data = furnished(terms, module=module, outputs=output, fuel=fuel, tariff=tariff)
    terms = looking_behind(terms, commitments=commitments, draws=draws, spot_checks=spot_checks)
    terms = asking_for(terms, stamped, level=level, only=only, readings=readings)
    terms = following(desk, terms, supersede=supersede)
    written = make_offer(desk, terms, out)
    shell.say(_("Wrote {path}: send it to the people you ask.", path=str(written)))
    hand_over(shell, desk, written, data)
    shell.emit({"offer": name, "file": str(written)})


verb(app, "init", _("Make your organisation's keys."), desk=True)(init)
verb(
    app,
    "offer",
    _("Write an offer from a template."),
    example="geowallet desk offer work-hour-mileage --name exemple-mileage --covers 2026",
    desk=True,
)(offer)


def _particulars(
    desk: Desk, template: Template, name: str, covers: Period, expires: str
) -> Particulars:
    """Return what every template leaves open, as it is where nothing else is said."""
    from geowallet.contracts.templates.template import Particulars

    why, basis = purpose_of(template)
    year_on = (covers.last.replace(day=1) + dt.timedelta(days=366)).replace(day=28)
    return Particulars(
        recipient=desk.recipient,
        name=name,
        covers=covers,
        issued=dt.datetime.now(tz=dt.UTC).date(),
        expires=Period.parse(expires).last if expires else year_on,
        purpose=why,
        legal_basis=basis,
    )


def _fingerprint(jwk: dict[str, Any]) -> str:
    from geowallet.crypto.fingerprint import fingerprint
    from geowallet.crypto.signing import thumbprint

    return fingerprint(thumbprint(jwk))
