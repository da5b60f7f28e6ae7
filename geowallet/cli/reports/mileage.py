"""The mileage book as a document: who, total, amount, odometer, and every trip."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from geowallet.app.reports.layouts import Layout
from geowallet.cli.reports.fuel import fuel_record, fuel_table
from geowallet.cli.reports.layouts import (
    WORTH_SHOWING_M,
    layout_total,
    layout_trips,
    silent_m,
    trip_columns,
)
from geowallet.cli.rules.rule_table import where_read
from geowallet.cli.terminal.language import _, clauses, language, plural, say
from geowallet.cli.terminal.numbers import (
    NO_BREAK,
    count,
    day,
    decimal,
    kilometres,
    km,
    money,
    month_name,
    percent,
    period_words,
)
from geowallet.paper.document import (
    Bars,
    Block,
    Cell,
    Column,
    Document,
    Facts,
    Note,
    Signatures,
    Table,
    words,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from fractions import Fraction

    from geowallet.app.reports.allowance import Amount
    from geowallet.app.reports.layouts import Entry
    from geowallet.app.reports.mileage import Line, Mileage
    from geowallet.app.vehicles.odometer import Reconciled

Laid = tuple[Layout, "Sequence[Entry]"]
"""A layout, and every trip of the vehicle where it shows them."""

FRENCH: Laid = (Layout.FR, ())


def mileage_paper(
    book: Mileage, laid: Laid = FRENCH, *, owner: str, id_: str, made: dt.date
) -> Document:
    """Return the book as a document in the chosen language, laid out for a country."""
    layout, entries = laid
    french = layout is Layout.FR
    title = _title(layout, book)
    blocks: list[Block] = [
        _who(book, owner),
        _total(book) if french else layout_total(layout, book),
        *_amount(book),
        *_company(book),
        *_odometer(book.reconciled),
        *([fuel_table(book.fuel)] if book.fuel else []),
        *([_lines(book)] if french else layout_trips(layout, book, entries)),
        *_left_to_do(book, marked=french),
        *_changed(book),
        Note(_("This is a computation, not tax or payroll advice.")),
        Signatures(
            (
                (_("Employee"), _("I certify that this statement is exact. Place, date:")),
                (_("Manager"), _("Date, signature:")),
            )
        ),
    ]
    foot = _("Readable copy: only a sealed export can be checked.")
    page = _("page {page} of {pages}", page="{page}", pages="{pages}")
    return Document(title, id_, language, tuple(blocks), foot, made, page)


def _title(layout: Layout, book: Mileage) -> str:
    when = period_words(book.period)
    if layout is Layout.DE:
        return _("Log of all trips of a vehicle, {period}", period=when)
    if layout.in_miles:
        return _("Business miles, {period}", period=when)
    return _("Business kilometres, {period}", period=when)


def as_record(book: Mileage) -> dict[str, Any]:
    """Return the book for ``--json``: metres whole, money as decimal strings."""
    amount = book.amount
    return {
        "report": "mileage",
        "period": str(book.period),
        "vehicle": book.vehicle.id,
        "distance_m": book.metres,
        "distance_sd_m": round(book.sd_m, 1),
        "days": book.days,
        "year_m": book.year_m,
        "commute_m": book.commute_m,
        "private_m": book.private_m,
        "waiting": [trip.trip.id for trip in book.waiting],
        "changes_after_close": [
            {"contract": one.contract, "period": one.period, "changes": one.changes}
            for one in book.since_export
        ],
        "company": book.vehicle.company,
        "private_share": _share(book.private_share),
        "fuel": [fuel_record(book.vehicle.id, way) for way in book.fuel],
        "amount": str(amount.amount) if amount else None,
        "currency": amount.rule.currency if amount else None,
        "rule": amount.rule.id if amount else None,
        "version": amount.version.valid_from.isoformat() if amount else None,
        "payroll_year": amount.payroll_year if amount else None,
        "method": amount.method if amount else None,
        "trips": [_trip_record(line) for line in book.lines],
    }


def _changed(book: Mileage) -> list[Block]:
    """Return what the book must not hide: that it was changed after figures of it had left."""
    return [
        Note(
            plural(
                "{count} change to this period since it was exported under {contract} on {date}.",
                "{count} changes to this period since it was exported under {contract} on {date}.",
                one.changes,
                contract=one.contract,
                date=day(one.day),
            )
        )
        for one in book.since_export
    ]


def _share(share: Fraction | None) -> str | None:
    """Return a share with three decimals."""
    if share is None:
        return None
    value = Decimal(share.numerator) / Decimal(share.denominator)
    return str(value.quantize(Decimal("0.001")))


def _trip_record(line: Line) -> dict[str, Any]:
    return {
        "trip": line.trip.trip.id,
        "date": line.trip.day,
        "from": line.trip.origin.name if line.trip.origin else None,
        "to": line.trip.destination.name if line.trip.destination else None,
        "reason": line.errand.reason if line.errand else None,
        "client": line.errand.client if line.errand else None,
        "distance_m": line.metres,
        "cumulative_m": line.cumulative_m,
        "gap_m": line.gap_m,
        "by_owner": line.trip.by_owner,
    }


def _who(book: Mileage, owner: str) -> Facts:
    vehicle = book.vehicle
    described = [
        vehicle.plate or vehicle.id,
        _("P.6: {power} CV", power=vehicle.fiscal_power_cv) if vehicle.fiscal_power_cv else "",
        _(vehicle.energy) if vehicle.energy else "",
    ]
    return Facts(
        _("Who"),
        (
            (_("Name"), words(owner or "-")),
            (_("Vehicle"), words(", ".join(filter(None, described)))),
        ),
    )


def _total(book: Mileage) -> Facts:
    gap_m = silent_m(book)
    return Facts(
        _("Total"),
        (
            (_("Business"), _km(book.metres, f" (± {kilometres(book.sd_m)})")),
            (_("Days, trips"), words(f"{count(book.days)}, {count(len(book.lines))}")),
            (_("Year to date"), _km(book.year_m)),
            (_("Not counted: gaps"), _km(gap_m)),
            (_("Apart: commuting"), _km(book.commute_m)),
            (_("Apart: private"), _km(book.private_m)),
            (_("Assurance"), words(_("L0 declared: as strong as a signed sheet of paper"))),
        ),
    )


def _amount(book: Mileage) -> list[Block]:
    if book.amount is None:
        why = say(book.no_amount) if book.no_amount else ""
        return [Facts(_("Amount"), ((_("Not computed"), words(why)),))]
    amount = book.amount
    rows = [
        (_("This period"), _money(amount.amount, amount)),
        (_("Year to date"), _money(amount.due, amount)),
        (_("Of which before"), _money(amount.before, amount)),
        (_("Method"), words(_method(amount))),
        (_("Scale"), words(_scale(amount))),
        (_("Source"), words(where_read(amount.version.source))),
    ]
    return [Facts(_("Amount"), tuple(rows)), _by_month(amount)]


def _by_month(amount: Amount) -> Bars:
    """Return what each month of the scale's year has, by the day on which it begins."""
    from geowallet.app.reports.allowance import month_start

    start = amount.rule.first_day(amount.payroll_year)
    heading = _("Miles by month") if amount.rule.unit == "mi" else _("Kilometres by month")
    bars = (
        (
            month_name(month_start(start, paid.month)),
            paid.distance,
            decimal(float(paid.distance), 1),
        )
        for paid in amount.months
    )
    return Bars(heading, tuple(bars))


def _company(book: Mileage) -> list[Block]:
    """Return what payroll needs of a company car for the benefit in kind: shares, no money."""
    if not book.vehicle.company or not book.all_m:
        return []
    waiting = book.all_m - book.metres - book.commute_m - book.private_m

    def share(metres: int) -> Cell:
        value = Decimal(metres) / Decimal(book.all_m)
        return Cell(f"{km(metres)}, {one_decimal(value * 100)}", value.quantize(Decimal("0.001")))

    rows = [
        (_("Business"), share(book.metres)),
        (_("Business, below likely: to check"), share(waiting)),
        (_("Commuting"), share(book.commute_m)),
        (_("Private"), share(book.private_m)),
        (_("Private and commuting"), share(book.private_m + book.commute_m)),
        (_("All"), _km(book.all_m)),
    ]
    said = _(
        "Shares of what was traced, for the benefit in kind. Which share counts, and what it is "
        "worth, follows from the method that your employer chose; none is applied here."
    )
    return [Facts(_("Company car"), tuple(rows)), Note(said)]


def one_decimal(number: Decimal) -> str:
    """Return a percentage with one decimal, as the language writes it."""
    return f"{decimal(float(number), 1)}{NO_BREAK}%"


def _method(amount: Amount) -> str:
    unit = amount.rule.unit
    total = amount.months[-1].total
    names = {
        "regularised": _(
            "the scale is applied to the year: F({total} {unit}) less what was due before",
            total=decimal(float(total), 1),
            unit=unit,
        ),
        "linear": _("each kilometre at the rate of its band, without the constant"),
        "prorated": _("the scale of the year, with the elapsed twelfths of its constant"),
    }
    return names[amount.method]


def _scale(amount: Amount) -> str:
    return _(
        "{title}, payroll year {year}; holds from {day}",
        title=amount.rule.title,
        year=amount.payroll_year,
        day=day(amount.version.valid_from),
    )


def _odometer(found: tuple[Reconciled, ...]) -> list[Block]:
    if not found:
        return [Note(_("No two odometer readings: the traces were not compared with one."))]
    columns = (
        Column(_("Since"), "from"),
        Column(_("Until"), "to"),
        Column(_("Odometer"), "odometer_km", numeric=True),
        Column(_("Traces"), "traced_km", numeric=True),
        Column(_("Difference"), "difference_km", numeric=True),
        Column(_("Seen"), "seen_percent", numeric=True),
    )
    rows = tuple(
        (
            Cell(day(item.before.day), item.before.day),
            Cell(day(item.after.day), item.after.day),
            Cell(count(item.after.km - item.before.km), item.after.km - item.before.km),
            _figure(item.traced_m),
            _figure(item.residual_m),
            Cell(percent(item.share) if item.after.km > item.before.km else "-"),
        )
        for item in found
    )
    return [Table(_("Odometer, in kilometres"), columns, rows)]


def _lines(book: Mileage) -> Table:
    columns = (
        *trip_columns(reason_share=4),
        Column(_("Km"), "distance_km", numeric=True),
        Column(_("Year to date"), "cumulative_km", numeric=True, share=3),
        Column(_("Mark"), "mark", share=3),
    )
    last = words(_("Total")), *(words("") for _unused in range(4)), _figure(book.metres)
    total = (*last, _figure(book.year_m), words(""))
    rows = tuple(_row(line) for line in book.lines)
    return Table(_("Trips"), columns, rows, total, _("No business trip in this period."))


def _row(line: Line) -> tuple[Cell, ...]:
    import datetime as dt

    trip = line.trip
    on = dt.date.fromisoformat(trip.day)
    ends = (trip.origin, trip.destination)
    marks = ("~" if line.gap_m >= WORTH_SHOWING_M else "") + ("=" if trip.by_owner else "")
    return (
        Cell(day(on), on),
        *(words(end.name if end else _("(unnamed)")) for end in ends),
        words(line.errand.reason if line.errand else _("(missing)")),
        words(line.errand.client if line.errand else ""),
        _figure(line.metres),
        _figure(line.cumulative_m),
        words(marks),
    )


def _left_to_do(book: Mileage, *, marked: bool) -> list[Block]:
    missing = sum(line.errand is None for line in book.lines)
    waiting = sum(trip.trip.distance_m for trip in book.waiting)
    todo = []
    if missing:
        todo.append(_("trips without a reason: {n}", n=missing))
    if book.waiting:
        todo.append(
            _("trips below likely, not counted: {n} ({km})", n=len(book.waiting), km=km(waiting))
        )
    found: list[Block] = [Note(_("To do: {what}", what=clauses(todo)), strong=True)] if todo else []
    if marked:
        found.append(Note(_("Marks: ~ has a gap that is not counted, = corrected by you.")))
    return found


def _km(metres: float, more: str = "") -> Cell:
    return Cell(km(metres) + more, _decimal_km(metres))


def _figure(metres: float) -> Cell:
    return Cell(kilometres(metres), _decimal_km(metres))


def _decimal_km(metres: float) -> Decimal:
    """Return kilometres with the one decimal that is shown."""
    return Decimal(kilometres_plain(metres))


def kilometres_plain(metres: float) -> str:
    """Return kilometres with one decimal and a point, rounded as `kilometres` does."""
    from babel.numbers import format_decimal

    return format_decimal(metres / 1000, format="0.0", locale="en")


def _money(amount: Decimal, of: Amount) -> Cell:
    return Cell(money(amount, of.rule.currency), amount)
