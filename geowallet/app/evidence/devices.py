"""Use cases: devices that the owner registered, and what they signed of the files read.

Every batch that holds is kept, also one that contradicts another: what a device's
batches say together is worked out anew each time, so that the order in which
files are read does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from geowallet.app.evidence.device_keys import batch_path, digest_of
from geowallet.app.files import read_small
from geowallet.app.intake.sources import sources
from geowallet.app.settings import resolve
from geowallet.crypto.batches import Batch, Chain, follow, open_batch, parse_device_key, signer
from geowallet.crypto.canonical import sha256_hex
from geowallet.crypto.note_lines import MAX_NOTE_CHARS
from geowallet.model.errors import BadDeviceKeyError, GeowalletError
from geowallet.model.provenance import Statement, StatementKind
from geowallet.proofs.device_runs import batch_statement

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from geowallet.vault.store import Vault

_KIND = "device"
_KEYS, _BATCHES = "key/", "batch/"


class Device(msgspec.Struct, frozen=True):
    """A registered device: its own name, its key as a line, and since when."""

    name: str
    key: str
    added_us: int


class KeptBatch(msgspec.Struct, frozen=True):
    """What a device signed, as it signed it, and when it was read."""

    key: str
    note: str
    taken_us: int

    @property
    def batch(self) -> Batch:
        """What it says; it was verified when it was read."""
        return open_batch(self.note, self.key)


class Word(StrEnum):
    """What became of the batch beside a file."""

    KEPT = "kept"
    KNOWN = "known"
    UNREGISTERED = "unregistered"
    """By a device that is not registered; read the file again when it is."""
    REFUSED = "refused"
    """Not that device's signature, or not of this file."""
    MISSING = "missing"
    """Kept, but one before it was never read."""
    FORKED = "forked"
    """Kept, but the device said something else under the same counter."""
    REPLAYED = "replayed"
    """Kept, but the same file was signed before."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What became of the batch beside a file.

    Attributes:
        file: Name of the file.
        word: What became of it.
        device: Name that it is signed with, or "".
        counter: Of the batch, or 0 where it was not kept.
    """

    file: str
    word: Word
    device: str = ""
    counter: int = 0


@dataclass(frozen=True, slots=True)
class Registered:
    """A device, and what it signed of the wallet's files.

    Attributes:
        device: As it was registered.
        chain: What its batches say together.
        batches: Number of its batches.
        files: Number of files in the wallet that an unbroken batch signs.
    """

    device: Device
    chain: Chain
    batches: int
    files: int


def add_device(vault: Vault, key: str, *, now_us: int) -> Device:
    """Register a device by its public key; the same key again changes nothing.

    A device of the same name and another key is replaced; its batches stay.

    Raises:
        BadDeviceKeyError: It is none.
    """
    try:
        name, public32 = parse_device_key(key.strip())
    except ValueError as error:
        raise BadDeviceKeyError from error
    known = {one.name: one for one in devices(vault)}
    if name in known and known[name].key == key.strip():
        return known[name]
    added = Device(name, key.strip(), now_us)
    with vault.transaction(now_us=now_us) as tx:
        tx.put(_KIND, _KEYS + name, msgspec.msgpack.encode(added))
        said = {"what": "device registered"}
        tx.log(Statement(StatementKind.DEVICE, (sha256_hex(public32),), (), said))
    return added


def remove_device(vault: Vault, shortened: str, *, now_us: int) -> Device:
    """Forget a device and return it; what it signed stays.

    Raises:
        NotFoundError: None has a name that begins so.
        AmbiguousNameError: Several do.
    """
    known = {one.name: one for one in devices(vault)}
    gone = known[resolve("evidence device", shortened, known)]
    _, public32 = parse_device_key(gone.key)
    with vault.transaction(now_us=now_us) as tx:
        tx.delete(_KIND, _KEYS + gone.name)
        said = {"what": "device forgotten"}
        tx.log(Statement(StatementKind.DEVICE, (), (sha256_hex(public32),), said))
    return gone


def devices(vault: Vault) -> tuple[Device, ...]:
    """Return the registered devices, by name."""
    found = (
        msgspec.msgpack.decode(body, type=Device)
        for name, body in vault.items(_KIND)
        if name.startswith(_KEYS)
    )
    return tuple(sorted(found, key=lambda device: device.name))


def registered(vault: Vault) -> tuple[Registered, ...]:
    """Return the registered devices by name, each with what it signed."""
    kept = kept_batches(vault)
    here = {one.container for one in sources(vault)}
    found = []
    for device in devices(vault):
        own = [one.batch for one in kept if one.key == device.key]
        chain = follow(own)
        good = {batch.sha256 for batch in own if batch.counter <= chain.unbroken}
        found.append(Registered(device, chain, len(own), len(good & here)))
    return tuple(found)


def take_batches(vault: Vault, paths: Iterable[Path], *, now_us: int) -> tuple[Signed, ...]:
    """Keep the batches that lie beside files, and return what became of each.

    Args:
        vault: The open wallet.
        paths: Files that were read; one without a batch is passed over.
        now_us: The present.

    Raises:
        DiskFullError: One could not be written.
    """
    known = devices(vault)
    taken = [_take(vault, path, known, now_us) for path in paths if batch_path(path).is_file()]
    chains = {
        one.name: follow(kept.batch for kept in kept_batches(vault) if kept.key == one.key)
        for one in known
    }
    return tuple(
        Signed(one.file, _judged(one, chains[one.device]), one.device, one.counter)
        if one.counter
        else one
        for one in taken
    )


def _take(vault: Vault, path: Path, known: Iterable[Device], now_us: int) -> Signed:
    try:
        note = read_small(batch_path(path), MAX_NOTE_CHARS).decode("utf-8")
        name, _ = signer(note)
        sha256 = digest_of(path)
    except (ValueError, GeowalletError):
        return Signed(path.name, Word.REFUSED)
    device = next((one for one in known if one.name == name), None)
    if device is None:
        return Signed(path.name, Word.UNREGISTERED, name)
    try:
        batch = open_batch(note, device.key)
    except ValueError:
        return Signed(path.name, Word.REFUSED, name)
    if batch.sha256 != sha256:
        return Signed(path.name, Word.REFUSED, name)
    return Signed(path.name, _keep(vault, KeptBatch(device.key, note, now_us)), name, batch.counter)


def _keep(vault: Vault, kept: KeptBatch) -> Word:
    batch = kept.batch
    record = f"{_BATCHES}{sha256_hex(kept.key.encode())[:16]}/{batch.digest}"
    if vault.get(_KIND, record) is not None:
        return Word.KNOWN
    with vault.transaction(now_us=kept.taken_us) as tx:
        tx.put(_KIND, record, msgspec.msgpack.encode(kept))
        tx.log(batch_statement(batch))
    return Word.KEPT


def _judged(one: Signed, chain: Chain) -> Word:
    """Return the worst that can be said of a batch that was kept."""
    if one.counter in chain.forked:
        return Word.FORKED
    if one.counter in chain.replayed:
        return Word.REPLAYED
    return one.word if one.counter <= chain.unbroken else Word.MISSING


def kept_batches(vault: Vault) -> tuple[KeptBatch, ...]:
    """Return every batch that was taken in, also of devices that were forgotten."""
    return tuple(
        msgspec.msgpack.decode(body, type=KeptBatch)
        for name, body in vault.items(_KIND)
        if name.startswith(_BATCHES)
    )
