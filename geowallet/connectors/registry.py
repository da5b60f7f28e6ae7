"""Finding connectors: built in, and by entry points, loaded one at a time when needed."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import PurePath
from typing import TYPE_CHECKING, BinaryIO

from geowallet.connectors.api import ReadOptions, ReadResult
from geowallet.connectors.foreign import BINARY, foreign_kind, is_binary
from geowallet.connectors.phone.apple_health import AppleHealthConnector
from geowallet.connectors.phone.arc import ArcConnector
from geowallet.connectors.phone.coachco2 import CoachCo2Connector
from geowallet.connectors.phone.dawarich import DawarichConnector
from geowallet.connectors.phone.google_records import GoogleRecordsConnector
from geowallet.connectors.phone.google_semantic import GoogleSemanticConnector
from geowallet.connectors.phone.google_timeline import GoogleTimelineConnector
from geowallet.connectors.phone.openpath import OpenPathConnector
from geowallet.connectors.phone.overland import OverlandConnector
from geowallet.connectors.phone.owntracks import OwnTracksConnector
from geowallet.connectors.phone.polarsteps import PolarstepsConnector
from geowallet.connectors.phone.samsung_health import SamsungHealthConnector
from geowallet.connectors.phone.strava import StravaConnector
from geowallet.connectors.phone.traccar_csv import TraccarCsvConnector
from geowallet.connectors.phone.traccar_json import TraccarJsonConnector
from geowallet.connectors.standard.fit import FitConnector
from geowallet.connectors.standard.geojson import GeoJsonConnector
from geowallet.connectors.standard.gpx import GpxConnector
from geowallet.connectors.standard.igc import IgcConnector
from geowallet.connectors.standard.kml import KmlConnector
from geowallet.connectors.standard.nmea import NmeaConnector
from geowallet.connectors.standard.plt import PltConnector
from geowallet.connectors.standard.tabular import CsvConnector
from geowallet.connectors.standard.tcx import TcxConnector
from geowallet.connectors.vehicle.mds import MdsConnector
from geowallet.connectors.vehicle.openxc import OpenXcConnector
from geowallet.connectors.vehicle.teslafi import TeslaFiConnector
from geowallet.connectors.vehicle.teslamate import TeslaMateConnector
from geowallet.connectors.vehicle.torque import TorqueConnector
from geowallet.model.errors import (
    GeowalletError,
    NotATraceError,
    UnknownFormatError,
    UnreadableSourceError,
)
from geowallet.model.words import N_

if TYPE_CHECKING:
    from geowallet.connectors.api import Connector

GROUP = "geowallet.connectors"
SWITCH = "GEOWALLET_PLUGINS"
"""Environment variable; "none" turns the connectors of other packages off."""

BUILTIN: tuple[Connector, ...] = (
    GpxConnector(),
    FitConnector(),
    TcxConnector(),
    KmlConnector(),
    NmeaConnector(),
    IgcConnector(),
    GeoJsonConnector(),
    PltConnector(),
    CsvConnector(),
    GoogleRecordsConnector(),
    OwnTracksConnector(),
    OverlandConnector(),
    TraccarJsonConnector(),
    DawarichConnector(),
    SamsungHealthConnector(),
    OpenXcConnector(),
    MdsConnector(),
    GoogleSemanticConnector(),
    GoogleTimelineConnector(),
    OpenPathConnector(),
    CoachCo2Connector(),
    ArcConnector(),
    PolarstepsConnector(),
    TeslaFiConnector(),
    TeslaMateConnector(),
    TraccarCsvConnector(),
    TorqueConnector(),
    StravaConnector(),
    AppleHealthConnector(),
)


@dataclass(frozen=True, slots=True)
class GuestConnector:
    """A connector of another package; whatever it raises becomes a named error."""

    guest: Connector
    name: str
    extensions: tuple[str, ...]
    generic: bool = False

    def sniff(self, head: bytes) -> bool:
        """Say whether the guest claims the source; a guest that fails does not."""
        try:
            return bool(self.guest.sniff(head))
        except Exception:  # noqa: BLE001  third-party code: anything can happen
            return False

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        """Read with the guest, who gets no secret, and check what it returns."""
        try:
            result = self.guest.read(stream, replace(options, secret=None, unbox=None))
        except GeowalletError:
            raise
        except Exception as error:
            reason = N_("its connector failed; report it to the connector's author")
            raise UnreadableSourceError(format=self.name, reason=reason) from error
        if not isinstance(result, ReadResult):
            reason = N_("its connector returned something else than traces")
            raise UnreadableSourceError(format=self.name, reason=reason)
        return result


def installed() -> tuple[tuple[Connector, ...], tuple[str, ...]]:
    """Return the connectors of other packages, and why any could not be loaded.

    One broken package costs its own connector, never the command; the reason
    names the distribution, so that the user knows what to uninstall.
    """
    if os.environ.get(SWITCH) == "none":
        return (), ()
    return _loaded()


@cache
def _loaded() -> tuple[tuple[Connector, ...], tuple[str, ...]]:
    loaded: list[Connector] = []
    failures: list[str] = []
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        owner = entry.dist.name if entry.dist else "unknown package"
        try:
            loaded.append(_guest(entry))
        except Exception as error:  # noqa: BLE001  third-party code: anything can happen
            failures.append(f"{entry.name} (from {owner}): {type(error).__name__}")
    return tuple(loaded), tuple(failures)


def _guest(entry: EntryPoint) -> GuestConnector:
    guest = entry.load()()
    extensions = tuple(str(extension).lower() for extension in guest.extensions)
    if not callable(guest.sniff) or not callable(guest.read):
        raise TypeError("not a connector")
    return GuestConnector(guest, str(guest.name), extensions, _is_generic(guest))


def connectors() -> tuple[Connector, ...]:
    """Return every connector that can be used now, built-in ones first."""
    return (*BUILTIN, *installed()[0])


def by_name(name: str) -> Connector:
    """Return the connector named ``name``.

    Raises:
        UnknownFormatError: None, or several, have that name.
    """
    found = [connector for connector in connectors() if connector.name == name]
    if len(found) != 1:
        raise UnknownFormatError(candidates=", ".join(sorted(c.name for c in connectors())))
    return found[0]


def connector_for(name: str, head: bytes) -> Connector:
    """Choose by content: a specific format before a generic one, the extension to break ties.

    Args:
        name: File name, for its ending only.
        head: The first `HEAD_BYTES` of the source.

    Raises:
        NotATraceError: The bytes are a known other thing.
        UnknownFormatError: No connector, or more than one, claims the source.
    """
    what = foreign_kind(head)
    if what is not None:
        raise NotATraceError(what=what)
    claims = [connector for connector in connectors() if connector.sniff(head)]
    claims = [c for c in claims if not _is_generic(c)] or claims
    if len(claims) > 1:
        suffix = PurePath(name).suffix.lower()
        claims = [c for c in claims if suffix in c.extensions] or claims
    if not claims and is_binary(head):
        raise NotATraceError(what=BINARY)
    if len(claims) != 1:
        raise UnknownFormatError(candidates=", ".join(c.name for c in claims) or "none")
    return claims[0]


def _is_generic(connector: Connector) -> bool:
    """Say whether its format is a mere container (any table, any GeoJSON) of more specific ones."""
    return bool(getattr(connector, "generic", False))
