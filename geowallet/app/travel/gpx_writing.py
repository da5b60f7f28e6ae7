"""Legs as a GPX file, one track a leg: for the owner's own maps."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import gpxpy.gpx
import numpy as np

from geowallet.app.travel.analyse import legs_of
from geowallet.track.clean import BAD

if TYPE_CHECKING:
    from geowallet.model.fixes import Fixes
    from geowallet.track.pipeline import Analysis


def as_gpx(analyses: dict[str, Analysis]) -> str:
    """Return GPX 1.1 with a track for each leg, its mode as the track's type.

    Args:
        analyses: By user, as `analyse_users` gives them.
    """
    document = gpxpy.gpx.GPX()
    document.creator = "geowallet"
    for user, analysis in analyses.items():
        good = analysis.fixes.take(analysis.fixes.unflagged(BAD))
        for leg in legs_of(user, analysis):
            track = gpxpy.gpx.GPXTrack(name=f"{user} {leg.mode}".strip())
            track.type = leg.mode  # type: ignore[assignment]  # gpxpy infers None from its default
            track.segments.append(_segment(good, leg.start_us, leg.end_us))
            document.tracks.append(track)
    return str(document.to_xml(version="1.1"))


def _segment(good: Fixes, start_us: int, end_us: int) -> gpxpy.gpx.GPXTrackSegment:
    first, last = np.searchsorted(good.time_us, [start_us, end_us + 1])
    inside = good.take(slice(int(first), int(last)))
    rows = zip(inside.time_us, inside.lat_deg, inside.lon_deg, inside.elevation_m, strict=True)
    points = [
        gpxpy.gpx.GPXTrackPoint(
            float(lat_deg),
            float(lon_deg),
            None if np.isnan(elevation_m) else float(elevation_m),
            dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=int(time_us)),
        )
        for time_us, lat_deg, lon_deg, elevation_m in rows
    ]
    return gpxpy.gpx.GPXTrackSegment(points)
