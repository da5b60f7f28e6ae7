"""Samples written in the formats that phones, watches and loggers really write."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.testing.simulate_receiver import Sample

_NOTE = "simulated by geowallet.testing.simulate"

_SEGMENT_GAP_S = 900
"""A GPX track is cut into segments where it is silent for longer."""


def gpx_11(samples: Sequence[Sample], *, name: str) -> bytes:
    """Return a GPX 1.1 document as a watch writes it: position, height, time."""
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<gpx version="1.1" creator="{_NOTE}" xmlns="http://www.topografix.com/GPX/1/1">\n'
        f"<trk><name>{name}</name>\n"
    )
    return _gpx(samples, head, with_speed=False)


def gpx_10(samples: Sequence[Sample], *, name: str) -> bytes:
    """Return a GPX 1.0 document as a phone logger writes it, with speed in m/s."""
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<gpx version="1.0" creator="{_NOTE}" xmlns="http://www.topografix.com/GPX/1/0">\n'
        f"<trk><name>{name}</name>\n"
    )
    return _gpx(samples, head, with_speed=True)


def geojson(samples: Sequence[Sample], *, name: str) -> bytes:
    """Return a GeoJSON FeatureCollection of points (RFC 7946), one a line."""
    rows = [json.dumps(_feature(sample), separators=(",", ":")) for sample in samples]
    head = json.dumps({"type": "FeatureCollection", "name": f"{name} ({_NOTE})"})
    return (head[:-1] + ',"features":[\n' + ",\n".join(rows) + "\n]}\n").encode()


def csv(samples: Sequence[Sample], *, name: str) -> bytes:
    """Return comma-separated values with the header of GPSLogger for Android."""
    rows = ["time,lat,lon,elevation,accuracy,bearing,speed,satellites,provider,annotation"]
    for index, s in enumerate(samples):
        bearing = "" if s.bearing_deg is None else f"{s.bearing_deg % 360.0:.1f}"
        provider = "gps" if s.accuracy_m < 9.0 else "network"
        note = f"{name} ({_NOTE})" if index == 0 else ""
        rows.append(
            f"{_iso(s.time_s, '.000')},{s.point.lat_deg:.7f},{s.point.lon_deg:.7f},"
            f"{s.elevation_m:.1f},{s.accuracy_m:.1f},{bearing},{s.speed_mps:.2f},,{provider},{note}"
        )
    return ("\n".join(rows) + "\n").encode()


def plt(samples: Sequence[Sample], *, name: str) -> bytes:
    """Return the PLT dialect of a car logger: feet, days since 1899-12-30, GMT."""
    rows = [
        "Geolife trajectory",
        "WGS 84",
        "Altitude is in Feet",
        "Reserved 3",
        f"0,2,255,{name} ({_NOTE}),0,0,2,8421376",
        "0",
    ]
    for s in samples:
        when = dt.datetime.fromtimestamp(s.time_s, tz=dt.UTC)
        days = s.time_s / 86400.0 + 25569.0
        rows.append(
            f"{s.point.lat_deg:.6f},{s.point.lon_deg:.6f},0,{s.elevation_m / 0.3048:.0f},"
            f"{days:.10f},{when:%Y-%m-%d,%H:%M:%S}"
        )
    return ("\r\n".join(rows) + "\r\n").encode()


def gzipped(content: bytes) -> bytes:
    """Return ``content`` in a gzip member that carries neither time nor name."""
    return gzip.compress(content, compresslevel=9, mtime=0)


def _gpx(samples: Sequence[Sample], head: str, *, with_speed: bool) -> bytes:
    rows = [head, "<trkseg>\n"]
    last_s = samples[0].time_s if samples else 0
    for s in samples:
        if s.time_s - last_s > _SEGMENT_GAP_S:
            rows.append("</trkseg>\n<trkseg>\n")
        speed = f"<speed>{s.speed_mps:.1f}</speed>" if with_speed else ""
        rows.append(
            f'<trkpt lat="{s.point.lat_deg:.7f}" lon="{s.point.lon_deg:.7f}">'
            f"<ele>{s.elevation_m:.1f}</ele><time>{_iso(s.time_s)}</time>{speed}</trkpt>\n"
        )
        last_s = s.time_s
    rows.append("</trkseg>\n</trk>\n</gpx>\n")
    return "".join(rows).encode()


def _feature(sample: Sample) -> dict[str, object]:
    lon_deg, lat_deg = round(sample.point.lon_deg, 7), round(sample.point.lat_deg, 7)
    return {
        "type": "Feature",
        "geometry": {
            "type": "Point",
            "coordinates": [lon_deg, lat_deg, round(sample.elevation_m, 1)],
        },
        "properties": {
            "time": _iso(sample.time_s),
            "accuracy": sample.accuracy_m,
            "speed": round(sample.speed_mps, 2),
        },
    }


def _iso(time_s: int, fraction: str = "") -> str:
    return f"{dt.datetime.fromtimestamp(time_s, tz=dt.UTC):%Y-%m-%dT%H:%M:%S}{fraction}Z"
