"""Metres driven, measured, and by night."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from geowallet.driving.exposure import drive_of, exposure_of
from geowallet.driving.words import EventKind, Strength
from geowallet.model.fixes import Fixes, fixes_from
from tests.driving.test_forces import METRE_DEG, drive


def lyon(clock: str, *, speed_mps: float = 20, seconds: int = 60, step_s: int = 1) -> Fixes:
    """A drive northwards at one speed, begun at ``clock`` UTC near Lyon."""
    start_us = int(dt.datetime.fromisoformat(clock).timestamp() * 1e6)
    since_s = np.arange(0, seconds + 1, step_s)
    lat = np.asarray(45.76 + since_s * speed_mps * METRE_DEG, dtype=np.float64)
    speed = np.full(len(since_s), speed_mps)
    time_us = start_us + since_s * 1_000_000
    return fixes_from(time_us, lat, np.full(len(since_s), 4.84), speed_mps=speed)


def test_a_minute_at_20_mps_is_1200_m_all_of_it_measured() -> None:
    found = drive_of(lyon("2026-06-21T12:00:00+00:00"))
    assert found.driven_m == pytest.approx(1200, rel=1e-6)
    assert found.dense_m == found.along_m == found.driven_m
    assert found.night_m == 0
    assert found.events == ()


@pytest.mark.parametrize(
    ("clock", "dark"),
    [
        # Lyon, 21 December: the sun sets at 15:58 UTC, civil twilight ends at 16:31 UTC.
        ("2026-12-21T16:20:00+00:00", False),
        ("2026-12-21T16:40:00+00:00", True),
        # 21 June: civil twilight begins at 03:16 UTC.
        ("2026-06-21T03:05:00+00:00", True),
        ("2026-06-21T03:30:00+00:00", False),
    ],
)
def test_night_lies_between_the_civil_twilights(clock: str, dark: bool) -> None:
    found = drive_of(lyon(clock))
    assert found.night_m == pytest.approx(found.driven_m if dark else 0)


def test_a_drive_into_the_dark_is_night_from_then_on() -> None:
    found = drive_of(lyon("2026-12-21T16:28:00+00:00", seconds=600))
    # Twilight ends at 16:33:41 by the US Naval Observatory's rule; whole minutes count.
    assert found.night_m / found.driven_m == pytest.approx(0.4)


def test_metres_of_rare_fixes_are_driven_and_not_measured() -> None:
    found = drive_of(lyon("2026-06-21T12:00:00+00:00", step_s=10))
    assert found.driven_m == pytest.approx(1200, rel=1e-6)
    assert found.dense_m == found.along_m == 0


def test_a_silence_is_not_driven() -> None:
    fixes = lyon("2026-06-21T12:00:00+00:00", seconds=2000)
    kept = np.concatenate((np.arange(11), np.arange(990, 1001)))
    assert drive_of(fixes.take(kept)).driven_m == pytest.approx(400, rel=1e-6)


def test_metres_without_speeds_of_the_receiver_are_not_measured_along_the_way() -> None:
    fixes = lyon("2026-06-21T12:00:00+00:00")
    found = drive_of(fixes_from(fixes.time_us, fixes.lat_deg, fixes.lon_deg))
    assert (round(found.dense_m), found.along_m) == (1200, 0)


def test_a_drive_of_one_fix_is_nothing() -> None:
    found = drive_of(lyon("2026-06-21T12:00:00+00:00", seconds=0))
    assert (found.driven_m, found.night_m, found.events) == (0, 0, ())


def test_drives_add_up() -> None:
    braking = drive_of(drive([20, 20, 20, 18, 14, 12, 12, 12]))
    total = exposure_of([braking, braking, drive_of(lyon("2026-12-21T20:00:00+00:00"))])
    assert total.counts == ((EventKind.BRAKING, Strength.ROUGH, 2),)
    assert total.night_m == 1200 + round(2 * braking.night_m)
    assert total.driven_m == round(2 * braking.driven_m + 1200)


def test_no_drive_is_no_exposure() -> None:
    nothing = exposure_of([])
    assert (nothing.driven_m, nothing.dense_m, nothing.along_m, nothing.counts) == (0, 0, 0, ())
