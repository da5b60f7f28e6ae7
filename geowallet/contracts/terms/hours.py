"""Hours of work as a contract writes them: ``HH:MM`` to ``HH:MM``, day by day."""

from __future__ import annotations

from typing import Any

from geowallet.contracts.terms.members import Members, read_date
from geowallet.model.calendar import WEEKDAYS, WorkWeek
from geowallet.model.errors import BadWorkWeekError, BadZoneError


def read_window(outer: Members) -> WorkWeek | None:
    """Return the hours in the member ``window``, or None where it is null.

    Raises:
        BadContractError: Not such hours.
    """
    value = outer.take("window")
    if value is None:
        return None
    members = Members(value, f"{outer.path}.window")
    hours = members.inside("hours")
    try:
        window = WorkWeek(
            hours=tuple(hours.each(day, _span, least=0, most=4) for day in WEEKDAYS),
            zone=members.line("zone", 50),
            holidays=members.matching("holidays", r"([A-Z]{2}(-[A-Z0-9]{1,3})?)?"),
            leave=frozenset(members.each("leave", read_date, least=0, most=366)),
        )
    except (BadWorkWeekError, BadZoneError) as error:
        raise members.refusal("hours or a time zone that do not exist") from error
    hours.done()
    members.done()
    return window


def window_as_json(window: WorkWeek) -> dict[str, Any]:
    """Return what `read_window` reads."""
    return {
        "hours": {
            day: [[clock(start), clock(end)] for start, end in spans]
            for day, spans in zip(WEEKDAYS, window.hours, strict=True)
        },
        "zone": window.zone,
        "holidays": window.holidays,
        "leave": [str(day) for day in sorted(window.leave)],
    }


def clock(minute: int) -> str:
    """Return minutes after midnight, 0 to 1,440, as ``HH:MM``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _span(value: Any) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("not a start and an end (HH:MM)")
    start, end = (_minute(item) for item in value)
    return start, end


def _minute(value: Any) -> int:
    if type(value) is not str or value not in _MINUTES:
        raise ValueError("not a start and an end (HH:MM)")
    return _MINUTES[value]


_MINUTES = {clock(minute): minute for minute in range(1441)}
