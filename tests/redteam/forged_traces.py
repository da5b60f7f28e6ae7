"""Rows of the table: what an owner does to a trace, or says over it, before signing."""

from __future__ import annotations

from tests.redteam.attempt import Comes, Row, Who

_OWNER, _T = Who.OWNER, "redteam/test_traces.py::test_"
_AUDIT = "an audit or a spot check that meets the lie; L3, where others read the odometer"

TRACES: tuple[Row, ...] = (
    (
        _OWNER,
        "edits a trace before it is read: the client lives further away",
        Comes.PASSES,
        f"L1, which takes the edit to the same day; {_AUDIT}",
        _T + "a_client_moved_further_away",
        "more counts",
    ),
    (
        _OWNER,
        "writes a day again under other dates",
        Comes.PASSES,
        "L1 where it is done later; not on the same day",
        _T + "a_day_written_again_under_other_dates",
        "more counts",
    ),
    (
        _OWNER,
        "does so with a little noise",
        Comes.PASSES,
        "L1 where it is done later",
        _T + "such_a_day_with_a_little_noise",
        "more counts",
    ),
    (
        _OWNER,
        "hands in the same file under another name",
        Comes.REFUSED,
        "files are known by their digest",
        _T + "the_same_file_under_another_name",
        "no more counts",
    ),
    (
        _OWNER,
        "hands in the same travel in another file",
        Comes.REFUSED,
        "two devices on one way are one trip",
        _T + "the_same_positions_in_another_file",
        "no more counts",
    ),
    (
        _OWNER,
        "turns the clock of the recorder: an evening becomes a morning of work",
        Comes.PASSES,
        f"L1 only if the file is read late; {_AUDIT}",
        _T + "an_evening_moved_into_working_hours",
        "more counts",
    ),
    (
        _OWNER,
        "inflates a day by leaps of 30 km between the fixes",
        Comes.REFUSED,
        "positions that nobody can reach are cut out",
        _T + "leaps_between_the_fixes",
        "no more counts",
    ),
    (
        _OWNER,
        "adds somebody else's trips of the same hours",
        Comes.REFUSED,
        "nobody is in two places",
        _T + "somebody_elses_trips_of_the_same_hours",
        "no more counts",
    ),
    (
        _OWNER,
        "adds somebody else's trips of other days, or lends the phone",
        Comes.PASSES,
        _AUDIT,
        _T + "somebody_elses_trips_of_other_days",
        "more counts",
    ),
    (
        _OWNER,
        "calls a car a bike",
        Comes.PASSES,
        "the log shows when it was said; the export does not tell a word from a guess",
        _T + "a_car_called_a_bike",
        "more counts",
    ),
    (
        _OWNER,
        "drives a car to work as slowly as a bike",
        Comes.PASSES,
        "a spot check at the car park",
        _T + "a_car_driven_at_the_speed_of_a_bike",
        "more counts",
    ),
    (
        _OWNER,
        "calls private trips business",
        Comes.PASSES,
        "the log shows when it was said; tax offices ask for a logbook in clear",
        _T + "a_private_trip_called_business",
        "more counts",
    ),
    (
        _OWNER,
        "erases a bad day before the month is scored",
        Comes.PASSES,
        "erasing is a right; under L2 a gap shows, and under L3 the odometer has more",
        _T + "a_bad_day_erased_before_the_month_is_scored",
        "less counts",
    ),
    (
        _OWNER,
        "claims a month from two wallets of one name",
        Comes.SHOWN,
        "the desk points out a second key under a name",
        _T + "a_second_wallet_under_the_same_name",
        "counts, 1 other key",
    ),
    (
        _OWNER,
        "claims it from a second wallet under an invented name",
        Comes.PASSES,
        "the recipient's own list of people; under L2 the desk sees the same files twice",
        _T + "a_second_wallet_under_another_name",
        "counts, 0 other key",
    ),
)
