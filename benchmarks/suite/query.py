"""Ten years of trips and a contract's question: sealed monthly pages beside plain SQLite.

The trips are made up, two or three a working day on ten years of days. What is
measured is from the pages of an unlocked wallet to the local days and metres of
the car trips of one year, and of all ten; the plain table keeps the same trips
unencrypted, and asks it in Python, since SQL alone does not know summer time.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from geowallet.app.travel.trips import described_trips, stored_trips
from geowallet.crypto.keys import KdfCost
from geowallet.model.calendar import Period, local_time
from geowallet.model.mobility import Leg, Mode, Point, Trip
from geowallet.model.provenance import Statement, StatementKind
from geowallet.vault.create import create_vault
from geowallet.vault.pages import encode_page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geowallet.vault.store import Vault

TRIPS = 20_000
YEARS = 10
ZONE = "Europe/Paris"
_FIRST_US = 1_451_606_400_000_000
"""1 January 2016."""
_DAY_US = 86_400_000_000
_CHEAP = KdfCost(ops=1, memory_bytes=8 << 20)


def asked(*, rounds: int) -> list[dict[str, Any]]:
    """Return the processor seconds of each way, medians."""
    trips = made_up()
    with tempfile.TemporaryDirectory() as name:
        vault, plain = _wallet(Path(name) / "w.gwv", trips), _table(Path(name) / "p.db", trips)
        year = Period(dt.date(2024, 1, 1), dt.date(2024, 12, 31))
        ways: dict[str, Callable[[], object]] = {
            "geowallet: one year, described": lambda: described_trips(vault, year, zone=ZONE),
            "geowallet: ten years, metres by day": lambda: _days(stored_trips(vault)),
            "plain SQLite: ten years, metres by day": lambda: _plain_days(plain),
        }
        if _days(stored_trips(vault)) != _plain_days(plain):
            raise ValueError("the two disagree")
        found = [
            {"name": name, "cpu_s": _median_s(work, rounds), "sums": len(trips)}
            for name, work in ways.items()
        ]
        vault.close()
        plain.close()
    return found


def made_up() -> list[Trip]:
    """Return the trips, in time order: seeded, the same each time."""
    random = np.random.default_rng(7)
    starts = np.sort(random.integers(0, YEARS * 365 * _DAY_US, TRIPS)) + _FIRST_US
    metres = random.gamma(2, 6_000, TRIPS)
    modes = random.choice([Mode.CAR, Mode.BIKE, Mode.WALK, Mode.TRAIN], TRIPS)
    here, there = Point(48.69, 6.18), Point(48.7, 6.2)
    return [
        Trip(
            f"t{number:012d}",
            start,
            start + 1_200_000_000,
            (Leg(start, start + 1_200_000_000, Mode(mode), 0.9, (), length, 9.0, 0.0, 0.0, 120),),
            here,
            there,
            ("0" * 64,),
        )
        for number, (start, length, mode) in enumerate(
            zip(starts.tolist(), metres.tolist(), modes, strict=True)
        )
    ]


def _wallet(path: Path, trips: Sequence[Trip]) -> Vault:
    vault = create_vault(
        path,
        slots_secret=b"measured with five plain words",
        recovery_secret=bytes(32),
        cost=_CHEAP,
        now_us=_FIRST_US,
        random=os.urandom,
    )
    months: dict[str, list[Trip]] = {}
    for trip in trips:
        months.setdefault(f"{local_time(trip.start_us, 'UTC'):%Y-%m}", []).append(trip)
    with vault.transaction(now_us=_FIRST_US) as tx:
        for month, inside in months.items():
            tx.put("trips", month, encode_page(inside, ()))
        tx.log(Statement(StatementKind.SEGMENT, (), (), {}))
    return vault


def _table(path: Path, trips: Sequence[Trip]) -> sqlite3.Connection:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE trip (start_us INTEGER, mode TEXT, metres REAL)")
    rows = ((trip.start_us, str(trip.legs[0].mode), trip.distance_m) for trip in trips)
    db.executemany("INSERT INTO trip VALUES (?, ?, ?)", rows)
    db.commit()
    return db


def _days(trips: Sequence[Trip]) -> dict[dt.date, int]:
    found: dict[dt.date, int] = {}
    for trip in trips:
        if trip.legs[0].mode is Mode.CAR:
            day = local_time(trip.start_us, ZONE).date()
            found[day] = found.get(day, 0) + round(trip.distance_m)
    return found


def _plain_days(db: sqlite3.Connection) -> dict[dt.date, int]:
    zone, found = ZoneInfo(ZONE), dict[dt.date, int]()
    for start_us, metres in db.execute("SELECT start_us, metres FROM trip WHERE mode = 'car'"):
        day = dt.datetime.fromtimestamp(start_us / 1e6, tz=zone).date()
        found[day] = found.get(day, 0) + round(metres)
    return found


def _median_s(work: Callable[[], object], rounds: int) -> float:
    work()
    taken = []
    for _ in range(rounds):
        before_s = time.process_time()
        work()
        taken.append(time.process_time() - before_s)
    return statistics.median(taken)
