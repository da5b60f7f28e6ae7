"""Cuts the power in the middle of use cases, thousands of times, and looks at what is left.

``python -m tests.faults.power [--states N] [--lying]``: each of `OPERATIONS` is done
once by a real process whose calls are written down; then N cuts (10,000 by default) at
random calls are drawn, and what the disk is left with is opened. ``--lying``: the disk
of the wallet says that it flushed and did not; then what was said to be done may be
gone, if it is noticed. Ends with status 1 where it is lost, torn or silent.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from geowallet.app.sharing.receipts import receipts
from geowallet.app.wallet import master_of
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.errors import GeowalletError, NoBackupError
from geowallet.vault import highwater, session
from geowallet.vault.check import check_vault
from geowallet.vault.restore import check_backup
from geowallet.vault.store import Vault, open_vault
from tests.app import scene
from tests.faults.disk import Disk, Loss
from tests.faults.recorded import Call, record

OPERATIONS = ("ingest", "correct", "export", "erase", "backup")
WALLET_DISK = ("wallet.gwv", ".", "out", "backups")
"""What lies on the disk that may lie; what this machine remembers of it is on another."""

Image = dict[str, bytes | None]


@dataclass(frozen=True, slots=True)
class Recording:
    """A use case: what was there before, what was asked of the disk, how it ended."""

    operation: str
    root: Path
    before: Path
    calls: tuple[Call, ...]
    master: bytes
    leaves: tuple[bytes, ...]


@dataclass
class Tally:
    """How many states were looked at, and how they were found."""

    states: int = 0
    found: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        found = ", ".join(f"{number} {what}" for what, number in sorted(self.found.items()))
        return f"{self.states} states: {found}" + f" {self.examples[:3]}" * bool(self.examples)


def prepared(folder: Path) -> tuple[Path, list[Path]]:
    """Return a wallet of two days with a contract, and two more days to import."""
    days = scene.write_days(folder / "days", scene.days_of_may(4, 5, 6, 7))
    here = scene.new_wallet(folder / "origin")
    scene.ingest_files(here, days[:2])
    with scene.opened(here) as vault:
        scene.introduce(vault)
        employer = scene.new_desk(folder / "employer")
        scene.agree(vault, employer, scene.mileage(employer), folder)
    return folder / "origin", days[2:]


def recording(operation: str, origin: Path, folder: Path, files: list[Path]) -> Recording:
    """Let a process do one of `OPERATIONS` on a copy of ``origin``."""
    before, root = folder / f"{operation}-before", folder / operation
    shutil.copytree(origin, before)
    for name in ("out", "backups"):
        (before / name).mkdir()
    shutil.copytree(before, root)
    done = record(operation, root, folder / "log", *files * (operation == "ingest"))
    here = scene.places_at(root)
    master = master_of(here, scene.PASSPHRASE)
    with open_vault(here.wallet, master, random=os.urandom) as vault:
        leaves = tuple(vault.leaf_hashes())
    return Recording(operation, root, before, _that_matter(done, root), master, leaves)


def _that_matter(calls: tuple[Call, ...], root: Path) -> tuple[Call, ...]:
    """Leave out what only reads, and the many files of the program itself."""
    opened: dict[int, bool] = {}
    kept = []
    for call in calls:
        if call.name == "openat":
            opened[call.result] = call.path(1).is_relative_to(root)
            if not opened[call.result]:
                continue
        elif call.name in {"close", "lseek"} and not opened.get(int(call.arguments[0])):
            continue
        kept.append(call)
    return tuple(kept)


def cut(done: Recording, states: int, draw: random.Random, *, lying: bool, at: Path) -> Tally:
    """Cut the power ``states`` times at random calls and judge what is left.

    States that are the same to the byte are opened once.
    """
    tally, known = Tally(), dict[tuple[str, bytes], str]()
    ends = sorted(draw.randint(0, len(done.calls)) for _ in range(states))
    disk, passed = Disk(done.root, done.before, lies=WALLET_DISK * lying), 0
    for end in ends:
        for call in done.calls[passed:end]:
            disk.do(call)
        passed = end
        loss = draw.choice(list(Loss))
        image = disk.after(loss, draw)
        key = ("\n".join(disk.said), _digest(image))
        if key not in known:
            known[key] = judged(done, image, disk.said, at)
        tally.states += 1
        tally.found[known[key].partition(":")[0]] += 1
        if known[key] != "whole" and not (lying and known[key].startswith("detected")):
            tally.examples.append(f"{known[key]} at call {end}, {loss}")
    return tally


def judged(done: Recording, image: Image, said: list[str], folder: Path) -> str:
    """Return ``whole``, or how it is bad: ``lost``, ``detected`` (with its code), ``silent``.

    ``copy``: the wallet has all, a file or backup that it wrote is gone. ``unsaid``: an
    export is there that the wallet does not know, and the process had not come to say so.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, data in image.items():
        if data is None:
            (folder / name).mkdir()
        else:
            (folder / name).write_bytes(data)
    try:
        with open_vault(scene.places_at(folder).wallet, done.master, random=os.urandom) as vault:
            return _judged_open(done, vault, said, folder)
    except GeowalletError as error:
        return f"detected: {error.code}"


def _judged_open(done: Recording, vault: Vault, said: list[str], folder: Path) -> str:
    mark = vault.mark()
    for _, problem in check_vault(vault).problems:
        raise problem
    path = scene.places_at(folder).highwater(vault.id)
    highwater.compare(path, size=mark.size, root_at=vault.root_at)
    if tuple(vault.leaf_hashes()) != done.leaves[: mark.size]:
        return "silent: another log"
    finished = _backups(folder / "backups")
    known = {one.sealed_sha256 for one in receipts(vault)}
    out = {path.name: sha256_hex(path.read_bytes()) for path in (folder / "out").glob("[!.]*")}
    if any(digest not in known for name, digest in out.items() if name.endswith(".jwe")):
        return "silent: an export that is not on record" if said else "unsaid: an export"
    for line in said:
        word, *rest = line.split(" ")
        if word == "done" and mark.size < int(rest[0]):
            return "lost: entries of the log"
        if word == "left" and out.get(rest[0]) != rest[1]:
            return f"copy: {rest[0]}"
    if said and done.operation == "backup" and not finished:
        return "copy: the backup"
    return "whole"


def _backups(folder: Path) -> int:
    """Return how many backups there are; what there is must be whole."""
    try:
        report = check_backup(folder)
    except NoBackupError:
        return 0
    for _, problem in report.problems:
        raise problem
    return report.backups


def _digest(image: Image) -> bytes:
    digest = hashlib.sha256()
    for name, data in image.items():
        digest.update(repr((name, len(data or b""))).encode() + (data or b"\0"))
    return digest.digest()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--states", type=int, default=10_000)
    parser.add_argument("--lying", action="store_true")
    chosen = parser.parse_args()
    session._ring = lambda: None
    bad = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        origin, files = prepared(folder)
        for operation in OPERATIONS:
            done = recording(operation, origin, folder, files)
            draw = random.Random(20_261_122)  # noqa: S311  the same cuts every time
            tally = cut(done, chosen.states, draw, lying=chosen.lying, at=folder / "image")
            print(f"{operation}, {len(done.calls)} calls:", tally, flush=True)  # noqa: T201
            allowed = {"whole", "detected", "unsaid", "copy"} if chosen.lying else {"whole"}
            bad += sum(number for what, number in tally.found.items() if what not in allowed)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
