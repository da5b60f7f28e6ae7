"""Use case: how a car was driven, from files without a wallet, or in the wallet by month.

What comes out of here holds instants: it is for the owner's eyes only.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.app.intake.sources import fixes_between, sources
from geowallet.app.travel.analyse import iso
from geowallet.driving.exposure import drive_of, exposure_of
from geowallet.driving.score import DrivingScore, score_of
from geowallet.model.mobility import Mode
from geowallet.track.clean import BAD, flag_duplicates, flag_jumps, flag_single

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geowallet.driving.events import Event
    from geowallet.driving.exposure import Drive
    from geowallet.model.fixes import Fixes
    from geowallet.model.mobility import DescribedTrip, Vehicle
    from geowallet.track.pipeline import Analysis, SourcedFixes
    from geowallet.vault.store import Vault

ROAD = frozenset({Mode.CAR, Mode.MOTORCYCLE, Mode.BUS, Mode.TRAM, Mode.TRAIN, Mode.UNKNOWN})
"""Legs looked at: who asks how files were driven says that they were driven, and a motorway
may look like a railway. Slower and flying ones are left out."""


@dataclass(frozen=True, slots=True)
class DrivingReport:
    """The score of all drives together, and every event.

    Attributes:
        score: With its parts and what it rests on.
        events: In time order.
        drives: How many legs were looked at.
    """

    score: DrivingScore
    events: tuple[Event, ...]
    drives: int

    def as_json(self) -> dict[str, Any]:
        """Return it as one object; instants in ISO 8601 UTC, magnitudes in m/s2."""
        score = self.score
        exposure = asdict(score.exposure)
        exposure["counts"] = [
            {"kind": kind, "strength": strength, "count": count}
            for kind, strength, count in score.exposure.counts
        ]
        return {
            "schema": score.formula,
            "score": score.score,
            "insufficient_data": [str(reason) for reason in score.missing],
            "parts": [asdict(part) for part in score.parts],
            "exposure": exposure,
            "drives": self.drives,
            "events": [
                {
                    "time": iso(event.time_us),
                    "kind": event.kind,
                    "magnitude_mps2": round(event.magnitude_mps2, 2),
                    "strength": event.strength,
                }
                for event in self.events
            ],
        }


def report_driving(analyses: Iterable[Analysis]) -> DrivingReport:
    """Return how the legs by road of ``analyses`` were driven; no drive is no score."""
    drives = [drive for analysis in analyses for drive in _drives(analysis)]
    events = tuple(sorted(event for drive in drives for event in drive.events))
    return DrivingReport(score_of(exposure_of(drives)), events, len(drives))


def report_vehicle(vault: Vault, trips: Iterable[DescribedTrip], vehicle: Vehicle) -> DrivingReport:
    """Return how ``vehicle`` was driven on ``trips``; others of them are left out.

    Raises:
        VaultDamagedError: Stored fixes do not authenticate.
    """
    known = sources(vault)
    drives = [
        drive_of(fixes)
        for described in trips
        if described.vehicle == vehicle.id
        for leg in described.trip.legs
        if leg.mode is vehicle.mode
        and (fixes := best_of(fixes_between(vault, known, (leg.start_us, leg.end_us)))) is not None
    ]
    events = tuple(sorted(event for drive in drives for event in drive.events))
    return DrivingReport(score_of(exposure_of(drives)), events, len(drives))


def best_of(traces: Sequence[SourcedFixes]) -> Fixes | None:
    """Return the good fixes of the source that saw most of a leg, or None."""
    good = []
    for trace in traces:
        fixes = flag_jumps(flag_duplicates(flag_single(trace.fixes)))
        good.append(fixes.take(fixes.unflagged(BAD)))
    best = max(good, key=len, default=None)
    return best if best is not None and len(best) else None


def _drives(analysis: Analysis) -> Iterable[Drive]:
    good = analysis.fixes.take(analysis.fixes.unflagged(BAD))
    for trip in analysis.trips:
        for leg in trip.legs:
            if leg.mode in ROAD:
                first = int(np.searchsorted(good.time_us, leg.start_us, side="left"))
                last = int(np.searchsorted(good.time_us, leg.end_us, side="right"))
                yield drive_of(good.take(slice(first, last)))
