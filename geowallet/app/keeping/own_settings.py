"""The settings of a wallet, but the rules of retention: those can be lost without the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geowallet.vault.store import Vault

KIND = "setting"
RULES = (KIND, "keep")
"""Kind and name of the record that holds the rules of retention."""


def settings_but_rules(vault: Vault) -> Iterator[tuple[str, bytes]]:
    """Yield name and payload of every setting but the rules of retention.

    Raises:
        VaultDamagedError: One is not what was written.
    """
    return vault.items(KIND, aside=(RULES,))
