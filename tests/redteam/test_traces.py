"""The owner cheats before anything is signed: with the trace, or over it."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path

import pytest

from geowallet.app.desk.desk import Desk
from geowallet.app.keeping import erasing, scope
from geowallet.app.travel.corrections import Correction, correct
from geowallet.app.travel.trips import stored_trips
from geowallet.model.calendar import Period
from geowallet.model.mobility import Mode, Point, Purpose
from geowallet.vault.store import Vault
from tests.app import scene
from tests.redteam.conftest import Ends
from tests.redteam.play import Claim, month_of, on_day, say_mode

HONEST_M = 47_000
FOURTH, FIFTH = (scene.car_day(day) for day in scene.days_of_may(4, 5))


def rows_of(body: bytes) -> tuple[str, list[tuple[str, float, float]]]:
    head, *rows = body.decode().splitlines()
    cells = (row.split(",") for row in rows)
    return head, [(at, float(lat), float(lon)) for at, lat, lon, _ in cells]


def trace_of(head: str, rows: list[tuple[str, float, float]]) -> bytes:
    body = [f"{at},{lat:.7f},{lon:.7f},5" for at, lat, lon in rows]
    return ("\n".join([head, *body]) + "\n").encode()


@pytest.fixture
def honest(employer: Desk, tmp_path: Path) -> Claim:
    """Two days at the client's: 47 km."""
    return month_of(tmp_path / "honest", employer, [FOURTH, FIFTH])


def test_honest_days_are_what_they_are(honest: Claim) -> None:
    assert (honest.word, honest.metres) == ("counts", HONEST_M)


def told(claim: Claim, honest_m: int = HONEST_M) -> str:
    """Say whether a claim counts, and whether it is higher than the truth."""
    if claim.word != "counts":
        return claim.word
    return "more counts" if claim.metres > honest_m else "no more counts"


def test_a_client_moved_further_away(employer: Desk, tmp_path: Path, ends: Ends) -> None:
    head, rows = rows_of(FOURTH)
    further = trace_of(head, [(at, 48 + (lat - 48) * 1.2, lon) for at, lat, lon in rows])
    drives = partial(say_mode, mode=Mode.CAR)
    ends(told(month_of(tmp_path / "f", employer, [further, FIFTH], spoil=drives)))


def test_a_day_written_again_under_other_dates(employer: Desk, tmp_path: Path, ends: Ends) -> None:
    days = [FOURTH, FIFTH, *(on_day(FOURTH, day) for day in (11, 12, 13))]
    ends(told(month_of(tmp_path / "f", employer, days)))


def test_such_a_day_with_a_little_noise(employer: Desk, tmp_path: Path, ends: Ends) -> None:
    chance = random.Random(1)  # noqa: S311  noise, not a secret
    head, rows = rows_of(on_day(FOURTH, 11))
    shaken = [
        (at, lat + chance.gauss(0, 5e-5), lon + chance.gauss(0, 5e-5)) for at, lat, lon in rows
    ]
    ends(told(month_of(tmp_path / "f", employer, [FOURTH, FIFTH, trace_of(head, shaken)])))


def test_the_same_file_under_another_name(employer: Desk, tmp_path: Path, ends: Ends) -> None:
    ends(told(month_of(tmp_path / "f", employer, [FOURTH, FIFTH, FOURTH])))


def test_the_same_positions_in_another_file(employer: Desk, tmp_path: Path, ends: Ends) -> None:
    """Another accuracy makes other bytes, and the same travel."""
    copy = FOURTH.replace(b",5\n", b",6\n")
    ends(told(month_of(tmp_path / "f", employer, [FOURTH, FIFTH, copy])))


def test_an_evening_moved_into_working_hours(employer: Desk, tmp_path: Path, ends: Ends) -> None:
    late = [spot for spot in rows_of(FOURTH)[1] if "T09" <= spot[0][10:13] < "T13"]
    morning = trace_of("time,lat,lon,accuracy", late)
    rest = [on_day(FIFTH, 5)]
    truth = month_of(tmp_path / "t", employer, [on_day(morning, 4, later_h=10), *rest])
    ends(told(month_of(tmp_path / "f", employer, [morning, *rest]), truth.metres))


def test_leaps_between_the_fixes(employer: Desk, tmp_path: Path, ends: Ends) -> None:
    head, rows = rows_of(FOURTH)
    leaping = [
        (at, lat + (0.3 if number % 20 == 10 else 0), lon)
        for number, (at, lat, lon) in enumerate(rows)
    ]
    ends(told(month_of(tmp_path / "f", employer, [trace_of(head, leaping), FIFTH])))


def test_somebody_elses_trips_of_the_same_hours(employer: Desk, tmp_path: Path, ends: Ends) -> None:
    day = scene.days_of_may(4)[0]
    other = scene.car_day_between(day, Point(48.0, 3.0), Point(48.0, 3.1))
    ends(told(month_of(tmp_path / "f", employer, [FOURTH, FIFTH, other])))


def test_somebody_elses_trips_of_other_days(employer: Desk, tmp_path: Path, ends: Ends) -> None:
    day = scene.days_of_may(6)[0]
    other = scene.car_day_between(day, Point(48.0, 3.0), Point(48.0, 3.1))
    ends(told(month_of(tmp_path / "f", employer, [FOURTH, FIFTH, other])))


def test_a_car_called_a_bike(employer: Desk, tmp_path: Path, ends: Ends) -> None:
    terms, rides = scene.commute(employer), partial(say_mode, mode=Mode.BIKE)
    claim = month_of(tmp_path / "f", employer, [FOURTH, FIFTH], terms=terms, spoil=rides)
    ends("more counts" if claim.word == "counts" and claim.total["days"] == 2 else claim.word)


def test_a_private_trip_called_business(employer: Desk, tmp_path: Path, ends: Ends) -> None:
    def spoil(vault: Vault) -> None:
        trips = stored_trips(vault)
        at = scene.NOON_US
        said = [Correction(t.start_us, t.end_us, None, Purpose.BUSINESS, at) for t in trips]
        correct(vault, said)

    claim = month_of(tmp_path / "f", employer, [FOURTH, FIFTH], spoil=spoil)
    ends(told(claim))


def test_a_bad_day_erased_before_the_month_is_scored(
    employer: Desk, tmp_path: Path, ends: Ends
) -> None:
    def spoil(vault: Vault) -> None:
        bad = scope.of_period(vault, Period.parse("2026-05-04"))
        erasing.carry_out(vault, erasing.plan(vault, bad), now_us=scene.NOON_US)

    claim = month_of(tmp_path / "f", employer, [FOURTH, FIFTH], spoil=spoil)
    ends("less counts" if 0 < claim.metres < HONEST_M else claim.word)


def test_a_second_wallet_under_the_same_name(
    employer: Desk, tmp_path: Path, honest: Claim, ends: Ends
) -> None:
    claim = month_of(tmp_path / "f", employer, [FOURTH, FIFTH])
    ends(f"{claim.word}, {claim.others} other key")


def test_a_second_wallet_under_another_name(
    employer: Desk, tmp_path: Path, honest: Claim, ends: Ends
) -> None:
    claim = month_of(tmp_path / "f", employer, [FOURTH, FIFTH], owner="Dominique Petit")
    ends(f"{claim.word}, {claim.others} other key")


def test_a_car_driven_at_the_speed_of_a_bike(employer: Desk, tmp_path: Path, ends: Ends) -> None:
    """Ten minutes to work become half an hour, on an empty road."""
    head, rows = rows_of(FOURTH)
    before = [row for row in rows if row[0][11:] < "07:00"]
    drive = [row for row in rows if "07:00" <= row[0][11:] <= "07:10:00"]
    first_s = 7 * 3600
    slow = [(clock(first_s + 45 * n), lat, lon) for n, (_, lat, lon) in enumerate(drive)]
    _, lat, lon = drive[-1]
    after = [(clock(9 * 3600 + 300 * n), lat, lon) for n in range(24)]
    day = trace_of(head, [*before, *slow, *after])
    claim = month_of(tmp_path / "f", employer, [day], terms=scene.commute(employer))
    ends("more counts" if claim.word == "counts" and claim.total["days"] == 1 else claim.word)


def clock(at_s: int) -> str:
    """A second of 4 May, as the files write it."""
    return f"2026-05-04T{at_s // 3600:02}:{at_s % 3600 // 60:02}:{at_s % 60:02}Z"
