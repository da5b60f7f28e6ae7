"""Connectors of other packages: off until trusted, and then run confined."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec
import numpy as np

from geowallet.app.intake.trust import Trusted, trusted
from geowallet.app.locations import trust_file
from geowallet.connectors import source
from geowallet.connectors.guests.guest import GuestConnector
from geowallet.connectors.guests.packages import Package, entries, package_of
from geowallet.connectors.registry import BUILTIN
from geowallet.evaluator.child import Pace
from geowallet.evaluator.visit import visit
from geowallet.model.errors import (
    ConnectorChangedError,
    ConnectorFailedError,
    ConnectorNotTrustedError,
    ConnectorTimeoutError,
    ConnectorUnconfinedError,
    ConnectorUnusableError,
    EvaluationFailedError,
    EvaluationTimeoutError,
    GeowalletError,
    SandboxError,
    UnknownConnectorError,
)
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geowallet.connectors.api import Connector, ReadOptions, ReadResult

SWITCH = "GEOWALLET_PLUGINS"
"""Environment variable; "none" turns the connectors of other packages off."""

READING = Pace()
CHECKING = Pace(quiet_s=1_800, start_s=1_800)
"""The kit reads a sample some thousand times before it says anything."""


@dataclass(frozen=True, slots=True)
class Lodging:
    """The connectors of other packages, as `registry.Guests` wants them.

    The list of those that are trusted is read when one could be used: it may be
    damaged without harm to the reading of our own formats.

    Attributes:
        path: Of that list.
    """

    path: Path

    def names(self) -> tuple[str, ...]:
        """Return the names of those that are trusted."""
        return tuple(sorted(trusted(self.path)))

    def named(self, name: str) -> Connector | None:
        """Return the one of this name; None where no package has it.

        Raises:
            ConnectorNotTrustedError: It is not trusted.
            ConnectorChangedError: It is not what was trusted.
            ConnectorUnusableError: It could never run.
        """
        if is_off():
            return None
        try:
            return lodged(name, trusted(self.path))
        except UnknownConnectorError:
            return None

    def of_ending(self, ending: str) -> tuple[Connector, ...]:
        """Return those that may be started and name this ending, lower case with its dot."""
        found = self._of(ending)
        return tuple(guest for guest in found if isinstance(guest, GuestConnector))

    def missed(self, ending: str) -> GeowalletError | None:
        """Return why one that names this ending may not be started, if there is such a one."""
        found = self._of(ending)
        return next((why for why in found if isinstance(why, ConnectorChangedError)), None)

    def _of(self, ending: str) -> list[GuestConnector | GeowalletError]:
        """Return those that name this ending, or why they may not be started."""
        known = {} if is_off() else trusted(self.path)
        return [_lodged_or_why(n, known) for n, old in known.items() if ending in old.extensions]


def is_off() -> bool:
    """Say whether the owner turned the connectors of other packages off."""
    return os.environ.get(SWITCH) == "none"


def lodged(name: str, known: dict[str, Trusted]) -> GuestConnector:
    """Return the connector ``name`` of an installed package, if it is what was trusted.

    Raises:
        UnknownConnectorError: No package has it.
        ConnectorUnusableError: It could never run.
        ConnectorNotTrustedError: It is not in ``known``.
        ConnectorChangedError: Its files are not those that were trusted.
    """
    package = package_named(name)
    found = known.get(name)
    if found is None:
        raise ConnectorNotTrustedError(name=name)
    if found.sha256 != package.digest:
        raise ConnectorChangedError(name=name)
    return guest(package, tuple(found.extensions), generic=found.generic)


def _lodged_or_why(name: str, known: dict[str, Trusted]) -> GuestConnector | GeowalletError:
    try:
        return lodged(name, known)
    except GeowalletError as error:
        return error


def package_named(name: str) -> Package:
    """Return the code of a connector; nothing of it runs.

    Raises:
        UnknownConnectorError: No package has it.
        ConnectorUnusableError: It could never run.
    """
    if any(connector.name == name for connector in BUILTIN):
        reason = N_("geowallet has a format of this name")
        raise ConnectorUnusableError(name=name, reason=reason)
    return package_of(name)


def guest(package: Package, extensions: tuple[str, ...], *, generic: bool) -> GuestConnector:
    """Return a connector that runs the bytes of ``package``, confined."""
    return GuestConnector(package.entry.name, extensions, generic, package, confined)


def confined(
    name: str, module: str, setting: dict[str, Any], pieces: Iterator[bytes], *, patient: bool
) -> Iterator[bytes]:
    """Yield what the connector ``name`` says, run by ``module`` in a child that is shut in.

    Raises:
        ConnectorUnconfinedError: A needed layer does not hold here: nothing was sent.
        ConnectorTimeoutError: It was stopped.
        ConnectorFailedError: It died.
    """
    try:
        pace = CHECKING if patient else READING
        setting = setting | {"folders": library_folders()}
        yield from visit(module, setting, pieces, pace=pace)
    except SandboxError as error:
        reason = str(error.details["reason"])
        raise ConnectorUnconfinedError(name=name, reason=reason) from error
    except EvaluationTimeoutError as error:
        raise ConnectorTimeoutError(name=name, seconds=error.details["seconds"]) from error
    except EvaluationFailedError as error:
        reason = N_("it ended without an answer")
        raise ConnectorFailedError(name=name, reason=reason) from error


def library_folders() -> list[str]:
    """Return where numpy and msgspec lie: a child has no other folder than geowallet's."""
    return sorted({str(Path(str(m.__file__)).parent.parent) for m in (np, msgspec)})


def read_source_parts(
    name: str,
    stream: BinaryIO,
    *,
    options: ReadOptions,
    format: str | None = None,  # noqa: A002  the word of the command line
) -> tuple[str, Iterator[ReadResult]]:
    """Return what `source.read_source_parts` does, with the connectors that the owner trusts.

    Raises:
        TrustFileError: The list of them cannot be relied on, and one could be used.
        GeowalletError: What reading the source raises.
    """
    guests = Lodging(trust_file())
    return source.read_source_parts(name, stream, options=options, format=format, guests=guests)


def installed_names() -> tuple[str, ...]:
    """Return the name of every connector that an installed package offers; nothing is imported."""
    return () if is_off() else tuple(sorted({entry.name for entry in entries()}))
