"""Kills a process that writes at random moments, and looks for what it had said was done.

``python -m tests.faults.random_kills [--rounds N] [--seed N]``: N times (2,000 by
default) a process writes to a wallet, says each commit through a pipe, and gets
SIGKILL. Ends with status 1 where something it said is lost, or a wallet is not whole.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from geowallet.app import settings
from geowallet.app.locations import Locations
from geowallet.app.travel import corrections
from geowallet.app.wallet import master_of
from geowallet.model.errors import GeowalletError
from geowallet.model.mobility import Mode, Purpose
from geowallet.vault import session
from geowallet.vault.check import check_vault
from geowallet.vault.store import Vault, open_vault
from tests.app import scene

ROUNDS_OF_ONE_WALLET = 40
"""Then a fresh copy is taken: a check reads the whole log."""

_LONGEST_S = 0.08
_FIXES_BYTES = 20_000


@dataclass
class Deaths:
    """What became of the rounds."""

    rounds: int = 0
    said: int = 0
    hot_journals: int = 0
    beyond: int = 0
    lost: list[int] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        said = f"{self.rounds} rounds, {self.said} commits said, {self.hot_journals} with a "
        said += f"journal left, {self.beyond} with one commit more: "
        return said + f"{len(self.lost)} lost, {len(self.torn)} torn {self.torn[:3]}"


def kill_at_random(folder: Path, rounds: int, draw: random.Random) -> Deaths:
    """Kill ``rounds`` processes in copies of one wallet."""
    deaths = Deaths()
    origin = scene.new_wallet(folder / "origin")
    master = master_of(origin, scene.PASSPHRASE)
    here = origin
    for number in range(rounds):
        if number % ROUNDS_OF_ONE_WALLET == 0:
            here = scene.copied(origin, folder / f"wallet {number}")
        _one(here, master, draw, deaths)
        if number % ROUNDS_OF_ONE_WALLET == ROUNDS_OF_ONE_WALLET - 1:
            shutil.rmtree(here.wallet.parent)
    return deaths


def _one(here: Locations, master: bytes, draw: random.Random, deaths: Deaths) -> None:
    before = _size(here, master)
    said = [before, *_said_by_one_killed(here, master, draw)]
    journal = here.wallet.with_name(here.wallet.name + "-journal")
    deaths.rounds += 1
    deaths.said += len(said) - 1
    deaths.hot_journals += journal.exists()
    try:
        with open_vault(here.wallet, master, random=os.urandom) as vault:
            for _, problem in check_vault(vault).problems:
                raise problem
            found = vault.mark().size
    except GeowalletError as error:
        deaths.torn.append(error.code)
        return
    deaths.beyond += found == said[-1] + 1
    if not said[-1] <= found <= said[-1] + 1:
        deaths.lost.append(said[-1] - found)


def _size(here: Locations, master: bytes) -> int:
    with open_vault(here.wallet, master, random=os.urandom) as vault:
        return vault.mark().size


def _said_by_one_killed(here: Locations, master: bytes, draw: random.Random) -> list[int]:
    """Return the sizes of the log that a process told before it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            _write_for_ever(here, master, writing)
        finally:
            os._exit(1)
    os.close(writing)
    os.read(reading, 6)  # it is at work
    time.sleep(draw.random() * _LONGEST_S)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        return [int(line) for line in pipe.read().split()]


def _write_for_ever(here: Locations, master: bytes, writing: int) -> None:
    with open_vault(here.wallet, master, random=os.urandom) as vault:
        os.write(writing, b"ready\n")
        while True:
            _commit(vault)
            os.write(writing, b"%d\n" % vault.mark().size)


def _commit(vault: Vault) -> None:
    """Do one of three use cases, or a large record over an older one."""
    size = vault.mark().size
    match size % 4:
        case 0:
            settings.set_owner_name(vault, f"Camille {size}", now_us=scene.NOON_US + size)
        case 1:
            word = corrections.Correction(
                size, size + 9, Mode.BUS, Purpose.BUSINESS, scene.NOON_US + size
            )
            corrections.correct(vault, [word])
        case _:
            with vault.transaction(now_us=scene.NOON_US + size) as tx:
                tx.put("fixes", f"day {size % 8}", os.urandom(_FIXES_BYTES))
                tx.delete("fixes", f"day {(size + 2) % 8}")
                tx.log(scene.statement())


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=20_261_122)
    chosen = parser.parse_args()
    session._ring = lambda: None
    with tempfile.TemporaryDirectory() as name:
        draw = random.Random(chosen.seed)  # noqa: S311  moments, not secrets
        deaths = kill_at_random(Path(name), chosen.rounds, draw)
    print(deaths)  # noqa: T201
    return int(bool(deaths.lost or deaths.torn))


if __name__ == "__main__":
    sys.exit(main())
