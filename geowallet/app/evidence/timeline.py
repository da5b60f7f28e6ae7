"""Use case: the log by day, for people: what came in, what was said, what left, who saw it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.app.evidence.changes import changes, changes_after, closed_periods
from geowallet.app.evidence.stamps import SKEW_S, wanted
from geowallet.app.intake.sources import sources
from geowallet.app.travel.silences import silences
from geowallet.app.travel.trips import own_zone, stored_trips
from geowallet.model.calendar import local_time
from geowallet.model.mobility import GapKind
from geowallet.model.provenance import StatementKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.app.evidence.changes import Change, Closed
    from geowallet.app.evidence.stamps import Wanted
    from geowallet.model.causes import Cause
    from geowallet.vault.log import Leaf
    from geowallet.vault.store import Vault

LATE_US = 7 * 86_400_000_000
"""A file read later than a week after its last fix is called late: a log book is kept in time."""

_SHOWN = (
    StatementKind.IMPORT,
    StatementKind.CORRECT,
    StatementKind.RECOMPUTE,
    StatementKind.ERASE,
    StatementKind.MERGE,
    StatementKind.CONSENT,
    StatementKind.DECLINE,
    StatementKind.WITHDRAW,
    StatementKind.AUDIT,
    StatementKind.EXPORT,
    StatementKind.STAMP,
    StatementKind.WITNESS,
)
"""What people ask about; the steps of the analysis are left out."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the log.

    Attributes:
        date: Local day by this machine's clock, ``YYYY-MM-DD``.
        counts: Entries by what was done.
        late: Files that were read more than a week after their last fix.
        closed: Contract and period of each first export.
        after_close: Contract, period and number of changes, for each that had left.
        clocks: Seconds by which this machine's clock differed from an
            authority's or a witness's, where by more than five minutes.
    """

    date: str
    counts: dict[StatementKind, int]
    late: int
    closed: tuple[tuple[str, str], ...]
    after_close: tuple[tuple[str, str, int], ...]
    clocks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The log by day.

    Attributes:
        days: With anything to show, oldest first; a clock that was turned back
            puts an entry on the day that it showed.
        since_close: Contract, period and number of changes of all that left.
        wanted: Time stamps that were asked for and are not there.
        silent: Cause, number and metres of the silences within trips, most metres first.
    """

    days: tuple[Day, ...]
    since_close: tuple[tuple[str, str, int], ...]
    wanted: tuple[Wanted, ...]
    silent: tuple[tuple[Cause, int, int], ...]


def timeline(vault: Vault) -> Timeline:
    """Return the log by day.

    Raises:
        EvidenceError: The log contradicts itself.
        VaultDamagedError: Positions around a silence are not what was written.
    """
    leaves = list(vault.leaves())
    zone = own_zone(vault)
    closed = closed_periods(vault, leaves)
    known = changes(vault, leaves)
    after = {(one.contract, one.period): changes_after(one, known) for one in closed}
    late = _late(vault, leaves)
    by_day: dict[str, list[Leaf]] = {}
    for leaf in leaves:
        if leaf.statement.kind in _SHOWN:
            by_day.setdefault(local_time(leaf.at_us, zone).date().isoformat(), []).append(leaf)
    days = [_day(date, by_day[date], closed, after, late) for date in sorted(by_day)]
    since = tuple((*key, len(found)) for key, found in after.items())
    return Timeline(tuple(days), since, wanted(vault), _silent(vault))


def _silent(vault: Vault) -> tuple[tuple[Cause, int, int], ...]:
    """Return the silences that hide movement, by cause."""
    number: Counter[Cause] = Counter()
    metres: Counter[Cause] = Counter()
    for told in silences(vault, stored_trips(vault)).values():
        for one in told:
            if one.gap.kind is not GapKind.STILL:
                number[one.cause] += 1
                metres[one.cause] += round(one.gap.metres)
    return tuple((cause, number[cause], way_m) for cause, way_m in metres.most_common())


def _day(
    date: str,
    leaves: Sequence[Leaf],
    closed: Sequence[Closed],
    after: dict[tuple[str, str], list[Change]],
    late: frozenset[int],
) -> Day:
    inside = {leaf.index for leaf in leaves}
    skews = [int(leaf.statement.predicate.get("skew_s", 0)) for leaf in leaves]
    found = ((*key, sum(c.index in inside for c in known)) for key, known in after.items())
    return Day(
        date,
        dict(Counter(leaf.statement.kind for leaf in leaves)),
        len(inside & late),
        tuple((one.contract, one.period) for one in closed if one.index in inside),
        tuple(one for one in found if one[2]),
        tuple(skew for skew in skews if abs(skew) > SKEW_S),
    )


def _late(vault: Vault, leaves: Sequence[Leaf]) -> frozenset[int]:
    """Return the entries of files that were read long after their last fix."""
    ends = {one.sha256: max((run[1] for run in one.runs()), default=None) for one in sources(vault)}
    return frozenset(
        leaf.index
        for leaf in leaves
        if leaf.statement.kind is StatementKind.IMPORT
        and (end := ends.get(leaf.statement.inputs[0])) is not None
        and leaf.at_us - end > LATE_US
    )
