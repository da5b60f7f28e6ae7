"""Use case: why a business trip was made and for whom, asked once and remembered by place.

A word on a trip is tied to its stretch of time, as corrections are; a word on a place
holds for every business trip that ends there and has none of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from geowallet.crypto.canonical import sha256_hex
from geowallet.model.errors import BadWordsError
from geowallet.model.provenance import Statement, StatementKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.model.mobility import DescribedTrip, NamedPlace
    from geowallet.vault.store import Vault

_KIND = "correction"
_ON_TRIP, _AT_PLACE = "errand", "errand-at"

MAX_WORDS = 120
"""Longest reason or client, in characters: one line of a log book."""

LEAST_SHARE = 0.5
"""A word holds for a trip of which it covers at least half, however the ride is cut."""


class Errand(msgspec.Struct, frozen=True, omit_defaults=True):
    """Reason and client.

    Attributes:
        reason: What was done, in the owner's words.
        client: For whom, or "".
    """

    reason: str
    client: str = ""


class Said(msgspec.Struct, frozen=True):
    """An errand for a stretch of time, UTC microseconds."""

    start_us: int
    end_us: int
    said_us: int
    errand: Errand


class Errands(msgspec.Struct, frozen=True):
    """All that is known: words on trips, oldest first, and words on places by name."""

    said: tuple[Said, ...]
    places: dict[str, Errand]

    def of(self, described: DescribedTrip) -> Errand | None:
        """Return the errand of a trip: its own, else that of where it went; None for none.

        A trip back from a client has the errand of the place it left, unless it
        goes to a place with one.
        """
        trip = described.trip
        own = [word for word in self.said if _covers(word, trip.start_us, trip.end_us)]
        if own:
            return own[-1].errand
        ends: Sequence[NamedPlace | None] = (described.destination, described.origin)
        return next(
            (self.places[end.name] for end in ends if end and end.name in self.places), None
        )


def errands(vault: Vault) -> Errands:
    """Return what the owner said; empty at first."""
    said: list[Said] = []
    places: dict[str, Errand] = {}
    for name, body in vault.items(_KIND):
        matter, _, rest = name.partition("/")
        if matter == _ON_TRIP:
            said.append(msgspec.msgpack.decode(body, type=Said))
        elif matter == _AT_PLACE:
            places[rest] = msgspec.msgpack.decode(body, type=Errand)
    return Errands(tuple(sorted(said, key=lambda word: word.said_us)), places)


def say_for_trip(vault: Vault, described: DescribedTrip, errand: Errand, *, now_us: int) -> None:
    """Store an errand for one trip; a later word replaces an earlier one.

    Raises:
        BadWordsError: A word cannot be shown safely.
    """
    trip = described.trip
    word = Said(trip.start_us, trip.end_us, now_us, errand)
    name = f"{_ON_TRIP}/{trip.start_us}-{trip.end_us}"
    _store(vault, name, errand, msgspec.msgpack.encode(word), now_us=now_us)


def remember_at(vault: Vault, place: NamedPlace, errand: Errand, *, now_us: int) -> None:
    """Store an errand for every trip to a place that has none of its own.

    Raises:
        BadWordsError: A word cannot be shown safely.
    """
    body = msgspec.msgpack.encode(errand)
    _store(vault, f"{_AT_PLACE}/{place.name}", errand, body, now_us=now_us)


def check_words(text: str) -> None:
    """Refuse words that could not be shown or printed safely on one line.

    Raises:
        BadWordsError: Empty, longer than `MAX_WORDS`, or with other than printable letters.
    """
    if not text.strip() or len(text) > MAX_WORDS or not text.isprintable():
        raise BadWordsError(limit=MAX_WORDS)


def _store(vault: Vault, name: str, errand: Errand, body: bytes, *, now_us: int) -> None:
    check_words(errand.reason)
    if errand.client:
        check_words(errand.client)
    with vault.transaction(now_us=now_us) as tx:
        tx.put(_KIND, name, body)
        tx.log(Statement(StatementKind.CORRECT, (sha256_hex(body),), (), {"count": 1}))


def _covers(word: Said, start_us: int, end_us: int) -> bool:
    shared = min(word.end_us, end_us) - max(word.start_us, start_us)
    return shared > 0 and shared >= LEAST_SHARE * (end_us - start_us)
