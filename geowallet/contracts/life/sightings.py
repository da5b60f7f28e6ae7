"""Sightings that the recipient already holds, and asks the committed track about.

A fuel card at a pump, a toll gate, a badge at a door: time and place are known to
them without the wallet. So that a list of sightings does not become a question
where somebody was, it is signed, short, each window at most an hour, no two of
the same quarter hour, and each one counts against the budget of the contract.

Source:
    J. Balasch et al., "PrETP", USENIX Security 2010, section 4 (spot checks).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.contracts.evaluation.cells import cells_around, place_mark, slot_at
from geowallet.contracts.life.audit import Asked, asked_as_json, check_asker, read_asked
from geowallet.contracts.life.signed import read_signed, signed_bytes
from geowallet.contracts.terms.members import Members
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.calendar import Period, instant_us
from geowallet.model.mobility import PlaceKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.contracts.life.grant import Contract
    from geowallet.contracts.life.signed import Signed

SIGHTINGS_SCHEMA = "geowallet.sightings/1"
SIGHTINGS_TYP = "geowallet-sightings+jws"
"""Says in the signed header that sightings were meant, and nothing else."""

KEPT_AS = ("fuel_card", "toll", "parking", "badge", "appointment", "other")
"""What the recipient says it holds; a false word stands under its signature."""

PLACES = (PlaceKind.WORK.value, PlaceKind.CLIENT.value)
"""Kinds of place that a sighting may name; nobody but the owner sights them at home."""

MOST_SIGHTINGS = 20
"""Of one file."""

LONGEST_WINDOW_MINUTES = 60

WIDEST_RADIUS_M = 2_000

NORTHERNMOST_E5 = 8_000_000
"""80 degrees: nearer to the poles the squares are too narrow to mean anything."""


@dataclass(frozen=True, slots=True)
class Area:
    """A circle; hundred-thousandths of a degree are about a metre."""

    lat_e5: int
    lon_e5: int
    radius_m: int


@dataclass(frozen=True, slots=True)
class Sighting:
    """One thing that the recipient saw.

    Attributes:
        kept_as: Of `KEPT_AS`.
        start: Beginning of the window, UTC, whole minutes.
        end: Its end, after the beginning and at most an hour later.
        place: Of `PLACES`, or "" where an area is named.
        area: Where, or None where a kind of place is named.
    """

    kept_as: str
    start: dt.datetime
    end: dt.datetime
    place: str = ""
    area: Area | None = None

    def marks(self) -> frozenset[str]:
        """Return what a track that agrees has in one of the quarter hours."""
        if self.area is None:
            return frozenset({place_mark(self.place)})
        return cells_around(self.area.lat_e5, self.area.lon_e5, self.area.radius_m)

    def slots(self, period: Period) -> tuple[int, ...]:
        """Return the quarter hours of its window in the grid of ``period``; maybe none."""
        minutes = int((self.end - self.start).total_seconds()) // 60
        times = [self.start + dt.timedelta(minutes=n) for n in range(minutes)]
        found = {slot_at(period, instant_us(time)) for time in times}
        return tuple(sorted(slot for slot in found if slot is not None))


@dataclass(frozen=True, slots=True)
class Sightings:
    """A signed list of sightings of one export's period.

    Attributes:
        about: Which export.
        sightings: One or more, of different quarter hours.
        sha256: Digest (hex) of what was signed: the name of this list.
    """

    about: Asked
    sightings: tuple[Sighting, ...]
    sha256: str


def sightings_bytes(
    contract: Contract, private_jwk: dict[str, Any], about: Asked, sightings: Sequence[Sighting]
) -> bytes:
    """Return the signed list as a file for the holder.

    Raises:
        ContractSignatureError: ``private_jwk`` is not the recipient's key.
        BadContractError: A list that no wallet would read.
    """
    listed = [_as_json(sighting) for sighting in sightings]
    value = asked_as_json(contract, about) | {"sightings": listed}
    body = signed_bytes(SIGHTINGS_SCHEMA, value, {"signature": (private_jwk, SIGHTINGS_TYP)})
    check_sightings(body, contract)
    return body


def read_sightings(data: bytes) -> Sightings:
    """Read what `sightings_bytes` wrote; the signature is `check_sightings`'s.

    Raises:
        BadContractError: Not such a file.
    """
    return _sightings(data)[0]


def check_sightings(data: bytes, contract: Contract) -> Sightings:
    """Read a list and check that the recipient of ``contract`` signed it.

    Raises:
        BadContractError: Not such a file, or of another contract.
        ContractSignatureError: Altered, or signed with another key.
    """
    found, signed = _sightings(data)
    check_asker(signed, found.about, contract, SIGHTINGS_TYP)
    return found


def _sightings(data: bytes) -> tuple[Sightings, Signed]:
    signed = read_signed(data, SIGHTINGS_SCHEMA)
    members = signed.members
    about = read_asked(members)
    raw = members.each("sightings", lambda item: item, least=1, most=MOST_SIGHTINGS)
    found = tuple(_sighting(Members(item, f"sightings[{n}]")) for n, item in enumerate(raw))
    period = Period.parse(about.period)
    slots = [slot for sighting in found for slot in sighting.slots(period)]
    if len(set(slots)) < len(slots):
        raise members.refusal("two of the same quarter hour", "sightings")
    if not all(sighting.slots(period) for sighting in found):
        raise members.refusal("one outside the period", "sightings")
    members.done()
    return Sightings(about, found, sha256_hex(signed.payload)), signed


def _sighting(members: Members) -> Sighting:
    sighting = Sighting(
        kept_as=members.choice("kept_as", KEPT_AS),
        start=_minute(members, "start"),
        end=_minute(members, "end"),
        place=members.choice("place", ("", *PLACES)),
        area=_area(members),
    )
    minutes = (sighting.end - sighting.start).total_seconds() / 60
    if not 0 < minutes <= LONGEST_WINDOW_MINUTES:
        raise members.refusal(f"not a window of 1 to {LONGEST_WINDOW_MINUTES} minutes", "end")
    if (sighting.place == "") == (sighting.area is None):
        raise members.refusal("a kind of place or an area, not both", "area")
    members.done()
    return sighting


def _area(outer: Members) -> Area | None:
    value = outer.take("area")
    if value is None:
        return None
    members = Members(value, f"{outer.path}.area")
    area = Area(
        lat_e5=members.integer("lat_e5", -NORTHERNMOST_E5, NORTHERNMOST_E5),
        lon_e5=members.integer("lon_e5", -18_000_000, 18_000_000),
        radius_m=members.integer("radius_m", 1, WIDEST_RADIUS_M),
    )
    members.done()
    return area


def _minute(members: Members, member: str) -> dt.datetime:
    text = members.matching(member, r"20\d\d-\d\d-\d\dT\d\d:\d\dZ")
    try:
        return dt.datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=dt.UTC)
    except ValueError as error:
        raise members.refusal("not a minute (YYYY-MM-DDTHH:MMZ)", member) from error


def _as_json(sighting: Sighting) -> dict[str, Any]:
    area = sighting.area
    return {
        "kept_as": sighting.kept_as,
        "start": f"{sighting.start:%Y-%m-%dT%H:%MZ}",
        "end": f"{sighting.end:%Y-%m-%dT%H:%MZ}",
        "place": sighting.place,
        "area": area and {"lat_e5": area.lat_e5, "lon_e5": area.lon_e5, "radius_m": area.radius_m},
    }
