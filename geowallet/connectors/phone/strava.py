"""Strava's ``activities.csv``: what the bulk export says of each activity, in any language.

The tracks are files beside it and are read as what they are. The header is in
the language of the account, and names two columns twice (kilometres, then
metres), so that columns are known by their place. Dates say no zone, but are
in UTC: they equal the first record of the files.
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, BinaryIO

from geowallet.connectors.api import ReadResult
from geowallet.connectors.documents.json_runs import BAD_RECORD
from geowallet.connectors.fields.dates import written_instant
from geowallet.connectors.fields.instants import parse_instant
from geowallet.connectors.fields.labels import LabelLog
from geowallet.connectors.fields.months import month_of
from geowallet.connectors.fields.rows import BAD_TIME, ProblemLog
from geowallet.connectors.fields.sheets import cells_of
from geowallet.connectors.streams import lines, text_of
from geowallet.model.errors import UnreadableSourceError
from geowallet.model.words import N_, phrase

if TYPE_CHECKING:
    from geowallet.connectors.api import ReadOptions

_DATE, _TYPE, _ELAPSED, _DISTANCE, _COMMUTE = 1, 3, 5, 6, 9
_ELAPSED_AGAIN, _DISTANCE_AGAIN = 15, 17
"""Places of the columns, the same in every language."""

_MONTH_FIRST = re.compile(r"([^\W\d]+)\.? (\d{1,2}),? (\d{4}),? (.+)")
_DAY_FIRST = re.compile(r"(\d{1,2})\.? (?:de )?([^\W\d]+)\.?,? (?:de )?(\d{4}),? (?:à |um )?(.+)")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})\s*([AaPp])?.*", re.DOTALL)

INDEX_NOTE = phrase(N_("an index of activities: their tracks are files beside it"))


class StravaConnector:
    """Reads the kind of each activity, and whether it was a commute; titles are dropped."""

    name = "strava"
    extensions = (".csv",)

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        return bool(text) and _is_header(cells_of(text.splitlines()[0], ","))

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:  # noqa: ARG002  always UTC
        problems, labels = ProblemLog(), LabelLog()
        table = csv.reader(lines(stream, "Strava"))
        if not _is_header(next(table, [])):
            raise UnreadableSourceError(format="Strava", reason=N_("its header lacks a column"))
        while True:
            try:
                cells = next(table, None)
            except csv.Error:
                problems.add(f"line {table.line_num}", BAD_RECORD)
                continue
            if cells is None:
                return ReadResult((), problems.entries(), note=INDEX_NOTE, labels=labels.labels())
            _activity(labels, problems, cells, f"line {table.line_num}")


def _is_header(cells: list[str]) -> bool:
    names = [cell.strip(' \ufeff"').lower() for cell in cells]
    if names[:2] == ["activity id", "activity date"]:
        return True
    if len(names) <= _DISTANCE_AGAIN or not all(names[:_DISTANCE_AGAIN]):
        return False
    twice = [name for name in (names[_ELAPSED], names[_DISTANCE]) if names.count(name) == 2]
    again = [names[_ELAPSED_AGAIN], names[_DISTANCE_AGAIN]]
    return twice == again and "id" in re.split(r"[\W_]+", names[0])


def _activity(labels: LabelLog, problems: ProblemLog, cells: list[str], where: str) -> None:
    if len(cells) <= _ELAPSED or not cells[0].strip().isdecimal():
        if any(cells):
            problems.add(where, BAD_RECORD)
        return
    try:
        start_us = _time_us(cells[_DATE])
        end_us = start_us + round(float(cells[_ELAPSED]) * 1_000_000)
    except (ValueError, OverflowError):
        problems.add(where, BAD_TIME)
        return
    labels.add("mode", cells[_TYPE], start_us, end_us)
    commute = cells[_COMMUTE].strip().lower() if len(cells) > _COMMUTE else ""
    if commute in {"true", "1", "1.0"}:
        labels.add("purpose", "commute", start_us, end_us)


def _time_us(text: str) -> int:
    """Return UTC microseconds.

    Raises:
        ValueError: Not a date in a language known here.
    """
    text = " ".join(text.split())
    first, second = _MONTH_FIRST.fullmatch(text), _DAY_FIRST.fullmatch(text)
    if first is not None:
        month, day, year, clock = first.groups()
    elif second is not None:
        day, month, year, clock = second.groups()
    else:
        return _numbers_us(text)
    found = _CLOCK.fullmatch(clock)
    if found is None:
        raise ValueError("no time of day")
    hour = int(found[1])
    if found[4]:
        hour = hour % 12 + (12 if found[4] in "Pp" else 0)
    date = f"{year}-{month_of(month):02d}-{int(day):02d}"
    return parse_instant(f"{date}T{hour:02d}:{found[2]}:{found[3]}")[0]


def _numbers_us(text: str) -> int:
    try:
        return parse_instant(text)[0]
    except ValueError:
        return written_instant(text, None)[0]
