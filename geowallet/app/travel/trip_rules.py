"""The owner's standing words on trips: "all trips between home and work on Tuesdays ...".

A rule looks at a trip as the analysis and the owner's words on single trips leave it,
never at what another rule made of it. Of several that fit, the one added last wins; a
word on a single trip wins over every rule, whenever either was said.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from geowallet.app.settings import resolve
from geowallet.app.travel.corrections import SAID
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.calendar import Period, weekday_of
from geowallet.model.mobility import (  # noqa: TC001  msgspec reads annotations at run time
    Mode,
    Purpose,
)
from geowallet.model.provenance import Statement, StatementKind
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geowallet.model.mobility import DescribedTrip, NamedPlace, Trip
    from geowallet.vault.store import Vault

_KIND = "rule"

_RULED = N_("your rule {rule}")


class TripRule(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which trips, and what they are. What is empty says nothing.

    Attributes:
        between: Names or kinds of two places, either way round; or none.
        weekdays: Monday is 0; empty for every day.
        mode: Only trips whose longest leg has this mode.
        period: Only days of it, as `Period` writes it; "" for always.
        set_mode: What the longest leg was.
        set_purpose: What the trip was for.
        set_tag: A word put on it.
        said_us: When it was added.
        set_vehicle: Id of the vehicle it was made with.
    """

    between: tuple[str, ...]
    weekdays: tuple[int, ...]
    mode: Mode | None
    period: str
    set_mode: Mode | None
    set_purpose: Purpose | None
    set_tag: str
    said_us: int
    set_vehicle: str = ""

    @property
    def id(self) -> str:
        """``r`` and 5 characters, a function of what it says and not of when."""
        said = msgspec.structs.replace(self, said_us=0)
        return "r" + sha256_hex(msgspec.msgpack.encode(said))[:5]

    def fits(self, trip: DescribedTrip) -> bool:
        """Say whether it speaks of ``trip``, as described without any rule."""
        day = dt.date.fromisoformat(trip.day)
        ends = [trip.origin, trip.destination]
        return (
            (not self.between or _lies_between(ends, self.between))
            and (not self.weekdays or day.weekday() in self.weekdays)
            and (self.mode is None or trip.trip.main_leg.mode is self.mode)
            and (not self.period or day in Period.parse(self.period))
        )


def trip_rules(vault: Vault) -> tuple[TripRule, ...]:
    """Return all rules, the one added last at the end."""
    found = (msgspec.msgpack.decode(body, type=TripRule) for _, body in vault.items(_KIND))
    return tuple(sorted(found, key=lambda rule: (rule.said_us, rule.id)))


def add_rule(vault: Vault, rule: TripRule) -> None:
    """Store a rule, with its entry in the log; the same again is the newest."""
    body = msgspec.msgpack.encode(rule)
    with vault.transaction(now_us=rule.said_us) as tx:
        tx.put(_KIND, rule.id, body)
        tx.log(Statement(StatementKind.CORRECT, (sha256_hex(body),), (), {"rule": rule.id}))


def remove_rule(vault: Vault, shortened: str, *, now_us: int) -> TripRule:
    """Forget the rule whose id begins with ``shortened``, and return it.

    Raises:
        NotFoundError: None does.
        AmbiguousNameError: Several do.
    """
    known = {rule.id: rule for rule in trip_rules(vault)}
    rule = known[resolve("trip rule", shortened, known)]
    with vault.transaction(now_us=now_us) as tx:
        tx.delete(_KIND, rule.id)
        what = {"rule": rule.id, "withdrawn": 1}
        tx.log(Statement(StatementKind.CORRECT, (), (), what))
    return rule


def ruled_modes(
    trips: Sequence[Trip], described: Sequence[DescribedTrip], rules: Sequence[TripRule]
) -> list[Trip]:
    """Return ``trips`` with the modes that rules say; see `ruled`.

    Args:
        trips: In the order of ``described``.
        described: The same, described without any rule.
        rules: As `trip_rules` returns them.
    """
    return [
        _with_mode(trip, [rule for rule in rules if rule.set_mode and rule.fits(seen)])
        for trip, seen in zip(trips, described, strict=True)
    ]


def ruled(
    described: Iterable[DescribedTrip], seen: Sequence[DescribedTrip], rules: Sequence[TripRule]
) -> list[DescribedTrip]:
    """Return trips with the purposes and tags that rules say, marked as said by the owner.

    Args:
        described: With the modes of `ruled_modes`.
        seen: The same trips without any rule: what decides whether one fits.
        rules: As `trip_rules` returns them.
    """
    return [
        _with_purpose(trip, [rule for rule in rules if rule.fits(bare)])
        for trip, bare in zip(described, seen, strict=True)
    ]


def ruled_vehicle(seen: DescribedTrip, rules: Sequence[TripRule]) -> str:
    """Return the vehicle that the last fitting rule says, or "".

    Args:
        seen: The trip without any rule.
        rules: As `trip_rules` returns them.
    """
    names = [rule.set_vehicle for rule in rules if rule.set_vehicle and rule.fits(seen)]
    return names[-1] if names else ""


def by_rule(reasons: Sequence[Phrase]) -> str:
    """Return the id of the rule that gave these reasons, or ""."""
    if len(reasons) == 1 and reasons[0].text == _RULED:
        return str(dict(reasons[0].values)["rule"])
    return ""


def _with_mode(trip: Trip, fitting: Sequence[TripRule]) -> Trip:
    if not fitting or trip.main_leg.reasons == (SAID,):
        return trip
    rule, main = fitting[-1], trip.main_leg
    others = ((main.mode, main.confidence), *main.alternatives)
    told = replace(
        main,
        mode=rule.set_mode or main.mode,
        confidence=1.0,
        alternatives=others,
        reasons=(phrase(_RULED, rule=rule.id),),
    )
    return replace(trip, legs=tuple(told if leg is main else leg for leg in trip.legs))


def _with_purpose(trip: DescribedTrip, fitting: Sequence[TripRule]) -> DescribedTrip:
    if not fitting:
        return trip
    tags = {rule.set_tag for rule in fitting if rule.set_tag}
    trip = replace(trip, tags=tuple(sorted({*trip.tags, *tags})))
    saying = [rule for rule in fitting if rule.set_purpose]
    moved = any(by_rule(leg.reasons) for leg in trip.trip.legs)
    if saying:
        trip = replace(
            trip,
            purpose=saying[-1].set_purpose or trip.purpose,
            purpose_confidence=1.0,
            purpose_reasons=(phrase(_RULED, rule=saying[-1].id),),
        )
    return replace(trip, by_owner=trip.by_owner or bool(saying or tags or moved))


def _lies_between(ends: Sequence[NamedPlace | None], between: Sequence[str]) -> bool:
    first, second = between
    start, end = ends
    return (_is(start, first) and _is(end, second)) or (_is(start, second) and _is(end, first))


def _is(place: NamedPlace | None, said: str) -> bool:
    return place is not None and names_place(place, said)


def names_place(place: NamedPlace, said: str) -> bool:
    """Say whether a word of a rule names ``place``: it is its name, or its kind."""
    return said.casefold() in {place.name.casefold(), str(place.kind)}


def weekdays_of(texts: Iterable[str]) -> tuple[int, ...]:
    """Return the numbers of days written as ``tue`` or ``mon-fri``, ascending.

    Raises:
        ValueError: Not a day.
    """
    found: set[int] = set()
    for text in texts:
        first, _dash, last = text.lower().partition("-")
        start, stop = weekday_of(first), weekday_of(last or first)
        found |= {(start + n) % 7 for n in range((stop - start) % 7 + 1)}
    return tuple(sorted(found))
