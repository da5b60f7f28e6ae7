"""A new wallet: made whole in memory, then put in its place in one step."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import geowallet
from geowallet.crypto.envelope import KEY_BYTES
from geowallet.crypto.keys import SALT_BYTES, KdfCost, make_slot
from geowallet.crypto.merkle import Frontier
from geowallet.model.errors import VaultExistsError
from geowallet.model.provenance import Statement, StatementKind
from geowallet.vault.faults import disk_faults
from geowallet.vault.head import write_head
from geowallet.vault.keys import NONCE_BYTES, VAULT_ID_BYTES, derived_keys, seal_log_seed
from geowallet.vault.log import GENESIS, write_leaf
from geowallet.vault.schema import FORMAT, check_schema, create_tables
from geowallet.vault.slots import write_slot
from geowallet.vault.store import open_vault
from geowallet.vault.writing import flush_folder, write_new

if TYPE_CHECKING:
    from pathlib import Path

    from geowallet.crypto.keys import Slot, SlotKind
    from geowallet.vault.keys import Keys, Random
    from geowallet.vault.store import Vault


def create_vault(  # noqa: PLR0913  two secrets, their cost, a place, a time, and randomness
    path: Path,
    *,
    slots_secret: bytes,
    recovery_secret: bytes,
    cost: KdfCost,
    now_us: int,
    random: Random,
) -> Vault:
    """Make a wallet at ``path`` and return it, open.

    The file appears whole or not at all, readable by its owner only; a missing
    folder is made, for its owner only.

    Args:
        path: Where nothing is yet.
        slots_secret: The passphrase, as bytes.
        recovery_secret: 32 random bytes, to be kept on paper.
        cost: What a guess of the passphrase costs.
        now_us: UTC microseconds, written into the log.
        random: Gives that many random bytes.

    Raises:
        VaultExistsError: Something is there.
        DiskFullError: The disk is full or refuses.
    """
    with disk_faults():
        if path.exists():
            raise VaultExistsError(path=str(path))
    vault_id, master = random(VAULT_ID_BYTES), random(KEY_BYTES)
    secrets: tuple[tuple[SlotKind, bytes, KdfCost], ...] = (
        ("passphrase", slots_secret, cost),
        # 256 random bits cannot be guessed: stretching them would only cost time.
        ("recovery", recovery_secret, KdfCost.LEAST),
    )
    slots = [
        make_slot(
            kind,
            secret,
            master,
            cost=its_cost,
            salt=random(SALT_BYTES),
            nonce=random(NONCE_BYTES),
            vault_id=vault_id.hex(),
        )
        for kind, secret, its_cost in secrets
    ]
    keys = derived_keys(vault_id, master, random(KEY_BYTES))
    data = _new_file(keys, master, slots, now_us, random)
    with disk_faults():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            write_new(path, data, random(8).hex())
        except FileExistsError as error:
            raise VaultExistsError(path=str(path)) from error
        flush_folder(path.parent)
    return open_vault(path, master, random=random)


def _new_file(keys: Keys, master: bytes, slots: list[Slot], now_us: int, random: Random) -> bytes:
    sealed_seed = seal_log_seed(keys.vault_id, master, keys.log_seed, random(NONCE_BYTES))
    born = {"format": FORMAT, "software": f"geowallet {geowallet.__version__}"}
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.text_factory = bytes
        create_tables(db)
        check_schema(db)
        row = (keys.vault_id, keys.log_public, sealed_seed)
        db.execute("INSERT INTO wallet VALUES (1, ?, ?, ?)", row)
        for slot in slots:
            write_slot(db, slot)
        hashed = write_leaf(
            db,
            keys,
            random,
            index=0,
            before=GENESIS,
            at_us=now_us,
            statement=Statement(StatementKind.CREATE, (), (), born),
        )
        write_head(db, keys, random, Frontier().append(hashed))
        return db.serialize()
