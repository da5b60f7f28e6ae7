"""Use case: look at everything that can go wrong before it does."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from geowallet.app.intake.trusting import State, lodgers
from geowallet.app.keeping.checking import examine as examine_vault
from geowallet.app.keeping.checking import line_of
from geowallet.app.keeping.copies import Standing, copies
from geowallet.app.keyrings import held
from geowallet.app.settings import named_places, work_week
from geowallet.app.travel.engine import is_outdated
from geowallet.app.travel.waiting import pending
from geowallet.app.wallet import opened
from geowallet.connectors.registry import BUILTIN
from geowallet.evaluator.host import layers
from geowallet.evaluator.layers import missing
from geowallet.evaluator.module import probe
from geowallet.evaluator.trial import escape_attempts
from geowallet.model.errors import (
    ConnectorChangedError,
    ConnectorUnusableError,
    GeowalletError,
    KeyringEntryError,
    MissingExtraError,
    NoVaultError,
    SandboxError,
    VaultLockedError,
)
from geowallet.model.mobility import PlaceKind
from geowallet.model.words import N_, Phrase, phrase
from geowallet.vault import session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geowallet.app.locations import Locations
    from geowallet.app.wallet import Ask
    from geowallet.vault.store import Vault


class Health(StrEnum):
    """How one thing stands."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor: what was looked at, how it stands, what to do."""

    health: Health
    subject: str
    note: Phrase


def examine(locations: Locations, ask: Ask) -> tuple[Finding, ...]:
    """Return a finding for everything that was looked at; nothing is changed."""
    return (
        _machine(),
        *_wallet(locations, ask),
        _session(),
        *_keyrings(locations),
        *_sandbox(),
        _modules(),
        *_connectors(),
    )


def _machine() -> Finding:
    text = N_("Python {python}, {system}; no network was used")
    note = phrase(text, python=platform.python_version(), system=platform.system())
    return Finding(Health.OK, "machine", note)


def _wallet(locations: Locations, ask: Ask) -> Iterator[Finding]:
    try:
        with opened(locations, ask) as vault:
            yield from _open_wallet(vault)
    except NoVaultError:
        note = phrase(N_("none yet: geowallet init"))
        yield Finding(Health.WARNING, "wallet", note)
    except VaultLockedError:
        note = phrase(N_("locked, so not looked into: geowallet unlock"))
        yield Finding(Health.WARNING, "wallet", note)
    except GeowalletError as error:
        yield Finding(Health.PROBLEM, "wallet", Phrase(error.text, tuple(error.details.items())))


def _open_wallet(vault: Vault) -> Iterator[Finding]:
    found = examine_vault(vault)
    report = found.report
    if report.problems:
        for one in found.findings:
            yield Finding(Health.PROBLEM, "wallet", line_of(one))
        if not found.findings:
            error = report.problems[0][1]
            note = Phrase(error.text, tuple(error.details.items()))
            yield Finding(Health.PROBLEM, "wallet", note)
        return
    text = N_("{records} records and {entries} log entries, all as they were written")
    note = phrase(text, records=report.records, entries=report.entries)
    yield Finding(Health.OK, "wallet", note)
    yield from _copies(vault)
    if pending(vault):
        note = phrase(N_("an import was cut short: any geowallet ingest finishes it"))
        yield Finding(Health.WARNING, "trips", note)
    if is_outdated(vault):
        note = phrase(N_("found by another engine: geowallet trip recompute"))
        yield Finding(Health.WARNING, "trips", note)
    if work_week(vault) is None:
        note = phrase(N_("work hours are not set: geowallet work set"))
        yield Finding(Health.WARNING, "work", note)
    kinds = {place.kind for place in named_places(vault)}
    if not {PlaceKind.HOME, PlaceKind.WORK} <= kinds:
        note = phrase(N_("home and work are not both named: geowallet place list"))
        yield Finding(Health.WARNING, "places", note)


def _copies(vault: Vault) -> Iterator[Finding]:
    known = copies(vault)
    if not known:
        note = phrase(N_("no backup is known: geowallet vault backup FOLDER"))
        yield Finding(Health.WARNING, "backups", note)
    for copy in known:
        if copy.standing is not Standing.CLEAN:
            yield Finding(Health.WARNING, "backups", phrase(_COPIES[copy.standing]))


_COPIES = {
    Standing.DUE: N_("a folder holds what was erased: geowallet vault copies --renew"),
    Standing.AWAY: N_("a server holds what was erased: geowallet vault backup ADDRESS"),
    Standing.UNREACHABLE: N_("a folder cannot be reached: geowallet vault copies"),
}


def _session() -> Finding:
    if session.available():
        return Finding(Health.OK, "session", phrase(N_("the kernel keyring can keep it open")))
    text = N_("this machine keeps no session: each command asks for the passphrase")
    return Finding(Health.WARNING, "session", phrase(text))


def _keyrings(locations: Locations) -> Iterator[Finding]:
    try:
        found = held(locations)
    except GeowalletError:
        return  # said of the wallet
    for one in found:
        if one.error is None:
            note = phrase(N_("way in {number} opens the wallet"), number=one.number)
            yield Finding(Health.OK, "keyring", note)
        elif isinstance(one.error, KeyringEntryError):
            text = N_("way in {number} ({label}) is not of this system, or its entry is gone")
            note = phrase(text, number=one.number, label=one.label)
            yield Finding(Health.WARNING, "keyring", note)
        else:
            note = Phrase(one.error.text, tuple(one.error.details.items()))
            yield Finding(Health.WARNING, "keyring", note)


def _sandbox() -> Iterator[Finding]:
    try:
        found = layers()
    except SandboxError as error:
        note = Phrase(error.text, tuple(error.details.items()))
        yield Finding(Health.PROBLEM, "sandbox", note)
        return
    for layer in found:
        health = Health.OK if layer.holds else Health.WARNING
        yield Finding(health, f"sandbox/{layer.name}", layer.detail)
    lacking = ", ".join(missing({layer.name: int(layer.holds) for layer in found}))
    if lacking:
        text = N_("without {layers} nothing is computed here, and nothing exported")
        yield Finding(Health.PROBLEM, "sandbox", phrase(text, layers=lacking))
        return
    attempts = escape_attempts()
    refused = sum(attempt.refused for attempt in attempts)
    note = phrase(N_("{refused} of {total} escapes refused"), refused=refused, total=len(attempts))
    health = Health.OK if refused == len(attempts) else Health.PROBLEM
    yield Finding(health, "sandbox", note)


def _modules() -> Finding:
    try:
        probe()
    except MissingExtraError:
        note = phrase(N_("not installed; a contract that brings a module is refused"))
        return Finding(Health.OK, "modules", note)
    except GeowalletError as error:
        return Finding(Health.PROBLEM, "modules", Phrase(error.text, tuple(error.details.items())))
    return Finding(Health.OK, "modules", phrase(N_("scoring modules run, confined")))


def _connectors() -> Iterator[Finding]:
    try:
        others = lodgers()
    except GeowalletError as error:
        note = Phrase(error.text, tuple(error.details.items()))
        yield Finding(Health.PROBLEM, "connectors", note)
        return
    usable = sum(lodger.state is State.TRUSTED for lodger in others)
    text = N_("{builtin} formats built in, {guests} of other packages trusted")
    yield Finding(Health.OK, "connectors", phrase(text, builtin=len(BUILTIN), guests=usable))
    for lodger in others:
        if lodger.state is State.CHANGED:
            note = Phrase(ConnectorChangedError.text, (("name", lodger.name),))
            yield Finding(Health.WARNING, "connectors", note)
        elif lodger.state is State.UNUSABLE:
            details = (("name", lodger.name), ("reason", lodger.reason))
            note = Phrase(ConnectorUnusableError.text, details)
            yield Finding(Health.PROBLEM, "connectors", note)
