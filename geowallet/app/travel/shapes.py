"""What the owner split and merged, as it is stored, and trips as they stand after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from geowallet.crypto.canonical import digest_of
from geowallet.track.reshape import (
    Cut,
    Join,
    falls_into,
    measured,
    reshaped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from geowallet.model.fixes import Fixes
    from geowallet.model.mobility import Trip
    from geowallet.vault.store import Vault

KIND = "shape"


class Split(msgspec.Struct, frozen=True):
    """One trip is two.

    Attributes:
        cut: Where, with what was measured on both sides.
        said_us: When it was said.
    """

    cut: Cut
    said_us: int


class Merge(msgspec.Struct, frozen=True):
    """Two trips are one.

    Attributes:
        join: The pause between them.
        said_us: When it was said.
    """

    join: Join
    said_us: int


_Word = TypeVar("_Word", Split, Merge)


def splits(vault: Vault) -> tuple[Split, ...]:
    """Return all splits, in the order of their instants."""
    words = _decoded(vault.items(KIND), "split", Split)
    return tuple(sorted(words, key=lambda word: word.cut.at_us))


def merges(vault: Vault) -> tuple[Merge, ...]:
    """Return all merges, in the order of their instants."""
    words = _decoded(vault.items(KIND), "merge", Merge)
    return tuple(sorted(words, key=lambda word: word.join.from_us))


def cuts_and_joins(vault: Vault) -> tuple[list[Cut], list[Join]]:
    """Return what all splits and merges say, each in the order of their instants."""
    bodies = dict(vault.items(KIND))  # each is opened once
    cuts = [word.cut for word in _decoded(bodies.items(), "split", Split)]
    joins = [word.join for word in _decoded(bodies.items(), "merge", Merge)]
    return sorted(cuts, key=lambda cut: cut.at_us), sorted(joins, key=lambda join: join.from_us)


def shaped(vault: Vault, trips: Sequence[Trip]) -> tuple[Trip, ...]:
    """Return ``trips``, in time order, as they stand after all splits and merges."""
    cuts, joins = cuts_and_joins(vault)
    return reshaped(trips, cuts, joins) if cuts or joins else tuple(trips)


def shaping(vault: Vault, trip: Trip) -> tuple[Split | Merge, ...]:
    """Return the splits at the ends of ``trip`` and the merges inside it."""
    ends = {trip.start_us, trip.end_us}
    cuts = [word for word in splits(vault) if word.cut.at_us in ends]
    joins = [
        word
        for word in merges(vault)
        if trip.start_us <= word.join.to_us and word.join.from_us <= trip.end_us
    ]
    return (*cuts, *joins)


def measured_again(
    known: Sequence[Split], trips: Sequence[Trip], fixes_of: Callable[[Trip], Fixes]
) -> Iterator[Split]:
    """Yield the splits of ``trips`` as the fixes of now measure them, where that differs.

    Args:
        known: All splits.
        trips: As just analysed.
        fixes_of: Returns the flagged fixes around a trip.
    """
    for word in known:
        trip = next((trip for trip in trips if falls_into(word.cut.at_us, trip)), None)
        if trip is not None:
            cut = measured(word.cut.at_us, trip, fixes_of(trip))
            if cut != word.cut:
                yield Split(cut, word.said_us)


def name_of(word: Split | Merge) -> str:
    """Return the name of the record of a word."""
    if isinstance(word, Split):
        return f"split/{word.cut.at_us}"
    return f"merge/{word.join.from_us}/{word.join.to_us}"


def digest(word: Split | Merge) -> str:
    """Return the SHA-256 (hex) by which the log knows a word: of what was said, not measured."""
    return digest_of({"said": name_of(word), "at_us": word.said_us})


def _decoded(
    bodies: Iterable[tuple[str, bytes]], matter: str, shape: type[_Word]
) -> Iterator[_Word]:
    for name, body in bodies:
        if name.startswith(f"{matter}/"):
            yield msgspec.msgpack.decode(body, type=shape)
