"""Appointments with clients: which ones a calendar names, and which trips lead to them."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geowallet.model.calendar import Busy
    from geowallet.model.mobility import NamedPlace

EARLY_US = 45 * 60_000_000
"""One arrives at an appointment up to 45 minutes early, and leaves as much after its end."""

SAYS_NOTHING = frozenset(
    {"client", "clients", "customer", "sa", "sas", "sarl", "ltd", "gmbh", "inc"}
)
"""Words of a name that another client may have as well."""

SHORTEST = 3
"""Letters of a name; fewer are in too many entries."""

Visits = dict[str, tuple["Busy", ...]]
"""Entries of the calendar that name a client, by its name, in order of their beginning."""


def is_named(name: str, text: str) -> bool:
    """Say whether ``text`` has all words of a client's name, in any case, with any accents."""
    words = _words(name) - SAYS_NOTHING
    return sum(map(len, words)) >= SHORTEST and words <= _words(text)


def visits_of(busy: Iterable[Busy]) -> Visits:
    """Return the entries that name clients."""
    found: dict[str, list[Busy]] = {}
    for entry in sorted(busy, key=lambda entry: (entry.start_us, entry.end_us)):
        for name in entry.clients:
            found.setdefault(name, []).append(entry)
    return {name: tuple(entries) for name, entries in found.items()}


def visit(
    start_us: int,
    end_us: int,
    ends: tuple[NamedPlace | None, NamedPlace | None],
    visits: Mapping[str, tuple[Busy, ...]],
) -> Busy | None:
    """Return the first entry that names the place which a trip leads to or from at that time.

    Args:
        start_us: When the trip begins.
        end_us: When it ends.
        ends: The named places there.
        visits: As `visits_of` returns.
    """
    origin, destination = ends
    for entry in visits.get(destination.name, ()) if destination else ():
        if entry.start_us - EARLY_US <= end_us <= entry.end_us:
            return entry
    for entry in visits.get(origin.name, ()) if origin else ():
        if entry.start_us <= start_us <= entry.end_us + EARLY_US:
            return entry
    return None


def _words(text: str) -> frozenset[str]:
    bare = unicodedata.normalize("NFKD", text.casefold())
    return frozenset(
        re.findall(r"\w+", "".join(char for char in bare if not unicodedata.combining(char)))
    )
