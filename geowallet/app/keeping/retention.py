"""Rules of retention: positions and figures that are older than their owner wants go.

Positions go by whole stretches between two silences, so that no trip is cut; the trips
that were found from them stay. Figures are those trips, what was said of them, and the
receipts of exports.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.app.files import replace_whole
from geowallet.app.intake.sources import sources
from geowallet.app.keeping.durations import Duration
from geowallet.app.keeping.erasing import Plan, carry_out
from geowallet.app.keeping.own_settings import RULES
from geowallet.app.keeping.resting import openings_before, pages_before, words_before
from geowallet.app.keeping.rewriting import without
from geowallet.app.keeping.scope import Scope, midnight_us
from geowallet.app.sharing.receipts import receipts
from geowallet.app.travel.derive import derive
from geowallet.app.travel.habits import kept_habits
from geowallet.app.travel.trips import own_zone
from geowallet.app.travel.unkept import BEFORE_ALL_US, kept_from_us
from geowallet.crypto.canonical import canonical_bytes
from geowallet.model.calendar import local_time
from geowallet.model.errors import KeptTooShortError, RulesDamagedError, VaultDamagedError
from geowallet.model.provenance import Statement, StatementKind
from geowallet.track.windows import joined_runs

if TYPE_CHECKING:
    from pathlib import Path

    from geowallet.app.keeping.erasing import Erased
    from geowallet.vault.store import Vault

MATTERS = ("fixes", "figures")
"""What a rule can speak of."""

DAY_US = 86_400 * 1_000_000

CLOCK_LEAP = dt.timedelta(days=92)
"""A clock that is so much later than at the last look may be wrong: a rule then waits for
its owner. No clock alone may empty a wallet."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How long what is kept; None is for ever."""

    fixes: Duration | None = None
    figures: Duration | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What running the rules did.

    Attributes:
        planned: What was due.
        erased: What went, or None where it waits for the owner.
    """

    planned: Plan
    erased: Erased | None


def rules(vault: Vault) -> Rules:
    """Return the rules of this wallet.

    Raises:
        RulesDamagedError: They cannot be read.
    """
    try:
        said = json.loads(vault.get(*RULES) or b"{}")
    except VaultDamagedError as error:
        raise RulesDamagedError from error
    found = {matter: Duration.parse(said[matter]) for matter in MATTERS if said.get(matter)}
    return Rules(**found)


def with_rule(before: Rules, matter: str, duration: Duration | None, *, today: dt.date) -> Rules:
    """Return the rules with another one for ``matter``, one of `MATTERS`.

    Raises:
        KeptTooShortError: Figures would go before their positions.
    """
    after = Rules(**{"fixes": before.fixes, "figures": before.figures, matter: duration})
    if after.figures is not None:
        fixes = after.fixes or after.figures
        if after.figures.first_kept(today) > fixes.first_kept(today):
            raise KeptTooShortError
    return after


def set_rules(vault: Vault, said: Rules, *, now_us: int) -> None:
    """Store the rules; they run when the wallet is opened, or by `apply`."""
    value = {name: str(given) for name in MATTERS if (given := getattr(said, name)) is not None}
    with vault.transaction(now_us=now_us) as tx:
        tx.put(*RULES, canonical_bytes(value))
        tx.log(Statement(StatementKind.SETTING, (), (), {"what": "rules of retention set"}))


def due(vault: Vault, said: Rules, *, now_us: int) -> Plan | None:
    """Return what the rules would take away now, or None where nothing is due.

    What waits for analysis is analysed first: a trip must not be lost with its positions.

    Raises:
        VaultDamagedError: A piece that is due cannot be read.
    """
    zone = own_zone(vault)
    today = local_time(now_us, zone).date()
    spans = [span for span in (said.fixes, said.figures) if span is not None]
    if not spans:
        return None
    derive(vault, now_us=now_us)
    mark = vault.mark()
    first_us = max(midnight_us(span.first_kept(today), zone) for span in spans)
    horizon_us = _horizon_us(vault, first_us)
    scope = Scope("retention", window=(BEFORE_ALL_US, horizon_us - 1))
    changed = [one for source in sources(vault) if (one := without(vault, source, scope))]
    figures_us = BEFORE_ALL_US
    if said.figures is not None:
        figures_us = midnight_us(said.figures.first_kept(today), zone)
    pages, trips = pages_before(vault, figures_us)
    old = tuple(one for one in receipts(vault) if one.exported_us < figures_us)
    records = (
        *words_before(vault, figures_us),
        *(("export", one.jti) for one in old),
        *openings_before(vault, first_us),
    )
    if not (changed or pages or records):
        return None
    kept_us = max(horizon_us, kept_from_us(vault)) if changed else None
    habits = kept_habits(vault) if changed else None
    return Plan(
        scope=scope,
        sources=tuple(changed),
        records=records,
        pages=pages,
        trips=trips,
        exports=old,
        pending=(),
        mark=mark,
        kept_from_us=kept_us,
        habits=None if habits is None else habits.since(horizon_us),
    )


def apply(vault: Vault, planned: Plan, *, now_us: int) -> Erased:
    """Erase what is due, with an entry in the log that says so.

    Raises:
        VaultBusyError: Something was written since.
        DiskFullError: The disk refuses; nothing was erased.
    """
    return carry_out(vault, planned, now_us=now_us)


def run_due(vault: Vault, memory: Path, *, now_us: int) -> Kept | None:
    """Run the rules, at most once a day; return what they did, or None for nothing.

    Args:
        vault: The open wallet.
        memory: File of this machine with the day of the last look; see `looked`.
        now_us: The present.
    """
    today = local_time(now_us, own_zone(vault)).date()
    before = _last_look(memory)
    if before == today:
        return None
    planned = due(vault, rules(vault), now_us=now_us)
    trusted = before is not None and today - before <= CLOCK_LEAP
    if planned is not None and not trusted:
        return Kept(planned, None)
    erased = None if planned is None else apply(vault, planned, now_us=now_us)
    if trusted:
        looked(vault, memory, now_us=now_us)
    return None if planned is None else Kept(planned, erased)


def looked(vault: Vault, memory: Path, *, now_us: int) -> None:
    """Remember that the rules were looked at today, and the owner was there or the clock right.

    Raises:
        DiskFullError: It could not be written.
    """
    replace_whole(memory, str(local_time(now_us, own_zone(vault)).date()).encode())


def _last_look(memory: Path) -> dt.date | None:
    try:
        return dt.date.fromisoformat(memory.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _horizon_us(vault: Vault, first_us: int) -> int:
    """Return the beginning of the first stretch that reaches to ``first_us`` or beyond."""
    runs = joined_runs(sorted(run for source in sources(vault) for run in source.runs()))
    return min((first for first, last in runs if last >= first_us), default=first_us)
