"""What a wallet, a desk and all beside them hold, and whether that is old, new or torn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from geowallet.app import wallet
from geowallet.model.errors import WrongPassphraseError
from geowallet.vault.check import check_vault
from geowallet.vault.records import KINDS
from geowallet.vault.slots import slots_of
from geowallet.vault.store import Vault
from tests.app import scene
from tests.faults.typed_stage import OTHER_PASSPHRASE

_VARIES_BYTES = 16
"""By how much two files of the same content and other random numbers may differ in length."""

UNKNOWN = "a file that the wallet does not know"
HALF = "some of it"
BETWEEN = {UNKNOWN, HALF}
"""What is wrong unless the command has a reason: a wallet that knows more than was written has."""

_OWN = ("wallet.gwv", "state/")
"""Read by opening the wallet, not as files."""

_DIGEST = re.compile("[0-9a-f]{32,}")
"""In the names of files that are named after what is in them."""


@dataclass(frozen=True, slots=True)
class State:
    """What is there: records by kind and key, the length of the log, ways in, files by name."""

    records: dict[tuple[str, str], bytes]
    entries: int
    ways: int
    files: dict[str, bytes]


def state_of(folder: Path) -> State:
    """Open and check the wallet, and read all that lies in the folder.

    Drafts, whose names begin with a dot, and what the machine remembers of the wallet
    do not count: the next command replaces them.
    """
    here = scene.places_at(folder)
    try:
        with wallet.opened(here, scene.ask) as vault:
            records, entries = _content(vault)
    except WrongPassphraseError:
        with wallet.opened(here, lambda: OTHER_PASSPHRASE) as vault:
            records, entries = _content(vault)
    return State(records, entries, len(slots_of(here.wallet)), dict(_files(folder)))


def how_it_stands(now: State, before: State, after: State) -> tuple[str, list[str]]:
    """Return ``old``, ``new`` or ``part``, and what is wrong with it."""
    wallet_is, wrong = _wallet(now, before, after)
    new = [name for name in after.files if name not in before.files]
    changed = [name for name in before.files if before.files[name] != after.files.get(name)]
    seen = {wallet_is} - {"same"}
    for name in (*new, *changed):
        is_old = now.files.get(name) == before.files.get(name)
        seen.add("old" if is_old else "new")
        if not is_old and not _alike(now.files.get(name), after.files.get(name)):
            wrong.append(f"torn: {name}")
    wrong += [
        f"stray: {name}" for name in now.files.keys() - before.files.keys() - after.files.keys()
    ]
    wrong += [f"lost: {name}" for name in before.files if name not in {*now.files, *changed}]
    if wallet_is == "old" and any(name in now.files for name in new):
        wrong.append(UNKNOWN)
    if wallet_is == "same" and len(seen) > 1:
        wrong.append(HALF)
    return (seen.pop() if len(seen) == 1 else "part"), wrong


def _wallet(now: State, before: State, after: State) -> tuple[str, list[str]]:
    size = (now.entries, now.ways, now.records.keys())
    new = (after.entries, after.ways, after.records.keys())
    for key, body in now.records.items():
        if body != before.records.get(key) and key not in after.records:
            return "part", [f"a record of neither: {key[0]}", HALF]
    if new == (before.entries, before.ways, before.records.keys()):
        return "same", []
    if now.records == before.records and size[:2] == (before.entries, before.ways):
        return "old", []
    return ("new", []) if size == new else ("part", [HALF])


def _alike(one: bytes | None, other: bytes | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(len(one) - len(other)) <= _VARIES_BYTES


def _content(vault: Vault) -> tuple[dict[tuple[str, str], bytes], int]:
    for _, problem in check_vault(vault).problems:
        raise problem
    records = {(kind, name): body for kind in KINDS for name, body in vault.items(kind)}
    return records, vault.mark().size


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not path.name.startswith(".") and not name.startswith(_OWN):
            yield _DIGEST.sub("DIGEST", name), path.read_bytes()
