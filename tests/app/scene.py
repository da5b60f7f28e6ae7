"""One owner, one employer, and a few days between home and office that nobody lived."""

from __future__ import annotations

import datetime as dt
import json
import math
import shutil
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

from geowallet.app import settings, wallet
from geowallet.app.desk import desk
from geowallet.app.intake import ingest
from geowallet.app.locations import Locations
from geowallet.app.sharing import agreements
from geowallet.connectors.api import ReadOptions
from geowallet.contracts.life.grant import Contract
from geowallet.contracts.templates.templates import (
    Particulars,
    soft_mobility_commute,
    work_hour_mileage,
)
from geowallet.contracts.terms.syntax import Terms
from geowallet.crypto.keys import KdfCost
from geowallet.model.calendar import Period, WorkWeek
from geowallet.model.mobility import NamedPlace, PlaceKind, Point
from geowallet.model.provenance import Statement, StatementKind
from geowallet.model.words import Phrase
from geowallet.vault.store import Vault

PASSPHRASE = b"correct horse battery staple"
DESK_PASSPHRASE = b"a desk of its own"

HOME = Point(48.0, 2.0)
OFFICE = Point(48.0, 2.1)
CLIENT = Point(48.1, 2.1)

PARIS = "Europe/Paris"
OFFICE_HOURS = (((510, 1080),),) * 5 + ((), ())
WEEK = WorkWeek(hours=OFFICE_HOURS, zone=PARIS, holidays="FR")
MONTH = Period.parse("2026-05")
TODAY = dt.date(2026, 6, 2)

_SPEED_MPS = 14.0
_STEP_S = 15
_SLOWED = 0.6
"""At a corner the speed is less by this share, and halfway to the next as much more."""
_ASIDE_M = 400.0
_METRE_DEG = 1 / 111_195.0


def minute_us(day: dt.date, hour: int, minute: int = 0) -> int:
    """Return the UTC instant of a time of ``day`` in UTC."""
    moment = dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=dt.UTC)
    return int(moment.timestamp()) * 1_000_000


NOON_US = minute_us(TODAY, 12)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where somebody was at a second of a day (UTC)."""

    at_s: float
    point: Point


def car_day(day: dt.date, *, slowed: float = _SLOWED) -> bytes:
    """CSV of one day by car: home, office, client, office, home; about 37 km."""
    return car_day_between(day, HOME, OFFICE, slowed=slowed)


def car_day_between(day: dt.date, home: Point, office: Point, *, slowed: float = _SLOWED) -> bytes:
    """CSV of such a day elsewhere."""
    spots = [Spot(at, home) for at in range(5 * 3600, 7 * 3600, 300)]
    for at_h, start, end in (
        (7.0, home, office),
        (9.0, office, CLIENT),
        (13.0, CLIENT, office),
        (15.5, office, home),
    ):
        spots += _drive(at_h * 3600, start, end, slowed)
        spots += _stay(spots[-1])
    return csv_of(day, spots)


def csv_of(day: dt.date, spots: Iterable[Spot]) -> bytes:
    midnight = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    rows = ["time,lat,lon,accuracy"]
    for spot in spots:
        when = midnight + dt.timedelta(seconds=round(spot.at_s))
        rows.append(
            f"{when:%Y-%m-%dT%H:%M:%SZ},{spot.point.lat_deg:.7f},{spot.point.lon_deg:.7f},5"
        )
    return ("\n".join(rows) + "\n").encode()


def write_days(folder: Path, days: Sequence[dt.date], *, slowed: float = _SLOWED) -> list[Path]:
    """Write one file for each day and return them, sorted."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for day in days:
        path = folder / f"{day}.csv"
        path.write_bytes(car_day(day, slowed=slowed))
        files.append(path)
    return files


def days_of_may(*numbers: int) -> list[dt.date]:
    return [dt.date(2026, 5, number) for number in numbers]


def places_at(folder: Path) -> Locations:
    return Locations(folder / "wallet.gwv", folder / "desk", folder / "state")


def copied(origin: Locations, folder: Path) -> Locations:
    """Copy a closed wallet, with what this machine remembers of it."""
    here = places_at(folder)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(origin.wallet, here.wallet)
    shutil.copytree(origin.state, here.state)
    return here


def new_wallet(folder: Path) -> Locations:
    here = places_at(folder)
    wallet.create_wallet(here, PASSPHRASE, cost=KdfCost.LEAST)
    return here


def ask() -> bytes:
    return PASSPHRASE


@contextmanager
def opened(here: Locations) -> Iterator[Vault]:
    with wallet.opened(here, ask) as vault:
        yield vault


def manner(
    *, connector: str | None = None, clock: Callable[[], int] = lambda: NOON_US
) -> ingest.Manner:
    return ingest.Manner(ReadOptions(), connector, clock)


def no_progress(name: str, count: int) -> None:
    del name, count


def ingest_files(here: Locations, files: Iterable[Path | str]) -> ingest.Ingested:
    with opened(here) as vault:
        return ingest.ingest(vault, [str(f) for f in files], manner(), progress=no_progress)


def stored_pages(vault: Vault) -> dict[str, bytes]:
    """Every page of trips, byte for byte, by month."""
    return dict(sorted(vault.items("trips")))


def introduce(vault: Vault, *, week: WorkWeek = WEEK) -> None:
    """Name home and office, set the work hours, and the owner's name."""
    home = NamedPlace("Home", PlaceKind.HOME, HOME)
    settings.name_place(vault, home, now_us=NOON_US)
    office = NamedPlace("Office", PlaceKind.WORK, OFFICE)
    settings.name_place(vault, office, now_us=NOON_US)
    settings.set_work_week(vault, week, now_us=NOON_US)
    settings.set_owner_name(vault, "Camille Martin", now_us=NOON_US)


def new_desk(folder: Path, name: str = "Exemple SAS") -> desk.Desk:
    return desk.create_desk(folder, name, DESK_PASSPHRASE, cost=KdfCost.LEAST)


def particulars(
    employer: desk.Desk, name: str, *, expires: dt.date = dt.date(2027, 12, 31)
) -> Particulars:
    return Particulars(
        recipient=employer.recipient,
        name=name,
        covers=Period.parse("2026"),
        issued=dt.date(2026, 1, 2),
        expires=expires,
    )


def mileage(
    employer: desk.Desk,
    *,
    name: str = "mileage",
    step_m: int = 1_000,
    expires: dt.date = dt.date(2027, 12, 31),
) -> Terms:
    return work_hour_mileage(
        particulars(employer, name, expires=expires), window=WEEK, step_m=step_m
    )


def commute(employer: desk.Desk, *, name: str = "commute") -> Terms:
    return soft_mobility_commute(particulars(employer, name))


def agree(vault: Vault, employer: desk.Desk, terms: Terms, folder: Path) -> Contract:
    """Offer, accept, and file at the desk."""
    offer = agreements.offer_from(desk.make_offer(employer, terms, folder))
    contract, written = agreements.accept_offer(
        vault, offer, today=TODAY, now_us=NOON_US, target=folder
    )
    desk.file_contract(employer, written.read_bytes())
    return contract


def words(said: Phrase) -> str:
    return str(said)


def altered(body: bytes, **members: object) -> bytes:
    """Return a JSON file with other values at its top level."""
    value = json.loads(body) | members
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _drive(at_s: float, start: Point, end: Point, slowed: float) -> list[Spot]:
    """A drive with four corners: a third of the way, a block aside, a third, back, a third.

    Each is taken slowly: who keeps one speed round every corner drives no car.
    """
    corners = _corners(start, end)
    ends_m = list(accumulate((_metres(a, b) for a, b in pairwise(corners)), initial=0.0))
    count = int(ends_m[-1] / _SPEED_MPS / _STEP_S)
    spots = []
    for number in range(count + 1):
        along_m = ends_m[-1] * number / count
        block = min(bisect_right(ends_m, along_m), len(ends_m) - 1) - 1
        share = (along_m - ends_m[block]) / (ends_m[block + 1] - ends_m[block])
        share -= slowed * math.sin(2 * math.pi * share) / (2 * math.pi)
        point = _between(corners[block], corners[block + 1], share)
        spots.append(Spot(at_s + number * _STEP_S, point))
    return spots


def _corners(start: Point, end: Point) -> list[Point]:
    north = (end.lat_deg - start.lat_deg) / _METRE_DEG
    east = (end.lon_deg - start.lon_deg) / _METRE_DEG * 0.669
    scale = _ASIDE_M * _METRE_DEG / (north**2 + east**2) ** 0.5
    first, second = (_between(start, end, share) for share in (1 / 3, 2 / 3))
    aside = [
        Point(turn.lat_deg - east * scale, turn.lon_deg + north * scale / 0.669)
        for turn in (first, second)
    ]
    return [start, first, *aside, second, end]


def _between(start: Point, end: Point, share: float) -> Point:
    return Point(
        start.lat_deg + (end.lat_deg - start.lat_deg) * share,
        start.lon_deg + (end.lon_deg - start.lon_deg) * share,
    )


def _metres(start: Point, end: Point) -> float:
    north = (end.lat_deg - start.lat_deg) / _METRE_DEG
    east = (end.lon_deg - start.lon_deg) / _METRE_DEG * 0.669
    return float((north**2 + east**2) ** 0.5)


def _stay(last: Spot) -> list[Spot]:
    """An hour and a half in one place, a fix every five minutes."""
    return [Spot(last.at_s + 300 * n, last.point) for n in range(1, 19)]


def statement() -> Statement:
    """An entry of the log that says nothing."""
    return Statement(StatementKind.SETTING, (), (), {})
