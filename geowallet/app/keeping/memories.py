"""The memories that the owner added, compared at each opening and brought up at its end."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from geowallet.crypto.canonical import canonical_bytes
from geowallet.model.errors import (
    GeowalletError,
    MemoryUnusableError,
    VaultDamagedError,
    VaultForkedError,
    VaultRolledBackError,
)
from geowallet.model.provenance import Statement, StatementKind
from geowallet.model.words import N_
from geowallet.vault import highwater
from geowallet.vault.branches import is_merged, is_state_of
from geowallet.vault.highwater import continues, remembered
from geowallet.vault.memories import KEYRING, Standing, recall, remember

if TYPE_CHECKING:
    from geowallet.vault.highwater import Mark
    from geowallet.vault.memories import Memory
    from geowallet.vault.store import Vault

_ADDRESS = ("setting", "memories")


def places(vault: Vault) -> tuple[str, ...]:
    """Return the places that the owner added: paths, or ``keyring``."""
    return tuple(json.loads(vault.get(*_ADDRESS) or b"[]"))


def memories(vault: Vault) -> tuple[Memory, ...]:
    """Return what each of them remembers; none where their list cannot be read.

    A wallet with one damaged record must open, or nothing could say so.
    """
    try:
        known = places(vault)
    except VaultDamagedError:
        return ()
    return tuple(recall(vault, place) for place in known)


def compare_all(vault: Vault, file: Path, *, beside: Vault | None = None) -> None:
    """Check that the wallet is the newest that this machine or any reachable memory saw.

    Args:
        vault: The open wallet.
        file: What this machine remembers of it.
        beside: A copy that is about to be merged: its states are no alarm.

    Raises:
        VaultRolledBackError: One of them saw a longer log.
        VaultForkedError: One of them saw another log.
    """
    known = () if beside is None else tuple(beside.leaf_hashes())
    mark = remembered(file)
    if mark is not None and not is_state_of(known, mark):
        check_newest(vault, mark)
    for memory in memories(vault):
        if memory.mark is None or not is_state_of(known, memory.mark):
            raise_alarm(vault, memory)


def check_newest(vault: Vault, mark: Mark) -> None:
    """Check that the wallet continues ``mark``, or a branch that was merged into it did.

    Raises:
        VaultRolledBackError: It is shorter.
        VaultForkedError: Its beginning is another one.
    """
    try:
        continues(mark, size=vault.mark().size, root_at=vault.root_at)
    except (VaultRolledBackError, VaultForkedError):
        if not is_merged(vault, mark):
            raise


def raise_alarm(vault: Vault, memory: Memory) -> None:
    """Raise what one memory has against the wallet, if it has anything; see `compare_all`."""
    if memory.mark is None:
        return
    details = {"found": vault.mark().size, "remembered": memory.mark.size}
    if memory.standing is Standing.NEWER:
        raise VaultRolledBackError(**details)
    if memory.standing is Standing.FORKED:
        raise VaultForkedError(**details)


def remember_here(vault: Vault, file: Path) -> None:
    """Let this machine remember the wallet as it is; what saw another history stays.

    Raises:
        DiskFullError: It could not be written.
    """
    mark = remembered(file)
    with suppress(VaultRolledBackError, VaultForkedError):
        if mark is not None:
            check_newest(vault, mark)
        highwater.remember(file, vault.mark(), outlived=partial(is_merged, vault))


def bring_up(vault: Vault, *, accept_rollback: bool = False) -> None:
    """Let every reachable memory hold the wallet as it is; what cannot be reached stays.

    A memory that saw more than this wallet has stays too, unless its owner said otherwise.
    What this wallet did not sign is never written over.
    """
    stale = {Standing.OLDER, Standing.UNREACHABLE}
    if accept_rollback:
        stale |= {Standing.NEWER, Standing.FORKED}
    for memory in memories(vault):
        if memory.standing in stale:
            with suppress(GeowalletError):
                remember(vault, memory.place)


def add_memory(vault: Vault, place: str, *, now_us: int) -> str:
    """Add a place, let it remember the wallet, and return its name.

    Raises:
        MemoryUnusableError: It is taken by another file, or cannot be written to.
        MissingExtraError: The keyring was asked for, and its library is not installed.
        VaultRolledBackError: It remembers more than this wallet has.
        VaultForkedError: It remembers another log.
    """
    name = place if place == KEYRING else str(Path(place).expanduser().absolute())
    before = recall(vault, name)
    raise_alarm(vault, before)
    if before.standing is Standing.UNREADABLE:
        raise MemoryUnusableError(place=name, reason=N_("something else is there"))
    remember(vault, name)
    _store(vault, {*places(vault), name}, "memory added", now_us=now_us)
    remember(vault, name)
    return name


def remove_memory(vault: Vault, place: str, *, now_us: int) -> bool:
    """Forget a place; what it holds stays there. Return whether it was one."""
    known = places(vault)
    name = place if place in known else str(Path(place).expanduser().absolute())
    if name not in known:
        return False
    _store(vault, {*known} - {name}, "memory removed", now_us=now_us)
    return True


def _store(vault: Vault, names: set[str], what: str, *, now_us: int) -> None:
    with vault.transaction(now_us=now_us) as tx:
        tx.put(*_ADDRESS, canonical_bytes(sorted(names)))
        tx.log(Statement(StatementKind.SETTING, (), (), {"what": what}))
