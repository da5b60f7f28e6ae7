"""Use case: turn stored fixes into trips and stops, for what an import touched.

The timeline is cut at long gaps and every piece is analysed alone, so the
result depends on the set of files and not on the order of their import.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from geowallet.app.intake.sources import fixes_between, sources
from geowallet.app.travel.engine import note_engine
from geowallet.app.travel.hints import hints_of
from geowallet.app.travel.models import in_use
from geowallet.app.travel.renewing import renewed
from geowallet.app.travel.shapes import KIND, measured_again, name_of, splits
from geowallet.app.travel.slices import analyse_window
from geowallet.app.travel.trips import Page, pages
from geowallet.app.travel.unkept import kept_from_us
from geowallet.app.travel.waiting import nothing_pending, pending
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.errors import VaultBusyError
from geowallet.model.mobility import Sureness
from geowallet.model.provenance import Statement, StatementKind
from geowallet.track.pipeline import algorithms, analyse
from geowallet.track.windows import Window, affected_window, joined_runs
from geowallet.vault.pages import encode_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from geowallet.app.travel.models import InUse
    from geowallet.app.travel.renewing import Month
    from geowallet.app.travel.shapes import Split
    from geowallet.app.travel.slices import Found
    from geowallet.model.fixes import Fixes
    from geowallet.model.mobility import Trip
    from geowallet.track.pipeline import Analysis, AnotherHour
    from geowallet.vault.store import Vault
    from geowallet.vault.transaction import Transaction

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
        shared_m: Whole metres that more than one source saw while what changed was
            recorded, counted once.
        another_hour: Files that tell the way of another one at another hour, once each.
    """

    new: int
    changed: int
    to_check: int
    shared_m: int
    another_hour: tuple[AnotherHour, ...] = ()


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
    windows = affected_window([run for source in known for run in source.runs()], waiting)
    model = in_use(vault)
    changes, changed = _Changes(vault), joined_runs(waiting)
    slices = changes.counted(
        found
        for window in windows
        for found in analyse_window(vault, known, window, changed=changed)
    )
    for month in renewed(vault, windows, slices, kept_from_us(vault)):
        changes.add(month)
    with vault.transaction(now_us=now_us) as tx:
        if vault.mark() != before:
            raise _OvertakenError
        note_engine(vault, tx)
        for name, body in changes.bodies.items():
            tx.put("trips", name, body)
        inputs = sorted(changes.inputs)
        for statement in statements_of(tuple(changes.digests), inputs, windows, model):
            tx.log(statement)
        for word in changes.moved:
            tx.put(KIND, name_of(word), msgspec.msgpack.encode(word))
        nothing_pending(vault, tx)
    return changes.counts()


class _Changes:
    """What becomes of the months, small enough to be kept of all of them."""

    def __init__(self, vault: Vault) -> None:
        self._vault, self._splits = vault, splits(vault)
        self._gone: set[str] = set()
        self._there: dict[str, bool] = {}
        self._shared_m = 0
        self._another_hour: dict[tuple[str, str], AnotherHour] = {}
        self.bodies: dict[str, bytes] = {}
        self.digests: list[str] = []
        self.inputs: set[str] = set()
        self.moved: list[Split] = []

    def counted(self, slices: Iterable[Found]) -> Iterator[Found]:
        """Yield the same slices, once what they say together is noted."""
        for found in slices:
            self._shared_m += found.shared_m
            self._another_hour |= {(one.source, one.kept): one for one in found.another_hour}
            self.inputs.update(digest for trip in found.trips for digest in trip.sources)
            yield found

    def add(self, month: Month) -> None:
        """Pack the page of a month, and keep what is told of its trips."""
        body = encode_page(*month.after)
        self.digests.append(sha256_hex(body))
        if body != month.stored and (month.stored or month.after != Page()):
            self.bodies[month.name] = body
        self._gone.update(trip.id for trip in month.before.trips)
        self._there |= {
            trip.id: Sureness.of(trip.main_leg.confidence) is Sureness.UNSURE
            for trip in month.after.trips
        }
        around = partial(fixes_around, self._vault)
        self.moved += measured_again(self._splits, month.found, around)

    def counts(self) -> Derived:
        """Return how many trips are new, changed and to be checked."""
        new = self._there.keys() - self._gone
        unsure = sum(self._there[trip] for trip in new)
        changed, hours = len(self._gone - self._there.keys()), tuple(self._another_hour.values())
        return Derived(len(new), changed, unsure, self._shared_m, hours)


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
    digests: tuple[str, ...], inputs: Sequence[str], windows: Sequence[Window], model: InUse
) -> Iterable[Statement]:
    """Yield the entries of the log for pages that were found anew.

    Args:
        digests: SHA-256 (hex) of the pages.
        inputs: SHA-256 (hex) of the source files.
        windows: What was analysed.
        model: The model of modes, and the habits that it heeds.
    """
    spans = [list(window) for window in windows]
    used = algorithms(model.forest)
    for kind, stages in _STAGES.items():
        methods = [asdict(a) for a in used if a.name.rpartition(".")[2] in stages]
        facts: dict[str, Any] = {"algorithms": methods, "windows_us": spans}
        if kind is StatementKind.CLASSIFY:
            facts["model"] = model.forest.digest
            if model.habits is not None:
                facts["habits"] = model.habits.id
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
