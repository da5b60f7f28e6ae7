"""What really happened in the simulated month, and what the two contracts must find."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any

from geowallet.model.calendar import local_time
from geowallet.model.mobility import Mode, Purpose
from geowallet.testing.simulate_diary import HOLIDAYS, LEAVE, MONTH, WORK_WEEK, ZONE
from geowallet.testing.simulate_map import PLACES, point_of
from geowallet.testing.simulate_receiver import PHONE_OFF

if TYPE_CHECKING:
    from geowallet.testing.simulate_journey import Journey

SOFT_MODES = (Mode.WALK, Mode.BIKE)


def truth_of(journeys: tuple[Journey, ...], *, seed: int) -> dict[str, Any]:
    """Return the ground truth as JSON values; lengths are metres along the lines."""
    return {
        "what": "simulated by geowallet.testing.simulate; no real person, place or road",
        "seed": seed,
        "month": MONTH,
        "zone": ZONE,
        "work_week": _work_week(),
        "places": [_place(name) for name in PLACES],
        "phone_off": [_iso(time_s) for time_s in PHONE_OFF],
        "trips": [_trip(journey) for journey in journeys],
        "days": _days(journeys),
        "totals": _totals(journeys),
        "expected": {
            "work_hour_mileage": _mileage(journeys, HOLIDAYS | LEAVE),
            "work_hour_mileage_if_leave_is_not_declared": _mileage(journeys, HOLIDAYS),
            "soft_mobility_commute": _soft_commute(journeys),
        },
    }


def counts_as_work_mileage(journey: Journey, days_off: frozenset[dt.date]) -> bool:
    """Say whether the whole trip is by car, inside the hours of work, and no commute."""
    start, end = _local(journey.start_s), _local(journey.end_s)
    if start.date() != end.date() or start.date() in days_off:
        return False
    first, last = start.hour * 60 + start.minute, end.hour * 60 + end.minute
    inside = any(a <= first and last < b for a, b in WORK_WEEK.hours[start.weekday()])
    by_car = _main_mode(journey) is Mode.CAR
    return inside and by_car and journey.outing.purpose is not Purpose.COMMUTE


def _mileage(journeys: tuple[Journey, ...], days_off: frozenset[dt.date]) -> dict[str, Any]:
    counted = [j for j in journeys if counts_as_work_mileage(j, days_off)]
    by_car = [j for j in journeys if _main_mode(j) is Mode.CAR]
    per_day: Counter[str] = Counter()
    for journey in counted:
        per_day[_day(journey)] += _metres(journey)
    return {
        "distance_m": sum(per_day.values()),
        "trips": len(counted),
        "days": len(per_day),
        "per_day_m": dict(sorted(per_day.items())),
        "car_trips_left_out": len(by_car) - len(counted),
        "car_m_left_out": sum(map(_metres, by_car)) - sum(per_day.values()),
    }


def _soft_commute(journeys: tuple[Journey, ...]) -> dict[str, Any]:
    days: dict[str, set[str]] = {mode: set() for mode in SOFT_MODES}
    trips: Counter[str] = Counter()
    metres: Counter[str] = Counter()
    for journey in journeys:
        mode = _main_mode(journey)
        if journey.outing.purpose is Purpose.COMMUTE and mode in SOFT_MODES:
            days[mode].add(_day(journey))
            trips[mode] += 1
            metres[mode] += _metres(journey)
    return {
        "rule": "a day counts for a mode if at least one home-work trip was made by it",
        "days": {mode: len(days[mode]) for mode in SOFT_MODES},
        "trips": {mode: trips[mode] for mode in SOFT_MODES},
        "distance_m": {mode: metres[mode] for mode in SOFT_MODES},
        "dates": {mode: sorted(days[mode]) for mode in SOFT_MODES},
    }


def _trip(journey: Journey) -> dict[str, Any]:
    return {
        "start": _iso(journey.start_s),
        "end": _iso(journey.end_s),
        "day": _day(journey),
        "origin": journey.origin,
        "destination": journey.destination,
        "purpose": journey.outing.purpose,
        "mode": _main_mode(journey),
        "distance_m": _metres(journey),
        "work_hour_mileage": counts_as_work_mileage(journey, HOLIDAYS | LEAVE),
        "watch": journey.outing.watch,
        "legs": [
            {
                "mode": leg.mode,
                "road": leg.road,
                "start": _iso(leg.start_s),
                "end": _iso(leg.end_s),
                "distance_m": round(leg.motion.line.length_m, 1),
            }
            for leg in journey.legs
        ],
    }


def _days(journeys: tuple[Journey, ...]) -> dict[str, dict[str, float]]:
    days: dict[str, Counter[str]] = {}
    for journey in journeys:
        day = days.setdefault(_day(journey), Counter())
        day["trips"] += 1
        for leg in journey.legs:
            day[f"{leg.mode}_m"] += round(leg.motion.line.length_m)
    return {day: dict(sorted(figures.items())) for day, figures in sorted(days.items())}


def _totals(journeys: tuple[Journey, ...]) -> dict[str, Any]:
    legs = [leg for journey in journeys for leg in journey.legs]
    modes = sorted({leg.mode for leg in legs})
    return {
        "trips": len(journeys),
        "legs": len(legs),
        "leg_m": {
            m: sum(round(x.motion.line.length_m) for x in legs if x.mode is m) for m in modes
        },
        "trips_by_purpose": dict(sorted(Counter(j.outing.purpose for j in journeys).items())),
        "trips_by_mode": dict(sorted(Counter(_main_mode(j) for j in journeys).items())),
    }


def _place(name: str) -> dict[str, Any]:
    point = point_of(name)
    lat_deg, lon_deg = round(point.lat_deg, 7), round(point.lon_deg, 7)
    return {"name": name, "kind": PLACES[name][0], "lat_deg": lat_deg, "lon_deg": lon_deg}


def _work_week() -> dict[str, Any]:
    return {
        "hours": [
            [f"{a // 60:02d}:{a % 60:02d}-{b // 60:02d}:{b % 60:02d}" for a, b in day]
            for day in WORK_WEEK.hours
        ],
        "holidays": WORK_WEEK.holidays,
        "holiday_dates": sorted(day.isoformat() for day in HOLIDAYS),
        "leave": sorted(day.isoformat() for day in LEAVE),
    }


def _main_mode(journey: Journey) -> Mode:
    return max(journey.legs, key=lambda leg: leg.motion.line.length_m).mode


def _metres(journey: Journey) -> int:
    return round(journey.length_m)


def _day(journey: Journey) -> str:
    return _local(journey.start_s).date().isoformat()


def _local(time_s: float) -> dt.datetime:
    return local_time(round(time_s * 1_000_000), ZONE)


def _iso(time_s: float) -> str:
    return f"{dt.datetime.fromtimestamp(round(time_s), tz=dt.UTC):%Y-%m-%dT%H:%M:%S}Z"
