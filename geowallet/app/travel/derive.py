"""Use case: turn stored fixes into trips and stops, for what an import touched.

The timeline is cut at long gaps and every piece is analysed alone, so the
result depends on the set of files and not on the order of their import.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from geowallet.app.intake.sources import Window, fixes_between, sources
from geowallet.app.travel.engine import note_engine
from geowallet.app.travel.hints import hints_of
from geowallet.app.travel.models import in_use
from geowallet.app.travel.shapes import KIND, measured_again, name_of, splits
from geowallet.app.travel.slices import analyse_window
from geowallet.app.travel.trips import Page, pages
from geowallet.app.travel.unkept import beside, kept_from_us, settled
from geowallet.crypto.canonical import canonical_bytes, sha256_hex
from geowallet.model.errors import VaultBusyError
from geowallet.model.mobility import Sureness
from geowallet.model.provenance import Statement, StatementKind
from geowallet.track.pipeline import affected_window, algorithms, analyse
from geowallet.vault.pages import decode_page, encode_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geowallet.app.travel.slices import Found
    from geowallet.model.fixes import Fixes
    from geowallet.model.mobility import Stop, Trip
    from geowallet.track.modes.forest import Forest
    from geowallet.track.pipeline import Analysis
    from geowallet.vault.store import Vault
    from geowallet.vault.transaction import Transaction

_PENDING = ("setting", "pending")

_TRIES = 3
"""How often an analysis is begun anew because another process wrote meanwhile."""

_STAGES = {
    StatementKind.CLEAN: ("clean", "sources"),
    StatementKind.SEGMENT: ("stops", "legs", "distance", "trips", "pipeline"),
    StatementKind.CLASSIFY: ("mode",),
}
"""Which methods of the analysis each statement answers for."""


@dataclass(frozen=True, slots=True)
class Derived:
    """What an analysis changed.

    Attributes:
        new: Trips that were not there before.
        changed: Trips that are no longer there as they were.
        to_check: New trips whose mode is unsure.
        shared_m: Whole metres seen by more than one source, counted once.
    """

    new: int
    changed: int
    to_check: int
    shared_m: int


def add_pending(vault: Vault, tx: Transaction, runs: Iterable[Window]) -> None:
    """Note windows that wait for analysis, in the transaction that made them so."""
    waiting = sorted({*map(tuple, pending(vault)), *runs})
    tx.put(*_PENDING, canonical_bytes([list(run) for run in waiting]))


def pending(vault: Vault) -> list[Window]:
    """Return the windows that wait for analysis: an import that was cut short."""
    stored = vault.get(*_PENDING)
    return [(first, last) for first, last in json.loads(stored)] if stored else []


def nothing_pending(tx: Transaction) -> None:
    """Note that no window waits, in the transaction that stores what was found."""
    tx.put(*_PENDING, canonical_bytes([]))


def derive(vault: Vault, *, now_us: int) -> Derived:
    """Analyse what is pending and replace the trips and stops of those windows.

    One transaction holds the new pages, the log entries and the empty pending
    list: a killed process leaves the old trips, and the work is done next time.
    The lock is not held while it thinks; what another process wrote meanwhile
    makes it begin anew.

    Raises:
        VaultBusyError: Another process keeps writing; the work is still noted.
    """
    for _ in range(_TRIES):
        try:
            return _derive(vault, now_us)
        except _OvertakenError:
            continue
    raise VaultBusyError


class _OvertakenError(Exception):
    """The wallet is not as it was when the analysis began."""


def _derive(vault: Vault, now_us: int) -> Derived:
    before = vault.mark()
    waiting = pending(vault)
    if not waiting:
        return Derived(0, 0, 0, 0)
    known = sources(vault)
    coverage = [run for source in known for run in source.runs()]
    windows = affected_window(coverage, waiting)
    forest = in_use(vault).forest
    analyses = [found for window in windows for found in analyse_window(vault, known, window)]
    old = dict(_stored(vault, windows))
    fresh = _replaced(old, windows, analyses, kept_from_us(vault))
    inputs = sorted({digest for a in analyses for trip in a.trips for digest in trip.sources})
    found = [trip for analysis in analyses for trip in analysis.trips]
    moved = list(measured_again(splits(vault), found, lambda trip: fixes_around(vault, trip)))
    with vault.transaction(now_us=now_us) as tx:
        if vault.mark() != before:
            raise _OvertakenError
        note_engine(vault, tx)
        digests = write_pages(tx, old, fresh)
        for statement in statements_of(digests, inputs, windows, forest):
            tx.log(statement)
        for word in moved:
            tx.put(KIND, name_of(word), msgspec.msgpack.encode(word))
        nothing_pending(tx)
    gone = {trip.id for page in old.values() for trip in page.trips}
    there = {trip.id: trip for page in fresh.values() for trip in page.trips}
    new = [trip for trip_id, trip in there.items() if trip_id not in gone]
    unsure = sum(Sureness.of(trip.main_leg.confidence) is Sureness.UNSURE for trip in new)
    shared_m = sum(a.shared_m for a in analyses)
    return Derived(len(new), len(gone - there.keys()), unsure, shared_m)


def month_of(time_us: int) -> str:
    """Return the UTC month of an instant, the name of its page."""
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=time_us)
    return moment.strftime("%Y-%m")


def _stored(vault: Vault, windows: Sequence[Window]) -> list[tuple[str, Page]]:
    months = sorted({m for first, last in windows for m in _months(first, last)})
    found = ((month, vault.get("trips", month)) for month in months)
    return [(month, Page(*decode_page(body)) if body else Page()) for month, body in found]


def _months(first_us: int, last_us: int) -> Iterable[str]:
    first, last = month_of(first_us), month_of(last_us)
    year, number = int(first[:4]), int(first[5:])
    while f"{year:04d}-{number:02d}" <= last:
        yield f"{year:04d}-{number:02d}"
        year, number = (year + 1, 1) if number == 12 else (year, number + 1)


def _replaced(
    old: dict[str, Page], windows: Sequence[Window], analyses: Sequence[Found], kept_us: int
) -> dict[str, Page]:
    """Return the pages with what starts inside the windows replaced.

    What begins before ``kept_us`` stays: its positions are not kept, so it would not be
    found again. What is found there later counts where nothing stays.
    """

    def stays(item: Trip | Stop) -> bool:
        inside = (first <= item.start_us and item.end_us <= last for first, last in windows)
        return item.start_us < kept_us or not any(inside)

    fresh = {}
    for month, page in old.items():
        trips = [t for a in analyses for t in a.trips if month_of(t.start_us) == month]
        stops = [s for a in analyses for s in a.stops if month_of(s.start_us) == month]
        trips = [*beside(trips, settled(page.trips, kept_us)), *filter(stays, page.trips)]
        stops = [*beside(stops, settled(page.stops, kept_us)), *filter(stays, page.stops)]
        fresh[month] = Page(
            tuple(sorted(trips, key=lambda trip: (trip.start_us, trip.end_us))),
            tuple(sorted(stops, key=lambda stop: (stop.start_us, stop.end_us))),
        )
    return fresh


def write_pages(tx: Transaction, old: dict[str, Page], fresh: dict[str, Page]) -> tuple[str, ...]:
    """Store the pages that changed and return the digests of all of them."""
    digests = []
    for month, page in fresh.items():
        body = encode_page(*page)
        digests.append(sha256_hex(body))
        if page != old[month]:
            tx.put("trips", month, body)
    return tuple(digests)


def statements_of(
    digests: tuple[str, ...], inputs: Sequence[str], windows: Sequence[Window], forest: Forest
) -> Iterable[Statement]:
    """Yield the entries of the log for pages that were found anew.

    Args:
        digests: SHA-256 (hex) of the pages.
        inputs: SHA-256 (hex) of the source files.
        windows: What was analysed.
        forest: The model of modes.
    """
    spans = [list(window) for window in windows]
    for kind, stages in _STAGES.items():
        methods = [asdict(a) for a in algorithms(forest) if a.name.rpartition(".")[2] in stages]
        facts: dict[str, Any] = {"algorithms": methods, "windows_us": spans}
        if kind is StatementKind.CLASSIFY:
            facts["model"] = forest.digest
        yield Statement(kind, digests, tuple(inputs), facts)


def analyse_all(vault: Vault) -> tuple[tuple[Window, ...], list[Found]]:
    """Analyse all stored fixes again, without writing anything.

    Returns:
        The windows, of whole chunks, and what each slice of them shows.
    """
    known = sources(vault)
    coverage = [run for source in known for run in source.runs()]
    windows = tuple(affected_window(coverage, coverage))
    return windows, [found for window in windows for found in analyse_window(vault, known, window)]


def recomputed(vault: Vault, window: Window) -> Analysis:
    """Analyse one window again from the stored fixes, without writing anything."""
    known = sources(vault)
    return analyse(fixes_between(vault, known, window), hints=hints_of(vault, known))


def fixes_around(vault: Vault, trip: Trip) -> Fixes:
    """Return the flagged fixes of the stretch of time that ``trip`` lies in."""
    coverage = [run for source in sources(vault) for run in source.runs()]
    windows = affected_window(coverage, [(trip.start_us, trip.end_us)])
    return recomputed(vault, (windows[0][0], windows[-1][1])).fixes


def all_trips(vault: Vault) -> list[Trip]:
    """Return every stored trip, in time order."""
    return sorted((t for page in pages(vault) for t in page.trips), key=lambda t: t.start_us)
