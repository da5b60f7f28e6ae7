"""The index of a backup: which objects make the file, the log's head, the ways in.

Canonical JSON, a line feed, and an Ed25519 signature by the key of the wallet's
log, so that nobody needs a secret to see that nothing was changed. A keyed
digest inside proves to who has the master key that the wallet itself wrote it:
another signing key cannot stand in for ours.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from geowallet.crypto.canonical import canonical_bytes, sha256_hex, strict_json
from geowallet.crypto.encoding import b64u, unb64u
from geowallet.crypto.keys import Slot, check_slot, subkey
from geowallet.crypto.signing import sign_log, verify_log
from geowallet.model.errors import BackupDamagedError, VaultFormatError
from geowallet.model.words import N_
from geowallet.vault.highwater import Mark
from geowallet.vault.keys import VAULT_ID_BYTES

FORMAT = 1
BLOCK_BYTES = 1 << 16
"""Of the wallet's file in one object: sixteen of SQLite's pages."""

MAX_INDEX_BYTES = 64 << 20
"""Of a wallet of some 60 GB."""

INDEX = N_("an index of the backup")

_DOMAIN = b"geowallet/backup/1\n"
_MEMBERS = {
    *("format", "number", "at_us", "before", "vault", "log_public", "size", "root"),
    *("file_bytes", "file_sha256", "blocks", "slots", "oldest", "proof"),
}


@dataclass(frozen=True, slots=True)
class Index:
    """One backup.

    Attributes:
        number: From 1, in the order in which they were made.
        at_us: When, UTC microseconds, by that machine's clock.
        before: SHA-256 (hex) of the index before it; "" for the first.
        vault_id: 16 bytes.
        log_public: Ed25519 key that signs it, 32 bytes.
        mark: Size and root of the evidence log.
        file_bytes: Length of the wallet's file.
        file_sha256: Its SHA-256 (hex).
        blocks: Names of the objects that make it, in order.
        slots: Ways in to the key that opens them.
        oldest: Number of the oldest backup that counts; those before it were
            removed, because they held what was erased since.
    """

    number: int
    at_us: int
    before: str
    vault_id: bytes
    log_public: bytes
    mark: Mark
    file_bytes: int
    file_sha256: str
    blocks: tuple[str, ...]
    slots: tuple[Slot, ...]
    oldest: int


def index_bytes(index: Index, *, wrap: bytes, log_seed: bytes) -> bytes:
    """Return the bytes of an index, proved under ``wrap`` and signed with ``log_seed``."""
    value = _as_json(index)
    value["proof"] = _proof(value, wrap)
    payload = canonical_bytes(value)
    return payload + b"\n" + b64u(sign_log(_DOMAIN + payload, log_seed)).encode() + b"\n"


def read_index(data: bytes) -> Index:
    """Return what `index_bytes` wrote; its signature is checked by the key it names.

    Raises:
        BackupDamagedError: It is not such an index, or was changed.
        VaultFormatError: Of a newer format.
    """
    try:
        value, payload, signature = _parts(data)
        if value["format"] != FORMAT:
            raise VaultFormatError(found=int(value["format"]), known=FORMAT)
        index = _from_json(value)
        verify_log(_DOMAIN + payload, signature, index.log_public)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupDamagedError(what=INDEX) from error
    return index


def check_proof(data: bytes, wrap: bytes) -> None:
    """Check that who knew ``wrap`` wrote this index, which `read_index` has read.

    Raises:
        BackupDamagedError: It was not.
    """
    value, _payload, _signature = _parts(data)
    if not hmac.compare_digest(value["proof"], _proof(value, wrap)):
        raise BackupDamagedError(what=INDEX)


def _parts(data: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    payload, signature, rest = data.split(b"\n")
    value = strict_json(payload, max_bytes=MAX_INDEX_BYTES)
    if rest or canonical_bytes(value) != payload:
        raise ValueError("not in canonical form")
    return value, payload, unb64u(signature.decode("ascii"))


def _proof(value: dict[str, Any], wrap: bytes) -> str:
    bare = {name: member for name, member in value.items() if name != "proof"}
    key = subkey(wrap, "backup-mac")
    return hashlib.blake2b(canonical_bytes(bare), key=key, digest_size=32).hexdigest()


def _as_json(index: Index) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "number": index.number,
        "at_us": index.at_us,
        "before": index.before,
        "vault": index.vault_id.hex(),
        "log_public": index.log_public.hex(),
        "size": index.mark.size,
        "root": index.mark.root.hex(),
        "file_bytes": index.file_bytes,
        "file_sha256": index.file_sha256,
        "blocks": list(index.blocks),
        "slots": [{"header": s.header, "wrapped": b64u(s.wrapped)} for s in index.slots],
        "oldest": index.oldest,
    }


def _from_json(value: dict[str, Any]) -> Index:
    slots = tuple(Slot(item["header"], unb64u(item["wrapped"])) for item in value["slots"])
    for slot in slots:
        check_slot(slot)
    index = Index(
        number=value["number"],
        at_us=value["at_us"],
        before=value["before"],
        vault_id=bytes.fromhex(value["vault"]),
        log_public=bytes.fromhex(value["log_public"]),
        mark=Mark(value["size"], bytes.fromhex(value["root"])),
        file_bytes=value["file_bytes"],
        file_sha256=value["file_sha256"],
        blocks=tuple(value["blocks"]),
        slots=slots,
        oldest=value["oldest"],
    )
    numbers = (index.oldest, index.number, index.at_us, index.mark.size, index.file_bytes)
    digests = (*index.blocks, index.file_sha256, *([index.before] if index.before else []))
    if set(value) != _MEMBERS or any(type(number) is not int for number in numbers):
        raise ValueError("other members, or of another type")
    if any(len(bytes.fromhex(digest)) != 32 or digest.lower() != digest for digest in digests):
        raise ValueError("not a digest")
    if not 1 <= index.oldest <= index.number:
        raise ValueError("the oldest backup is none of them")
    if len(index.vault_id) != VAULT_ID_BYTES or -(-index.file_bytes // BLOCK_BYTES) != len(
        index.blocks
    ):
        raise ValueError("the parts do not fit together")
    return index


def index_digest(data: bytes) -> str:
    """Return what the next index names this one by."""
    return sha256_hex(data)
