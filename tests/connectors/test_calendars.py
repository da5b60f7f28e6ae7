from __future__ import annotations

import datetime as dt
import io
import json
import sys

import pytest

from geowallet.connectors import calendars
from geowallet.connectors.calendars import Entry, TooManyError, read_calendar
from geowallet.model.calendar import instant_us, zone_of

pytest.importorskip("icalendar")
pytest.importorskip("recurring_ical_events")

PARIS = "Europe/Paris"
NEW_YORK = """BEGIN:VTIMEZONE
TZID:Eastern Standard Time
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def event(*lines: str, uid: str = "1") -> str:
    inside = "\n".join((f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines))
    return f"BEGIN:VEVENT\n{inside}\nEND:VEVENT\n"


def ics(*parts: str) -> bytes:
    text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//EN\n" + "".join(parts) + "END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def read(*parts: str, first: str = "2026-01-01", last: str = "2026-12-31") -> list[Entry]:
    days = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    entries, _ = read_calendar(ics(*parts), first=days[0], last=days[1], zone=PARIS)
    return list(entries)


def us(text: str, zone: str = PARIS) -> int:
    return instant_us(dt.datetime.fromisoformat(text).replace(tzinfo=zone_of(zone)))


class TestTimes:
    @pytest.mark.parametrize(
        ("written", "instant"),
        [
            ("DTSTART:20260504T083000Z", us("2026-05-04T08:30", "UTC")),
            ("DTSTART:20260504T083000", us("2026-05-04T08:30")),
            ("DTSTART;TZID=America/New_York:20260504T083000", us("2026-05-04T14:30")),
            ("DTSTART;TZID=Eastern Standard Time:20260504T083000", us("2026-05-04T14:30")),
        ],
    )
    def test_a_time_is_of_its_zone_and_else_of_the_owner(self, written: str, instant: int) -> None:
        (found,) = read(NEW_YORK, event(written, "DURATION:PT1H"))
        assert (found.start_us, found.end_us - found.start_us) == (instant, 3_600_000_000)

    def test_what_repeats_is_there_each_time_and_moves_with_summer_time(self) -> None:
        weekly = event(
            "DTSTART;TZID=Europe/Paris:20260316T090000",
            "DTEND;TZID=Europe/Paris:20260316T100000",
            "RRULE:FREQ=WEEKLY;COUNT=4",
            "EXDATE;TZID=Europe/Paris:20260323T090000",
        )
        assert [e.start_us for e in read(weekly)] == [
            us(f"2026-{day}T09:00") for day in ("03-16", "03-30", "04-06")
        ]

    def test_a_moved_occurrence_is_where_it_was_moved_to(self) -> None:
        series = event(
            "DTSTART:20260504T080000Z", "DTEND:20260504T090000Z", "RRULE:FREQ=DAILY;COUNT=2"
        )
        moved = event(
            "RECURRENCE-ID:20260505T080000Z", "DTSTART:20260505T150000Z", "DTEND:20260505T160000Z"
        )
        assert [e.start_us for e in read(series, moved)] == [
            us("2026-05-04T08:00", "UTC"),
            us("2026-05-05T15:00", "UTC"),
        ]

    def test_only_the_window_is_read_and_nothing_twice(self) -> None:
        daily = event("DTSTART:20200101T080000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY")
        assert len(read(daily, first="2025-01-01", last="2026-12-31")) == 730


class TestBusy:
    @pytest.mark.parametrize(
        ("line", "busy"),
        [
            ("SUMMARY:Audit", True),
            ("TRANSP:TRANSPARENT", False),
            ("STATUS:CANCELLED", False),
            ("X-MICROSOFT-CDO-BUSYSTATUS:FREE", False),
            ("X-MICROSOFT-CDO-BUSYSTATUS:OOF", True),
        ],
    )
    def test_free_and_cancelled_take_no_time(self, line: str, busy: bool) -> None:
        (found,) = read(event("DTSTART:20260504T083000Z", "DURATION:PT1H", line))
        assert found.busy is busy

    def test_a_season_is_no_appointment(self) -> None:
        (found,) = read(event("DTSTART:20260501T080000Z", "DTEND:20260702T080000Z"))
        assert not found.busy


class TestLeave:
    @pytest.mark.parametrize(
        "title", ["Congés d'été", "RTT", "Annual Leave", "PTO (Anna)", "jour férié", "Day off"]
    )
    def test_whole_days_of_leave_are_days_off(self, title: str) -> None:
        whole = event(
            "DTSTART;VALUE=DATE:20260504", "DTEND;VALUE=DATE:20260507", f"SUMMARY:{title}"
        )
        (found,) = read(whole)
        assert found.days_off == ("2026-05-04", "2026-05-05", "2026-05-06")
        assert not found.busy

    @pytest.mark.parametrize("title", ["Cleaver training", "Partner's birthday", "Congestion"])
    def test_other_whole_days_are_not(self, title: str) -> None:
        found = read(event("DTSTART;VALUE=DATE:20260504", f"SUMMARY:{title}"))
        assert (found[0].days_off, found[0].busy) == ((), False)

    def test_out_of_office_is_a_day_off_whatever_it_is_called(self) -> None:
        away = event("DTSTART;VALUE=DATE:20260504", "X-MICROSOFT-CDO-BUSYSTATUS:OOF")
        assert read(away)[0].days_off == ("2026-05-04",)

    def test_an_hour_of_leave_is_no_day_off(self) -> None:
        (found,) = read(event("DTSTART:20260504T083000Z", "DURATION:PT1H", "SUMMARY:Leave early"))
        assert found.days_off == ()


class TestHostile:
    """Promise: what never ends, ends; what is broken is left out and counted."""

    @pytest.mark.parametrize(
        "rule",
        [
            "FREQ=SECONDLY",
            "FREQ=MINUTELY",
            "FREQ=HOURLY",
            "FREQ=DAILY;BYHOUR=1,2,3,4",
            "FREQ=DAILY;BYHOUR=1,2;BYMINUTE=1,2",
        ],
    )
    def test_what_recurs_faster_than_appointments_do_is_left_out(self, rule: str) -> None:
        bad = event("DTSTART:20260101T000000Z", f"RRULE:{rule}", uid="bad")
        good = event("DTSTART:20260504T083000Z", "DURATION:PT1H", uid="good")
        entries, dropped = read_calendar(
            ics(bad, good), first=dt.date(2026, 1, 1), last=dt.date(2026, 12, 31), zone=PARIS
        )
        assert ([e.uid for e in entries], dropped) == (["good"], 1)

    @pytest.mark.parametrize(
        "lines",
        [
            ("DTSTART:soon", "RRULE:FREQ=DAILY"),
            ("DTSTART:",),
            ("SUMMARY:Some day",),
            ("DTSTART:20260504T083000Z", "DTSTART:20260505T083000Z"),
            ("DTSTART:20260504T083000Z", "DTEND:later"),
            ("DTSTART:20260504T083000Z", "DURATION:long"),
            ("DTSTART:20260504T083000Z", "RRULE:FREQ=DAILY", "EXDATE:holidays"),
            ("DTSTART:20260504T083000Z", "RDATE:20260505T083000Z", "RDATE:now and then"),
            ("DTSTART:20260504T083000Z", "RECURRENCE-ID:the other"),
        ],
    )
    def test_an_entry_without_readable_times_spoils_no_other(self, lines: tuple[str, ...]) -> None:
        good = event("DTSTART:20260504T083000Z", "DURATION:PT1H", uid="good")
        entries, dropped = read_calendar(
            ics(event(*lines, uid="bad"), good),
            first=dt.date(2026, 1, 1),
            last=dt.date(2026, 12, 31),
            zone=PARIS,
        )
        assert ([e.uid for e in entries], dropped) == (["good"], 1)

    def test_what_recurs_since_the_middle_ages_is_left_out(self) -> None:
        assert read(event("DTSTART:10660101T000000Z", "RRULE:FREQ=DAILY")) == []

    def test_more_than_a_person_has_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(calendars, "MOST_ENTRIES", 99)
        daily = event("DTSTART:20260101T080000Z", "RRULE:FREQ=DAILY;COUNT=100")
        with pytest.raises(TooManyError):
            read(daily)

    @pytest.mark.parametrize(
        "data", [b"", b"\x00\xff", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", b"<html></html>"]
    )
    def test_what_is_no_calendar_is_refused(self, data: bytes) -> None:
        with pytest.raises(ValueError, match=r"."):
            read_calendar(data, first=dt.date(2026, 1, 1), last=dt.date(2026, 1, 2), zone=PARIS)

    def test_an_end_before_the_beginning_is_left_out(self) -> None:
        assert all(
            e.end_us >= e.start_us
            for e in read(event("DTSTART:20260504T083000Z", "DTEND:20260504T073000Z"))
        )


def test_the_child_answers_in_json(monkeypatch: pytest.MonkeyPatch) -> None:
    data = ics(event("DTSTART:20260504T083000Z", "DURATION:PT1H", "SUMMARY:Audit"))
    asked = {"first": "2026-05-01", "last": "2026-05-31", "zone": PARIS, "leave": []}

    class Stdin:
        buffer = io.BytesIO(json.dumps(asked).encode() + b"\n" + data)

    out = io.StringIO()
    monkeypatch.setattr(sys, "stdin", Stdin)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr("resource.setrlimit", lambda *_: None)
    calendars.main()
    answer = json.loads(out.getvalue())
    assert (answer["dropped"], answer["entries"][0]["title"]) == (0, "Audit")
