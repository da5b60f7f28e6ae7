"""What a cheat and an honest desk do, from the files to the ledger."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from geowallet.app import settings
from geowallet.app.desk import inbox
from geowallet.app.desk.desk import Desk
from geowallet.app.locations import Locations
from geowallet.app.sharing import export, preparing
from geowallet.app.travel.corrections import Correction, correct
from geowallet.app.travel.trips import stored_trips
from geowallet.contracts.terms.syntax import Terms
from geowallet.model.errors import GeowalletError
from geowallet.model.mobility import Mode
from geowallet.vault.store import Vault
from tests.app import scene

NOW_S = scene.NOON_US // 1_000_000 + 60

_TIME = re.compile(rb"(2026-05-\d\d)T(\d\d)")


@dataclass(frozen=True, slots=True)
class Claim:
    """What came of an export at the desk: a code or its place in the ledger, and the total.

    Attributes:
        word: ``counts``, ``replaced``, ``double``, or the code of a refusal.
        total: Measure id to figure, or empty.
        others: How many other keys the desk knows under that name.
    """

    word: str
    total: dict[str, object]
    others: int = 0

    @property
    def metres(self) -> int:
        found = self.total["distance_m"]
        assert isinstance(found, int)
        return found


def code_of(act: Callable[[], object]) -> str:
    """Return the code with which ``act`` is refused, or ``accepted``."""
    try:
        act()
    except GeowalletError as error:
        return error.code
    return "accepted"


def claimed(vault: Vault, desk: Desk, terms: Terms, folder: Path) -> Claim:
    """Agree, export May, hand it in, and say what the desk makes of it."""
    contract = scene.agree(vault, desk, terms, folder)
    prepared = preparing.prepare(vault, contract.terms, scene.MONTH)
    done = export.export(
        vault, contract, prepared, now_us=scene.NOON_US, target=folder, words=scene.words
    )
    return handed_in(desk, done.files[0], folder / f"{terms.name}.contract")


def handed_in(desk: Desk, sealed: Path, contract: Path) -> Claim:
    """Put a contract and its export into the desk's inbox."""
    first = inbox.take_file(desk, contract, now_s=NOW_S, today=scene.TODAY)
    taken = inbox.take_file(desk, sealed, now_s=NOW_S, today=scene.TODAY)
    if taken.error is not None:
        return Claim(taken.error.code, {})
    assert taken.judged is not None
    judged = taken.judged
    return Claim(str(judged.claim), dict(judged.entry.total or {}), len(first.others))


def month_of(
    folder: Path,
    desk: Desk,
    days: Sequence[bytes],
    *,
    terms: Terms | None = None,
    spoil: Callable[[Vault], object] | None = None,
    owner: str = "Camille Martin",
) -> Claim:
    """Live such days in a new wallet, cheat with ``spoil``, and claim May."""
    here = scene.new_wallet(folder)
    read(here, folder / "days", days)
    with scene.opened(here) as vault:
        scene.introduce(vault)
        settings.set_owner_name(vault, owner, now_us=scene.NOON_US)
        if spoil is not None:
            spoil(vault)
        return claimed(vault, desk, terms or scene.mileage(desk), folder / "out")


def say_mode(vault: Vault, mode: Mode) -> None:
    """Say of every leg that it was by ``mode``: a forger is as sure as can be."""
    legs = [leg for trip in stored_trips(vault) for leg in trip.legs]
    correct(vault, [Correction(g.start_us, g.end_us, mode, None, scene.NOON_US) for g in legs])


def read(here: Locations, folder: Path, days: Sequence[bytes]) -> None:
    folder.mkdir(parents=True)
    paths = [folder / f"{number}.csv" for number in range(len(days))]
    for path, body in zip(paths, days, strict=True):
        path.write_bytes(body)
    scene.ingest_files(here, paths)


def on_day(body: bytes, day: int, *, later_h: int = 0) -> bytes:
    """The same trace with the dates of another day, and hours later; edited as text."""

    def moved(found: re.Match[bytes]) -> bytes:
        return b"2026-05-%02dT%02d" % (day, int(found[2]) + later_h)

    return _TIME.sub(moved, body)
