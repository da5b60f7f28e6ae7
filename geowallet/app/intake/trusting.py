"""Use cases: list the connectors of other packages, trust one by its digest, or no longer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from geowallet.app.intake.guests import guest, installed_names, package_named
from geowallet.app.intake.trust import Trusted, trusted, write_trusted
from geowallet.app.locations import trust_file
from geowallet.connectors.guests.packages import Package, entries
from geowallet.model.errors import (
    ConnectorDigestError,
    ConnectorFailedError,
    ConnectorUnusableError,
    UnknownConnectorError,
)
from geowallet.model.words import N_, Phrase, phrase


class State(StrEnum):
    """How a connector of another package stands."""

    TRUSTED = "trusted"
    UNTRUSTED = "untrusted"
    CHANGED = "changed"
    UNUSABLE = "unusable"
    GONE = "gone"
    """Trusted once; its package is not installed any more."""


@dataclass(frozen=True, slots=True)
class Lodger:
    """A connector of another package.

    Attributes:
        name: Of the format.
        package: Name of its distribution.
        version: As installed, or as trusted if it is gone.
        state: Whether it is used.
        extensions: Endings, of those that are or were trusted: nobody else was asked.
        reason: Why it can never be used, if so.
    """

    name: str
    package: str
    version: str
    state: State
    extensions: tuple[str, ...] = ()
    reason: str = ""


CAN: tuple[Phrase, ...] = (
    phrase(N_("It sees the files that you let it read, and the start of others with its endings.")),
    phrase(N_("It returns positions, and can return false ones.")),
    phrase(N_("It runs apart: no other file, no network, no process, no key, 768 MiB of memory.")),
    phrase(N_("It is off again as soon as one of its files changes.")),
)
"""What trusting means, in the order in which it is said."""


def lodgers() -> tuple[Lodger, ...]:
    """Return every connector of another package, by name; none of their code runs.

    Raises:
        TrustFileError: The list of those that are trusted cannot be relied on.
    """
    known = trusted(trust_file())
    names = installed_names()
    gone = [
        Lodger(name, old.package, old.version, State.GONE, tuple(old.extensions))
        for name, old in known.items()
        if name not in {entry.name for entry in entries()}
    ]
    return tuple(sorted((*(_lodger(n, known) for n in names), *gone), key=lambda x: x.name))


def _lodger(name: str, known: dict[str, Trusted]) -> Lodger:
    old = known.get(name)
    extensions = tuple(old.extensions) if old else ()
    entry = next(entry for entry in entries() if entry.name == name)
    try:
        package = package_named(name)
    except ConnectorUnusableError as error:
        reason = str(error.details["reason"])
        return Lodger(name, entry.package, entry.version, State.UNUSABLE, extensions, reason)
    state = State.UNTRUSTED
    if old is not None:
        state = State.TRUSTED if old.sha256 == package.digest else State.CHANGED
    return Lodger(name, entry.package, entry.version, state, extensions)


def trust(package: Package, *, digest: str | None = None) -> Trusted:
    """Let a connector say what it reads, confined, and trust it from now on.

    Args:
        package: As it was shown to the owner; what is installed meanwhile does not matter.
        digest: The digest it must have, hex, or None.

    Raises:
        ConnectorDigestError: It has another.
        ConnectorUnconfinedError: It cannot be shut in here.
        ConnectorFailedError: It does not start, or calls itself otherwise than its package does.
        ConnectorTimeoutError: It was stopped.
        TrustFileError: The list cannot be relied on.
        DiskFullError: The list could not be written.
    """
    entry = package.entry
    if digest is not None and digest.lower().removeprefix("sha256:") != package.digest:
        raise ConnectorDigestError(name=entry.name)
    known = trusted(trust_file())
    manners = guest(package, (), generic=False).describe()
    if manners.name != entry.name:
        reason = N_("it calls itself otherwise than its package does")
        raise ConnectorFailedError(name=entry.name, reason=reason)
    new = Trusted(
        entry.name,
        entry.package,
        entry.version,
        package.digest,
        sorted(set(manners.extensions)),
        manners.generic,
    )
    write_trusted(trust_file(), known | {entry.name: new})
    return new


def distrust(name: str) -> None:
    """Turn a connector off.

    Raises:
        UnknownConnectorError: It is not trusted.
        TrustFileError: The list cannot be relied on.
        DiskFullError: The list could not be written.
    """
    known = trusted(trust_file())
    if known.pop(name, None) is None:
        raise UnknownConnectorError(name=name)
    write_trusted(trust_file(), known)
