"""Use case: the whole story on the samples, in a throw-away wallet."""

from __future__ import annotations

import datetime as dt
import json
import os
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geowallet.app import settings, wallet
from geowallet.app.desk import desk, verification
from geowallet.app.intake import ingest
from geowallet.app.locations import Locations
from geowallet.app.sharing import agreements, export, preparing
from geowallet.app.travel import trips
from geowallet.connectors.api import ReadOptions
from geowallet.contracts.templates.templates import (
    Particulars,
    soft_mobility_commute,
    work_hour_mileage,
)
from geowallet.crypto.keys import KdfCost
from geowallet.model.calendar import Period, WorkWeek
from geowallet.model.errors import GeowalletError, SourceMissingError
from geowallet.model.mobility import Mode as TravelMode
from geowallet.model.mobility import NamedPlace, Place, PlaceKind, Vehicle
from geowallet.vault import session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from geowallet.app.desk.verification import Verified
    from geowallet.app.intake.ingest import Ingested
    from geowallet.app.sharing.export import Exported
    from geowallet.app.sharing.preparing import Prepared
    from geowallet.contracts.life.grant import Contract
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.model.mobility import DescribedTrip
    from geowallet.model.words import Phrase
    from geowallet.vault.store import Vault

MONTH = Period.parse("2026-05")
"""The simulated month."""

HOURS = ((510, 1080),)
"""08:30 to 18:00, in minutes."""

WEEK = WorkWeek(
    hours=(HOURS, HOURS, HOURS, HOURS, HOURS, (), ()),
    zone="Europe/Paris",
    holidays="FR",
    leave=frozenset({dt.date(2026, 5, 15)}),
)
"""When the simulated employee works; the truth has the same."""


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that the demo did, for showing.

    Attributes:
        ingested: The files read.
        trips: All trips.
        mileage: The preview of the mileage contract.
        commute: The preview of the commute contract.
        exported: The mileage export.
        verified: The recipient's verdict on it.
        forged: The refusal of a copy with one byte changed.
        truth: What the simulation knows: ``distance_m`` and ``days`` by mode.
    """

    ingested: Ingested
    trips: tuple[DescribedTrip, ...]
    mileage: Prepared
    commute: Prepared
    exported: Exported
    verified: Verified
    forged: GeowalletError
    truth: dict[str, Any]


def samples_folder() -> Path:
    """Return the folder of the samples: inside the package, or beside it in a checkout.

    Raises:
        SourceMissingError: Neither is there.
    """
    package = Path(__file__).parent.parent
    for folder in (package / "samples", package.parent / "samples"):
        if (folder / "simulated-month" / "truth.json").is_file():
            return folder
    raise SourceMissingError(path="samples/simulated-month")


def play(*, progress: Callable[[str, int], None], words: Callable[[Phrase], str]) -> Story:
    """Play the employee, then the employer, in a folder that is erased at the end.

    Args:
        progress: Called before each file with its name and the number of files.
        words: Says a phrase, for the readable copy.

    Raises:
        SandboxError: The evaluation cannot be confined here.
    """
    month = samples_folder() / "simulated-month"
    truth = json.loads((month / "truth.json").read_text(encoding="utf-8"))["expected"]
    with tempfile.TemporaryDirectory(prefix="geowallet-demo-") as folder:
        stage = Path(folder)
        employer = desk.create_desk(
            stage / "desk", "Exemple SAS", os.urandom(16).hex().encode(), cost=KdfCost.LEAST
        )
        with _throwaway_wallet(stage) as vault:
            ingested = _ingest(vault, [str(month / "phone"), str(month / "watch")], progress)
            _introduce(vault)
            contract, mileage, commute = _agree(vault, employer, stage)
            desk.file_contract(employer, (stage / "exemple-mileage.contract").read_bytes())
            exported = export.export(
                vault,
                contract,
                mileage,
                now_us=wallet.now_us(),
                target=stage,
                words=words,
            )
            every = trips.described_trips(vault)
        verified = verification.verify_file(exported.files[0], employer, now_s=int(time.time()))
        forged = _forge(exported.files[0], employer)
    expected = {
        "distance_m": truth["work_hour_mileage"]["distance_m"],
        "days": truth["soft_mobility_commute"]["days"],
    }
    return Story(ingested, every, mileage, commute, exported, verified, forged, expected)


@contextmanager
def _throwaway_wallet(stage: Path) -> Iterator[Vault]:
    where = Locations(stage / "wallet.gwv", stage / "desk", stage / "state")
    passphrase = os.urandom(16).hex().encode()
    created = wallet.create_wallet(where, passphrase, cost=KdfCost.LEAST)
    try:
        with wallet.opened(where, lambda: passphrase) as vault:
            yield vault
    finally:
        session.forget(created.vault_id)


def _ingest(vault: Vault, named: Sequence[str], progress: Callable[[str, int], None]) -> Ingested:
    manner = ingest.Manner(ReadOptions(), None, wallet.now_us)
    return ingest.ingest(vault, named, manner, progress=progress)


def _introduce(vault: Vault) -> None:
    """Say what the owner would say: hours, the car, and which place is which."""
    now_us = wallet.now_us()
    settings.set_owner_name(vault, "Camille Martin", now_us=now_us)
    settings.set_work_week(vault, WEEK, now_us=now_us)
    car = Vehicle("clio", TravelMode.CAR, "AB-123-CD", 5, "petrol")
    settings.add_vehicle(vault, car, now_us=now_us)
    guessed = {place.guess: place for place in trips.places(vault) if place.guess}
    for kind in (PlaceKind.HOME, PlaceKind.WORK):
        _name(vault, guessed[kind], kind, now_us)


def _name(vault: Vault, place: Place, kind: PlaceKind, now_us: int) -> None:
    named = NamedPlace(str(kind).title(), kind, place.centre)
    settings.name_place(vault, named, now_us=now_us)


def _agree(vault: Vault, employer: desk.Desk, stage: Path) -> tuple[Contract, Prepared, Prepared]:
    """Accept both offers; return the mileage contract and both previews."""
    contracts = []
    for terms in _both_terms(employer):
        offer = agreements.offer_from(desk.make_offer(employer, terms, stage))
        contract, _ = agreements.accept_offer(
            vault, offer, today=_today(), now_us=wallet.now_us(), target=stage
        )
        contracts.append(contract)
    mileage, commute = (preparing.prepare(vault, c.terms, MONTH) for c in contracts)
    return contracts[0], mileage, commute


def _both_terms(employer: desk.Desk) -> tuple[Terms, Terms]:
    def particulars(name: str) -> Particulars:
        return Particulars(
            recipient=employer.recipient,
            name=name,
            covers=MONTH,
            issued=_today(),
            expires=_today() + dt.timedelta(days=30),
        )

    return (
        work_hour_mileage(particulars("exemple-mileage"), window=WEEK_ASKED),
        soft_mobility_commute(particulars("exemple-commute")),
    )


WEEK_ASKED = WorkWeek(hours=WEEK.hours, zone=WEEK.zone, holidays=WEEK.holidays)
"""What the employer asks about: the same hours; leave is the owner's business."""


def _forge(sealed: Path, employer: desk.Desk) -> GeowalletError:
    """Change one letter in the middle of the sealed text and return the refusal."""
    data = bytearray(sealed.read_bytes())
    middle = len(data) * 2 // 3
    data[middle] = ord("A") if data[middle] != ord("A") else ord("B")
    copy = sealed.with_name("forged.jwe")
    copy.write_bytes(data)
    try:
        verdict = verification.verify_file(copy, employer, now_s=int(time.time())).verdict
    except GeowalletError as error:
        return error
    if verdict.error is None:
        raise AssertionError("a forged export was accepted")
    return verdict.error


def _today() -> dt.date:
    return dt.datetime.now(tz=dt.UTC).date()
