"""Use case: what is wrong with the wallet, what rests on it, and what can be saved."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

import msgspec

from geowallet.app.intake.sources import Source
from geowallet.app.keeping.own_settings import RULES
from geowallet.app.keeping.scope import midnight_us
from geowallet.app.reports.mileage import mileage
from geowallet.app.settings import vehicles
from geowallet.app.sharing.receipts import Receipt
from geowallet.app.travel.renewing import month_of
from geowallet.app.travel.trips import Page
from geowallet.app.travel.unkept import kept_from_us
from geowallet.model.calendar import Period
from geowallet.model.errors import GeowalletError, VaultDamagedError
from geowallet.model.words import N_, Phrase, phrase
from geowallet.vault.check import RECORD, Trouble, VaultReport, check_vault
from geowallet.vault.pages import decode_page
from geowallet.vault.records import KINDS

if TYPE_CHECKING:
    from geowallet.app.intake.sources import Blob
    from geowallet.vault.check import Damage
    from geowallet.vault.sample import InSample
    from geowallet.vault.store import Vault

EURO = "EUR"

_Record = TypeVar("_Record", Source, Receipt)

_YEARS = range(1970, 2101)
"""Of pages whose name is looked for."""


class Remedy(StrEnum):
    """What can be done about a damage."""

    RECOMPUTE = "recompute"
    READ_AGAIN = "read_again"
    SAY_AGAIN = "say_again"
    REMOVE = "remove"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Finding:
    """One damage, as far as it can be told.

    Attributes:
        damage: What was found.
        remedy: What can be done.
        name: Of the record, where it can be told; "" else.
        file: Name of the file that a piece is from, "" else.
        trips: Ids of trips that rest on it, as far as they can be read.
        exports: Short ids of exports that rest on it.
        months: Months of them, ``YYYY-MM``.
    """

    damage: Damage
    remedy: Remedy
    name: str = ""
    file: str = ""
    trips: tuple[str, ...] = ()
    exports: tuple[str, ...] = ()
    months: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Examination:
    """What a check found, and what it means.

    Attributes:
        report: Of the file.
        findings: One for each damaged record.
        euros: What the mileage reports of the months concerned come to, where one can
            be computed; else None.
    """

    report: VaultReport
    findings: tuple[Finding, ...]
    euros: Decimal | None

    @property
    def repairable(self) -> tuple[Finding, ...]:
        """Findings that `repair` can do something about."""
        return tuple(one for one in self.findings if one.remedy not in _NOT_BY_REPAIR)


_NOT_BY_REPAIR = {Remedy.RESTORE, Remedy.SAY_AGAIN}

REMEDIES = {
    Remedy.RECOMPUTE: N_("yes: found again from the positions, by --repair"),
    Remedy.READ_AGAIN: N_("yes: --repair gives the piece up, then read the file again"),
    Remedy.SAY_AGAIN: N_("say them again: geowallet vault keep; nothing is erased by them"),
    Remedy.REMOVE: N_("yes: --repair removes it"),
    Remedy.RESTORE: N_("only from a backup: geowallet vault restore"),
}
"""What can be done, in words."""

_MISSING = N_("a record is missing")
_STRAYS = {
    Trouble.STRAY_KEY: N_("a key without its record"),
    Trouble.STRAY: N_("a record that the log knows nothing of, or says was removed"),
}
_RULES = N_("the rules of retention")
_REPLACED = N_("{what}: another version of it than the log names")


def what_of(finding: Finding) -> Phrase:
    """Return what is wrong, without the name of anything of the owner."""
    kind = finding.damage.kind
    if kind is None:
        kind = {Remedy.RECOMPUTE: "trips", Remedy.READ_AGAIN: "fixes"}.get(finding.remedy)
    trouble = finding.damage.trouble
    if trouble in _STRAYS:
        return phrase(_STRAYS[trouble])
    if finding.remedy is Remedy.SAY_AGAIN:
        return phrase(VaultDamagedError.text, what=_RULES)
    if kind is None:
        return phrase(_MISSING if trouble is Trouble.MISSING else RECORD)
    if trouble is Trouble.REPLACED:
        return phrase(_REPLACED, what=KINDS[kind])
    if trouble is Trouble.MISSING:
        return phrase(N_("{what} is missing"), what=KINDS[kind])
    return phrase(VaultDamagedError.text, what=KINDS[kind])


def line_of(finding: Finding) -> Phrase:
    """Return the same with what can be done, as one line."""
    kind = finding.damage.kind
    text = N_("{what} is not what was written; can it be saved? {reason}")
    return phrase(text, what=KINDS[kind] if kind else RECORD, reason=REMEDIES[finding.remedy])


def examine(vault: Vault, in_sample: InSample | None = None) -> Examination:
    """Return what is wrong with an open wallet; nothing is changed.

    Raises:
        VaultBusyError: Another process writes for too long.
        DiskFullError: The disk does not answer.
    """
    report = check_vault(vault, in_sample)
    if not report.damages:
        return Examination(report, (), None)
    known = _Known(vault, report)
    findings = tuple(known.finding(damage) for damage in report.damages)
    months = sorted({month for one in findings for month in one.months})
    return Examination(report, findings, euros_of(vault, months))


def euros_of(vault: Vault, months: list[str]) -> Decimal | None:
    """Return what the mileage reports of ``months`` come to; None where none can be computed."""
    total, found = Decimal(0), False
    for month in months:
        for vehicle in _readable_vehicles(vault):
            try:
                amount = mileage(vault, Period.parse(month), vehicle=vehicle).amount
            except GeowalletError:
                continue
            if amount is not None and amount.rule.currency == EURO:
                total, found = total + amount.amount, True
    return total if found else None


def _readable_vehicles(vault: Vault) -> list[str]:
    try:
        return [vehicle.id for vehicle in vehicles(vault)]
    except GeowalletError:
        return []


class _Known:
    """What can still be read of the wallet, to tell what a damage touches."""

    def __init__(self, vault: Vault, report: VaultReport) -> None:
        self._bad = {damage.row_id for damage in report.damages}
        self._rules = vault.row_id(*RULES)
        self._kept_us = kept_from_us(vault)
        self._blobs = {
            vault.row_id("fixes", blob.name): (source, blob)
            for source in _readable(vault, "source", Source)
            for trace in source.traces
            for blob in trace.blobs
        }
        self._months = {
            vault.row_id("trips", month): month
            for month in (f"{y:04d}-{m:02d}" for y in _YEARS for m in range(1, 13))
        }
        pages = (Page(*decode_page(body)) for _, body in vault.readable_items("trips"))
        self._trips = [trip for page in pages for trip in page.trips]
        self._receipts = _readable(vault, "export", Receipt)

    def finding(self, damage: Damage) -> Finding:
        """Return what one damage means."""
        if damage.trouble in {Trouble.STRAY, Trouble.STRAY_KEY}:
            return Finding(damage, Remedy.REMOVE)
        if damage.row_id == self._rules:
            return Finding(damage, Remedy.SAY_AGAIN)
        if damage.row_id in self._blobs:
            return self._of_piece(damage, *self._blobs[damage.row_id])
        if damage.row_id in self._months:
            return self._of_page(damage, self._months[damage.row_id])
        return Finding(damage, Remedy.RESTORE)

    def _of_piece(self, damage: Damage, source: Source, blob: Blob) -> Finding:
        trips = [
            trip
            for trip in self._trips
            if source.sha256 in trip.sources
            and trip.start_us <= blob.last_us
            and trip.end_us >= blob.first_us
        ]
        ids = {trip.id for trip in trips}
        exports = (one for one in self._receipts if any(trip in ids for trip, _ in one.used))
        return Finding(
            damage,
            Remedy.READ_AGAIN,
            name=blob.name,
            file=source.name,
            trips=tuple(sorted(ids)),
            exports=tuple(one.id for one in exports),
            months=tuple(sorted({month_of(trip.start_us) for trip in trips})),
        )

    def _of_page(self, damage: Damage, month: str) -> Finding:
        days = Period.parse(month)
        exports = (
            one.id
            for one in self._receipts
            if (period := Period.parse(one.period)).first <= days.last and days.first <= period.last
        )
        remedy = Remedy.RECOMPUTE if self._can_be_found_again(month) else Remedy.RESTORE
        return Finding(damage, remedy, name=month, exports=tuple(exports), months=(month,))

    def _can_be_found_again(self, month: str) -> bool:
        """Say whether the fixes of a month are all there: kept by the rules, and readable."""
        first_us = midnight_us(Period.parse(month).first, "UTC")
        broken = (
            blob
            for row_id, (_, blob) in self._blobs.items()
            if row_id in self._bad and month_of(blob.first_us) <= month <= month_of(blob.last_us)
        )
        return first_us >= self._kept_us and next(broken, None) is None


def _readable(vault: Vault, kind: str, shape: type[_Record]) -> list[_Record]:
    return [msgspec.msgpack.decode(body, type=shape) for _, body in vault.readable_items(kind)]
