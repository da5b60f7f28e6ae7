"""``rule list``, ``rule show``, ``rule check``, ``rule compute``."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.rules.rule_options import distance, read_facts
from geowallet.cli.rules.rule_table import how, neutral, rows, where_read
from geowallet.cli.terminal.language import _, say
from geowallet.cli.terminal.numbers import day, exact, money
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import group, verb
from geowallet.model.errors import BadOptionError
from geowallet.model.words import N_

if TYPE_CHECKING:
    from geowallet.rules.compute import Figure
    from geowallet.rules.rule import Rule, Version

app = group(_("Allowances by the book: dated tables with their sources."))

DATA_WRONG = 9
"""Exit status where rule data is wrong."""


def list_(shell: Shell) -> None:
    """Show every rule."""
    from geowallet.app import rulebook
    from geowallet.rules.rule import spans

    for rule in rulebook.rules():
        shell.emit(
            {
                "rule": rule.id,
                "title": rule.title,
                "currency": rule.currency,
                "unit": rule.unit,
                "years": list(rule.years()),
            }
        )
    columns = [Column(_("RULE")), Column(_("YEARS")), Column(_("TITLE"))]
    shell.table(columns, [[r.id, spans(r.years()), r.title] for r in rulebook.rules()])
    shell.next("geowallet rule show fr.bareme_kilometrique.voiture --year 2025")


def show(
    shell: Shell,
    rule: Annotated[str, typer.Argument(help=_("Its name, as in 'geowallet rule list'."))],
    *,
    year: Annotated[int | None, typer.Option(help=_("Only what holds in this year."))] = None,
) -> None:
    """Show the numbers of a rule, version by version."""
    from geowallet.app import rulebook
    from geowallet.rules.facts import Facts

    found = rulebook.rule(rule)
    shell.say(f"{found.id}: {found.title}")
    for version in found.versions if year is None else found.in_year(year):
        shell.emit(_record(found, version))
        shell.say()
        held = _(
            "From {first}, known until {last}, checked on {checked}.",
            first=day(version.valid_from),
            last=day(version.valid_until),
            checked=day(version.checked_on),
        )
        shell.say(held)
        shell.table([Column(""), Column("")], rows(found, version), indent=2)
        method = version.table.method(Facts())
        shell.pairs([(_("method"), how(method)), (_("source"), where_read(version.source))])


def check(shell: Shell) -> None:
    """Look every rule over: dates, sources, bands that meet."""
    from geowallet.app import rulebook

    findings = rulebook.examine()
    for finding in findings:
        shell.emit(
            {
                "rule": finding.rule,
                "problems": [str(problem) for problem in finding.problems],
                "remarks": [str(remark) for remark in finding.remarks],
            }
        )
    table = [
        [
            _("problem") if finding.problems else _("ok"),
            finding.rule,
            ", ".join(map(say, finding.problems + finding.remarks)),
        ]
        for finding in findings
    ]
    shell.table([Column(""), Column(_("RULE")), Column(_("HOW IT STANDS"))], table)
    if any(finding.problems for finding in findings):
        raise typer.Exit(DATA_WRONG)


def compute(
    shell: Shell,
    rule: Annotated[str, typer.Argument(help=_("Its name, as in 'geowallet rule list'."))],
    *,
    year: Annotated[
        int, typer.Option(help=_("The year of the income or of the trips; tax years begin in it."))
    ],
    payroll: Annotated[
        bool, typer.Option("--payroll", help=_("--year is the year in which payroll pays."))
    ] = False,
    km: Annotated[
        str, typer.Option(help=_("Kilometres of the year; one way where days count."))
    ] = "",
    miles: Annotated[str, typer.Option(help=_("Miles instead, where the rule counts miles."))] = "",
    cv: Annotated[int | None, typer.Option(help=_("Fiscal power: field P.6."))] = None,
    electric: Annotated[
        bool, typer.Option("--electric", help=_("The vehicle is electric, not hybrid."))
    ] = False,
    days: Annotated[int | None, typer.Option(help=_("Whole days, both ways."))] = None,
    quota: Annotated[str, typer.Option(help=_("Work quota in percent of full time."))] = "",
    present_days: Annotated[
        int | None, typer.Option(help=_("Days of the year in the post, if not all."))
    ] = None,
    subscription: Annotated[
        str, typer.Option(help=_("What the employer paid towards a transit pass."))
    ] = "",
    method: Annotated[
        str, typer.Option(help=_("How payroll pays: regularised, linear or prorated."))
    ] = "",
    months: Annotated[
        int | None, typer.Option(help=_("Elapsed months, for --method prorated."))
    ] = None,
) -> None:
    """Compute the amount of one year."""
    from geowallet.app import rulebook
    from geowallet.rules.compute import compute as figure_of

    found = rulebook.rule(rule)
    if payroll and not found.payroll_lag_years:
        raise BadOptionError(option="--payroll", reason=N_("changes nothing for this rule"))
    wanted = year - found.payroll_lag_years if payroll else year
    _point_to_payroll(shell, found, wanted)
    facts = read_facts(
        found,
        wanted,
        distance=distance(found, km, miles),
        power_cv=cv,
        electric=electric,
        days=days,
        quota=quota,
        present_days=present_days,
        subscription=subscription,
        method=method,
        months=months,
    )
    _show(shell, found, figure_of(found, wanted, facts), wanted)
    if km and facts.distance is not None and found.unit == "mi":
        _show_miles(shell, found, km, facts.distance)
    if payroll:
        shell.note(_("Payroll of {year}: the table of {table}.", **_years(year, wanted)))


def _show_miles(shell: Shell, rule: Rule, km: str, miles: Decimal) -> None:
    from geowallet.rules.compute import rounded

    counted = exact(rounded(miles, rule.rounding))
    shell.note(_("{km} km are {miles} miles.", km=exact(Decimal(km)), miles=counted))


verb(app, "list", _("List the rules."))(list_)
verb(
    app,
    "show",
    _("Show a rule's numbers and sources."),
    example="geowallet rule show fr.fmd.prive --year 2025",
)(show)
verb(app, "check", _("Check dates, sources and bands of all rules."))(check)
verb(
    app,
    "compute",
    _("Compute an allowance."),
    example="geowallet rule compute fr.bareme_kilometrique.voiture --year 2025 --km 12000 --cv 5",
)(compute)


def _point_to_payroll(shell: Shell, rule: Rule, year: int) -> None:
    """Where only payroll has a table for a year, say how to ask for it."""
    known, table = rule.years(), year - rule.payroll_lag_years
    if year not in known and table in known and not shell.as_json:
        note = _(
            "Payroll of {year} uses the table of {table}: add --payroll.", **_years(year, table)
        )
        shell.note(note)


def _years(year: int, table: int) -> dict[str, str]:
    return {"year": str(year), "table": str(table)}


def _show(shell: Shell, rule: Rule, figure: Figure, year: int) -> None:
    version = figure.version
    shell.emit(
        {
            "rule": figure.rule,
            "version": version.valid_from.isoformat(),
            "amount": format(figure.amount, "f"),
            "currency": figure.currency,
            "method": figure.method,
            "source": str(version.source),
        }
    )
    shell.say(money(figure.amount, figure.currency))
    first = day(max(version.valid_from, rule.first_day(year)))
    last = day(min(version.valid_until, rule.last_day(year)))
    shell.pairs(
        [
            (_("method"), how(figure.method)),
            (_("year"), _("{first} to {last}", first=first, last=last)),
            (_("rule"), f"{figure.rule}, {version.valid_from.isoformat()}"),
            (_("source"), where_read(version.source)),
        ]
    )
    shell.say(_("This is a computation, not tax or payroll advice."))


def _record(rule: Rule, version: Version) -> dict[str, object]:
    return {
        "rule": rule.id,
        "title": rule.title,
        "version": version.valid_from.isoformat(),
        "valid_until": version.valid_until.isoformat(),
        "checked_on": version.checked_on.isoformat(),
        "source": str(version.source),
        "table": neutral(version.table),
    }
