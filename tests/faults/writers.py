"""Lets many processes write to one wallet while others check it and back it up.

``python -m tests.faults.writers [--writers N] [--entries N]``: 8 writers of 500 entries
each by default. Prints what was lost and how long the longest commit waited. Ends with
status 1 where an entry is lost, a check or a backup found something, or a process gave up.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from geowallet.app.locations import Locations
from geowallet.app.wallet import master_of
from geowallet.vault import session
from geowallet.vault.backup import backup
from geowallet.vault.check import check_vault
from geowallet.vault.restore import check_backup
from geowallet.vault.store import Vault, open_vault
from tests.app import scene

PATIENCE_S = 60.0
"""How long a process waits for the lock here: the wait is measured, not cut short."""

PAUSE_S = 0.004
"""What a writer does between two commits; without it one process keeps the lock."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What many processes left.

    Attributes:
        statuses: Of every process; 0 where it did all of its work.
        lost: Entries that a writer said were done and that are not there.
        longest_wait_s: From asking for a commit until it was done, the longest.
        seconds: All of it.
        checks: How often the wallet was checked meanwhile.
        backups: Backups in the folder.
        problems: What is wrong with wallet and backups at the end.
    """

    statuses: tuple[int, ...]
    lost: int
    longest_wait_s: float
    seconds: float
    checks: int
    backups: int
    problems: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing was lost, found damaged, or given up."""
        return not (any(self.statuses) or self.lost or self.problems)

    def __str__(self) -> str:
        return (
            f"{len(self.statuses)} processes in {self.seconds:.0f} s: {self.lost} lost, longest "
            f"wait {self.longest_wait_s:.1f} s, {self.checks} checks and {self.backups} backups "
            f"meanwhile, {self.problems} problems, statuses {set(self.statuses)}"
        )


def write_together(folder: Path, writers: int, entries: int) -> Outcome:
    """Let ``writers`` processes commit ``entries`` each, beside one check and one backup."""
    here = scene.new_wallet(folder / "wallet")
    master = master_of(here, scene.PASSPHRASE)
    started = time.monotonic()
    done = [_child(_writer(here, master, n, entries, folder)) for n in range(writers)]
    stop = folder / "stop"
    beside = [
        _child(_checker(here, master, stop, folder / "checks")),
        _child(_keeper(here, master, stop, folder / "backups")),
    ]
    statuses = [_ended(child) for child in done]
    stop.touch()
    statuses += [_ended(child) for child in beside]
    seconds = time.monotonic() - started
    said = [line.split() for n in range(writers) for line in _lines(folder / f"writer {n}")]
    with open_vault(here.wallet, master, random=os.urandom) as vault:
        there = {(name, body.decode()) for name, body in vault.items("setting")}
        problems = len(check_vault(vault).problems)
        entered = sum(1 for _ in vault.leaves())
    report = check_backup(folder / "backups")
    return Outcome(
        statuses=tuple(statuses),
        lost=sum((name, number) not in there for name, number, _ in said)
        + max(0, len(said) - entered),
        longest_wait_s=max(float(wait) for *_, wait in said),
        seconds=seconds,
        checks=len(_lines(folder / "checks")),
        backups=report.backups,
        problems=problems + len(report.problems),
    )


def _writer(
    here: Locations, master: bytes, number: int, entries: int, folder: Path
) -> Callable[[], None]:
    def write() -> None:
        draw = random.Random(number)  # noqa: S311  pauses
        with _opened(here, master) as vault, (folder / f"writer {number}").open("w") as said:
            for entry in range(entries):
                asked = time.monotonic()
                with vault.transaction(now_us=scene.NOON_US) as tx:
                    tx.put("setting", f"{number}-{entry}", b"%d" % entry)
                    tx.log(scene.statement())
                waited = time.monotonic() - asked
                said.write(f"{number}-{entry} {entry} {waited:.3f}\n")
                said.flush()
                time.sleep(draw.random() * PAUSE_S)

    return write


def _checker(here: Locations, master: bytes, stop: Path, said: Path) -> Callable[[], None]:
    def check() -> None:
        with said.open("w") as lines:
            while not stop.exists():
                with _opened(here, master) as vault:
                    report = check_vault(vault)
                if report.problems:
                    raise report.problems[0][1]
                lines.write("whole\n")
                time.sleep(0.5)

    return check


def _keeper(here: Locations, master: bytes, stop: Path, folder: Path) -> Callable[[], None]:
    def keep() -> None:
        while not stop.exists():
            with _opened(here, master) as vault:
                backup(vault, folder, now_us=scene.NOON_US, random=os.urandom)
            for _, problem in check_backup(folder).problems:
                raise problem
            time.sleep(1.0)

    return keep


def _opened(here: Locations, master: bytes) -> Vault:
    return open_vault(here.wallet, master, random=os.urandom, busy_s=PATIENCE_S)


def _child(work: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        work()
    except BaseException as error:  # noqa: BLE001  a child must never go on as its parent
        with suppress(OSError):
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
        os._exit(1)
    os._exit(0)


def _ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--entries", type=int, default=500)
    chosen = parser.parse_args()
    session._ring = lambda: None
    with tempfile.TemporaryDirectory() as name:
        outcome = write_together(Path(name), chosen.writers, chosen.entries)
    print(outcome)  # noqa: T201
    return int(not outcome.is_whole)


if __name__ == "__main__":
    sys.exit(main())
