from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from geowallet.app.evidence.flagging import flagged_metres, flags_of
from geowallet.app.locations import Locations
from geowallet.app.travel.corrections import Correction, correct
from geowallet.app.travel.trips import stored_trips
from geowallet.model.flags import TripFlag
from geowallet.model.mobility import Mode
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.evidence.seen import at, seen
from tests.app.test_replays import forged, read


@pytest.fixture
def new(empty: Locations) -> Iterator[Vault]:
    with scene.opened(empty) as opened:
        yield opened


@pytest.fixture(scope="module")
def phone_days(samples: Path) -> list[Path]:
    return sorted((samples / "simulated-month" / "phone").rglob("*.gpx"))


def days_of(folder: Path, *days: int) -> list[Path]:
    """Write days as a planner draws them, at one speed."""
    return scene.write_days(folder, scene.days_of_may(*days), slowed=0.0)


def by_flag(vault: Vault) -> dict[TripFlag, int]:
    """How many trips carry each flag."""
    trips = stored_trips(vault)
    found = flags_of(vault, {trip.id for trip in trips})
    return {
        flag: count
        for flag in TripFlag
        if (count := sum(flag in flags for flags in found.values()))
    }


class TestFlags:
    """Promise: what is doubtful in a wallet is counted by reason, and what is recorded is not."""

    def test_recorded_days_carry_none_and_a_copy_does(
        self, new: Vault, phone_days: list[Path], tmp_path: Path
    ) -> None:
        read(new, *phone_days[:3])
        assert by_flag(new) == {}
        copy = tmp_path / "copy.gpx"
        copy.write_bytes(forged(phone_days[1].read_bytes(), days=200, minutes=23, jitter_m=0))
        read(new, copy)
        late = [t for t in stored_trips(new) if t.start_us > scene.NOON_US + 90 * 86_400_000_000]
        found = flags_of(new, {trip.id for trip in late})
        assert set(found) == {trip.id for trip in late}
        assert all(TripFlag.COPIED_WAY in flags for flags in found.values())
        assert sum(TripFlag.REPLAYED in flags for flags in found.values()) >= 2
        every = flags_of(new, {trip.id for trip in stored_trips(new)})
        for some in (late, late[:2], stored_trips(new)[:5]):
            ids = {trip.id for trip in some}
            # What is asked of a part is what is known of the whole.
            assert flags_of(new, ids) == {one: every[one] for one in every if one in ids}
        used = [(trip.id, 1_001) for trip in late]
        assert dict(flagged_metres(new, used))[TripFlag.COPIED_WAY] == len(late) * 1_000 + 1_000
        assert flagged_metres(new, [("gone", 5), (stored_trips(new)[0].id, 5)]) == ()

    def test_drawn_days_are_called_noiseless_and_a_car_called_a_bike_too_fast(
        self, new: Vault, tmp_path: Path
    ) -> None:
        read(new, *days_of(tmp_path / "d", 4))
        # The ways back are the ways out, backwards.
        drawn = {TripFlag.NOISELESS: 4, TripFlag.COPIED_WAY: 2}
        assert by_flag(new) == drawn
        said = [
            Correction(leg.start_us, leg.end_us, Mode.BIKE, None, scene.NOON_US)
            for trip in stored_trips(new)
            for leg in trip.legs
        ]
        correct(new, said)
        assert by_flag(new) == {**drawn, TripFlag.TOO_FAST: 4}

    def test_a_trip_after_the_moment_at_which_others_saw_its_file_has_a_wrong_clock(
        self, new: Vault, tmp_path: Path
    ) -> None:
        read(new, *days_of(tmp_path / "d", 4))
        seen(new, at(4, 12))
        assert by_flag(new)[TripFlag.CLOCK] == 2
        seen(new, at(3, 12))
        assert by_flag(new)[TripFlag.CLOCK] == 4

    def test_an_hour_that_passes_in_motion_is_a_wrong_clock(
        self, new: Vault, tmp_path: Path
    ) -> None:
        """From the middle of the first drive on all times are an hour late."""
        path = tmp_path / "turned.csv"
        head, *rows = scene.car_day(dt.date(2026, 5, 4)).decode().splitlines()
        turned = [head]
        for row in rows:
            hour, rest = int(row[11:13]), row[13:]
            late = row[11:16] >= "07:05"
            turned.append(f"{row[:11]}{hour + late:02}{rest}")
        path.write_text("\n".join(turned) + "\n")
        read(new, path)
        assert by_flag(new)[TripFlag.CLOCK] in {1, 2}
