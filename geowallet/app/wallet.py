"""Use cases: create, unlock, lock and open the wallet."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.app.keeping.memories import bring_up, compare_all, remember_here
from geowallet.app.keyrings import has_keyring, master_by_keyring
from geowallet.app.sharing.identity import create_identity
from geowallet.app.slots import new_slot
from geowallet.crypto.keys import KdfCost
from geowallet.crypto.recovery import parse_recovery, recovery_text
from geowallet.model.errors import (
    DiskFullError,
    GeowalletError,
    VaultExistsError,
    WeakPassphraseError,
)
from geowallet.model.provenance import Statement, StatementKind
from geowallet.vault import highwater, session
from geowallet.vault.create import create_vault
from geowallet.vault.slots import (
    is_master,
    master_from_passphrase,
    master_from_recovery,
    opens,
    read_vault_id,
    slots_of,
)
from geowallet.vault.store import open_vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from geowallet.app.locations import Locations
    from geowallet.vault.store import Vault

    Ask = Callable[[], bytes]

SESSION_S = 15 * 60
"""How long an unlocked wallet stays open, in seconds."""

MINIMUM_LENGTH = 16
"""Shortest passphrase, in characters: five short words with blanks."""

_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Created:
    """A new wallet: its id, and the recovery key that is shown once."""

    vault_id: str
    recovery: str
    session: bool


def now_us() -> int:
    """Return the machine's clock: UTC microseconds since the epoch."""
    return time.time_ns() // 1000


def create_wallet(
    locations: Locations, passphrase: bytes, *, cost: KdfCost | None = None
) -> Created:
    """Create the wallet's file, its keys and its first log entry.

    Raises:
        WeakPassphraseError: Fewer than `MINIMUM_LENGTH` characters.
        VaultExistsError: The place is taken; nothing is overwritten.
        DiskFullError: It could not be written.
    """
    check_strength(passphrase)
    if locations.wallet.exists():
        raise VaultExistsError(path=str(locations.wallet))
    secret = os.urandom(_SECRET_BYTES)
    # A wallet without its keys would be of no use: it gets its name when it is whole.
    draft = locations.wallet.with_name(f".{locations.wallet.name}.{os.urandom(4).hex()}.init")
    with create_vault(
        draft,
        slots_secret=passphrase,
        recovery_secret=secret,
        cost=cost or KdfCost.MODERATE,
        now_us=now_us(),
        random=os.urandom,
    ) as vault:
        try:
            create_identity(vault, now_us=now_us())
            master = master_from_recovery(draft, secret, vault.tag)
            highwater.remember(locations.highwater(vault.id), vault.mark())
            _give_name(draft, locations.wallet)
        finally:
            draft.unlink(missing_ok=True)
        remembered = session.remember(vault.id, master, SESSION_S)
        return Created(vault.id, recovery_text(secret, vault.tag), remembered)


def _give_name(draft: Path, wallet: Path) -> None:
    try:
        os.link(draft, wallet)  # never over what another process put there
    except FileExistsError as error:
        raise VaultExistsError(path=str(wallet)) from error
    except OSError as error:
        raise DiskFullError(reason=error.strerror or "") from error


def unlock(locations: Locations, passphrase: bytes, *, seconds: int = SESSION_S) -> bool:
    """Open the session with the passphrase; say whether this machine can keep one.

    Raises:
        NoVaultError: There is no wallet.
        WrongPassphraseError: It does not open this wallet.
    """
    master = master_from_passphrase(locations.wallet, passphrase)
    return session.remember(read_vault_id(locations.wallet), master, seconds)


def unlock_with_recovery(locations: Locations, text: str, *, seconds: int = SESSION_S) -> bool:
    """Open the session with the recovery key as it was written on paper.

    Raises:
        RecoveryTypoError: A group has a typing error.
        WrongRecoveryKeyError: It belongs to another wallet.
    """
    master = master_by_recovery(locations, text)
    return session.remember(read_vault_id(locations.wallet), master, seconds)


def keep_open(locations: Locations, master: bytes, *, seconds: int = SESSION_S) -> bool:
    """Open the session with a master key that was proved; say whether this machine can."""
    return session.remember(read_vault_id(locations.wallet), master, seconds)


def change_passphrase(
    locations: Locations,
    master: bytes,
    new: bytes,
    *,
    old: bytes | None = None,
    cost: KdfCost | None = None,
) -> None:
    """Replace a passphrase; the recovery key and every record stay as they are.

    An old copy of the file still opens with the passphrase of its time.

    Args:
        locations: Where the wallet lives.
        master: Its master key, by `master_of` or `master_by_recovery`.
        new: The new passphrase.
        old: The one it replaces; None replaces all, as one of them is lost.
        cost: What a guess of it shall cost.

    Raises:
        WeakPassphraseError: Fewer than `MINIMUM_LENGTH` characters.
        DiskFullError: It could not be written; the old one stands.
    """
    check_strength(new)
    gone = [
        number
        for number, slot in slots_of(locations.wallet)
        if slot.header["kind"] == "passphrase" and (old is None or opens(slot, old))
    ]
    with open_vault(locations.wallet, master, random=os.urandom) as vault:
        kdf = cost or KdfCost.MODERATE
        slot = new_slot("passphrase", new, master, cost=kdf, owner=vault.id)
        with vault.transaction(now_us=now_us()) as tx:
            for number in gone:
                tx.drop_slot(number)
            tx.add_slot(slot)
            tx.log(Statement(StatementKind.SETTING, (), (), {"what": "passphrase changed"}))
        highwater.remember(locations.highwater(vault.id), vault.mark())


def master_of(locations: Locations, passphrase: bytes) -> bytes:
    """Return the master key by the passphrase.

    Raises:
        WrongPassphraseError: It does not open this wallet.
    """
    return master_from_passphrase(locations.wallet, passphrase)


def master_by_recovery(locations: Locations, text: str) -> bytes:
    """Return the master key by the recovery key as it was written on paper.

    Raises:
        RecoveryTypoError: A group has a typing error.
        WrongRecoveryKeyError: It belongs to another wallet.
    """
    return master_from_recovery(locations.wallet, *parse_recovery(text))


def check_passphrase(locations: Locations, ask: Ask) -> None:
    """Make sure that the owner is there: signing always asks, even with a session.

    Raises:
        VaultLockedError: ``ask`` could not ask.
        WrongPassphraseError: It does not open this wallet.
    """
    master_from_passphrase(locations.wallet, ask())


def lock(locations: Locations) -> bool:
    """End the session; say whether there was one."""
    return session.forget(read_vault_id(locations.wallet))


@contextmanager
def opened(
    locations: Locations, ask: Ask, *, keyring: bool = False, beside: Vault | None = None
) -> Iterator[Vault]:
    """Open the wallet, by the session or by asking, and check that it is the newest.

    Args:
        locations: Where it lives.
        ask: Returns the passphrase; called only without a session.
        keyring: Whether the system's keyring is tried before asking, where it is a way in
            and this machine keeps no session.
        beside: A copy of it that is about to be merged: a memory of that one is no alarm.

    Raises:
        NoVaultError: There is no wallet.
        VaultLockedError: ``ask`` could not ask.
        VaultRolledBackError: An older copy stands in its place.
        VaultForkedError: A copy that went on by itself does.
    """
    master = _master(locations, ask, keyring=keyring)
    with open_vault(locations.wallet, master, random=os.urandom) as vault:
        memory = locations.highwater(vault.id)
        compare_all(vault, memory, beside=beside)
        try:
            yield vault
        except BaseException:
            # What was committed before the failure counts; the failure is what is told.
            with suppress(GeowalletError):
                remember_here(vault, memory)
            raise
        remember_here(vault, memory)
        bring_up(vault)


def accept_rollback(locations: Locations, ask: Ask) -> None:
    """Remember the wallet as it stands, although a newer state was seen here.

    The log says that it happened: a restored backup is legal, but never silent.
    """
    master = _master(locations, ask)
    with open_vault(locations.wallet, master, random=os.urandom) as vault:
        with vault.transaction(now_us=now_us()) as tx:
            what = {"what": "older copy accepted"}
            tx.log(Statement(StatementKind.SETTING, (), (), what))
        memory = locations.highwater(vault.id)
        highwater.remember(memory, vault.mark(), accept_rollback=True)
        bring_up(vault, accept_rollback=True)


def check_strength(passphrase: bytes) -> None:
    """Check a new passphrase.

    Raises:
        WeakPassphraseError: Fewer than `MINIMUM_LENGTH` characters.
    """
    if len(passphrase.decode("utf-8", "replace")) < MINIMUM_LENGTH:
        raise WeakPassphraseError(length=MINIMUM_LENGTH)


def _master(locations: Locations, ask: Ask, *, keyring: bool = False) -> bytes:
    vault_id = read_vault_id(locations.wallet)
    kept = session.recall(vault_id)
    if kept is not None and is_master(locations.wallet, kept):
        return kept
    # None, or one of before a rotation or of another copy of this wallet.
    session.forget(vault_id)
    # Where sessions are kept, a wallet that was locked stays so until it is unlocked.
    if keyring and not session.available() and has_keyring(locations):
        with suppress(GeowalletError):
            return master_by_keyring(locations)
    return master_from_passphrase(locations.wallet, ask())
