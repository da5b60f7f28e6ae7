"""What makes a single trip doubtful: too even, too fast, cut to pieces, out of nowhere.

Thresholds were chosen so that recorded trips pass; docs/how-to/time-stamps.md says how many
do not. Who knows them can stay below them: a flag finds the careless.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.flags import TripFlag
from geowallet.model.geodesy import degree_lengths_m, distance_m
from geowallet.model.mobility import Mode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes
    from geowallet.model.mobility import Leg, Trip

PACE_S = 30.0
"""Paces are compared between stretches that last at least so long."""

PACE_M = 60.0
"""And are at least so long: a pace at rest is none."""

PACE_SILENCE_S = 300.0
"""Longer ones say nothing of a pace."""

EVEN_S = 0.6
"""A moment that the stretches on both sides foretell so well: half a second is lost where
times are whole seconds."""

EVEN_SHARE = 0.8
"""Of recorded trips by road and foot at most 0.77 of the moments are so even, of fast trains
0.78; of drawn routes with computed times 0.83 and more."""

FEWEST_PACES = 5

STRAIGHT_M = 0.02
"""Median distance of a position from the straight line through its neighbours, in motion: the
steadiest receivers leave 0.04 m at a fix a second."""

FEWEST_STRAIGHT = 30
STRAIGHT_STEP_M = 6.0
STRAIGHT_S = 120.0

FEWEST_ACCURACIES = 300
ACCURACY_S = 10_800.0
"""Phones in a holder say 5 m for a whole drive (11 of 21 drives of UAH-DriveSet), never for
three hours with a stay among them."""

FEWEST_LEAPS = 5
LEAPS_SHARE = 0.04
"""Of the positions; of recorded trips by land at most 0.036."""

FAR_M = 5_000.0
"""Between the end of a trip and the begin of the next one; phones wake up within 2 km."""

FASTEST_MPS: Mapping[Mode, float] = {
    Mode.WALK: 4.5,
    Mode.RUN: 6.5,
    Mode.BIKE: 12.5,
    Mode.E_BIKE: 12.5,
    Mode.E_SCOOTER: 12.5,
    Mode.CAR: 70.0,
    Mode.MOTORCYCLE: 70.0,
    Mode.BUS: 36.0,
    Mode.TRAM: 28.0,
    Mode.SUBWAY: 36.0,
    Mode.TRAIN: 100.0,
}
"""Mean over a whole leg. Nobody walks or runs 20 km or 10 km faster (World Athletics, records
of 1:16:10 and 26:11); help by a motor ends at 45 km/h (Regulation (EU) 168/2013, L1e-B);
coaches are limited to 100 km/h (Directive 92/6/EEC); the fastest trains and tramways in
service run 350, 130 and 100 km/h."""

SHORTEST_FAST_S = 120.0
"""Of a shorter leg, or one that is mostly silence, the mean is a matter of its ends."""


def own_flags(trip: Trip, fixes: Fixes, beside: Fixes) -> Iterator[TripFlag]:
    """Yield the flags that a trip shows by itself.

    Args:
        trip: With the modes that it counts as.
        fixes: Good positions of its time, of one source.
        beside: All that this source holds of the hours around it.
    """
    if is_even(fixes):
        yield TripFlag.NOISELESS
    if has_one_accuracy(beside):
        yield TripFlag.ONE_ACCURACY
    if leaps(trip.legs):
        yield TripFlag.LEAPS
    if any(is_too_fast(leg) for leg in trip.legs):
        yield TripFlag.TOO_FAST


def is_even(fixes: Fixes) -> bool:
    """Say whether the movement is more even in pace, or straighter, than a receiver writes it."""
    if len(fixes) < FEWEST_PACES:
        return False
    time_s = (fixes.time_us - fixes.time_us[0]) / 1e6
    north, east = degree_lengths_m(fixes.lat_deg[:1])
    spot = (fixes.lon_deg - fixes.lon_deg[0]) * east[0] + 1j * (
        (fixes.lat_deg - fixes.lat_deg[0]) * north[0]
    )
    return _has_one_pace(time_s, spot) or _is_ruled(time_s, spot)


def has_one_accuracy(fixes: Fixes) -> bool:
    """Say whether many positions, over hours, have one and the same accuracy."""
    known = fixes.take(~np.isnan(fixes.accuracy_m))
    if len(known) < FEWEST_ACCURACIES:
        return False
    lasts_s = float(known.time_us[-1] - known.time_us[0]) / 1e6
    return lasts_s >= ACCURACY_S and bool(np.all(known.accuracy_m == known.accuracy_m[0]))


def leaps(legs: Sequence[Leg]) -> bool:
    """Say whether much had to be cut out because nobody can reach and leave it."""
    cut = sum(count for leg in legs for name, count in leg.set_aside if name == "jump")
    return cut >= FEWEST_LEAPS and cut >= LEAPS_SHARE * (cut + sum(leg.n_fixes for leg in legs))


def is_too_fast(leg: Leg) -> bool:
    """Say whether a leg as a whole is faster than anybody goes by its mode."""
    seconds = (leg.end_us - leg.start_us) / 1e6 - leg.gap_s
    limit_mps = FASTEST_MPS.get(leg.mode)
    return (
        limit_mps is not None
        and seconds >= max(SHORTEST_FAST_S, leg.gap_s)
        and leg.distance_m - 2 * leg.distance_sd_m > limit_mps * seconds
    )


def unconnected(trips: Sequence[Trip]) -> Iterator[str]:
    """Yield the ids of trips that begin far from where the one before ended.

    Args:
        trips: In time order.
    """
    for number, trip in enumerate(trips[1:]):
        end, start = trips[number].end, trip.start
        if distance_m(end.lat_deg, end.lon_deg, start.lat_deg, start.lon_deg) > FAR_M:
            yield trip.id


def _has_one_pace(time_s: NDArray[np.float64], spot: NDArray[np.complex128]) -> bool:
    """Say whether nearly each moment is foretold by the pace before and after it."""
    along_m = np.concatenate(([0.0], np.cumsum(np.abs(np.diff(spot)))))
    rows = _apart(time_s)
    step_m, step_s = np.diff(along_m[rows]), np.diff(time_s[rows])
    moving = (step_s < PACE_SILENCE_S) & (step_m > PACE_M)
    both = moving[:-1] & moving[1:]
    if int(np.count_nonzero(both)) < FEWEST_PACES:
        return False
    first_m, second_m = step_m[:-1][both], step_m[1:][both]
    foretold_s = (step_s[:-1] + step_s[1:])[both] * first_m / (first_m + second_m)
    off_s = np.abs(foretold_s - step_s[:-1][both])
    return bool(np.mean(off_s <= EVEN_S) >= EVEN_SHARE)


def _apart(time_s: NDArray[np.float64]) -> list[int]:
    """Return rows that follow each other by `PACE_S` or more."""
    rows = [0]
    for row, at_s in enumerate(time_s.tolist()):
        if at_s - time_s[rows[-1]] >= PACE_S:
            rows.append(row)
    return rows


def _is_ruled(time_s: NDArray[np.float64], spot: NDArray[np.complex128]) -> bool:
    """Say whether each position lies where its neighbours foretell, to centimetres."""
    span_s, span = time_s[2:] - time_s[:-2], spot[2:] - spot[:-2]
    moving = (np.abs(span) > np.maximum(STRAIGHT_STEP_M, span_s)) & (span_s < STRAIGHT_S)
    if int(np.count_nonzero(moving)) < FEWEST_STRAIGHT:
        return False
    share = (time_s[1:-1] - time_s[:-2])[moving] / span_s[moving]
    off_m = np.abs(spot[1:-1][moving] - spot[:-2][moving] - share * span[moving])
    return bool(np.median(off_m) < STRAIGHT_M)
