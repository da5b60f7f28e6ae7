"""Runs one use case again and again, each time in a child that dies at another point.

``python -m tests.faults.dying ACTION MANNER POINTS ORIGIN FOLDER [FILES]``: for each
number of POINTS (``FIRST:LAST:STEP``) the folder ORIGIN is copied to ``FOLDER/NUMBER``
and a child does ACTION there. MANNER says what the number means:

- ``kill``: the child dies at that step, counted in SQL statements that write and in
  calls that open a file for writing, rename, link or remove;
- ``torn``: no file may pass that many bytes, and the kernel kills who tries;
- ``full``: no file may pass that many bytes, and who tries is told.

Prints a line for each: number, exit status, error code if any. A point that was
never reached ends the run.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geowallet.app import backups, keys, wallet
from geowallet.app.evidence import witnessing
from geowallet.app.keeping import (
    checking,
    comparing,
    erasing,
    erasure,
    merge_plan,
    merging,
    repairing,
    retention,
    scope,
)
from geowallet.app.keeping.durations import Duration
from geowallet.app.sharing import agreements, export, life, preparing
from geowallet.app.sharing.rotating import rotate_identity
from geowallet.app.travel import corrections, recompute, reshaping, trip_rules, trips
from geowallet.crypto.keys import KdfCost
from geowallet.model.calendar import Period
from geowallet.model.errors import GeowalletError
from geowallet.model.mobility import Mode, Purpose
from geowallet.vault import prune, session, store
from geowallet.vault.schema import connect
from geowallet.vault.slots import read_vault_id
from tests.app import scene
from tests.app.other_engine import install, slower
from tests.app.test_trip_rules import TUESDAY_CARPOOL

KILLED = 137
"""Exit status of a child that died at its point; as a shell tells SIGKILL."""

Action = Callable[[Path, list[str]], None]

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_READING = ("SELECT", "PRAGMA")
_CALLS = {"os.rename", "os.link", "os.remove"}


class Countdown:
    """Kills this process at its nth step, before the step is done."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.seen = 0

    def statement(self, text: str) -> None:
        if not text.startswith(_READING):
            self._step()

    def call(self, event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and int(arguments[2] or 0) & _WRITING
        if event in _CALLS or (writes and arguments[0] != os.devnull):
            self._step()

    def _step(self) -> None:
        self.seen += 1
        if self.seen == self.at:
            os._exit(KILLED)


def do_ingest(folder: Path, files: list[str]) -> None:
    scene.ingest_files(scene.places_at(folder), files)


def do_create(folder: Path, files: list[str]) -> None:
    del files
    wallet.create_wallet(scene.places_at(folder), scene.PASSPHRASE, cost=KdfCost.LEAST)


def do_accept(folder: Path, files: list[str]) -> None:
    offer = agreements.offer_from(Path(files[0]))
    with scene.opened(scene.places_at(folder)) as vault:
        agreements.accept_offer(
            vault, offer, today=scene.TODAY, now_us=scene.NOON_US, target=folder / "out"
        )


def exporting(origin: Path) -> Action:
    """Evaluate once, as that writes nothing, and return what signs and writes."""
    with scene.opened(scene.places_at(origin)) as vault:
        (contract,) = agreements.accepted(vault)
        prepared = preparing.prepare(vault, contract.terms, scene.MONTH)

    def do_export(folder: Path, files: list[str]) -> None:
        del files
        with scene.opened(scene.places_at(folder)) as vault:
            export.export(
                vault,
                contract,
                prepared,
                now_us=scene.NOON_US,
                target=folder / "out",
                words=scene.words,
            )

    return do_export


def do_split(folder: Path, files: list[str]) -> None:
    del files
    with scene.opened(scene.places_at(folder)) as vault:
        whole = trips.described_trips(vault)[0].trip
        middle_us = (whole.start_us + whole.end_us) // 2
        reshaping.split(vault, whole, middle_us, now_us=scene.NOON_US)


def do_merge(folder: Path, files: list[str]) -> None:
    del files
    with scene.opened(scene.places_at(folder)) as vault:
        two = [t.trip for t in trips.described_trips(vault)[:2]]
        reshaping.merge(vault, two, now_us=scene.NOON_US)


def do_rule(folder: Path, files: list[str]) -> None:
    del files
    with scene.opened(scene.places_at(folder)) as vault:
        trip_rules.add_rule(vault, TUESDAY_CARPOOL)


def rotating(*, deep: bool) -> Action:
    """Return what gives the wallet a new master key; the recovery key is put beside it."""

    def do_rotate(folder: Path, files: list[str]) -> None:
        del files
        here = scene.places_at(folder)
        keys.rotate_keys(
            here,
            wallet.master_of(here, scene.PASSPHRASE),
            passphrases=[scene.PASSPHRASE],
            recovery=keys.new_recovery(here),
            deep=deep,
            cost=KdfCost.LEAST,
        )

    return do_rotate


def do_rotate_identity(folder: Path, files: list[str]) -> None:
    del files
    with scene.opened(scene.places_at(folder)) as vault:
        rotate_identity(vault, now_us=scene.NOON_US)


def do_backup(folder: Path, files: list[str]) -> None:
    del files
    with scene.opened(scene.places_at(folder)) as vault:
        backups.back_up(vault, folder / "backups")


def do_restore(folder: Path, files: list[str]) -> None:
    del files
    here, prove = scene.places_at(folder), backups.by_passphrase(scene.PASSPHRASE)
    backups.restore(here, folder / "backups", folder / "back.gwv", prove)


def do_erase(folder: Path, files: list[str]) -> None:
    """Erase a day, and what backups hold of it."""
    del files
    here = scene.places_at(folder)
    with scene.opened(here) as vault:
        day = scope.of_period(vault, Period.parse("2026-05-04"), what="day")
        erasure.erase(vault, here.wallet, erasing.plan(vault, day), now_us=scene.NOON_US)


def do_join(folder: Path, files: list[str]) -> None:
    """Take in the copy beside the wallet, which went on by itself; both said something."""
    del files
    here, other = scene.places_at(folder), folder / "other.gwv"
    with (
        comparing.opened_other(read_vault_id(here.wallet), other, scene.ask) as copy,
        wallet.opened(here, scene.ask, beside=copy.vault) as vault,
    ):
        planned = merge_plan.plan(vault, copy, prefer=merge_plan.Prefer.THEIRS)
        merging.merge(vault, copy, planned, now_us=scene.NOON_US)


def do_keep(folder: Path, files: list[str]) -> None:
    """Let a rule take all positions, which leaves the trips."""
    del files
    said = retention.Rules(fixes=Duration.parse("1-day"))
    with scene.opened(scene.places_at(folder)) as vault:
        planned = retention.due(vault, said, now_us=scene.NOON_US)
        if planned is not None:
            retention.apply(vault, planned, now_us=scene.NOON_US)


def do_repair(folder: Path, files: list[str]) -> None:
    """Find the lost page of trips again."""
    del files
    with scene.opened(scene.places_at(folder)) as vault:
        found = checking.examine(vault)
        repairing.repair(vault, found.repairable, now_us=scene.NOON_US)


def do_correct(folder: Path, files: list[str]) -> None:
    """Say by what the first trip was made, and what for."""
    del files
    with scene.opened(scene.places_at(folder)) as vault:
        trip = trips.described_trips(vault)[0].trip
        said = corrections.Correction(
            trip.start_us, trip.end_us, Mode.BUS, Purpose.BUSINESS, scene.NOON_US, tag="said"
        )
        corrections.correct(vault, [said])


def do_withdraw(folder: Path, files: list[str]) -> None:
    del files
    with scene.opened(scene.places_at(folder)) as vault:
        (contract,) = agreements.accepted(vault)
        life.withdraw(
            vault, contract, today=scene.TODAY, now_us=scene.NOON_US, target=folder / "out"
        )


def do_cosign(folder: Path, files: list[str]) -> None:
    """Take in the signature of the one witness from a note."""
    with scene.opened(scene.places_at(folder)) as vault:
        witness = witnessing.chosen_witness(vault, "")
        witnessing.take_cosigned(vault, Path(files[0]), witness, now_us=scene.NOON_US)


def do_renew(folder: Path, files: list[str]) -> None:
    """Replace the backups beside the wallet, which hold what was erased since."""
    del files
    with scene.opened(scene.places_at(folder)) as vault:
        prune.renew(vault, folder / "backups", now_us=scene.NOON_US, random=os.urandom)


def recomputing(origin: Path) -> Action:
    """Plan once, as that writes nothing, and return what replaces all trips.

    The other engine finds no last trip of the day, and calls the first a bus ride.
    """
    with pytest.MonkeyPatch.context() as patch, scene.opened(scene.places_at(origin)) as vault:
        install(patch, slower)
        planned = recompute.plan(vault)

    def do_recompute(folder: Path, files: list[str]) -> None:
        del files
        with pytest.MonkeyPatch.context() as patch:
            install(patch, slower)
            with scene.opened(scene.places_at(folder)) as vault:
                recompute.carry_out(vault, planned, now_us=scene.NOON_US)

    return do_recompute


ACTIONS: dict[str, Action] = {
    "ingest": do_ingest,
    "create": do_create,
    "accept": do_accept,
    "split": do_split,
    "merge": do_merge,
    "rule": do_rule,
    "rotate": rotating(deep=False),
    "rotate-deep": rotating(deep=True),
    "rotate-identity": do_rotate_identity,
    "backup": do_backup,
    "restore": do_restore,
    "erase": do_erase,
    "join": do_join,
    "keep": do_keep,
    "renew": do_renew,
    "correct": do_correct,
    "withdraw": do_withdraw,
    "cosign": do_cosign,
    "repair": do_repair,
}
PREPARED: dict[str, Callable[[Path], Action]] = {"export": exporting, "recompute": recomputing}
"""Actions of which a part is done once, before any child dies."""


def main() -> int:
    action, manner, points, origin, folder, *files = sys.argv[1:]
    session._ring = lambda: None  # nothing is left in the keyring of who runs the tests
    act = PREPARED[action](Path(origin)) if action in PREPARED else ACTIONS[action]
    first, last, step = (int(part) for part in points.split(":"))
    for number in range(first, last + 1, step):
        own = Path(folder, str(number))
        shutil.copytree(origin, own)
        code = own / "code"
        child = os.fork()
        if not child:
            _die(act, manner, number, own, code, files)
        _, status = os.waitpid(child, 0)
        said = code.read_text(encoding="utf-8") if code.exists() else ""
        code.unlink(missing_ok=True)
        print(number, os.waitstatus_to_exitcode(status), said)  # noqa: T201  read by the test
        if status == 0:
            break
    return 0


def _die(  # noqa: PLR0917  a child gets all that its parent knows
    act: Action, manner: str, number: int, folder: Path, code: Path, files: list[str]
) -> None:
    try:
        _arm(manner, number)
        act(folder, files)
    except GeowalletError as error:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        code.write_text(error.code, encoding="utf-8")
        os._exit(error.exit_status)
    except BaseException:  # noqa: BLE001  a child must never go on as its parent
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _arm(manner: str, number: int) -> None:
    if manner in {"torn", "full"}:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL if manner == "torn" else signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (number, resource.RLIM_INFINITY))
        return
    countdown = Countdown(number)
    watch(countdown.call, countdown.statement)


def watch(call: Callable[..., None], statement: Callable[[str], None]) -> None:
    """Tell of each call of the system from now on, and of each statement of a wallet."""
    sys.addaudithook(call)

    def watched(*arguments: Any, **named: Any) -> sqlite3.Connection:
        db = connect(*arguments, **named)
        db.set_trace_callback(statement)
        return db

    store.connect = watched  # type: ignore[attr-defined]  # the one place that is counted


if __name__ == "__main__":
    sys.exit(main())
