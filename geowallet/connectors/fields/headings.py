"""What a column or property is, from the many names it goes by.

Aliases were collected from the exports of loggers, phones and other wallets;
``hdop`` is missing on purpose: it is no length.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from geowallet.model.errors import BadOptionError
from geowallet.model.words import N_

_ALIASES: dict[str, tuple[str, ...]] = {
    "lat": ("lat", "latitude", "y", "lat deg", "latitude deg", "gps latitude", "latitude n/s",
            "gps lat", "location lat", "position lat", "gpslatitude", "latitudedegrees",
            "breite", "breitengrad", "latitud", "latitudine"),
    "lon": ("lon", "lng", "long", "longitude", "x", "lon deg", "longitude deg", "gps longitude",
            "longitude e/w", "gps lon", "gps long", "location lon", "location lng",
            "position long", "position lon", "gpslongitude", "longitudedegrees", "länge",
            "laenge", "längengrad", "laengengrad", "longitud", "longitudine"),
    "lat_e7": ("latitudee7", "lat e7", "late7", "latitude e7"),
    "lon_e7": ("longitudee7", "lon e7", "lone7", "lng e7", "lnge7", "longitude e7"),
    "ns": ("n/s", "ns", "lat ns", "latitude hemisphere"),
    "ew": ("e/w", "ew", "lon ew", "longitude hemisphere"),
    "wkt": ("wkt", "geom", "geometry", "the geom", "point", "location", "coordinates"),
    "time": ("time", "timestamp", "datetime", "date time", "date/time", "tracked at",
             "recorded at", "recordedat", "fix time", "fixtime", "tst", "when", "t", "ts",
             "time utc", "utc time", "utc", "utc datetime", "timestamp utc", "start time",
             "starttime", "gps time", "gpstime", "device time", "devicetime", "event time",
             "created at", "date utc time", "timestampms", "timestamp ms", "time ms",
             "epoch", "unix time", "unixtime", "position time", "gpsdatetime", "unixtimemillis",
             "unix time millis", "zeit", "zeitstempel", "horodatage", "date heure", "fecha hora"),
    "date": ("date", "day", "utc date", "date utc", "utc d", "lcl date", "local date",
             "datum", "fecha"),
    "year": ("year",),
    "month": ("month",),
    "hour": ("hour",),
    "minute": ("min", "minute"),
    "second": ("sec", "second"),
    "clock": ("utc t", "lcl time", "local time", "time of day", "clock",
              "heure", "uhrzeit", "hora", "ora"),
    "offset": ("utcofst", "utc offset", "offset", "tz offset", "timezone offset"),
    "elevation_m": ("ele", "elevation", "alt", "altitude", "height", "alt m", "elevation m",
                    "altitude meters", "gps altitude", "height m", "altitudemeters", "gpsaltitude",
                    "höhe", "hoehe", "altitud"),
    "accuracy_m": ("accuracy", "acc", "hacc", "accuracy m", "horizontal accuracy",
                   "accuracy horizontal", "horizontalaccuracy", "gps accuracy",
                   "horizontal accuracy m", "hacc m", "accuracymeters"),
    "speed_mps": ("speed", "gps speed", "speed mps", "ground speed", "speed over ground", "sog",
                  "speedmps", "vitesse", "geschwindigkeit", "velocidad"),
    "bearing_deg": ("bearing", "course", "heading", "cog", "direction", "bearing deg",
                    "course over ground", "azimuth", "bearingdegrees", "headmot"),
    "device": ("user id", "userid", "user", "device id", "deviceid", "device", "device name",
               "tracker", "tracker id", "vehicle id", "vehicle", "participant", "participant id",
               "subject", "imei", "driver", "tid"),
}  # fmt: skip

_FIELD_OF = {alias: field for field, aliases in _ALIASES.items() for alias in aliases}

_SCALES: dict[str, dict[str, float]] = {
    "speed_mps": {
        "m/s": 1.0, "mps": 1.0, "ms": 1.0, "meters/second": 1.0, "meter/sec": 1.0,
        "km/h": 1 / 3.6, "kmh": 1 / 3.6, "kph": 1 / 3.6, "km/hr": 1 / 3.6,
        "mph": 0.44704, "mile/hr": 0.44704, "kt": 1852 / 3600, "kn": 1852 / 3600,
        "knots": 1852 / 3600, "kts": 1852 / 3600,
    },
    "elevation_m": {"m": 1.0, "meters": 1.0, "ft": 0.3048, "feet": 0.3048, "ft msl": 0.3048},
    "accuracy_m": {"m": 1.0, "meters": 1.0, "ft": 0.3048, "feet": 0.3048},
}  # fmt: skip
"""Factors to the unit of the column. Exact by definition: mile 1609.344 m, nautical
mile 1852 m, foot 0.3048 m (BIPM, SI Brochure, 8th ed., table 8)."""

_BRACKETS = re.compile(r"[(\[](.*?)[)\]]")
_NUMBERS = re.compile(r"[-+]?\d+\.?\d*\s+[-+]?\d")
"""In brackets, these are a value such as POINT (2.3 48.8), not a unit."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What one column holds.

    Attributes:
        name: As written in the source, for messages.
        field: Our word for it.
        scale: Factor to our unit.
        says_utc: The name itself says that its times are UTC.
    """

    name: str
    field: str
    scale: float = 1.0
    says_utc: bool = False


def heading_of(name: str) -> Heading | None:
    """Return what a column called ``name`` holds, or None if it is of no use."""
    plain = name.strip(" \t\r\n\ufeff\"'#").lower()
    unit = _BRACKETS.search(plain)
    base = " ".join(re.split(r"[\s_.-]+", _BRACKETS.sub(" ", plain).strip()))
    written = unit[1].strip() if unit else ""
    if _NUMBERS.match(written):
        return None
    field = _FIELD_OF.get(base)
    if field is None and " " in base:
        stem, _, last = base.rpartition(" ")
        candidate = _FIELD_OF.get(stem)
        if candidate is not None and last in _SCALES.get(candidate, {}):
            field, written = candidate, last
    if field is None:
        return None
    scales = _SCALES.get(field)
    if scales is not None and written and written not in scales:
        return None
    says_utc = "utc" in plain or "gmt" in plain or plain == "epoch"
    return Heading(name.strip(), field, scales.get(written, 1.0) if scales else 1.0, says_utc)


def scale_of(field: str, unit: str) -> float:
    """Return the factor from ``unit``, as written in a cell, to ``field``'s; NaN if unknown."""
    return _SCALES.get(field, {}).get(unit, math.nan)


def headings_of(names: list[str]) -> dict[str, tuple[int, Heading]]:
    """Return column number and heading per field; the first column of a field wins.

    ``time`` beside ``date`` is the time of day: then it is called ``clock``.
    """
    found: dict[str, tuple[int, Heading]] = {}
    for number, name in enumerate(names):
        heading = heading_of(name)
        if heading is not None and heading.field not in found:
            found[heading.field] = (number, heading)
    if "date" in found and "clock" not in found and "time" in found:
        found["clock"] = found.pop("time")
    return found


def columns_said(text: str) -> tuple[str, ...]:
    """Return the names of columns as the owner wrote them, such as ``time,lat,lon,-,speed``.

    Raises:
        BadOptionError: A name that no column has, or no position among them.
    """
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if name not in {"", "-"} and heading_of(name) is None:
            reason = N_("use names such as time, lat, lon, speed, accuracy; '-' passes one over")
            raise BadOptionError(option="--columns", reason=reason)
    if not holds_positions(headings_of(["" if name == "-" else name for name in names])):
        raise BadOptionError(option="--columns", reason=N_("name lat and lon among them"))
    return names


def holds_positions(found: dict[str, tuple[int, Heading]]) -> bool:
    """Say whether the columns are enough for a position."""
    fields = found.keys()
    return {"lat", "lon"} <= fields or {"lat_e7", "lon_e7"} <= fields or "wkt" in fields
