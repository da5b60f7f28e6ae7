"""Promise: days tell each other where the owner lets them, and it can be undone and erased."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from geowallet.app.keeping import erasing, retention, scope
from geowallet.app.keeping.durations import Duration
from geowallet.app.keeping.retention import Rules
from geowallet.app.locations import Locations
from geowallet.app.sharing import tracing
from geowallet.app.travel import corrections, engine, models, recompute, trips
from geowallet.app.travel.corrections import Correction
from geowallet.app.travel.habit_reading import FEWEST_LEGS, Reading, read_habits
from geowallet.app.travel.habits import (
    ADDRESS,
    CERTAIN,
    KeptHabits,
    forget_habits,
    kept_habits,
    store_habits,
)
from geowallet.model.calendar import Period
from geowallet.model.errors import TooFewOwnLegsError
from geowallet.model.mobility import Mode, Trip
from geowallet.model.provenance import StatementKind
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.models import torn_days


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GEOWALLET_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def here(here: Locations, tmp_path: Path) -> Locations:
    """Four days of four rides, found with a model that takes cars and buses for the same."""
    return torn_days(here, tmp_path / "more")


def again(vault: Vault) -> None:
    recompute.carry_out(vault, recompute.plan(vault), now_us=scene.NOON_US)


def say(vault: Vault, some: list[Trip], mode: Mode) -> None:
    legs = [trip.main_leg for trip in some]
    words = [Correction(leg.start_us, leg.end_us, mode, None, scene.NOON_US) for leg in legs]
    corrections.correct(vault, words)


def read(vault: Vault) -> Reading:
    found = read_habits(vault, now_us=scene.NOON_US)
    store_habits(vault, found.kept, now_us=scene.NOON_US)
    return found


def kept(vault: Vault) -> KeptHabits:
    found = kept_habits(vault)
    assert found is not None
    return found


class TestReading:
    def test_of_few_legs_nothing_is_read(self, tmp_path: Path) -> None:
        alone = scene.new_wallet(tmp_path / "alone")
        scene.ingest_files(alone, scene.write_days(tmp_path / "some", scene.days_of_may(4)))
        with scene.opened(alone) as vault, pytest.raises(TooFewOwnLegsError) as few:
            read_habits(vault, now_us=scene.NOON_US)
        assert few.value.details == {"found": 4, "least": FEWEST_LEGS}

    def test_what_the_owner_said_of_some_days_tells_the_others(self, vault: Vault) -> None:
        """The commute of two days was by bus: so it is on the other two, the model being torn."""
        found = trips.stored_trips(vault)
        commutes = [trip for n, trip in enumerate(found) if n % 4 in (0, 3)]
        visits = [trip for n, trip in enumerate(found) if n % 4 in (1, 2)]
        say(vault, commutes[:4], Mode.BUS)
        say(vault, visits[:4], Mode.CAR)
        reading = read(vault)
        assert (reading.kept.legs, reading.words, reading.repeated) == (16, 8, 16)
        again(vault)
        legs = {trip.id: trip.main_leg for trip in trips.stored_trips(vault)}
        assert {legs[trip.id].mode for trip in commutes[4:]} == {Mode.BUS}
        assert {legs[trip.id].mode for trip in visits[4:]} == {Mode.CAR}
        assert "the owner often travels so" in map(str, legs[commutes[5].id].reasons)

    def test_they_do_not_teach_themselves(self, vault: Vault) -> None:
        first = read(vault)
        again(vault)
        assert read(vault).kept.id == first.kept.id

    def test_words_of_another_kind_of_vehicle_are_of_the_nearest(self, vault: Vault) -> None:
        say(vault, trips.stored_trips(vault)[:3], Mode.E_BIKE)
        assert read(vault).words == 3


class TestHeeding:
    """Promise: "a new file changes nothing outside the chunks it touches"."""

    def test_a_file_that_comes_later_changes_no_other_day(
        self, here: Locations, tmp_path: Path
    ) -> None:
        with scene.opened(here) as vault:
            say(vault, trips.stored_trips(vault)[:8], Mode.BUS)
            read(vault)
            again(vault)
            before = trips.stored_trips(vault)
        scene.ingest_files(here, scene.write_days(tmp_path / "late", scene.days_of_may(8)))
        with scene.opened(here) as vault:
            after = trips.stored_trips(vault)
            assert after[: len(before)] == before
            assert {trip.main_leg.mode for trip in after[len(before) :]} == {Mode.BUS}
            assert not engine.is_outdated(vault)

    def test_undo_gives_the_same_engine_and_the_same_trips(self, vault: Vault) -> None:
        pages, was = scene.stored_pages(vault), engine.present_engine(vault)
        say(vault, trips.stored_trips(vault)[:8], Mode.BUS)
        read(vault)
        assert engine.present_engine(vault) != was
        assert engine.is_outdated(vault)
        again(vault)
        assert scene.stored_pages(vault) != pages
        assert forget_habits(vault, now_us=scene.NOON_US)
        assert engine.present_engine(vault) == was
        again(vault)
        assert scene.stored_pages(vault) == pages
        assert not forget_habits(vault, now_us=scene.NOON_US)

    def test_they_are_of_one_model(self, vault: Vault) -> None:
        read(vault)
        assert models.in_use(vault).habits == kept(vault)
        models.use_model(vault, "torn", now_us=scene.NOON_US)
        assert models.in_use(vault).habits == kept(vault)
        models.use_model(vault, "shipped", now_us=scene.NOON_US)
        assert kept_habits(vault) is None

    def test_those_of_another_model_are_not_heeded(self, vault: Vault) -> None:
        found = read_habits(vault, now_us=scene.NOON_US).kept
        strange = KeptHabits("ab" * 32, *[getattr(found, n) for n in found.__struct_fields__[1:]])
        store_habits(vault, strange, now_us=scene.NOON_US)
        assert models.in_use(vault).habits is None

    def test_the_log_names_them_and_a_figure_leads_to_them(self, vault: Vault) -> None:
        read(vault)
        again(vault)
        said = [statement for _, statement, _ in vault.log_entries()]
        (noted,) = [s for s in said if s.predicate.get("what") == "habits read"]
        newest = [s for s in said if s.kind is StatementKind.CLASSIFY][-1]
        assert noted.subjects == (kept(vault).id,)
        assert newest.predicate["habits"] == kept(vault).id
        used = trips.stored_trips(vault)[:1]
        links = [link for link in tracing._model_link(vault, used, said) if "habits" in str(link)]
        assert [link.holds for link in links] == [True]
        forget_habits(vault, now_us=scene.NOON_US)
        links = [link for link in tracing._model_link(vault, used, said) if "habits" in str(link)]
        assert [link.holds for link in links] == [False]


class TestWhatIsKept:
    def test_it_is_rounded_and_comes_back(self, vault: Vault) -> None:
        habits = read(vault).kept.habits
        assert len(habits.said) == 16
        assert habits.shares.sum() == pytest.approx(1.0, abs=1e-5)
        assert habits.said.probabilities.sum(axis=1) == pytest.approx(1.0, abs=5 / CERTAIN)
        assert np.all(habits.said.bounds_us % 1_000_000 == 0)
        steps = habits.said.ends_deg * 10_000
        assert np.allclose(steps, np.rint(steps), atol=1e-6)
        home = np.array([scene.HOME.lat_deg, scene.HOME.lon_deg])
        assert np.abs(habits.said.ends_deg[0, :2] - home).max() < 0.005

    def test_what_is_erased_takes_them_away(self, vault: Vault) -> None:
        read(vault)
        again(vault)
        planned = erasing.plan(
            vault, scope.of_period(vault, Period.parse("2026-05-04"), what="day")
        )
        assert planned.forgets_habits
        assert ADDRESS in planned.addresses
        erasing.carry_out(vault, planned, now_us=scene.NOON_US)
        assert kept_habits(vault) is None
        assert engine.is_outdated(vault)

    def test_all_that_goes_takes_them_too(self, vault: Vault) -> None:
        read(vault)
        erasing.carry_out(vault, erasing.plan(vault, scope.EVERYTHING), now_us=scene.NOON_US)
        assert kept_habits(vault) is None

    def test_a_rule_takes_what_is_old_and_they_stay_those_they_were(self, vault: Vault) -> None:
        before = read(vault).kept
        again(vault)
        said = Rules(fixes=Duration.parse("1-day"))
        noon = dt.datetime(2026, 5, 8, 10, tzinfo=dt.UTC)
        planned = retention.due(vault, said, now_us=round(noon.timestamp() * 1e6))
        assert planned is not None
        assert not planned.forgets_habits
        assert ADDRESS in planned.addresses
        retention.apply(vault, planned, now_us=scene.NOON_US)
        left = kept(vault)
        assert (len(left.habits.said), len(before.habits.said)) == (4, 16)
        assert (left.id, left.shares) == (before.id, before.shares)
        assert not engine.is_outdated(vault)
        assert read_too_few(vault) == 4


def read_too_few(vault: Vault) -> object:
    with pytest.raises(TooFewOwnLegsError) as few:
        read_habits(vault, now_us=scene.NOON_US)
    return few.value.details["found"]
