from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from geowallet.app import settings
from geowallet.app.desk.desk import Desk
from geowallet.app.desk.odometers import sign_reading
from geowallet.app.evidence.devices import add_device
from geowallet.app.evidence.levels import evidence_of
from geowallet.app.keeping import matters
from geowallet.app.locations import Locations
from geowallet.app.sharing import preparing
from geowallet.app.travel.trips import described_trips
from geowallet.app.vehicles import garage, statements
from geowallet.app.vehicles.odometer import Reading, add_reading, readings
from geowallet.app.vehicles.statements import Crossed, add_statement, agreeing, crossed
from geowallet.contracts.terms.syntax import Terms
from geowallet.model.errors import (
    BadRegistrationError,
    BadStatementError,
    OdometerRunsBackError,
    OtherVehicleError,
)
from geowallet.model.mobility import Mode, Vehicle
from geowallet.proofs.evidence import read_evidence
from geowallet.proofs.odometer import Statement
from geowallet.vault import session
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.evidence.seen import at, seen
from tests.app.evidence.test_devices import Van, read

PLATE = "AB-123-CD"
KM = 80
"""Two days by car of the scene are 79.7 km."""


@pytest.fixture
def garage_desk(tmp_path: Path) -> Desk:
    return scene.new_desk(tmp_path / "garage", "Garage")


@pytest.fixture(scope="module")
def driven(tmp_path_factory: pytest.TempPathFactory) -> Locations:
    """Two days in a car, signed by its gateway and seen each evening."""
    folder = tmp_path_factory.mktemp("driven")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "_ring", lambda: None)
        here, van = scene.new_wallet(folder), Van(folder)
        with scene.opened(here) as opened:
            scene.introduce(opened)
            car = Vehicle("clio", Mode.CAR, PLATE, 5, "", (), company=False)
            settings.add_vehicle(opened, car, now_us=scene.NOON_US)
            add_device(opened, van.key, now_us=scene.NOON_US)
            for day in (5, 6):
                read(opened, van.day(day))
                seen(opened, at(day, 20))
    return here


@pytest.fixture
def driver(driven: Locations, tmp_path: Path) -> Iterator[Vault]:
    """A copy of that wallet."""
    with scene.opened(scene.copied(driven, tmp_path / "own")) as opened:
        yield opened


def stated(
    vault: Vault, desk: Desk, day: int, km: int, *, plate: str = PLATE
) -> tuple[Statement, ...]:
    when = dt.date(2026, 5, day)
    _, path = sign_reading(desk, plate, km, day=when, target=desk.folder)
    found = statements.statement_in(path)
    return add_statement(vault, "clio", found, now_us=scene.NOON_US)


def asks(employer: Desk, *, readings: bool = False) -> Terms:
    return dataclasses.replace(
        scene.mileage(employer),
        min_assurance="L3",
        min_share_percent=0,
        shows_readings=readings,
    )


class TestReadings:
    """Promise: a signed reading is kept beside the owner's own, and theirs is never one."""

    def test_a_statement_is_a_reading_too(self, driver: Vault, garage_desk: Desk) -> None:
        kept = stated(driver, garage_desk, 4, 1_000)
        assert [one.km for one in kept] == [1_000]
        assert readings(driver, "clio") == (Reading(dt.date(2026, 5, 4), 1_000),)
        assert [one.km for one in stated(driver, garage_desk, 7, 1_074)] == [1_000, 1_074]

    def test_a_day_has_one_reading_the_last_that_was_taken_in(
        self, driver: Vault, garage_desk: Desk, employer: Desk
    ) -> None:
        stated(driver, garage_desk, 4, 1_000)
        (kept,) = stated(driver, employer, 4, 1_001)
        assert kept.km == 1_001
        assert [one.km for one in readings(driver, "clio")] == [1_001]

    def test_one_of_another_registration_is_refused(self, driver: Vault, garage_desk: Desk) -> None:
        with pytest.raises(OtherVehicleError):
            stated(driver, garage_desk, 4, 1_000, plate="ZZ-999-ZZ")

    def test_an_odometer_does_not_run_back(self, driver: Vault, garage_desk: Desk) -> None:
        stated(driver, garage_desk, 4, 1_000)
        with pytest.raises(OdometerRunsBackError):
            stated(driver, garage_desk, 7, 999)
        assert len(statements.statements(driver, "clio")) == 1

    @pytest.mark.parametrize("body", [b"", b"junk", b"\xff", b"a~b~"])
    def test_another_file_is_refused(self, tmp_path: Path, body: bytes) -> None:
        (tmp_path / "file").write_bytes(body)
        with pytest.raises(BadStatementError):
            statements.statement_in(tmp_path / "file")

    def test_one_that_shows_nothing_is_refused(self, tmp_path: Path, garage_desk: Desk) -> None:
        found, _ = sign_reading(
            garage_desk, PLATE, 1, day=dt.date(2026, 5, 4), target=garage_desk.folder
        )
        (tmp_path / "file").write_text(found.closed().text)
        with pytest.raises(BadStatementError):
            statements.statement_in(tmp_path / "file")

    @pytest.mark.parametrize(("plate", "km"), [("", 1), ("é-1", 1), (PLATE, -1), (PLATE, 10**7)])
    def test_a_workshop_signs_what_can_be(self, garage_desk: Desk, plate: str, km: int) -> None:
        with pytest.raises(BadRegistrationError):
            sign_reading(garage_desk, plate, km, day=dt.date(2026, 5, 4), target=garage_desk.folder)

    def test_those_of_two_copies_become_one_list(self, garage_desk: Desk) -> None:
        def record(day: int, km: int) -> bytes:
            when = dt.date(2026, 5, day)
            found, _ = sign_reading(garage_desk, PLATE, km, day=when, target=garage_desk.folder)
            return json.dumps([found.text]).encode()

        one, two = record(4, 1_000), record(7, 1_080)
        both = matters.joined(("setting", "statements/clio"), one, two)
        assert both == json.dumps(json.loads(one) + json.loads(two)).encode()
        assert matters.joined(("setting", "statements/clio"), one, record(4, 1_001)) is None
        assert matters.matter_of(("setting", "statements/clio")) is matters.Matter.VEHICLES

    def test_they_go_with_their_vehicle(self, driver: Vault, garage_desk: Desk) -> None:
        stated(driver, garage_desk, 4, 1_000)
        garage.remove_vehicle(driver, "clio", now_us=scene.NOON_US)
        assert statements.statements(driver, "clio") == ()


class TestAgreeing:
    """Promise: L3 only where the traces are what the odometer moved, within what both err."""

    @pytest.mark.parametrize(
        ("after_km", "agrees"), [(KM, True), (KM - 8, False), (KM + 8, False), (0, False)]
    )
    def test_traces_and_odometer(
        self, driver: Vault, garage_desk: Desk, after_km: int, *, agrees: bool
    ) -> None:
        """80 km may be 76 to 84, and a kilometre: less was put in, more was left out."""
        stated(driver, garage_desk, 4, 1_000)
        stated(driver, garage_desk, 7, 1_000 + after_km)
        (one,) = crossed(driver, "clio")
        assert abs(one.least_m - KM * 1_000) < 1_000
        assert one.agrees is agrees
        assert bool(agreeing(driver, described_trips(driver))) is agrees

    def test_the_days_of_the_readings_count_for_neither_side(
        self, driver: Vault, garage_desk: Desk
    ) -> None:
        """Between the 5th and the 6th lies no whole day; both days may or may not belong."""
        stated(driver, garage_desk, 5, 1_000)
        stated(driver, garage_desk, 6, 1_037)
        (one,) = crossed(driver, "clio")
        assert (one.least_m, one.agrees) == (0, True)
        assert agreeing(driver, described_trips(driver)) == {}

    def test_what_the_owner_typed_is_no_statement(self, driver: Vault, garage_desk: Desk) -> None:
        stated(driver, garage_desk, 4, 1_000)
        typed = Reading(dt.date(2026, 5, 7), 1_000 + KM)
        add_reading(driver, "clio", typed, now_us=scene.NOON_US)
        assert crossed(driver, "clio") == ()

    def test_what_the_traces_may_err_is_in_the_margin(
        self, driver: Vault, garage_desk: Desk
    ) -> None:
        stated(driver, garage_desk, 4, 1_000)
        stated(driver, garage_desk, 7, 1_000 + KM)
        legs = [leg for one in described_trips(driver) for leg in one.trip.legs]
        spread_m = math.hypot(*(leg.distance_sd_m for leg in legs))
        assert spread_m > 1
        assert crossed(driver, "clio")[0].margin_m == round(4_000 + 1_000 + 2 * spread_m)

    def test_the_margin_is_five_percent_and_a_kilometre(self, garage_desk: Desk) -> None:
        before, _ = sign_reading(
            garage_desk, PLATE, 0, day=dt.date(2026, 5, 4), target=garage_desk.folder
        )
        after, _ = sign_reading(
            garage_desk, PLATE, 100, day=dt.date(2026, 5, 7), target=garage_desk.folder
        )
        one = Crossed((before, after), 106_000, 106_000, 6_000)
        assert (one.odometer_m, one.agrees) == (100_000, True)
        assert not dataclasses.replace(one, least_m=106_001).agrees
        assert not dataclasses.replace(one, least_m=0, most_m=93_999).agrees


class TestExport:
    """Promise: an export shows that others read the odometer, and what only where it is asked."""

    def test_metres_between_readings_that_agree_are_l3(
        self, driver: Vault, garage_desk: Desk, employer: Desk
    ) -> None:
        stated(driver, garage_desk, 4, 1_000)
        stated(driver, garage_desk, 7, 1_000 + KM)
        for shown in (False, True):
            terms = asks(employer, readings=shown)
            prepared = preparing.prepare(driver, terms, scene.MONTH)
            assert prepared.result.share_percent == {"L0": 0, "L1": 0, "L2": 0, "L3": 100}
            note = driver.checkpoint()
            claim = evidence_of(driver, prepared, note=note)["evidence"]
            size = int(note.split("\n")[1])
            found = read_evidence(claim, size=size, root=driver.root_at(size))
            ((before, after),) = found.readings
            assert (before.km, after.km) == ((1_000, 1_080) if shown else (None, None))
            assert ("AB123CD" in str(claim)) is False

    def test_readings_that_contradict_the_traces_leave_l2(
        self, driver: Vault, garage_desk: Desk, employer: Desk
    ) -> None:
        stated(driver, garage_desk, 4, 1_000)
        stated(driver, garage_desk, 7, 1_000 + KM + 20)
        prepared = preparing.prepare(driver, asks(employer), scene.MONTH)
        assert prepared.result.share_percent["L2"] == 100
        claim = evidence_of(driver, prepared, note=driver.checkpoint())["evidence"]
        assert "readings" not in claim
