"""Use cases: take in the hours of a calendar, without its contents; list and forget them.

Kept are intervals, days off, a keyed mark for each entry, and which of the owner's clients
it names. Titles are kept only where the owner asks for it.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

import geowallet
from geowallet.app.files import read_small
from geowallet.app.settings import check_name, named_places, resolve
from geowallet.app.sharing.identity import keyed_mark
from geowallet.connectors.calendars import CPU_S, LEAVE, MOST_BYTES
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.calendar import Busy, Period
from geowallet.model.errors import BadCalendarError, MissingExtraError
from geowallet.model.mobility import PlaceKind
from geowallet.model.provenance import Statement, StatementKind
from geowallet.model.words import N_
from geowallet.track.visits import is_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.vault.store import Vault

EXTRA = "calendar"

_KIND = "work"
_PREFIX = "calendar/"
_NEEDS = ("icalendar", "recurring_ical_events")
_START = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from geowallet.connectors.calendars import main; main()"
)
_SLACK = 3
"""How much longer than its processor time a child may take by the clock."""


class Calendar(msgspec.Struct, frozen=True):
    """What is kept of one calendar.

    Attributes:
        name: The owner's short name for it.
        sha256: Of the file, hex.
        added_us: When.
        period: Days that were looked at, as `Period` writes it.
        words: The words by which entries were picked; empty for all.
        busy: Entries that take time.
        days_off: Local days, as ``YYYY-MM-DD``.
        dropped: Entries that could not be read.
    """

    name: str
    sha256: str
    added_us: int
    period: str
    words: tuple[str, ...]
    busy: tuple[Busy, ...]
    days_off: tuple[str, ...]
    dropped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """How a calendar is taken in.

    Attributes:
        name: Short name; the same again replaces it.
        period: Days to look at.
        zone: IANA zone of times without one.
        words: Only entries whose title has one of them; then they are business at any hour.
        leave: Words of whole-day entries that are days off, beside the usual ones.
        keep_titles: Whether titles are kept, for reasons in a mileage log.
    """

    name: str
    period: Period
    zone: str
    words: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    keep_titles: bool = False


def add_calendar(vault: Vault, path: Path, taking: Taking, *, now_us: int) -> Calendar:
    """Read a calendar file in a child with bounded memory and time, and keep its hours.

    Raises:
        MissingExtraError: The libraries are not installed.
        BadNameError: The name cannot be shown safely.
        SourceMissingError: There is no such file.
        SourceAccessError: It cannot be read.
        TooLargeError: Larger than 16 MiB.
        BadCalendarError: Not a calendar, or one that would never end.
    """
    if any(importlib.util.find_spec(name) is None for name in _NEEDS):
        raise MissingExtraError(extra=EXTRA)
    check_name(taking.name)
    data = read_small(path, MOST_BYTES)
    answer = _read(path.name, data, taking)
    clients = [p.name for p in named_places(vault) if p.kind is PlaceKind.CLIENT]
    entries = [e for e in answer["entries"] if not taking.words or _has(e["title"], taking.words)]
    calendar = Calendar(
        name=taking.name,
        sha256=sha256_hex(data),
        added_us=now_us,
        period=str(taking.period),
        words=taking.words,
        busy=tuple(_busy(vault, e, taking, clients) for e in entries if e["busy"]),
        days_off=tuple(sorted({day for e in answer["entries"] for day in e["days_off"]})),
        dropped=answer["dropped"],
    )
    body = msgspec.msgpack.encode(calendar)
    with vault.transaction(now_us=now_us) as tx:
        tx.put(_KIND, _PREFIX + calendar.name, body)
        what = {"what": "calendar added", "entries": len(calendar.busy)}
        tx.log(Statement(StatementKind.SETTING, (sha256_hex(body),), (calendar.sha256,), what))
    return calendar


def calendars(vault: Vault) -> tuple[Calendar, ...]:
    """Return what is kept of all calendars, by name."""
    found = (
        msgspec.msgpack.decode(body, type=Calendar)
        for name, body in vault.items(_KIND)
        if name.startswith(_PREFIX)
    )
    return tuple(sorted(found, key=lambda calendar: calendar.name))


def remove_calendar(vault: Vault, shortened: str, *, now_us: int) -> Calendar:
    """Forget the calendar whose name begins with ``shortened``, and return it.

    Raises:
        NotFoundError: None does.
        AmbiguousNameError: Several do.
    """
    known = {calendar.name: calendar for calendar in calendars(vault)}
    calendar = known[resolve("work calendar", shortened, known)]
    with vault.transaction(now_us=now_us) as tx:
        tx.delete(_KIND, _PREFIX + calendar.name)
        tx.log(Statement(StatementKind.SETTING, (), (), {"what": "calendar removed"}))
    return calendar


def busy_times(known: Sequence[Calendar]) -> tuple[Busy, ...]:
    """Return the entries of all calendars, in time order."""
    return tuple(sorted(entry for calendar in known for entry in calendar.busy))


def calendar_days_off(known: Sequence[Calendar]) -> frozenset[dt.date]:
    """Return the days off of all calendars."""
    return frozenset(dt.date.fromisoformat(d) for calendar in known for d in calendar.days_off)


def _read(name: str, data: bytes, taking: Taking) -> dict[str, Any]:
    """Return what the child read.

    Raises:
        BadCalendarError: It failed, was stopped, or found too much.
    """
    asked = {
        "first": taking.period.first.isoformat(),
        "last": taking.period.last.isoformat(),
        "zone": taking.zone,
        "leave": [*LEAVE, *taking.leave],
    }
    folder = str(Path(geowallet.__file__).parent.parent)
    command = [sys.executable, "-I", "-c", _START, folder]
    message = json.dumps(asked).encode() + b"\n" + data
    try:
        done = subprocess.run(  # noqa: S603  our own interpreter and module, no shell
            command, input=message, capture_output=True, timeout=CPU_S * _SLACK, check=False, env={}
        )
    except subprocess.TimeoutExpired as error:
        raise BadCalendarError(name=name, reason=N_("it takes too long")) from error
    if done.returncode < 0:
        raise BadCalendarError(name=name, reason=N_("it takes too long"))
    if done.returncode:
        raise BadCalendarError(name=name, reason=N_("it is broken"))
    answer: dict[str, Any] = json.loads(done.stdout)
    if "too_many" in answer:
        raise BadCalendarError(name=name, reason=N_("it has too many entries"))
    return answer


def _busy(vault: Vault, entry: dict[str, Any], taking: Taking, clients: Sequence[str]) -> Busy:
    said = f"{entry['title']} {entry['location']}"
    return Busy(
        start_us=entry["start_us"],
        end_us=entry["end_us"],
        chosen=bool(taking.words),
        title=_shown(entry["title"]) if taking.keep_titles else "",
        label=keyed_mark(vault, f"{entry['uid']}|{entry['start_us']}"),
        clients=tuple(name for name in clients if is_named(name, said)),
    )


def _shown(title: str) -> str:
    return "".join(char for char in title if char.isprintable())[:80]


def _has(title: str, words: Sequence[str]) -> bool:
    return any(word.casefold() in title.casefold() for word in words)
