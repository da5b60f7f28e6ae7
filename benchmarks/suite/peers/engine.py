"""trackintel: stops, legs, modes. ``python engine.py stops TABLE`` or ``wallet OUT FILE...``.

``wallet`` reads GPX by gpxpy, analyses it, and keeps every position as a plain row
of SQLite. Runs in the peers' own environment; prints what `readers.py` prints.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import time
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

LIBRARIES = ("geopandas", "pandas", "trackintel")
DISTANCE_M, STAY_MIN, GAP_MIN = 100, 5.0, 15.0


def legs_of(time_us: Any, lat_deg: Any, lon_deg: Any) -> Any:
    """Return trackintel's stay points and legs with modes, by its default parameters."""
    geopandas, pandas, trackintel = map(import_module, LIBRARIES)
    frame = geopandas.GeoDataFrame(
        {"user_id": 0, "tracked_at": pandas.to_datetime(time_us, unit="us", utc=True)},
        geometry=geopandas.points_from_xy(lon_deg, lat_deg),
        crs=4326,
    )
    frame.index.name = "id"
    fixes, stops = trackintel.Positionfixes(frame).generate_staypoints(
        method="sliding",
        dist_threshold=DISTANCE_M,
        time_threshold=STAY_MIN,
        gap_threshold=GAP_MIN,
    )
    _, legs = fixes.generate_triplegs(stops)
    return stops, legs.predict_transport_mode()


def stops(path: str) -> int:
    """Analyse a stored table."""
    with np.load(path) as table:
        columns = table["time_us"], table["lat_deg"], table["lon_deg"]
    legs_of(*columns)
    return len(columns[0])


def wallet(out: str, *paths: str) -> int:
    """Read, analyse, store."""
    gpxpy = import_module("gpxpy")
    rows = []
    for path in paths:
        with Path(path).open() as stream:
            parsed = gpxpy.parse(stream)
        rows += [
            (round(p.time.timestamp() * 1e6), p.latitude, p.longitude, p.elevation)
            for t in parsed.tracks
            for s in t.segments
            for p in s.points
        ]
    found, legs = legs_of(*(np.array(column) for column in list(zip(*rows, strict=True))[:3]))
    db = sqlite3.connect(out)
    db.execute("CREATE TABLE fix (time_us INTEGER, lat REAL, lon REAL, elevation REAL)")
    db.execute("CREATE TABLE leg (started_at TEXT, finished_at TEXT, mode TEXT)")
    db.executemany("INSERT INTO fix VALUES (?, ?, ?, ?)", rows)
    kept = zip(legs.started_at.astype(str), legs.finished_at.astype(str), legs["mode"], strict=True)
    db.executemany("INSERT INTO leg VALUES (?, ?, ?)", kept)
    db.commit()
    db.close()
    if not len(found):
        raise SystemExit("no stop was found")
    return len(rows)


def peak_mb() -> float:
    """Return the most memory that this process ever held; not what started it, as rusage says."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def main() -> None:
    """Do one of the two."""
    warnings.filterwarnings("ignore")
    name, *words = sys.argv[1:]
    for library in LIBRARIES:
        import_module(library)  # its start is not measured
    before_s = time.process_time()
    n = stops(*words) if name == "stops" else wallet(*words)
    answer = {
        "sums": [n],
        "start_s": before_s,
        "cpu_s": time.process_time() - before_s,
        "peak_mb": peak_mb(),
    }
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
