"""Runs trackintel on what stands on standard input; has an environment of its own.

Reads one JSON object of parallel lists: ``{"lines": [[[lon, lat], ...], ...], "spans":
[[start_s, end_s], ...]}`` gives ``{"modes": [...]}``; ``{"time_s": [...], "lat_deg":
[...], "lon_deg": [...]}`` gives ``{"stops": [[start_s, end_s], ...], "legs": [[start_s,
end_s, mode], ...], "seconds": processor time}``.
"""

import importlib
import json
import sys
import time
import warnings
from typing import Any

geopandas, pandas, shapely, trackintel = map(
    importlib.import_module, ("geopandas", "pandas", "shapely", "trackintel")
)


def modes(given: dict[str, Any]) -> dict[str, Any]:
    """Return trackintel's three classes of each line."""
    starts, ends = zip(*given["spans"], strict=True)
    frame = geopandas.GeoDataFrame(
        {
            "user_id": 0,
            "started_at": pandas.to_datetime(starts, unit="s", utc=True),
            "finished_at": pandas.to_datetime(ends, unit="s", utc=True),
        },
        geometry=[shapely.LineString(line) for line in given["lines"]],
        crs=4326,
    )
    frame.index.name = "id"
    found = trackintel.Triplegs(frame).predict_transport_mode()
    return {"modes": found["mode"].astype(str).tolist()}


def stays(given: dict[str, Any]) -> dict[str, Any]:
    """Return its stay points and legs with its default parameters."""
    frame = geopandas.GeoDataFrame(
        {
            "user_id": 0,
            "tracked_at": pandas.to_datetime(given["time_s"], unit="s", utc=True),
        },
        geometry=geopandas.points_from_xy(given["lon_deg"], given["lat_deg"]),
        crs=4326,
    )
    frame.index.name = "id"
    begun = time.process_time()
    fixes, stops = trackintel.Positionfixes(frame).generate_staypoints(
        method="sliding", dist_threshold=100, time_threshold=5.0, gap_threshold=15.0
    )
    fixes, legs = fixes.generate_triplegs(stops)
    legs = legs.predict_transport_mode()
    seconds = time.process_time() - begun

    def span(row: Any) -> list[float]:
        return [row.started_at.timestamp(), row.finished_at.timestamp()]

    return {
        "stops": [span(row) for row in stops.itertuples()],
        "legs": [[*span(row), str(row.mode)] for row in legs.itertuples()],
        "seconds": seconds,
    }


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    asked = json.load(sys.stdin)
    json.dump(modes(asked) if "lines" in asked else stays(asked), sys.stdout)
