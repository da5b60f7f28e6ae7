"""Choosing a connector for a source: one of ours by its content, or a guest that is trusted."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Protocol

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
from geowallet.model.errors import NotATraceError, UnknownFormatError

if TYPE_CHECKING:
    from geowallet.connectors.api import Connector
    from geowallet.model.errors import GeowalletError

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


class Guests(Protocol):
    """The connectors of other packages, of which only trusted ones are ever started."""

    def names(self) -> tuple[str, ...]:
        """Return the names of those that are trusted."""

    def named(self, name: str) -> Connector | None:
        """Return the one of this name; None where no package has it.

        Raises:
            ConnectorNotTrustedError: It is not trusted.
            ConnectorChangedError: It is not what was trusted.
            ConnectorUnusableError: It could never run.
        """

    def of_ending(self, ending: str) -> tuple[Connector, ...]:
        """Return those that may be started and name this ending, lower case with its dot."""

    def missed(self, ending: str) -> GeowalletError | None:
        """Return why one that names this ending may not be started, if there is such a one."""


class _Nobody:
    """No guests."""

    def names(self) -> tuple[str, ...]:
        return ()

    def named(self, name: str) -> Connector | None:  # noqa: ARG002  nobody has any name
        return None

    def of_ending(self, ending: str) -> tuple[Connector, ...]:  # noqa: ARG002  nor any ending
        return ()

    def missed(self, ending: str) -> GeowalletError | None:  # noqa: ARG002  nor is missed
        return None


NOBODY: Guests = _Nobody()
"""Only what is built in."""


def by_name(name: str, guests: Guests = NOBODY) -> Connector:
    """Return the connector named ``name``; ours, if both have the name.

    Raises:
        UnknownFormatError: None has that name.
        GeowalletError: What `Guests.named` raises.
    """
    ours = next((connector for connector in BUILTIN if connector.name == name), None)
    found = ours or guests.named(name)
    if found is None:
        known = sorted((*(connector.name for connector in BUILTIN), *guests.names()))
        raise UnknownFormatError(candidates=", ".join(known))
    return found


def connector_for(name: str, head: bytes, guests: Guests = NOBODY) -> Connector:
    """Choose by content: a specific format before a generic one, the extension to break ties.

    A guest sees the head of a source only if none of ours that is specific claims
    it, and if the guest named its ending.

    Args:
        name: File name, for its ending only.
        head: The first `HEAD_BYTES` of the source.
        guests: Connectors of other packages.

    Raises:
        NotATraceError: The bytes are a known other thing.
        UnknownFormatError: No connector, or more than one, claims the source.
        GeowalletError: `Guests.missed`, where nothing claims it.
    """
    what = foreign_kind(head)
    if what is not None:
        raise NotATraceError(what=what)
    suffix = PurePath(name).suffix.lower()
    claims = [connector for connector in BUILTIN if connector.sniff(head)]
    if all(_is_generic(connector) for connector in claims):
        claims += [guest for guest in guests.of_ending(suffix) if guest.sniff(head)]
    claims = [c for c in claims if not _is_generic(c)] or claims
    if len(claims) > 1:
        claims = [c for c in claims if suffix in c.extensions] or claims
    missed = None if claims else guests.missed(suffix)
    if missed is not None:
        raise missed
    if not claims and is_binary(head):
        raise NotATraceError(what=BINARY)
    if len(claims) != 1:
        raise UnknownFormatError(candidates=", ".join(c.name for c in claims) or "-")
    return claims[0]


def _is_generic(connector: Connector) -> bool:
    """Say whether its format is a mere container (any table, any GeoJSON) of more specific ones."""
    return bool(getattr(connector, "generic", False))
