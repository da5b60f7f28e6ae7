"""The time zone at a position, looked up offline by an optional library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.model.errors import BadOptionError
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Callable


def zone_finder() -> Callable[[float, float], str]:
    """Return a function of latitude and longitude (degrees) that gives the IANA zone there.

    At sea it is the nautical zone, such as Etc/GMT+2. Borders are simplified: within
    some hundred metres of one the zone may be the neighbour's.

    Raises:
        BadOptionError: The library is not installed.
    """
    try:
        import tzfpy  # noqa: PLC0415  an extra that most do without
    except ImportError as error:
        reason = N_("to look zones up, install the extra: pip install 'geowallet[zones]'")
        raise BadOptionError(option="--zone position", reason=reason) from error
    return lambda lat_deg, lon_deg: tzfpy.get_tz(lon_deg, lat_deg)
