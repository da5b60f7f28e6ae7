"""Use case: what was changed in a period after its figures had left.

The first export of a contract and period closes it. What is read, said or erased
of that period later stands in the log, and exports and reports that follow say
how often, so that a log book that was handed over cannot be rewritten unseen.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec

from geowallet.app.intake.sources import sources
from geowallet.app.travel.shapes import digest as shape_digest
from geowallet.app.travel.shapes import merges, splits
from geowallet.app.travel.trip_rules import trip_rules
from geowallet.app.travel.trips import own_zone
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.calendar import Period, instant_us, local_time, zone_of
from geowallet.model.provenance import StatementKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from geowallet.model.provenance import Statement
    from geowallet.vault.log import Leaf
    from geowallet.vault.store import Vault

    Span = tuple[int, int]

CHANGING = frozenset(
    {
        StatementKind.IMPORT,
        StatementKind.CORRECT,
        StatementKind.RECOMPUTE,
        StatementKind.ERASE,
        StatementKind.MERGE,
    }
)
"""Entries after which figures may be others."""

_ALWAYS: Span = (-(2**62), 2**62)


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that may change figures.

    Attributes:
        index: Its position in the log.
        at_us: When, by this machine's clock.
        kind: What was done.
        spans: Stretches of time that it touches, UTC microseconds; all of time
            where that is no longer known.
        exports: Ids of exports whose figures it changed, where it says so itself.
        branch: Merged copy of the wallet that it came from, or "" for this one.
        entry: Its position in the log of that copy.
    """

    index: int
    at_us: int
    kind: StatementKind
    spans: tuple[Span, ...]
    exports: frozenset[str] | None = None
    branch: str = ""
    entry: int = 0

    def follows(self, closed: Closed) -> bool:
        """Say whether it came after a period was closed, in the log of either copy."""
        if not closed.branch:
            return self.index > closed.index
        if self.branch == closed.branch:
            return self.entry > closed.entry
        return self.index >= closed.common


@dataclass(frozen=True, slots=True)
class Closed:
    """A contract's period, as its first export closed it.

    Attributes:
        contract: Name of the contract.
        period: As `Period` writes it.
        jti: Id of that export.
        index: Position of its entry.
        at_us: When.
        span: The period's instants, in the owner's zone.
        branch: Merged copy of the wallet that made it, or "" for this one.
        entry: Its position in the log of that copy.
        common: First entries that both logs share.
    """

    contract: str
    period: str
    jti: str
    index: int
    at_us: int
    span: Span
    branch: str = ""
    entry: int = 0
    common: int = 0


def changes(vault: Vault, leaves: Iterable[Leaf]) -> list[Change]:
    """Return the entries of the log that may change figures, oldest first."""
    spans = _Spans(vault)
    return [
        Change(
            leaf.index,
            leaf.at_us,
            leaf.statement.kind,
            spans.of(leaf.statement),
            _named_exports(leaf.statement.predicate),
            str(leaf.statement.predicate.get("branch", "")),
            int(leaf.statement.predicate.get("entry", 0)),
        )
        for leaf in leaves
        if leaf.statement.kind in CHANGING and leaf.statement.predicate.get("what") != "rewritten"
    ]


def closed_periods(vault: Vault, leaves: Iterable[Leaf]) -> list[Closed]:
    """Return every contract's period that left, by its first export, oldest first."""
    zone = own_zone(vault)
    found: dict[tuple[str, str], Closed] = {}
    for leaf in leaves:
        for closed in _closing(leaf, zone):
            found.setdefault((closed.contract, closed.period), closed)
    return list(found.values())


def _closing(leaf: Leaf, zone: str) -> Iterator[Closed]:
    """Yield the export of an entry, or those that a copy made which it took in."""
    said = leaf.statement.predicate
    if leaf.statement.kind is StatementKind.EXPORT:
        yield _closed(leaf, said, zone)
    elif leaf.statement.kind is StatementKind.MERGE:
        for one in said["disclosed"]:
            found = _closed(leaf, one, zone)
            branch, common = str(said["branch"]), int(said["common"])
            yield replace(found, branch=branch, entry=int(one["entry"]), common=common)


def _closed(leaf: Leaf, said: dict[str, Any], zone: str) -> Closed:
    contract, period, jti = (str(said[name]) for name in ("contract", "period", "jti"))
    return Closed(
        contract, period, jti, leaf.index, leaf.at_us, span_of(Period.parse(period), zone)
    )


def changes_after(closed: Closed, known: Sequence[Change]) -> list[Change]:
    """Return the changes that touch a period after it was closed, oldest first."""
    return [change for change in known if change.follows(closed) and _touches(change, closed)]


def span_of(period: Period, zone: str) -> Span:
    """Return first and last instant of local days, UTC microseconds."""
    first, after = (
        instant_us(dt.datetime.combine(day, dt.time(), tzinfo=zone_of(zone)))
        for day in (period.first, period.last + dt.timedelta(days=1))
    )
    return first, after - 1


def changes_since_export(vault: Vault, contract: str, period: str) -> int:
    """Return how many entries changed a contract's period after its first export; 0 for none."""
    leaves = list(vault.leaves())
    key = (contract, period)
    fitting = [one for one in closed_periods(vault, leaves) if (one.contract, one.period) == key]
    known = changes(vault, leaves) if fitting else []
    return sum(len(changes_after(closed, known)) for closed in fitting)


@dataclass(frozen=True, slots=True)
class Since:
    """That a closed period was changed: which, the local day it left first, and how often since."""

    contract: str
    period: str
    day: dt.date
    changes: int


def changed_since(vault: Vault, period: Period) -> tuple[Since, ...]:
    """Return what was changed in periods that touch ``period`` after they left, oldest first."""
    if next(vault.items("export"), None) is None:
        return ()  # nothing left: the log need not be read
    leaves, zone = list(vault.leaves()), own_zone(vault)
    first, last = span_of(period, zone)
    closed = [
        one for one in closed_periods(vault, leaves) if one.span[0] <= last and first <= one.span[1]
    ]
    known = changes(vault, leaves) if closed else []
    found = (
        Since(
            one.contract,
            one.period,
            local_time(one.at_us, zone).date(),
            len(changes_after(one, known)),
        )
        for one in closed
    )
    return tuple(one for one in found if one.changes)


def _touches(change: Change, closed: Closed) -> bool:
    if change.exports is not None:
        return closed.jti in change.exports
    first, last = closed.span
    return any(start <= last and first <= end for start, end in change.spans)


def _named_exports(predicate: dict[str, Any]) -> frozenset[str] | None:
    named = predicate.get("exports")
    return None if named is None else frozenset(named)


class _Spans:
    """The stretches of time that words and files speak of, by what the log calls them."""

    def __init__(self, vault: Vault) -> None:
        zone = own_zone(vault)
        self._files = {one.sha256: tuple(one.runs()) for one in sources(vault)}
        self._words: dict[str, Span] = {}
        for _, body in vault.items("correction"):
            word = msgspec.msgpack.decode(body)
            if "start_us" in word:
                self._words[sha256_hex(body)] = (word["start_us"], word["end_us"])
        for split in splits(vault):
            self._words[shape_digest(split)] = (split.cut.at_us, split.cut.at_us)
        for merge in merges(vault):
            self._words[shape_digest(merge)] = (merge.join.from_us, merge.join.to_us)
        self._rules = {
            rule.id: span_of(Period.parse(rule.period), zone)
            for rule in trip_rules(vault)
            if rule.period
        }

    def of(self, statement: Statement) -> tuple[Span, ...]:
        """Return what a statement touches; all of time where nothing tells."""
        if statement.kind is StatementKind.MERGE:
            return ()  # what came over has entries of its own
        if statement.kind is StatementKind.IMPORT:
            return self._files.get(statement.inputs[0], (_ALWAYS,))
        if "rule" in statement.predicate:
            return (self._rules.get(statement.predicate["rule"], _ALWAYS),)
        if statement.kind is StatementKind.CORRECT and statement.subjects:
            return tuple(self._words.get(digest, _ALWAYS) for digest in statement.subjects)
        return (_ALWAYS,)
