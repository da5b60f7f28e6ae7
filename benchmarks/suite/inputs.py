"""Files for the suite, written once under ``build/bench/inputs``: one trace in every form.

The trace is the phone of the simulated month, or its watch, repeated month after month, on a
grid of 1e-7 degree: all readers can give the same numbers.
"""

from __future__ import annotations

import datetime as dt
import json
import struct
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.suite.environments import BUILD
from benchmarks.track_of import trace_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from geowallet.model.fixes import Fixes

FILES = 11
"""Of a folder: what a person has is many files of some hours each."""

Row = tuple[int, float, float, float, float]
"""Milliseconds, latitude, longitude, elevation and speed."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_FIT_EPOCH_S = 631_065_600


def made(form: str, n: int, *, files: int = 1, device: str = "phone") -> list[Path]:
    """Return the files of ``n`` fixes in a form of `FORMS`; written on first use."""
    prefix = "" if device == "phone" else f"{device}-"
    folder = BUILD / "inputs" / f"{prefix}{form}-{n}-{files}"
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        fixes = trace_of(n, device)
        for number, part in enumerate(np.array_split(np.arange(n), files)):
            taken = fixes.take(slice(int(part[0]), int(part[-1]) + 1))
            FORMS[form](taken, folder / f"part-{number:04d}.{form}")
        (folder / "done").touch()
    return sorted(path for path in folder.iterdir() if path.name != "done")


def _rows(fixes: Fixes) -> Iterator[Row]:
    columns = (fixes.lat_deg, fixes.lon_deg, fixes.elevation_m, fixes.speed_mps)
    known = (np.nan_to_num(column).tolist() for column in columns)
    yield from zip((fixes.time_us // 1000).tolist(), *known, strict=True)


def _iso(ms: int) -> str:
    return f"{(_EPOCH + dt.timedelta(milliseconds=ms)).isoformat(timespec='milliseconds')[:-6]}Z"


def _gpx(fixes: Fixes, path: Path) -> None:
    beside = (
        "    <extensions><gpxtpx:TrackPointExtension><gpxtpx:speed>{:.2f}</gpxtpx:speed>"
        "</gpxtpx:TrackPointExtension></extensions>\n"
    )
    if np.all(np.isnan(fixes.speed_mps)):
        beside = ""
    with path.open("w") as out:
        out.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="suite"'
            ' xmlns="http://www.topografix.com/GPX/1/1" xmlns:gpxtpx='
            '"http://www.garmin.com/xmlschemas/TrackPointExtension/v2">\n <trk><trkseg>\n'
        )
        out.writelines(
            f'   <trkpt lat="{lat:.7f}" lon="{lon:.7f}">\n    <ele>{ele:.1f}</ele>\n'
            f"    <time>{_iso(ms)}</time>\n{beside.format(speed)}   </trkpt>\n"
            for ms, lat, lon, ele, speed in _rows(fixes)
        )
        out.write(" </trkseg></trk>\n</gpx>\n")


def _records(fixes: Fixes, path: Path) -> None:
    with path.open("w") as out:
        out.write('{\n  "locations": [')
        for number, (ms, lat, lon, ele, speed) in enumerate(_rows(fixes)):
            record = {
                "latitudeE7": round(lat * 1e7),
                "longitudeE7": round(lon * 1e7),
                "accuracy": 12,
                "altitude": round(ele),
                "velocity": round(speed),
                "source": "GPS",
                "deviceTag": 184728372,
                "timestamp": _iso(ms),
            }
            body = json.dumps(record, indent=4).replace("\n}", "\n  }")
            out.write((", " if number else "") + body)
        out.write("]\n}\n")


def _csv(fixes: Fixes, path: Path) -> None:
    with path.open("w") as out:
        out.write("time,lat,lon,elevation,speed\n")
        out.writelines(
            f"{_iso(ms)},{lat:.7f},{lon:.7f},{ele:.1f},{speed:.2f}\n"
            for ms, lat, lon, ele, speed in _rows(fixes)
        )


def _tcx(fixes: Fixes, path: Path) -> None:
    with path.open("w") as out:
        out.write(
            '<?xml version="1.0"?>\n<TrainingCenterDatabase xmlns='
            '"http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities>'
            '<Activity Sport="Biking"><Id>2026-05-01T00:00:00Z</Id><Lap><Track>\n'
        )
        out.writelines(
            f"<Trackpoint><Time>{_iso(ms)}</Time><Position><LatitudeDegrees>{lat:.7f}"
            f"</LatitudeDegrees><LongitudeDegrees>{lon:.7f}</LongitudeDegrees></Position>"
            f"<AltitudeMeters>{ele:.1f}</AltitudeMeters></Trackpoint>\n"
            for ms, lat, lon, ele, _ in _rows(fixes)
        )
        out.write("</Track></Lap></Activity></Activities></TrainingCenterDatabase>\n")


def _kml(fixes: Fixes, path: Path) -> None:
    with path.open("w") as out:
        out.write(
            '<?xml version="1.0"?>\n<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx='
            '"http://www.google.com/kml/ext/2.2"><Document><Placemark><gx:Track>\n'
        )
        out.writelines(
            f"<when>{_iso(ms)}</when><gx:coord>{lon:.7f} {lat:.7f} {ele:.1f}</gx:coord>\n"
            for ms, lat, lon, ele, _ in _rows(fixes)
        )
        out.write("</gx:Track></Placemark></Document></kml>\n")


def _nmea(fixes: Fixes, path: Path) -> None:
    with path.open("w") as out:
        for ms, lat, lon, _, speed in _rows(fixes):
            moment = _EPOCH + dt.timedelta(milliseconds=ms)
            body = (
                f"GPRMC,{moment:%H%M%S}.{ms % 1000:03d},A,{_minutes(lat, 2)},"
                f"{'N' if lat >= 0 else 'S'},{_minutes(lon, 3)},{'E' if lon >= 0 else 'W'},"
                f"{speed / 0.514444:.2f},0.0,{moment:%d%m%y},,"
            )
            check = 0
            for byte in body.encode():
                check ^= byte
            out.write(f"${body}*{check:02X}\r\n")


def _minutes(degrees: float, width: int) -> str:
    whole, minutes = divmod(round(abs(degrees) * 6e8), 600_000_000)
    return f"{whole:0{width}d}{minutes / 1e7:010.7f}"


def _fit(fixes: Fixes, path: Path) -> None:
    """Write records of time and position with their definition; see Garmin's protocol."""
    fields = ((253, 4, 0x86), (0, 4, 0x85), (1, 4, 0x85))
    definition = struct.pack("<BBBHB", 0x40, 0, 0, 20, len(fields))
    body = bytearray(definition + b"".join(map(bytes, fields)))
    for ms, lat, lon, *_ in _rows(fixes):
        semicircles = (round(part * 2**31 / 180) for part in (lat, lon))
        body += struct.pack("<BIii", 0, ms // 1000 - _FIT_EPOCH_S, *semicircles)
    head = struct.pack("<BBHI4s", 14, 0x20, 2100, len(body), b".FIT")
    head += struct.pack("<H", _crc(head))
    path.write_bytes(head + body + struct.pack("<H", _crc(head + bytes(body))))


def _crc(data: bytes) -> int:
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value


def _npz(fixes: Fixes, path: Path) -> None:
    np.savez(path, time_us=fixes.time_us, lat_deg=fixes.lat_deg, lon_deg=fixes.lon_deg)


FORMS: dict[str, Callable[[Fixes, Path], None]] = {
    "gpx": _gpx,
    "json": _records,
    "csv": _csv,
    "tcx": _tcx,
    "kml": _kml,
    "nmea": _nmea,
    "fit": _fit,
    "npz": _npz,
}
"""What a trace can be written as."""
