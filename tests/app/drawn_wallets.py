"""Wallets with all that their owner may have said of trips, drawn at random."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

import msgspec
from hypothesis import strategies as st

from geowallet.app.travel.calendars import Calendar
from geowallet.app.travel.corrections import Correction
from geowallet.app.travel.shapes import Merge, Split, name_of
from geowallet.app.travel.trip_rules import TripRule
from geowallet.model.calendar import Busy
from geowallet.model.mobility import (
    Leg,
    Mode,
    NamedPlace,
    PlaceKind,
    Point,
    Purpose,
    Trip,
    Vehicle,
)
from geowallet.track.reshape import Cut, Join
from geowallet.vault.pages import encode_page
from tests.contracts.parties import HOURS, WINDOWS, at

MINUTE_US = 60_000_000
FIRST_US = at("2026-09-30T20:00")
STARTS_US = st.sampled_from(
    [FIRST_US, at("2026-10-24T23:30"), at("2026-10-25T02:30"), at("2026-10-31T12:00")]
)
"""Also around the ends of summer time in Paris and New York."""

NAMED = (
    NamedPlace("Home", PlaceKind.HOME, Point(48.0, 2.0)),
    NamedPlace("Office", PlaceKind.WORK, Point(48.0, 2.1)),
    NamedPlace("Site", PlaceKind.WORK, Point(48.0, 2.1025)),
    NamedPlace("Client", PlaceKind.CLIENT, Point(48.1, 2.1)),
    NamedPlace("Baker", PlaceKind.OTHER, Point(48.001, 2.001)),
    NamedPlace("Pole", PlaceKind.OTHER, Point(89.9999, 179.0)),
)
EDGE_DEG = 150.0 / 111_195.08
"""A hundred and fifty metres of latitude."""

SPOTS = st.sampled_from([place.centre for place in NAMED] * 2 + [Point(47.0, 1.0)]).flatmap(
    lambda centre: st.builds(
        Point,
        st.sampled_from([0.0, 0.0, EDGE_DEG, 2 * EDGE_DEG, -EDGE_DEG * 0.999]).map(
            lambda north: min(centre.lat_deg + north, 90.0)
        ),
        st.sampled_from([0.0, 0.0, 0.00125, -0.0012]).map(lambda east: centre.lon_deg + east),
    )
)
MODE = st.sampled_from([Mode.CAR, Mode.CAR, Mode.BIKE, Mode.WALK, Mode.UNKNOWN])


class Kept(dict[tuple[str, str], bytes]):
    """What a wallet holds, for reading alone and without a file."""

    def get(self, kind: str, name: str) -> bytes | None:  # type: ignore[override]  # as a vault asks
        return super().get((kind, name))

    def get_each(self, kind: str, names: Sequence[str]) -> Iterator[bytes]:
        return iter([body for name in names if (body := self.get(kind, name)) is not None])

    def items(self, kind: str) -> Iterator[tuple[str, bytes]]:  # type: ignore[override]  # as a vault asks
        return iter([(name, body) for (of, name), body in super().items() if of == kind])


@st.composite
def trips_of_october(draw: st.DrawFn) -> list[Trip]:
    """Trips one after the other, some within minutes, over days with and without summer time."""
    found: list[Trip] = []
    now_us, spot = draw(STARTS_US), draw(SPOTS)
    for number in range(draw(st.integers(2, 7))):
        wait = st.sampled_from([5, 30, 62, 600, 1_440, 3_000, 10_080, 24 * 1_440])
        now_us += draw(wait) * MINUTE_US + draw(st.integers(0, 59_999_999))
        legs = []
        for minutes in draw(st.lists(st.sampled_from([1, 20, 240]), min_size=1, max_size=3)):
            until_us = now_us + minutes * MINUTE_US
            metres = draw(st.sampled_from([0.0, 0.5, 1499.5, 7_000.25, 1 / 3, 0.1]))
            sure = draw(st.sampled_from([0.95, 0.9, 0.75, 0.7, 0.4]))
            legs.append(Leg(now_us, until_us, draw(MODE), sure, (), metres, 1.0, 0.0, 0.0, 9))
            now_us = until_us
        there = draw(SPOTS)
        span = legs[0].start_us, legs[-1].end_us
        found.append(Trip(f"t{number:012d}", *span, tuple(legs), spot, there, ()))
        spot = draw(st.sampled_from([there, there, there, spot]))
    return found


@st.composite
def words_on(draw: st.DrawFn, trips: list[Trip]) -> list[Correction]:
    """What the owner says of legs, trips, and stretches that cover them in part."""
    found = []
    for number in range(draw(st.integers(0, 4))):
        trip = draw(st.sampled_from(trips))
        leg = draw(st.sampled_from(trip.legs))
        first_us, last_us = draw(
            st.sampled_from([(trip.start_us, trip.end_us), (leg.start_us, leg.end_us)])
        )
        middle_us = first_us + (last_us - first_us) // 2
        after_us = draw(st.sampled_from([last_us, middle_us, middle_us - 1, last_us + 10**11]))
        matter = draw(st.sampled_from(["mode", "purpose", "vehicle", "tag"]))
        found.append(
            Correction(
                first_us,
                after_us,
                draw(MODE) if matter == "mode" else None,
                draw(st.sampled_from(Purpose)) if matter == "purpose" else None,
                number,
                "carpool" if matter == "tag" else "",
                draw(st.sampled_from(["AB-123", "CD-456", "gone"])) if matter == "vehicle" else "",
            )
        )
    return found


@st.composite
def rules_on(draw: st.DrawFn) -> list[TripRule]:
    """Standing words of the owner, one or several that fit the same trips."""
    names = st.sampled_from(["home", "HOME", "work", "Client", "Baker", "nowhere"])
    says = st.sampled_from(["mode", "mode", "purpose", "vehicle", "tag"])
    found = []
    for number in range(draw(st.integers(0, 3))):
        said = draw(says)
        found.append(
            TripRule(
                draw(st.sampled_from([(), ("home", "work")]) | st.tuples(names, names)),
                draw(st.sampled_from([(), (0, 1, 2, 3), (5, 6)])),
                draw(st.none() | MODE),
                draw(st.sampled_from(["", "", "2026-10", "2026-10-25..2026-10-31"])),
                draw(MODE) if said == "mode" else None,
                draw(st.sampled_from(Purpose)) if said == "purpose" else None,
                "carpool" if said == "tag" else "",
                number,
                draw(st.sampled_from(["AB-123", "CD-456", "gone"])) if said == "vehicle" else "",
            )
        )
    return found


@st.composite
def shapes_on(draw: st.DrawFn, trips: list[Trip]) -> list[Split | Merge]:
    """Splits inside trips and legs and beside them; merges of pauses, and of splits."""
    found: list[Split | Merge] = []
    shares = st.tuples(*[st.floats(0, 1)] * 4)
    for number in range(draw(st.integers(0, 4))):
        trip, after = (draw(st.sampled_from(trips)) for _ in range(2))
        middle_us = (trip.start_us + trip.end_us) // 2
        off_us = draw(st.sampled_from([0, 1, MINUTE_US - 1, -2 * MINUTE_US]))
        at_us = draw(st.sampled_from([middle_us, trip.start_us, trip.legs[0].end_us])) + off_us
        if draw(st.booleans()):
            found.append(Split(Cut(at_us, draw(SPOTS), draw(shares)), number))
        else:
            spans = [(at_us, at_us), (trip.end_us, trip.end_us + 40 * MINUTE_US)]
            spans += [(trip.end_us, after.start_us)] if trip.end_us <= after.start_us else []
            found.append(Merge(Join(*draw(st.sampled_from(spans))), number))
    return found


VEHICLES = st.lists(
    st.builds(
        Vehicle,
        st.sampled_from(["AB-123", "CD-456", "velo"]),
        st.sampled_from([Mode.CAR, Mode.CAR, Mode.BIKE]),
        since=st.sampled_from(["", "", "2026-10-05"]),
        until=st.sampled_from(["", "", "2026-10-25"]),
    ),
    max_size=3,
    unique_by=lambda vehicle: vehicle.id,
)


@st.composite
def wallets(draw: st.DrawFn) -> Kept:
    """A wallet with trips and all that the owner may have said of them."""
    trips = draw(trips_of_october())
    kept = Kept()
    months: dict[str, list[Trip]] = {}
    for trip in trips:
        moment = dt.datetime.fromtimestamp(trip.start_us / 1e6, tz=dt.UTC)
        months.setdefault(f"{moment:%Y-%m}", []).append(trip)
    for month, inside in months.items():
        kept["trips", month] = encode_page(inside, ())
    for place in draw(st.sampled_from([NAMED, NAMED, NAMED[:2]])):
        kept["place", place.name] = msgspec.json.encode(place)
    for number, word in enumerate(draw(words_on(trips))):
        matter = "tag" if word.tag else "mode"
        kept["correction", f"{matter}/{number}"] = msgspec.msgpack.encode(word)
    for rule in draw(rules_on()):
        kept["rule", rule.id] = msgspec.msgpack.encode(rule)
    for shape in draw(shapes_on(trips)):
        kept["shape", name_of(shape)] = msgspec.msgpack.encode(shape)
    for vehicle in draw(VEHICLES):
        kept["vehicle", vehicle.id] = msgspec.json.encode(vehicle)
    kept["work", "week"] = msgspec.json.encode(draw(st.just(HOURS) | WINDOWS))
    chosen = draw(st.lists(st.tuples(st.sampled_from(trips), st.booleans()), max_size=2))
    busy = [Busy(t.end_us + 10**9, t.end_us + 10**10, picked) for t, picked in chosen]
    busy += [Busy(t.start_us - 10**10, t.start_us - 10**9, not picked) for t, picked in chosen]
    clients = draw(st.sampled_from([(), ("Client",)]))
    busy = [replace(entry, clients=clients) for entry in busy]
    off = draw(st.sampled_from([(), ("2026-10-06",)]))
    calendar = Calendar("mine", "0" * 64, 0, "2026", (), tuple(busy), off, 0)
    kept["work", "calendar/mine"] = msgspec.msgpack.encode(calendar)
    return kept
