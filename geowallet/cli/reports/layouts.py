"""The totals and the table of trips as German, British and American practice asks."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from geowallet.app.reports.layouts import Layout
from geowallet.app.reports.mileage import is_sure
from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.numbers import NO_BREAK, count, day, decimal
from geowallet.model.mobility import Purpose
from geowallet.paper.document import Block, Cell, Column, Facts, Note, Table, words
from geowallet.rules.compute import miles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.app.reports.layouts import Entry
    from geowallet.app.reports.mileage import Line, Mileage
    from geowallet.model.mobility import DescribedTrip


WORTH_SHOWING_M = 50
"""Silences shorter than this are not worth a mark."""


def silent_m(book: Mileage) -> int:
    """Return the metres of silences worth showing, which are never counted."""
    return sum(line.gap_m for line in book.lines if line.gap_m >= WORTH_SHOWING_M)


def trip_columns(*, reason_share: int) -> tuple[Column, ...]:
    """Return the columns that say when a trip was, from where to where, why and for whom."""
    return (
        Column(_("Date"), "date", share=3),
        Column(_("From"), "from", share=3),
        Column(_("To"), "to", share=3),
        Column(_("Reason"), "reason", share=reason_share),
        Column(_("Client"), "client", share=3),
    )


def layout_total(layout: Layout, book: Mileage) -> Facts:
    """Return business, commuting and private distances, each apart, and their sum."""
    rows = [
        (_("Business"), _long(layout, book.metres)),
        (_("Days, trips"), words(f"{count(book.days)}, {count(len(book.lines))}")),
        (_("Year to date"), _long(layout, book.year_m)),
        (_("Not counted: gaps"), _long(layout, silent_m(book))),
        (_("Apart: commuting"), _long(layout, book.commute_m)),
        (_("Apart: private"), _long(layout, book.private_m)),
        (_("All"), _long(layout, book.all_m)),
        (_("Assurance"), words(_("L0 declared: as strong as a signed sheet of paper"))),
    ]
    return Facts(_("Total"), tuple(rows))


def layout_trips(layout: Layout, book: Mileage, entries: Sequence[Entry]) -> list[Block]:
    """Return the trips under the columns of a layout, and what it does not replace."""
    if layout is Layout.DE:
        return [_closed_book(entries), Note(_closed_words())]
    table = _british(book) if layout is Layout.GB else _american(book)
    return [table, Note(_miles_words(layout))]


def _closed_words() -> str:
    return _(
        "German practice asks for the odometer as read at each trip, for street and number, and "
        "for entries within seven days, in a closed book. Here the odometer is reckoned from "
        "your last reading and the traces: ask the tax office whether it takes that."
    )


def _miles_words(layout: Layout) -> str:
    if layout is Layout.GB:
        return _(
            "Miles as measured, with one decimal. The tax year begins on 6 April. "
            "Commuting is apart and never in the sum."
        )
    return _(
        "Miles as measured, with one decimal. The odometer at the beginning and the end of the "
        "year belongs to the log: add readings by 'vehicle odometer'."
    )


def _closed_book(entries: Sequence[Entry]) -> Table:
    date, *where_and_why = trip_columns(reason_share=5)
    columns = (
        date,
        Column(_("Odometer, start"), "odometer_start_km", numeric=True, share=3),
        Column(_("Odometer, end"), "odometer_end_km", numeric=True, share=3),
        *where_and_why,
        Column(_("Business"), "business_km", numeric=True, share=5),
        Column(_("Commuting"), "commute_km", numeric=True, share=6),
        Column(_("Private"), "private_km", numeric=True),
    )
    sums = [sum(_counted(entry, purpose) for entry in entries) for purpose in _USES]
    blank = [words("") for _unused in range(6)]
    total = (words(_("Total")), *blank, *(_short(Layout.DE, metres) for metres in sums))
    rows = tuple(_closed_row(entry) for entry in entries)
    return Table(_("Trips"), columns, rows, total, _("No trip of this vehicle in this period."))


_USES = (Purpose.BUSINESS, Purpose.COMMUTE, Purpose.PRIVATE)


def _counted(entry: Entry, purpose: Purpose) -> int:
    """Return the metres of a trip under a use; none for business that waits for the owner."""
    trip = entry.trip
    if trip.purpose is not purpose or (purpose is Purpose.BUSINESS and not is_sure(trip)):
        return 0
    return entry.metres


def _closed_row(entry: Entry) -> tuple[Cell, ...]:
    trip = entry.trip
    private = trip.purpose is Purpose.PRIVATE
    ends = [words(""), words("")] if private else [_end(trip, 0), _end(trip, 1)]
    uses = [_counted(entry, purpose) for purpose in _USES]
    return (
        _date(trip),
        _read(entry.starts_m),
        _read(entry.ends_m),
        *ends,
        words(_why(entry)),
        words(entry.errand.client if entry.errand and not private else ""),
        *(_short(Layout.DE, metres) if metres else Cell("") for metres in uses),
    )


def _why(entry: Entry) -> str:
    """Return the reason; for other trips what they were, and no more."""
    trip = entry.trip
    if trip.purpose is Purpose.PRIVATE:
        return _("private")
    if trip.purpose is Purpose.COMMUTE:
        return _("commute")
    if not is_sure(trip):
        return _("(to check, not counted)")
    return entry.errand.reason if entry.errand else _("(missing)")


def _british(book: Mileage) -> Table:
    columns = (
        *trip_columns(reason_share=4),
        Column(_("Miles"), "distance_mi", numeric=True),
        Column(_("Tax year to date"), "cumulative_mi", numeric=True, share=3),
    )
    rows = tuple(
        (_date(line.trip), _end(line.trip, 0), _end(line.trip, 1), *_said(line), *_way(line))
        for line in book.lines
    )
    return _miles_table(columns, rows, book)


def _american(book: Mileage) -> Table:
    columns = (
        Column(_("Date"), "date", share=3),
        Column(_("Destination"), "destination", share=4),
        Column(_("Business purpose"), "business_purpose", share=4),
        Column(_("Client"), "client", share=3),
        Column(_("Miles"), "distance_mi", numeric=True),
        Column(_("Year to date"), "cumulative_mi", numeric=True, share=3),
    )
    rows = tuple(
        (_date(line.trip), _end(line.trip, 1), *_said(line), *_way(line)) for line in book.lines
    )
    return _miles_table(columns, rows, book)


def _miles_table(
    columns: tuple[Column, ...], rows: tuple[tuple[Cell, ...], ...], book: Mileage
) -> Table:
    blank = [words("") for _unused in range(len(columns) - 3)]
    ends = (_short(Layout.GB, book.metres), _short(Layout.GB, book.year_m))
    total = (words(_("Total")), *blank, *ends)
    return Table(_("Trips"), columns, rows, total, _("No business trip in this period."))


def _said(line: Line) -> tuple[Cell, Cell]:
    reason = line.errand.reason if line.errand else _("(missing)")
    return words(reason), words(line.errand.client if line.errand else "")


def _way(line: Line) -> tuple[Cell, Cell]:
    return _short(Layout.GB, line.metres), _short(Layout.GB, line.cumulative_m)


def _date(trip: DescribedTrip) -> Cell:
    on = dt.date.fromisoformat(trip.day)
    return Cell(day(on), on)


def _end(trip: DescribedTrip, number: int) -> Cell:
    end = (trip.origin, trip.destination)[number]
    return words(end.name if end else _("(unnamed)"))


def _read(metres: int | None) -> Cell:
    """Return an odometer in whole kilometres, as it shows them."""
    return Cell("-") if metres is None else Cell(count(metres // 1000), metres // 1000)


def _short(layout: Layout, metres: int) -> Cell:
    """Return a distance with one decimal, in the unit of the layout."""
    km = Decimal(metres) / 1000
    value = (miles(km) if layout.in_miles else km).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Cell(decimal(float(value), 1), value)


def _long(layout: Layout, metres: int) -> Cell:
    cell = _short(layout, metres)
    return Cell(f"{cell.text}{NO_BREAK}{'mi' if layout.in_miles else 'km'}", cell.value)
