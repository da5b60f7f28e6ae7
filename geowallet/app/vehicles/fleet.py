"""Which vehicle a trip was made with: at most one, and none where nothing decides.

A word on the trip goes before a rule, a rule before the device that recorded it, and a
device before the bare fact that the owner had one vehicle of the kind on that day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.app.intake.sources import sources
from geowallet.app.settings import vehicles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geowallet.app.intake.sources import Source
    from geowallet.model.mobility import DescribedTrip, Trip, Vehicle
    from geowallet.vault.store import Vault


@dataclass(frozen=True, slots=True)
class Fleet:
    """The owner's vehicles and the files that may tell them apart.

    Attributes:
        vehicles: All of them, whenever they were the owner's.
        sources: Imported files by digest; empty where no vehicle names a device.
    """

    vehicles: Sequence[Vehicle]
    sources: Mapping[str, Source]

    def vehicle_of(self, described: DescribedTrip, said: Iterable[str] = ()) -> str:
        """Return the id of the vehicle of a trip, or "" where nothing decides.

        Args:
            described: With its day and modes.
            said: Ids that the owner said, the strongest first; one that is of another
                kind, or was not the owner's on that day, says nothing.
        """
        mode = described.trip.main_leg.mode
        fitting = [v for v in self.vehicles if v.mode is mode and v.held_on(described.day)]
        ids = {vehicle.id for vehicle in fitting}
        for name in said:
            if name in ids:
                return name
        devices = self._devices(described.trip)
        found = [v for v in fitting if any(name.casefold() in devices for name in v.devices)]
        chosen = found or fitting
        return chosen[0].id if len(chosen) == 1 else ""

    def _devices(self, trip: Trip) -> frozenset[str]:
        """Return the devices and formats of the traces that cover a part of ``trip``."""
        known = (self.sources[name] for name in trip.sources if name in self.sources)
        return frozenset(
            name.casefold()
            for source in known
            for trace in source.traces
            if any(first <= trip.end_us and trip.start_us <= last for first, last in trace.runs)
            for name in (trace.device, source.connector)
            if name
        )


def fleet_of(vault: Vault) -> Fleet:
    """Return the vehicles of the wallet; files are read only where a device may decide."""
    known = vehicles(vault)
    asked = any(vehicle.devices for vehicle in known)
    return Fleet(known, {source.sha256: source for source in sources(vault)} if asked else {})
