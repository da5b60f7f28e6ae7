"""Rows of the table: what an owner does to a trace that is stamped on its own evening."""

from __future__ import annotations

from tests.redteam.attempt import Comes, Row, Who

_T = "redteam/test_flags.py::test_"

FLAGS: tuple[Row, ...] = (
    (
        Who.OWNER,
        "has a day drawn by a route planner stamped on its evening, and says it was a car",
        Comes.SHOWN,
        "under a contract that asks for a level, the export says `noiseless` and `copied_way`",
        _T + "a_drawn_day",
        "copied_way, noiseless",
    ),
    (
        Who.OWNER,
        "has a day written again, with a little noise, stamped on its new evening",
        Comes.SHOWN,
        "likewise: `replayed`",
        _T + "a_day_written_again_with_noise",
        "replayed",
    ),
    (
        Who.OWNER,
        "calls a car a bike under a contract that asks for a level",
        Comes.SHOWN,
        "likewise: `too_fast`, where it was driven faster than any bike",
        _T + "a_car_called_a_bike",
        "too_fast",
    ),
    (
        Who.OWNER,
        "takes the flags out of the export, by a changed program",
        Comes.PASSES,
        "an audit that opens a day",
        _T + "flags_taken_out",
        "none",
    ),
    (
        Who.OWNER,
        "invents a day with lights and noise of its own, and has it stamped on its evening",
        Comes.PASSES,
        "L2 or L3; an audit or a spot check that meets the lie",
        _T + "a_day_that_knows_the_thresholds",
        "none",
    ),
)
