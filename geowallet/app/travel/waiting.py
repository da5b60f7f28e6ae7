"""Windows of time that wait for analysis: one record for each change that made them so.

A list in one record would be written anew with every file of a folder.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from geowallet.app.keeping.own_settings import settings_but_rules
from geowallet.crypto.canonical import canonical_bytes, sha256_hex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geowallet.track.windows import Window
    from geowallet.vault.store import Vault
    from geowallet.vault.transaction import Transaction

_KIND = "setting"
_ONE_LIST = "pending"
"""Where wallets of before keep all windows."""

_EACH = f"{_ONE_LIST}/"


def add_pending(tx: Transaction, runs: Iterable[Window]) -> None:
    """Note windows that wait for analysis, in the transaction that made them so."""
    body = canonical_bytes(sorted({tuple(run) for run in runs}))
    tx.put(_KIND, f"{_EACH}{sha256_hex(body)}", body)


def pending(vault: Vault) -> list[Window]:
    """Return the windows that wait for analysis, each once and in order."""
    found = (json.loads(body) for _, body in _noted(vault))
    return sorted({(first, last) for windows in found for first, last in windows})


def nothing_pending(vault: Vault, tx: Transaction) -> None:
    """Note that no window waits, in the transaction that stores what was found."""
    for name, _ in _noted(vault):
        tx.delete(_KIND, name)


def _noted(vault: Vault) -> Iterator[tuple[str, bytes]]:
    for name, body in settings_but_rules(vault):
        if name == _ONE_LIST or name.startswith(_EACH):
            yield name, body
