"""Files to arrays by other libraries: ``python readers.py NAME FILE...``.

Runs in the peers' own environment and imports nothing of ours. Prints one line of
JSON: how many fixes, sums that every reader must agree on, processor seconds, and
the most memory ever held.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Columns = tuple[Any, Any, Any]
"""Latitudes and longitudes in degrees, milliseconds since the epoch."""


def gpxpy(path: Path) -> Columns:
    """Read GPX by gpxpy, which takes lxml where it is installed."""
    library = import_module("gpxpy")

    with path.open() as stream:
        parsed = library.parse(stream)
    points = [p for t in parsed.tracks for s in t.segments for p in s.points]
    return (
        [p.latitude for p in points],
        [p.longitude for p in points],
        [round(p.time.timestamp() * 1000) for p in points],
    )


def expat(path: Path) -> Columns:
    """Push GPX through expat without looking at it: the ceiling of a conformant parser."""
    with path.open("rb") as stream:
        import_module("xml.parsers.expat").ParserCreate().ParseFile(stream)
    return [], [], []


def ijson(path: Path) -> Columns:
    """Read Records.json by ijson, one event after the other."""
    library = import_module("ijson")

    columns: dict[str, list[Any]] = {
        "locations.item.latitudeE7": [],
        "locations.item.longitudeE7": [],
        "locations.item.timestamp": [],
    }
    with path.open("rb") as stream:
        for prefix, _, value in library.parse(stream):
            if prefix in columns:
                columns[prefix].append(value)
    return _from_e7(*columns.values())


def orjson(path: Path) -> Columns:
    """Read Records.json by orjson, whole."""
    library = import_module("orjson")

    records = library.loads(path.read_bytes())["locations"]
    return _from_e7(
        [record["latitudeE7"] for record in records],
        [record["longitudeE7"] for record in records],
        [record["timestamp"] for record in records],
    )


def lxml_tcx(path: Path) -> Columns:
    """Read TCX by lxml's iterparse."""
    etree = import_module("lxml.etree")

    space = "{http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2}"
    rows = []
    for _, point in etree.iterparse(str(path), tag=space + "Trackpoint"):
        position = point.find(space + "Position")
        rows.append(
            (
                float(position.findtext(space + "LatitudeDegrees")),
                float(position.findtext(space + "LongitudeDegrees")),
                point.findtext(space + "Time"),
            )
        )
        point.clear()
    return _with_iso(rows)


def lxml_kml(path: Path) -> Columns:
    """Read the gx:Track of a KML by lxml's iterparse."""
    etree = import_module("lxml.etree")

    whens, coordinates = [], []
    for _, element in etree.iterparse(str(path)):
        name = etree.QName(element).localname
        if name == "when":
            whens.append(element.text)
        elif name == "coord":
            coordinates.append(element.text.split())
        element.clear()
    return _with_iso(
        [(float(c[1]), float(c[0]), when) for c, when in zip(coordinates, whens, strict=True)]
    )


def pynmeagps(path: Path) -> Columns:
    """Read NMEA sentences by pynmeagps."""
    reader = import_module("pynmeagps").NMEAReader

    rows = []
    with path.open("rb") as stream:
        for _, message in reader(stream):
            if message.msgID == "RMC":
                moment = dt.datetime.combine(message.date, message.time, tzinfo=dt.UTC)
                rows.append((message.lat, message.lon, round(moment.timestamp() * 1000)))
    lat, lon, ms = zip(*rows, strict=True)
    return lat, lon, ms


def polars(path: Path) -> Columns:
    """Read CSV by polars."""
    library = import_module("polars")

    table = library.read_csv(path, columns=["time", "lat", "lon"])
    ms = table["time"].str.to_datetime(time_unit="ms", time_zone="UTC").dt.timestamp("ms")
    return table["lat"].to_numpy(), table["lon"].to_numpy(), ms.to_numpy()


def fitdecode(path: Path) -> Columns:
    """Read FIT by fitdecode, every message decoded."""
    library = import_module("fitdecode")

    with library.FitReader(str(path)) as reader:
        rows = [
            (
                frame.get_value("position_lat") * (180 / 2**31),
                frame.get_value("position_long") * (180 / 2**31),
                round(frame.get_value("timestamp").timestamp() * 1000),
            )
            for frame in reader
            if frame.frame_type == library.FIT_FRAME_DATA and frame.name == "record"
        ]
    lat, lon, ms = zip(*rows, strict=True)
    return lat, lon, ms


READERS: dict[str, Callable[[Path], Columns]] = {
    reader.__name__: reader
    for reader in (gpxpy, expat, ijson, orjson, lxml_tcx, lxml_kml, pynmeagps, polars, fitdecode)
}


LIBRARIES = {
    "expat": "xml.parsers.expat",
    "lxml_tcx": "lxml.etree",
    "lxml_kml": "lxml.etree",
}
"""What a reader imports, where it is not called as its library."""


def _from_e7(lat: Sequence[int], lon: Sequence[int], times: Sequence[str]) -> Columns:
    return np.array(lat) / 1e7, np.array(lon) / 1e7, _ms(times)


def _with_iso(rows: list[tuple[float, float, str]]) -> Columns:
    lat, lon, times = zip(*rows, strict=True)
    return lat, lon, _ms(times)


def _ms(times: Sequence[str]) -> list[int]:
    return [round(dt.datetime.fromisoformat(text).timestamp() * 1000) for text in times]


def peak_mb() -> float:
    """Return the most memory that this process ever held; not what started it, as rusage says."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def main() -> None:
    """Read the files one after the other and say what was found."""
    name, *paths = sys.argv[1:]
    import_module(LIBRARIES.get(name, name))  # its start is measured apart
    before_s = time.process_time()
    found = [READERS[name](Path(path)) for path in paths]
    lat, lon, ms = (
        np.concatenate([np.asarray(part) for part in parts]) for parts in zip(*found, strict=True)
    )
    cpu_s = time.process_time() - before_s
    sums = [len(lat), *(int(np.rint(np.sum(np.rint(part * 1e7)))) for part in (lat, lon))]
    answer = {
        "start_s": before_s,
        "sums": [*sums, int(ms.astype(np.int64).sum())] if len(lat) else [],
        "cpu_s": cpu_s,
        "peak_mb": peak_mb(),
    }
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
