"""Use case: stops, legs and modes of traces, without a wallet.

What comes out of here is for the owner's eyes only: it holds times, and as GeoJSON
also positions.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.app.travel.hints import mode_labels
from geowallet.track.clean import BAD
from geowallet.track.modes.hints import Hints
from geowallet.track.modes.mapped import FOLLOWS
from geowallet.track.pipeline import SourcedFixes, analyse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from geowallet.connectors.api import SourceLabel, Trace
    from geowallet.model.fixes import Fixes
    from geowallet.model.words import Phrase
    from geowallet.track.modes.forest import Forest
    from geowallet.track.modes.labels import ModeLabel
    from geowallet.track.modes.surroundings import Surroundings
    from geowallet.track.pipeline import Analysis

COLUMNS = ("user", "start", "end", "mode", "confidence", "distance_m", "distance_sd_m")
"""Header of ``analyse --format csv``; public, never changes meaning."""

TABLES_OF_USERS = frozenset({"csv"})
"""Formats whose device names are users: their days are never mixed. In all others they
are devices of one person."""

STOP = "stop"
"""Stands for a mode where the owner stayed."""

DRAWN = frozenset(FOLLOWS.values())
"""Reasons that a map gave."""


@dataclass(frozen=True, slots=True)
class ReadTrace:
    """One trace and where it came from.

    Attributes:
        source: SHA-256 (hex) of the source.
        connector: Name of the connector that read it.
        trace: What it read.
        labels: What the source says beyond positions, of this device and others.
    """

    source: str
    connector: str
    trace: Trace
    labels: tuple[SourceLabel, ...] = ()

    @property
    def user(self) -> str:
        """Whose trace it is, "" where the source does not tell."""
        return self.trace.device if self.connector in TABLES_OF_USERS else ""


@dataclass(frozen=True, slots=True)
class Movement:
    """One stop or leg.

    Attributes:
        user: Whose, or "".
        start_us: First instant, UTC microseconds.
        end_us: Last instant.
        mode: A `Mode`, or ``stop``.
        confidence: Probability of ``mode``; 1 for a stop.
        distance_m: Measured metres, gaps excluded; 0 for a stop.
        distance_sd_m: Standard deviation of ``distance_m``.
        drawn: What it follows on a map, if that speaks for ``mode``.
    """

    user: str
    start_us: int
    end_us: int
    mode: str
    confidence: float
    distance_m: float
    distance_sd_m: float
    drawn: Phrase | None = None


def analyse_users(
    traces: Iterable[ReadTrace],
    *,
    forest: Forest | None = None,
    surroundings: Surroundings | None = None,
) -> dict[str, Analysis]:
    """Return the analysis of each user, in the order of their names.

    All trips of a user tell each other's modes.

    Args:
        traces: Of any number of users.
        forest: The model of modes; None is the one that ships.
        surroundings: A map, if there is one.
    """
    known = Hints(forest=forest, surroundings=surroundings)
    by_user: dict[str, list[SourcedFixes]] = {}
    said: dict[str, dict[str, tuple[ModeLabel, ...]]] = {}
    for item in traces:
        device = item.trace.device
        sourced = SourcedFixes(item.source, device, item.trace.fixes)
        by_user.setdefault(item.user, []).append(sourced)
        own = (label for label in item.labels if label.trace in {"", device})
        heard = said.setdefault(item.user, {})
        heard[item.source] = heard.get(item.source, ()) + mode_labels(own, item.connector)
    return {
        user: analyse(by_user[user], hints=replace(known, labels=said[user]), together=True)
        for user in sorted(by_user)
    }


def movements_of(analyses: dict[str, Analysis]) -> tuple[Movement, ...]:
    """Return all stops and legs, by user and time, of one user without overlap.

    Stops within a trip are part of its legs and are left out.
    """
    found: list[Movement] = []
    for user, analysis in analyses.items():
        rows = [*_stops(user, analysis), *legs_of(user, analysis)]
        found += sorted(rows, key=lambda row: (row.start_us, row.end_us))
    return tuple(found)


def as_csv(movements: Sequence[Movement]) -> str:
    """Return the rows under the header `COLUMNS`, times in ISO 8601 UTC."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in movements:
        figures = f"{row.confidence:.3f}", f"{row.distance_m:.1f}", f"{row.distance_sd_m:.1f}"
        writer.writerow((row.user, iso(row.start_us), iso(row.end_us), row.mode, *figures))
    return text.getvalue()


def as_records(movements: Sequence[Movement]) -> Iterator[dict[str, object]]:
    """Yield one record a row, with the names of `COLUMNS`."""
    for row in movements:
        figures = (round(x, 3) for x in (row.confidence, row.distance_m, row.distance_sd_m))
        values = row.user, iso(row.start_us), iso(row.end_us), row.mode, *figures
        yield dict(zip(COLUMNS, values, strict=True))


def as_geojson(analyses: dict[str, Analysis]) -> dict[str, Any]:
    """Return a FeatureCollection: stops as points, legs as lines through their fixes.

    Source:
        RFC 7946.
    """
    features: list[dict[str, Any]] = []
    for user, analysis in analyses.items():
        good = analysis.fixes.take(analysis.fixes.unflagged(BAD))
        for stop in analysis.stops:
            point = [round(stop.centre.lon_deg, 7), round(stop.centre.lat_deg, 7)]
            geometry = {"type": "Point", "coordinates": point}
            row = Movement(user, stop.start_us, stop.end_us, STOP, 1.0, 0.0, 0.0)
            features.append(_feature(geometry, row))
        for row in legs_of(user, analysis):
            line = _line(good, row.start_us, row.end_us)
            features.append(_feature({"type": "LineString", "coordinates": line}, row))
    return {"type": "FeatureCollection", "features": features}


def iso(time_us: int) -> str:
    """Return an instant as ``2026-05-04T06:02:10.000Z``."""
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=time_us)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _stops(user: str, analysis: Analysis) -> Iterator[Movement]:
    for stop in analysis.stops:
        if stop.is_activity:
            yield Movement(user, stop.start_us, stop.end_us, STOP, 1.0, 0.0, 0.0)


def legs_of(user: str, analysis: Analysis) -> Iterator[Movement]:
    """Yield every leg of the analysis of ``user``, in time order."""
    for trip in analysis.trips:
        for leg in trip.legs:
            span = leg.start_us, leg.end_us
            length = leg.distance_m, leg.distance_sd_m
            drawn = next((why for why in leg.reasons if why.text in DRAWN), None)
            yield Movement(user, *span, str(leg.mode), leg.confidence, *length, drawn)


def _line(good: Fixes, start_us: int, end_us: int) -> list[list[float]]:
    first = int(np.searchsorted(good.time_us, start_us, side="left"))
    last = int(np.searchsorted(good.time_us, end_us, side="right"))
    columns = np.round(good.lon_deg[first:last], 7), np.round(good.lat_deg[first:last], 7)
    line: list[list[float]] = np.stack(columns, axis=1).tolist()
    return line


def _feature(geometry: dict[str, Any], row: Movement) -> dict[str, Any]:
    properties = {
        "user": row.user,
        "start": iso(row.start_us),
        "end": iso(row.end_us),
        "mode": row.mode,
        "confidence": round(row.confidence, 3),
        "distance_m": round(row.distance_m, 1),
        "distance_sd_m": round(row.distance_sd_m, 1),
    }
    return {"type": "Feature", "geometry": geometry, "properties": properties}
