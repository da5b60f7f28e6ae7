from __future__ import annotations

import datetime as dt

import pytest

from geowallet.app import settings
from geowallet.app.locations import Locations
from geowallet.model.calendar import WorkWeek
from geowallet.model.errors import (
    AmbiguousNameError,
    BadNameError,
    NotFoundError,
    RuleDataError,
    WorkWeekMissingError,
)
from geowallet.model.mobility import Mode, NamedPlace, PlaceKind, Point, Vehicle
from geowallet.vault.store import Vault
from tests.app import scene

CLIO = Vehicle("clio", Mode.CAR, "AB-123-CD", 5, "petrol")


class TestStored:
    def test_work_hours_come_back_whole(self, vault: Vault) -> None:
        leave = frozenset({dt.date(2026, 5, 15), dt.date(2026, 12, 24)})
        week = WorkWeek(scene.OFFICE_HOURS, "America/New_York", "", leave)
        settings.set_work_week(vault, week, now_us=scene.NOON_US)
        assert settings.work_week(vault) == settings.required_work_week(vault) == week

    def test_unset_hours_are_asked_for(self, empty: Locations) -> None:
        with scene.opened(empty) as vault:
            assert settings.work_week(vault) is None
            with pytest.raises(WorkWeekMissingError):
                settings.required_work_week(vault)

    def test_unknown_holidays_change_nothing(self, vault: Vault) -> None:
        with pytest.raises(RuleDataError):
            settings.set_work_week(
                vault, WorkWeek(scene.OFFICE_HOURS, scene.PARIS, "XX"), now_us=scene.NOON_US
            )
        assert settings.work_week(vault) == scene.WEEK

    def test_vehicles_are_kept_by_id_and_said_again(self, vault: Vault) -> None:
        settings.add_vehicle(vault, CLIO, now_us=scene.NOON_US)
        settings.add_vehicle(vault, Vehicle("bike", Mode.BIKE), now_us=scene.NOON_US)
        settings.add_vehicle(vault, Vehicle("clio", Mode.CAR), now_us=scene.NOON_US)
        assert settings.vehicles(vault) == (Vehicle("bike", Mode.BIKE), Vehicle("clio", Mode.CAR))

    def test_the_same_name_moves_a_place(self, vault: Vault) -> None:
        moved = NamedPlace("Home", PlaceKind.HOME, Point(48.5, 2.5))
        settings.name_place(vault, moved, now_us=scene.NOON_US)
        assert [p for p in settings.named_places(vault) if p.name == "Home"] == [moved]

    def test_the_owner_is_nameless_at_first(self, empty: Locations) -> None:
        with scene.opened(empty) as vault:
            assert settings.owner_name(vault) == ""
            settings.set_owner_name(vault, "Zoé d'Arc-Šimon", now_us=scene.NOON_US)
            assert settings.owner_name(vault) == "Zoé d'Arc-Šimon"

    def test_every_change_is_one_entry_in_the_log(self, vault: Vault) -> None:
        before = vault.mark().size
        settings.add_vehicle(vault, CLIO, now_us=scene.NOON_US)
        settings.set_owner_name(vault, "Camille", now_us=scene.NOON_US)
        assert vault.mark().size == before + 2


class TestNames:
    @pytest.mark.parametrize(
        "name", ["", "  ", "x" * 65, "a\nb", "a\x1b[31m", "a\u202eb", "a/b", "a\tb", "<b>", "a\0"]
    )
    def test_a_name_that_could_not_be_shown_is_refused(self, vault: Vault, name: str) -> None:
        before = vault.mark()
        place = NamedPlace(name, PlaceKind.OTHER, scene.HOME)
        with pytest.raises(BadNameError):
            settings.set_owner_name(vault, name, now_us=scene.NOON_US)
        with pytest.raises(BadNameError):
            settings.add_vehicle(vault, Vehicle(name, Mode.CAR), now_us=scene.NOON_US)
        with pytest.raises(BadNameError):
            settings.name_place(vault, place, now_us=scene.NOON_US)
        assert vault.mark() == before

    def test_an_error_shows_no_control_character(self) -> None:
        with pytest.raises(BadNameError) as caught:
            settings.check_name("a\x1b[31m")
        assert str(caught.value.details["name"]).isprintable()

    def test_a_plate_is_a_name_too(self, vault: Vault) -> None:
        with pytest.raises(BadNameError):
            settings.add_vehicle(vault, Vehicle("clio", Mode.CAR, "A\n1"), now_us=scene.NOON_US)


class TestDaysOff:
    def test_holidays_and_leave_are_both_off(self) -> None:
        week = WorkWeek(scene.OFFICE_HOURS, scene.PARIS, "FR", frozenset({dt.date(2026, 5, 15)}))
        off = settings.days_off(week, scene.MONTH)
        assert {d for d in off if d in scene.MONTH} == {
            dt.date(2026, 5, day) for day in (1, 8, 14, 15, 25)
        }

    def test_without_hours_no_day_is_off(self) -> None:
        assert settings.days_off(None, scene.MONTH) == frozenset()


class TestResolve:
    def test_a_unique_beginning_is_enough(self) -> None:
        assert settings.resolve("trip", "tA", ["tAB", "tCD"]) == "tAB"

    def test_a_whole_name_wins_over_longer_ones(self) -> None:
        assert settings.resolve("contract", "job", ["job", "job-2"]) == "job"

    @pytest.mark.parametrize("typed", ["", "x", "tABC"])
    def test_nothing_fits(self, typed: str) -> None:
        with pytest.raises(NotFoundError):
            settings.resolve("trip", typed, ["tAB", "tCD"])

    def test_two_that_fit_are_named(self) -> None:
        with pytest.raises(AmbiguousNameError) as caught:
            settings.resolve("trip", "t", ["tCD", "tAB"])
        assert caught.value.details["candidates"] == "tAB, tCD"
