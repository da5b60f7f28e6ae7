"""Every verb of ``report``: the figures of the year and its months, for the owner's eyes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geowallet.cli.reports.hand_over import Csv, Excel, Html, Pdf, Xlsx, forms, hand_over, today
from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import group, verb
from geowallet.model.errors import BadOptionError

app = group(_("Your figures by the book, to read, print and hand over."))

Span = Annotated[
    str, typer.Option("--period", "--month", "--year", help=_("Such as 2026 or 2026-10."))
]
VehicleName = Annotated[str, typer.Option(help=_("Which vehicle, where you have several."))]


def mileage(
    shell: Shell,
    *,
    period: Span = "",
    vehicle: VehicleName = "",
    rule: Annotated[str, typer.Option(help=_("Another scale; see 'rule list'."))] = "",
    method: Annotated[
        str, typer.Option(help=_("How a yearly scale is paid: regularised, linear or prorated."))
    ] = "regularised",
    layout: Annotated[
        str, typer.Option(help=_("Columns and unit of a country: fr, de, gb or us."))
    ] = "fr",
    pdf: Pdf = None,
    html: Html = None,
    xlsx: Xlsx = None,
    csv: Csv = None,
    payroll: Annotated[
        Path | None,
        typer.Option(help=_("TOML file with your payroll's codes: --csv writes its lines.")),
    ] = None,
    excel: Excel = False,
) -> None:
    """Show the mileage book of a vehicle, and what a scale gives for it."""
    from geowallet.app.reports import mileage as use
    from geowallet.app.reports import payroll as lines
    from geowallet.app.reports.layouts import Layout, entries, scale_of
    from geowallet.app.settings import owner_name
    from geowallet.cli.reports.mileage import as_record, mileage_paper
    from geowallet.cli.reports.options import span_of
    from geowallet.cli.travel.trip import check_word
    from geowallet.rules.scale import METHODS

    check_word("--method", method, METHODS)
    check_word("--layout", layout, list(Layout))
    laid = Layout(layout)
    if (payroll or excel) and csv is None:
        raise BadOptionError(option="--payroll, --excel", reason=_("--csv FILE is needed as well"))
    mapping = lines.read_mapping(payroll) if payroll else None
    with open_wallet(shell) as vault:
        span = span_of(vault, period, crossing=True)
        chosen = use.choose_vehicle(vault, vehicle)
        scale = rule or scale_of(laid, chosen)
        book = use.mileage(vault, span, vehicle=chosen.id, rule=scale, method=method)
        every = entries(vault, book) if laid is Layout.DE else ()
        owner = owner_name(vault)
    id_ = use.book_id(book)
    paper = mileage_paper(book, (laid, every), owner=owner, id_=id_, made=today())
    rows = lines.payroll_csv(mapping, book, id_=id_, for_excel=excel) if mapping else b""
    shell.emit(as_record(book))
    hand_over(shell, paper, forms(pdf, html, xlsx, csv), rows=rows, for_excel=excel)
    if mapping:
        shell.note(_("In payroll these lines replace what was there for the same period."))


def regularise(
    shell: Shell,
    *,
    year: Annotated[int, typer.Option(help=_("Calendar year of payroll; this one."))] = 0,
    paid: Annotated[
        list[str] | None,
        typer.Option(help=_("What a month was paid, as 1=120.50; may be repeated.")),
    ] = None,
    vehicle: VehicleName = "",
    rule: Annotated[str, typer.Option(help=_("Another scale; see 'rule list'."))] = "",
    pdf: Pdf = None,
    html: Html = None,
    xlsx: Xlsx = None,
    csv: Csv = None,
) -> None:
    """Show what a later table or a late trip changes against what was paid."""
    from geowallet.app.reports import regularise as use
    from geowallet.app.settings import owner_name
    from geowallet.cli.reports.options import year_of
    from geowallet.cli.reports.regularise import as_record, paid_of, regularisation_paper

    said = paid_of(paid or [])
    wanted = year_of(year)
    with open_wallet(shell) as vault:
        found = use.regularise(vault, wanted, until=today(), paid=said, vehicle=vehicle, rule=rule)
        owner = owner_name(vault)
    shell.emit(as_record(found))
    id_ = use.regularisation_id(found)
    paper = regularisation_paper(found, owner=owner, id_=id_, made=today())
    hand_over(shell, paper, forms(pdf, html, xlsx, csv))


def commute(
    shell: Shell,
    *,
    year: Annotated[int, typer.Option(help=_("Calendar year; this one."))] = 0,
    modes: Annotated[
        str, typer.Option(help=_("Modes that count, such as bike,e_bike; cars tagged carpool do."))
    ] = "",
    rule: Annotated[
        str, typer.Option(help=_("Rule with steps of days; none for days alone."))
    ] = "fr.fmd.fonction_publique",
    quota: Annotated[str, typer.Option(help=_("Work quota in percent."))] = "100",
    present: Annotated[
        int, typer.Option("--present-days", help=_("Days of the year in the post; 0 for all."))
    ] = 0,
    statement: Annotated[
        str, typer.Option(help=_("The statement on your honour: private or public."))
    ] = "",
    pdf: Pdf = None,
    html: Html = None,
    xlsx: Xlsx = None,
    csv: Csv = None,
) -> None:
    """Show the days commuted by bike and the like, and what they reach."""
    from geowallet.app.reports import commute as use
    from geowallet.app.settings import owner_name
    from geowallet.cli.reports.commute import as_record, commute_paper, statement_paper
    from geowallet.cli.reports.options import claim_of, year_of
    from geowallet.cli.travel.trip import check_word

    check_word("--statement", statement, ("private", "public"))
    with open_wallet(shell) as vault:
        found = use.commute(
            vault, year_of(year), claim_of(modes, rule, quota, present), until=today()
        )
        owner = owner_name(vault)
    shell.emit(as_record(found))
    id_, made = use.commute_id(found), today()
    if statement:
        public = statement == "public"
        paper = statement_paper(found, owner=owner, quota=quota, id_=id_, made=made, public=public)
    else:
        paper = commute_paper(found, owner=owner, id_=id_, made=made)
    hand_over(shell, paper, forms(pdf, html, xlsx, csv))


def driving(
    shell: Shell,
    *,
    period: Span = "",
    vehicle: VehicleName = "",
    pdf: Pdf = None,
    html: Html = None,
    xlsx: Xlsx = None,
    csv: Csv = None,
) -> None:
    """Show the kilometres of a vehicle and how smoothly it was driven."""
    from geowallet.app.reports.mileage import choose_vehicle
    from geowallet.app.travel.driving import report_vehicle
    from geowallet.app.travel.trips import described_trips
    from geowallet.cli.reports.driving import driving_paper
    from geowallet.cli.reports.options import span_of
    from geowallet.crypto.canonical import digest_of

    with open_wallet(shell) as vault:
        span, chosen = span_of(vault, period), choose_vehicle(vault, vehicle)
        report = report_vehicle(vault, described_trips(vault, span), chosen)
    record = report.as_json()
    shell.emit(record | {"schema": record["schema"], "vehicle": chosen.id, "period": str(span)})
    digest = digest_of([str(span), chosen.id, str(report.score.exposure)])
    id_ = f"{digest[:4]}-{digest[4:8]}"
    paper = driving_paper(report, span, chosen, id_=id_, made=today())
    hand_over(shell, paper, forms(pdf, html, xlsx, csv))


def year(
    shell: Shell,
    *,
    year: Annotated[int, typer.Option(help=_("Calendar year; this one."))] = 0,
    rule: Annotated[
        str, typer.Option("--commute-rule", help=_("Rule with steps of days; none for days alone."))
    ] = "fr.fmd.fonction_publique",
    quota: Annotated[str, typer.Option(help=_("Work quota in percent."))] = "100",
    present: Annotated[
        int, typer.Option("--present-days", help=_("Days of the year in the post; 0 for all."))
    ] = 0,
    pdf: Pdf = None,
    html: Html = None,
    xlsx: Xlsx = None,
    csv: Csv = None,
) -> None:
    """Show a whole year on one paper."""
    from geowallet.app.reports import year as use
    from geowallet.app.settings import owner_name
    from geowallet.cli.reports.options import claim_of, year_of
    from geowallet.cli.reports.year import as_record, year_paper

    wanted = year_of(year)
    with open_wallet(shell) as vault:
        found = use.review(vault, wanted, claim_of("", rule, quota, present), until=today())
        owner = owner_name(vault)
    shell.emit(as_record(found))
    paper = year_paper(found, owner=owner, id_=use.year_id(found), made=today())
    hand_over(shell, paper, forms(pdf, html, xlsx, csv))


def gaps(
    shell: Shell,
    *,
    period: Span = "",
    pdf: Pdf = None,
    html: Html = None,
    xlsx: Xlsx = None,
    csv: Csv = None,
) -> None:
    """Show what is missing from the figures, and the command that mends each."""
    from geowallet.app.reports import gaps as use
    from geowallet.cli.reports.gaps import as_record, gaps_paper
    from geowallet.cli.reports.options import span_of
    from geowallet.crypto.canonical import digest_of

    with open_wallet(shell) as vault:
        found = use.gaps(vault, span_of(vault, period), today=today())
    record = as_record(found)
    shell.emit(record)
    digest = digest_of(record)
    paper = gaps_paper(found, id_=f"{digest[:4]}-{digest[4:8]}", made=today())
    hand_over(shell, paper, forms(pdf, html, xlsx, csv))


verb(
    app,
    "mileage",
    _("The mileage book of a vehicle."),
    example="geowallet report mileage --month 2026-10 --pdf october.pdf",
)(mileage)
verb(
    app,
    "regularise",
    _("What a later table or a late trip changes against what was paid."),
    example="geowallet report regularise --year 2026 --paid 1=120.50 --paid 2=98.10",
)(regularise)
verb(
    app,
    "commute",
    _("Days commuted by bike and the like, and the statement for HR."),
    example="geowallet report commute --year 2026 --statement private --pdf fmd.pdf",
)(commute)
verb(
    app,
    "driving",
    _("The kilometres of a vehicle, and how smoothly it was driven."),
    example="geowallet report driving --month 2026-10",
)(driving)
verb(
    app,
    "year",
    _("A whole year on one paper: kilometres, money, commuting, driving, what is missing."),
    example="geowallet report year --year 2026 --pdf 2026.pdf",
)(year)
verb(
    app,
    "gaps",
    _("What is missing from your figures, and what mends it."),
    example="geowallet report gaps --month 2026-10",
)(gaps)
