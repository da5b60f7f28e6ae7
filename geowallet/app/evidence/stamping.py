"""Use case: have the state of the log stamped by an authority; one hash leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.app.evidence.authorities import check_installed
from geowallet.app.evidence.sending import TIMEOUT_S, Channel, post
from geowallet.app.evidence.stamps import SKEW_S, Stamp, keep, stamps, want
from geowallet.crypto.notes import Checkpoint
from geowallet.crypto.timestamps import MAX_TOKEN_BYTES, ask_for_stamp, open_stamp
from geowallet.model.errors import StampRefusedError, UnreachableError
from geowallet.model.provenance import StatementKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geowallet.app.evidence.authorities import ChosenAuthority
    from geowallet.vault.store import Vault

_QUIET = frozenset({StatementKind.STAMP, StatementKind.WITNESS})
"""Entries that are no reason for another stamp: each stamp makes one."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one authority.

    Attributes:
        authority: Its name.
        stamp: Kept, or None where the log says nothing new since its last one.
        skew_s: This machine's clock less the authority's, seconds.
        error: Why there is none although one was asked for, or None.
    """

    authority: str
    stamp: Stamp | None = None
    skew_s: int = 0
    error: UnreachableError | StampRefusedError | None = None

    @property
    def clock_is_off(self) -> bool:
        """Whether the clocks differ by more than honest ones do."""
        return abs(self.skew_s) > SKEW_S


def stamp_now(
    vault: Vault,
    chosen: Sequence[ChosenAuthority],
    *,
    clock: Callable[[], int],
    timeout_s: float = TIMEOUT_S,
) -> tuple[Done, ...]:
    """Have the log stamped by each authority; an answer is verified before it is kept.

    What leaves is the SHA-256 of the log's name, length and root, and a random
    number. One authority that fails does not keep the others from being asked;
    what it owes is noted as wanted.

    Args:
        vault: The open wallet.
        chosen: At least one.
        clock: Returns the present, UTC microseconds.
        timeout_s: Longest wait for each.

    Raises:
        MissingExtraError: The library for time stamps is not installed.
        DiskFullError: One could not be kept.
    """
    check_installed()
    return tuple(_done(vault, authority, clock, timeout_s) for authority in chosen)


def _done(
    vault: Vault, authority: ChosenAuthority, clock: Callable[[], int], timeout_s: float
) -> Done:
    if _says_nothing_new(vault, authority):
        return Done(authority.name)
    try:
        stamp = _stamped(vault, authority, timeout_s)
    except (UnreachableError, StampRefusedError) as error:
        want(vault, [authority.name], now_us=clock())
        return Done(authority.name, error=error)
    return Done(authority.name, stamp, keep(vault, stamp, now_us=clock()))


def _says_nothing_new(vault: Vault, authority: ChosenAuthority) -> bool:
    by = authority.pinned.fingerprint
    size = max((one.size for one in stamps(vault) if one.by == by), default=0)
    return size > 0 and all(
        leaf.statement.kind in _QUIET for leaf in vault.leaves() if leaf.index >= size
    )


def _stamped(vault: Vault, authority: ChosenAuthority, timeout_s: float) -> Stamp:
    mark = vault.mark()
    message = str(Checkpoint(vault.origin, mark.size, mark.root)).encode("ascii")
    asked = ask_for_stamp(message)
    channel = Channel(
        authority.name,
        authority.url,
        sent="application/timestamp-query",
        wanted="application/timestamp-reply",
        max_bytes=MAX_TOKEN_BYTES,
    )
    token = post(channel, asked.body, timeout_s=timeout_s)
    try:
        stamped = open_stamp(token, message, authority.pinned, nonce=asked.nonce)
    except ValueError as error:
        raise StampRefusedError(name=authority.name) from error
    by = authority.pinned.fingerprint
    return Stamp("stamp", authority.name, by, mark.size, mark.root, stamped.at_s, token)
