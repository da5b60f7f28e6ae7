from __future__ import annotations

import zoneinfo
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.model.calendar import local_time
from geowallet.model.errors import BadZoneError
from geowallet.model.local_times import FIRST_S, LAST_S, offsets_s

ZONES = st.sampled_from(
    [
        *("Europe/Paris", "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"),
        *("Africa/Casablanca", "Asia/Gaza", "Pacific/Apia", "America/Recife", "Europe/Dublin"),
    ]
)
REPEATS_S = 2_145_916_800
"""2038: from then on each year of the tz database is as the last."""

INSTANTS_US = st.integers(FIRST_S * 10**6, LAST_S * 10**6 - 1)


def _one_by_one(times_us: list[int], zone: str) -> list[float]:
    offsets = [local_time(time_us, zone).utcoffset() for time_us in times_us]
    return [offset.total_seconds() for offset in offsets if offset is not None]


def _rules(zone: str) -> bytes:
    """What the tz database holds for a zone: the same for all names of one."""
    files = [Path(folder, zone) for folder in zoneinfo.TZPATH]
    packed = resources.files("tzdata").joinpath("zoneinfo", zone)
    return next((path.read_bytes() for path in files if path.is_file()), None) or (
        packed.read_bytes()
    )


class TestOffsetsS:
    """Promise: "exactly as `local_time` gives each"."""

    @settings(max_examples=60)
    @given(ZONES, st.lists(INSTANTS_US, min_size=1, max_size=4))
    def test_any_instants_have_the_clock_that_each_alone_has(
        self, zone: str, times_us: list[int]
    ) -> None:
        assert offsets_s(np.array(times_us), zone).tolist() == _one_by_one(times_us, zone)

    def test_the_hour_changes_at_the_second(self) -> None:
        """Paris, 25 October 2026: at 01:00 UTC 03:00 becomes 02:00."""
        change_us = 1_792_890_000_000_000
        around = np.array([change_us - 1, change_us, change_us + 10**9])
        assert offsets_s(around, "Europe/Paris").tolist() == [7200, 3600, 3600]

    def test_a_week_of_summer_time_is_not_missed(self) -> None:
        """Recife, October 2000: the shortest since 1970."""
        hours = np.arange(960_000_000, 980_000_000, 3_600)
        found = offsets_s(hours * 10**6, "America/Recife")
        assert int((found == -7_200).sum()) == 167  # 8 October 00:00 to 14 October 24:00

    def test_no_instants_have_no_clock(self) -> None:
        assert offsets_s(np.zeros(0, dtype=np.int64), "UTC").tolist() == []

    @pytest.mark.parametrize("time_us", [FIRST_S * 10**6 - 1, LAST_S * 10**6])
    def test_other_centuries_are_refused(self, time_us: int) -> None:
        with pytest.raises(ValueError, match="before 1970"):
            offsets_s(np.array([time_us]), "UTC")

    def test_an_unknown_zone_is_refused(self) -> None:
        with pytest.raises(BadZoneError):
            offsets_s(np.array([0]), "Mars/Olympus")

    @pytest.mark.slow
    def test_every_zone_there_is(self) -> None:
        random = np.random.default_rng(5)
        zones = {_rules(zone): zone for zone in sorted(zoneinfo.available_timezones())}
        assert len(zones) > 300
        for number, zone in enumerate(zones.values()):
            last_s = LAST_S if number % 8 == 0 else REPEATS_S
            times_us = random.integers(FIRST_S, last_s, 20) * 10**6
            assert offsets_s(times_us, zone).tolist() == _one_by_one(times_us.tolist(), zone)
