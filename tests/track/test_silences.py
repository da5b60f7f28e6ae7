from __future__ import annotations

import numpy as np
import pytest

from geowallet.model.causes import CAUSES, Cause
from geowallet.model.fixes import Fixes, fixes_from
from geowallet.track.silences import Setting, cause_of
from tests.track.synthetic import EAST_DEG, METRE_DEG

NOTHING = Setting()
FILES = Setting(file_ends=True, file_begins=True)
MIDNIGHT = Setting(file_ends=True, file_begins=True, from_midnight_s=30.0)


def piece(
    *, from_s: float, at_m: float, mps: float, accuracy_m: list[float] | None = None, n: int = 40
) -> Fixes:
    """``n`` positions every five seconds, eastwards."""
    at_s = from_s + 5.0 * np.arange(n)
    lon = np.asarray(2.0 + (at_m + mps * 5.0 * np.arange(n)) * EAST_DEG)
    lat = np.asarray(48.0 + METRE_DEG * np.sin(np.arange(n)))
    known = {} if accuracy_m is None else {"accuracy_m": np.array(accuracy_m)}
    return fixes_from((at_s * 1e6).astype(np.int64), lat, lon, **known)


def told(before: Fixes, after: Fixes, setting: Setting = NOTHING) -> tuple[Cause, list[str]]:
    cause, reasons = cause_of(before, after, setting)
    return cause, [str(reason) for reason in reasons]


DRIVE = piece(from_s=0, at_m=0, mps=14.0)
"""Ends at 195 s and 2,730 m."""
STANDS = piece(from_s=0, at_m=0, mps=0.0)
SPARSE = STANDS.take(slice(None, None, 6))


class TestCauseOf:
    """Promise: a cause comes with what says so, and none is named without."""

    @pytest.mark.parametrize(
        ("before", "ahead_m", "silent_s", "setting", "cause"),
        [
            (DRIVE, 70, 3_600, NOTHING, Cause.CLOCK),
            (SPARSE, 100, 1_200, NOTHING, Cause.ASLEEP),
            (SPARSE, 900, 1_200, NOTHING, Cause.ASLEEP),
            (STANDS, 900, 1_200, NOTHING, Cause.PAUSED),
            (STANDS, 900, 1_200, FILES, Cause.ASLEEP),
            (DRIVE, 9_000, 1_800, Setting(coarse=2), Cause.NO_SIGNAL),
            (DRIVE, 9_000, 1_800, NOTHING, Cause.NO_SIGNAL),
            (DRIVE, 9_000, 9_000, FILES, Cause.SOFTWARE),
            (DRIVE, 9_000, 9_000, MIDNIGHT, Cause.SOFTWARE),
            (DRIVE, 9_000, 9_000, NOTHING, Cause.OFF),
            (SPARSE, 9_000, 9_000, Setting(other_days=3), Cause.OFF),
            (SPARSE, 9_000, 9_000, NOTHING, Cause.UNKNOWN),
        ],
    )
    def test_each_cause(
        self, *, before: Fixes, ahead_m: int, silent_s: int, setting: Setting, cause: Cause
    ) -> None:
        after = piece(from_s=195 + silent_s, at_m=2_730 * (before is DRIVE) + ahead_m, mps=14.0)
        found, reasons = told(before, after, setting)
        assert (found, bool(reasons)) == (cause, True)
        assert ("at midnight" in reasons) == (setting is MIDNIGHT)

    @pytest.mark.parametrize(
        ("before_m", "after_m", "said"),
        [
            ([8.0] * 37 + [60.0] * 3, [8.0] * 40, "worsened from 8 m to 60 m"),
            ([8.0] * 40, [65.0] * 3 + [8.0] * 37, "was 65 m instead of 8 m"),
            ([8.0] * 37 + [20.0] * 3, [8.0] * 40, ""),
        ],
    )
    def test_a_worse_accuracy_at_an_edge_says_that_the_signal_went(
        self, before_m: list[float], after_m: list[float], said: str
    ) -> None:
        before = piece(from_s=0, at_m=0, mps=14.0, accuracy_m=before_m)
        after = piece(from_s=4_000, at_m=9_000, mps=14.0, accuracy_m=after_m)
        cause, reasons = told(before, after)
        assert cause is (Cause.NO_SIGNAL if said else Cause.OFF)
        assert said in reasons[0]

    def test_rarer_positions_say_that_the_device_saved_power(self) -> None:
        at_s = np.concatenate((np.arange(0.0, 300.0, 5.0), 300.0 + 60.0 * np.arange(5)))
        lon = 2.0 + 9.0 * at_s * EAST_DEG
        before = fixes_from((at_s * 1e6).astype(np.int64), np.full(len(at_s), 48.0), lon)
        cause, reasons = told(before, piece(from_s=9_000, at_m=20_000, mps=9.0))
        assert (cause, "saves power" in reasons[0]) == (Cause.OFF, True)

    def test_single_positions_say_nothing(self) -> None:
        alone = DRIVE.take(slice(0, 1))
        assert told(alone, piece(from_s=9_000, at_m=9_000, mps=0.0, n=1))[0] is Cause.UNKNOWN


def test_each_cause_has_words() -> None:
    assert set(CAUSES) == set(Cause)
