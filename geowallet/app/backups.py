"""Use cases: back the wallet up to a folder or a server, and restore from there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.app.keeping.copies import is_due, note_place, note_renewed
from geowallet.app.key_files import key_file_bytes
from geowallet.app.wallet import now_us
from geowallet.crypto.recovery import parse_recovery
from geowallet.model.errors import NoBackupError, VaultExistsError, WrongRecoveryKeyError
from geowallet.vault import highwater
from geowallet.vault.backup import backup, index_at, index_numbers
from geowallet.vault.keys import TAG_BYTES
from geowallet.vault.prune import renew
from geowallet.vault.restore import put_back, restored
from geowallet.vault.shelf import shelf_at
from geowallet.vault.slots import master_by

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geowallet.app.locations import Locations
    from geowallet.vault.backup import Backup
    from geowallet.vault.backup_index import Index
    from geowallet.vault.shelf import Place
    from geowallet.vault.store import Vault

    Prove = Callable[[Index], bytes]
    """Gives the master key of the wallet in a backup."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A wallet that was put back, or would be.

    Attributes:
        index: The backup it is from.
        remembered: Entries that this machine remembers of the wallet's log,
            where they are more than the backup has; else None.
    """

    index: Index
    remembered: int | None


def back_up(vault: Vault, place: Place) -> Backup:
    """Add the wallet to the backups in ``place``, and remember the place.

    Where its backups hold what was erased since, this one takes the place of all of them.
    See `geowallet.vault.backup.backup` for what it raises.
    """
    note_place(vault, place)
    if is_due(vault, place):
        done = renew(vault, place, now_us=now_us(), random=os.urandom).backup
        note_renewed(vault, place)
        return done
    return backup(vault, place, now_us=now_us(), random=os.urandom)


def restore(  # noqa: PLR0913  where from, where to, which one, who asks, and whether at all
    locations: Locations,
    place: Place,
    target: Path,
    prove: Prove,
    *,
    number: int | None = None,
    dry_run: bool = False,
) -> Restored:
    """Put the wallet of a backup at ``target``, after proving that it is whole.

    Args:
        locations: Where this machine remembers the newest state of wallets.
        place: Of the backups.
        target: A place where nothing is.
        prove: Called once, with the index of the backup.
        number: Of the backup; None is the newest.
        dry_run: Do everything but write.

    Raises:
        NoBackupError: There is no such backup.
        VaultExistsError: Something is at ``target``.
        BackupDamagedError: The backup is not what was written.
        VaultDamagedError: The wallet in it was not whole.
        DiskFullError: It could not be written; nothing is there.
    """
    if os.path.lexists(target):
        raise VaultExistsError(path=str(target))
    if number is None:
        number = max(index_numbers(place), default=None)
    if number is None:
        raise NoBackupError(path=shelf_at(place).name)
    data, index = index_at(place, number)
    file = restored(place, data, index, prove(index))
    if not dry_run:
        put_back(target, file, os.urandom)
    known = highwater.remembered(locations.highwater(index.vault_id.hex()))
    older = known is not None and known.size > index.mark.size
    return Restored(index, known.size if known is not None and older else None)


def by_passphrase(passphrase: bytes) -> Prove:
    """Return what proves by a passphrase of the time of the backup."""
    return lambda index: master_by(index.slots, "passphrase", passphrase)


def by_key_file(path: Path) -> Prove:
    """Return what proves by a key file of the time of the backup."""
    secret = key_file_bytes(path)
    return lambda index: master_by(index.slots, "file", secret)


def by_recovery(text: str) -> Prove:
    """Return what proves by the recovery key of the time of the backup."""
    secret, tag = parse_recovery(text)

    def prove(index: Index) -> bytes:
        if index.vault_id[:TAG_BYTES] != tag:
            raise WrongRecoveryKeyError
        return master_by(index.slots, "recovery", secret)

    return prove
