"""One fix from the values of a JSON record, checked one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geowallet.connectors.fields.json_values import instant, real
from geowallet.connectors.fields.rows import BAD_POSITION, BAD_TIME, NO_POSITION, position

if TYPE_CHECKING:
    from geowallet.connectors.fields.devices import Devices
    from geowallet.model.words import Phrase


def add_fix(
    devices: Devices, device: str, time: Any, lat: Any, lon: Any, **known: float
) -> int | Phrase:
    """Add a fix and return its time in microseconds, or what is wrong with it.

    Args:
        devices: Where to add it.
        device: As the source names it, or "".
        time: As `json_values.instant` reads it.
        lat: Degrees, as a number or between quotes.
        lon: Likewise.
        **known: Columns, as in `FixRows.add`.
    """
    if lat is None or lon is None:
        return NO_POSITION
    try:
        lat_deg, lon_deg = real(lat), real(lon)
    except (TypeError, ValueError):
        return BAD_POSITION
    wrong = position(lat_deg, lon_deg)
    if wrong is not None:
        return wrong
    try:
        time_us, kind = instant(time)
        devices.add(device, time_us, kind, lat_deg, lon_deg, **known)
    except (TypeError, ValueError, OverflowError):
        return BAD_TIME
    return time_us
