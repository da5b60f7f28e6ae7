"""What the wallet keeps of each export: when, under what, from which trips, and a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from geowallet.vault.store import Vault


class Receipt(msgspec.Struct, frozen=True):
    """What the wallet keeps of one export.

    Attributes:
        id: Short id, such as ``e41c-77b0``.
        jti: Full id, 32 hex digits.
        contract: Name of the contract.
        terms_sha256: Digest of its terms.
        period: As `Period` writes it.
        exported_us: When.
        sealed_sha256: Digest of the recipient's file.
        used: Trip ids and the whole metres that each gave.
        own_copy: The same export, sealed to the owner.
        branch: Of a merged copy of the wallet that made it, or "" for this one; see
            `geowallet.app.keeping.merging`.
    """

    id: str
    jti: str
    contract: str
    terms_sha256: str
    period: str
    exported_us: int
    sealed_sha256: str
    used: tuple[tuple[str, int], ...]
    own_copy: str
    branch: str = ""


def receipts(vault: Vault) -> tuple[Receipt, ...]:
    """Return what was exported, oldest first."""
    found = (msgspec.msgpack.decode(body, type=Receipt) for _, body in vault.items("export"))
    return tuple(sorted(found, key=lambda receipt: (receipt.exported_us, receipt.jti)))
