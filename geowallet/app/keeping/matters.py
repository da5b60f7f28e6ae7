"""What a merge can take over, matter by matter, and when two copies say the same.

A record that stands in no row of `MATTERS` stays where it is: what was found from the
positions is found again, a promise to a recipient is one copy's own, places that this
machine knows mean nothing on another, and no merge brings a rule that erases something.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from geowallet.app.travel.corrections import Correction
from geowallet.app.travel.errands import Said
from geowallet.app.travel.shapes import Merge, Split
from geowallet.app.vehicles.fuel import Receipt
from geowallet.app.vehicles.odometer import Reading
from geowallet.app.vehicles.statements import both_statements
from geowallet.model.geodesy import distance_m
from geowallet.model.mobility import (
    Mode,
    NamedPlace,
    Purpose,
)
from geowallet.track.places import PLACE_RADIUS_M

if TYPE_CHECKING:
    import datetime as dt

Address = tuple[str, str]
"""Kind and name of a record."""


class Matter(StrEnum):
    """What can be taken over or left."""

    SOURCES = "sources"
    CORRECTIONS = "corrections"
    PLACES = "places"
    VEHICLES = "vehicles"
    SETTINGS = "settings"


ALL = frozenset(Matter)

MATTERS: tuple[tuple[str, str, Matter], ...] = (
    ("device", "batch/", Matter.SOURCES),
    ("setting", "archive/", Matter.SOURCES),
    ("correction", "", Matter.CORRECTIONS),
    ("shape", "", Matter.CORRECTIONS),
    ("rule", "", Matter.CORRECTIONS),
    ("place", "", Matter.PLACES),
    ("vehicle", "", Matter.VEHICLES),
    ("setting", "odometer/", Matter.VEHICLES),
    ("setting", "fuel/", Matter.VEHICLES),
    ("setting", "statements/", Matter.VEHICLES),
    ("device", "key/", Matter.SETTINGS),
    ("recipient", "", Matter.SETTINGS),
    ("work", "", Matter.SETTINGS),
    ("setting", "authority/", Matter.SETTINGS),
    ("setting", "habits", Matter.SETTINGS),
    ("setting", "model", Matter.SETTINGS),
    ("setting", "owned", Matter.SETTINGS),
    ("setting", "owner", Matter.SETTINGS),
    ("setting", "personal", Matter.SETTINGS),
    ("setting", "witness/", Matter.SETTINGS),
)
"""Kind, name or the beginning of names that ends in "/", and matter; sources have their own way."""

KINDS = tuple(sorted({kind for kind, _, _ in MATTERS}))


class Stretch(msgspec.Struct, frozen=True):
    """What the owner said of a stretch of time: about what, when, and the word itself.

    Attributes:
        matter: Words of one matter about one time exclude each other.
        start_us: First instant.
        end_us: Last instant.
        said: The word.
    """

    matter: str
    start_us: int
    end_us: int
    said: Mode | Purpose | str


def matter_of(address: Address) -> Matter | None:
    """Return what a record belongs to; None where it is never taken over."""
    kind, name = address
    for of_kind, beginning, matter in MATTERS:
        whole = bool(beginning) and not beginning.endswith("/")
        if kind == of_kind and (name == beginning if whole else name.startswith(beginning)):
            return matter
    return None


def is_same(address: Address, mine: bytes, theirs: bytes) -> bool:
    """Say whether two records say the same; what was measured beside a word says nothing."""
    if mine == theirs or address[0] != "shape":
        return mine == theirs
    shape = Split if address[1].startswith("split/") else Merge
    return _said_us(mine, shape) == _said_us(theirs, shape)


def joined(address: Address, mine: bytes, theirs: bytes) -> bytes | None:
    """Return what both say together, where a record is a list of entries; else None.

    Also None where they cannot both be right: two readings of one day, or an odometer
    that would run back.
    """
    if address[0] != "setting":
        return None
    if address[1].startswith("fuel/"):
        found = {*_fuel(mine), *_fuel(theirs)}
        return msgspec.json.encode(sorted(found, key=_order))
    if address[1].startswith("statements/"):
        return both_statements(mine, theirs)
    if not address[1].startswith("odometer/"):
        return None
    readings = sorted({*_readings(mine), *_readings(theirs)})
    for before, after in pairwise(readings):
        if before.day == after.day or before.km > after.km:
            return None
    return msgspec.json.encode(readings)


def stretch_of(address: Address, body: bytes) -> Stretch | None:
    """Return the stretch of time that a word speaks of; None where it speaks of none, or adds.

    Two tags on one trip are both true.
    """
    matter = address[1].partition("/")[0]
    if address[0] != "correction" or matter not in {"mode", "purpose", "vehicle", "errand"}:
        return None
    if matter == "errand":
        word = msgspec.msgpack.decode(body, type=Said)
        said = f"{word.errand.reason}\n{word.errand.client}"
        return Stretch(matter, word.start_us, word.end_us, said)
    found = msgspec.msgpack.decode(body, type=Correction)
    value = {"mode": found.mode, "purpose": found.purpose, "vehicle": found.vehicle}[matter]
    return Stretch(matter, found.start_us, found.end_us, value or "")


def contradict(one: Stretch, other: Stretch) -> bool:
    """Say whether two words speak of half of the same time, and say otherwise."""
    if one.matter != other.matter or one.said == other.said:
        return False
    shared_us = min(one.end_us, other.end_us) - max(one.start_us, other.start_us)
    shorter_us = min(one.end_us - one.start_us, other.end_us - other.start_us)
    return shared_us > 0 and 2 * shared_us >= shorter_us


def are_one_place(one: bytes, other: bytes) -> bool:
    """Say whether two records name the same place: no two places lie so near each other."""
    here, there = (msgspec.json.decode(body, type=NamedPlace).centre for body in (one, other))
    away_m = distance_m(here.lat_deg, here.lon_deg, there.lat_deg, there.lon_deg)
    return away_m < PLACE_RADIUS_M / 2


def _said_us(body: bytes, shape: type[Split | Merge]) -> int:
    return msgspec.msgpack.decode(body, type=shape).said_us


def _readings(body: bytes) -> tuple[Reading, ...]:
    return msgspec.json.decode(body, type=tuple[Reading, ...])


def _fuel(body: bytes) -> tuple[Receipt, ...]:
    return msgspec.json.decode(body, type=tuple[Receipt, ...])


def _order(receipt: Receipt) -> tuple[dt.date, int, Decimal, Decimal]:
    return receipt.day, receipt.km, receipt.quantity, receipt.amount or Decimal(0)
