"""Ten years of trips and a contract's question: sealed monthly pages beside plain SQLite.

The trips are made up, two or three a working day on ten years of days. What is asked is
what an employer asks: metres by car in work hours, month by month, in local time. Ours is
an unlocked wallet and terms as `geowallet contract` makes them, from the pages to the
figures but for the start of the confined child; the plain table keeps the same trips
unencrypted, and asks it in Python, since SQL alone does not know summer time.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from geowallet.app import settings
from geowallet.app.sharing.selecting import selected_for, trips_for
from geowallet.app.travel.columns import stored_columns
from geowallet.app.travel.shapes import KIND as SHAPES
from geowallet.app.travel.shapes import Merge, Split, name_of
from geowallet.app.travel.trip_rules import TripRule, add_rule
from geowallet.contracts.evaluation.evaluate import evaluate
from geowallet.contracts.evaluation.result import job_for
from geowallet.contracts.evaluation.row_columns import Rows
from geowallet.contracts.evaluation.select import select
from geowallet.contracts.templates.templates import Particulars, work_hour_mileage
from geowallet.contracts.terms.selection import PURPOSES
from geowallet.contracts.terms.syntax import Recipient
from geowallet.crypto.keys import KdfCost
from geowallet.crypto.signing import new_private_jwk, public_jwk
from geowallet.evaluator.worker import answer
from geowallet.model.calendar import Period, WorkWeek, local_time
from geowallet.model.mobility import Leg, Mode, NamedPlace, PlaceKind, Point, Purpose, Trip
from geowallet.model.provenance import Statement, StatementKind
from geowallet.track.reshape import Cut, Join
from geowallet.vault.create import create_vault
from geowallet.vault.pages import encode_page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geowallet.contracts.evaluation.job import Job
    from geowallet.contracts.evaluation.select import Selected
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.vault.store import Vault

TRIPS = 20_000
YEARS = 10
ZONE = "Europe/Paris"
_FIRST_US = 1_451_606_400_000_000
"""1 January 2016."""
_DAY_US = 86_400_000_000
FIRST_MIN, LAST_MIN = 480, 1110
HOURS = WorkWeek((((FIRST_MIN, LAST_MIN),),) * 5 + ((), ()), ZONE)
_CHEAP = KdfCost(ops=1, memory_bytes=8 << 20)


def asked(*, rounds: int) -> list[dict[str, Any]]:
    """Return the processor seconds of each way, medians.

    Raises:
        ValueError: The figures differ.
    """
    trips = made_up()
    with tempfile.TemporaryDirectory() as name:
        vault, plain = _wallet(Path(name) / "w.gwv", trips), _table(Path(name) / "p.db", trips)
        del trips
        terms, period = _terms()
        job = job_for(terms, period)
        message = _message(job, selected_for(vault, terms, period))
        figures = answer(message)
        if _by_month(figures) != _plain_months(plain):
            raise ValueError("the two disagree")
        before_s = time.process_time()
        trip_by_trip = _one_by_one(vault, terms, period)
        slow_s = time.process_time() - before_s
        if figures != evaluate(job, trip_by_trip.rows):
            raise ValueError("columns and whole trips disagree")
        ways: dict[str, Callable[[], object]] = {
            "geowallet: pages fetched, opened, unpacked": lambda: stored_columns(vault, period),
            "geowallet: as far as the rows": lambda: selected_for(vault, terms, period),
            "geowallet: as far as the figures": lambda: answer(
                _message(job, selected_for(vault, terms, period))
            ),
            "plain SQLite: the figures": lambda: _plain_months(plain),
        }
        found = [
            {"name": name, "cpu_s": _median_s(work, rounds), "sums": TRIPS}
            for name, work in ways.items()
        ]
        _say_more(vault, made_up())
        worded_s = _median_s(lambda: selected_for(vault, terms, period), rounds)
        vault.close()
        plain.close()
    further = {
        "geowallet: the rows, with 2 rules, 50 splits, 50 merges": worded_s,
        "geowallet: as far as the rows, trip by trip": slow_s,
    }
    return [*found, *({"name": n, "cpu_s": s, "sums": TRIPS} for n, s in further.items())]


def _say_more(vault: Vault, trips: Sequence[Trip]) -> None:
    """Write rules of an owner, and splits and merges of trips that no other overlaps."""
    tuesdays = TripRule((), (1,), Mode.CAR, "", Mode.BUS, None, "", _FIRST_US)
    ways = TripRule(("home", "client"), (), None, "", None, Purpose.PRIVATE, "", _FIRST_US)
    for rule in (tuesdays, ways):
        add_rule(vault, rule)
    alone = [
        (one, after)
        for before, one, after in zip(trips, trips[1:], trips[2:], strict=False)
        if before.end_us < one.start_us and one.end_us < after.start_us
    ]
    words: list[Split | Merge] = [
        Split(Cut(one.start_us + 600_000_000, one.end, (0.5,) * 4), 1)
        for one, _ in alone[:17_000:340]
    ]
    words += [Merge(Join(one.end_us, after.start_us), 1) for one, after in alone[150:17_000:340]]
    with vault.transaction(now_us=_FIRST_US) as tx:
        for word in words:
            tx.put(SHAPES, name_of(word), msgspec.msgpack.encode(word))
        tx.log(Statement(StatementKind.CORRECT, (), (), {}))


def _terms() -> tuple[Terms, Period]:
    """Return terms for one export of all ten years, by month, whatever the trips were for."""
    years = Period(dt.date(2016, 1, 1), dt.date(2016 + YEARS - 1, 12, 31))
    signing, sealing = new_private_jwk("sig", bytes(32)), new_private_jwk("enc", bytes(32))
    particulars = Particulars(
        recipient=Recipient("Benchmark", public_jwk(signing), public_jwk(sealing)),
        name="ten-years",
        covers=years,
        issued=years.first,
        expires=years.last,
        cadence="once",
    )
    terms = work_hour_mileage(particulars, window=HOURS, step_m=1)
    whatever = replace(terms.select, purposes=PURPOSES)
    return replace(terms, select=whatever), years


def _message(job: Job, selected: Selected) -> bytes:
    rows = Rows.of(selected.rows).as_json()
    return json.dumps({"job": job.as_json(), "rows": rows}, separators=(",", ":")).encode()


def _one_by_one(vault: Vault, terms: Terms, period: Period) -> Selected:
    trips = trips_for(vault, terms, period)
    return select(terms, trips, period, days_off=frozenset())


def _by_month(figures: dict[str, Any]) -> dict[str, int]:
    found = {one["key"]["month"]: one["values"]["distance_m"] for one in figures["groups"]}
    return {month: metres for month, metres in found.items() if metres}


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
    settings.set_work_week(vault, HOURS, now_us=_FIRST_US)
    for name, kind, centre in (
        ("Home", PlaceKind.HOME, Point(48.69, 6.18)),
        ("Office", PlaceKind.WORK, Point(48.6, 6.1)),
        ("Client", PlaceKind.CLIENT, Point(48.7, 6.2)),
    ):
        settings.name_place(vault, NamedPlace(name, kind, centre), now_us=_FIRST_US)
    return vault


def _table(path: Path, trips: Sequence[Trip]) -> sqlite3.Connection:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE trip (start_us INTEGER, end_us INTEGER, mode TEXT, metres REAL)")
    rows = ((t.start_us, t.end_us, str(t.legs[0].mode), t.distance_m) for t in trips)
    db.executemany("INSERT INTO trip VALUES (?, ?, ?, ?)", rows)
    db.commit()
    return db


def _plain_months(db: sqlite3.Connection) -> dict[str, int]:
    zone, found = ZoneInfo(ZONE), dict[str, int]()
    query = "SELECT start_us, end_us, metres FROM trip WHERE mode = 'car'"
    for start_us, end_us, metres in db.execute(query):
        start = dt.datetime.fromtimestamp(start_us / 1e6, tz=zone)
        end = dt.datetime.fromtimestamp(end_us / 1e6, tz=zone)
        same_day = start.date() == end.date() and start.weekday() < 5
        minute, last = start.hour * 60 + start.minute, end.hour * 60 + end.minute
        if same_day and minute >= FIRST_MIN and last < LAST_MIN:
            month = f"{start.year:04d}-{start.month:02d}"
            found[month] = found.get(month, 0) + int(metres + 0.5)
    return found


def _median_s(work: Callable[[], object], rounds: int) -> float:
    work()
    taken = []
    for _ in range(rounds):
        before_s = time.process_time()
        work()
        taken.append(time.process_time() - before_s)
    return statistics.median(taken)
