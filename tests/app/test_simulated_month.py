"""The month of the simulated employee, from its files to the figures that leave."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from geowallet.app import settings
from geowallet.app.desk.desk import Desk
from geowallet.app.intake import ingest
from geowallet.app.intake.inspect import FileReport
from geowallet.app.intake.reading import ReadFile, read_files
from geowallet.app.locations import Locations
from geowallet.app.sharing.preparing import Prepared, prepare
from geowallet.app.travel import trips
from geowallet.connectors.api import ReadOptions
from geowallet.contracts.templates.templates import work_hour_mileage
from geowallet.model.calendar import WorkWeek
from geowallet.model.geodesy import distance_m
from geowallet.model.mobility import NamedPlace, PlaceKind, Point
from geowallet.vault import session
from geowallet.vault.store import Vault
from tests.app import scene

pytestmark = pytest.mark.slow

ORDERS = 10

Read = Callable[..., Iterator[ReadFile | FileReport]]


class Remembering:
    """Reads every file once for all orders: what is at stake here comes after reading."""

    def __init__(self) -> None:
        self.read: dict[str, list[ReadFile | FileReport]] = {}

    def __call__(
        self, name: str, stream: BinaryIO, options: ReadOptions, *more: Any
    ) -> Iterator[ReadFile | FileReport]:
        if name not in self.read:
            self.read[name] = list(read_files(name, stream, options, *more))
        yield from self.read[name]


@pytest.fixture(scope="session")
def truth(samples: Path) -> dict[str, Any]:
    text = (samples / "simulated-month" / "truth.json").read_text(encoding="utf-8")
    value: dict[str, Any] = json.loads(text)
    return value


@pytest.fixture(scope="session")
def files(samples: Path) -> list[Path]:
    month = samples / "simulated-month"
    return sorted([*(month / "phone").iterdir(), *(month / "watch").iterdir()])


@pytest.fixture(scope="session")
def reader() -> Remembering:
    return Remembering()


@pytest.fixture(scope="session")
def month(
    truth: dict[str, Any],
    samples: Path,
    reader: Remembering,
    tmp_path_factory: pytest.TempPathFactory,
) -> Locations:
    """The wallet after one import of the two folders, as the owner would do it."""
    here = scene.places_at(tmp_path_factory.mktemp("month"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "_ring", lambda: None)
        patch.setattr(ingest, "read_files", reader)
        scene.new_wallet(here.wallet.parent)
        folders = [samples / "simulated-month" / device for device in ("phone", "watch")]
        scene.ingest_files(here, folders)
        with scene.opened(here) as vault:
            settle(vault, truth)
    return here


@pytest.fixture
def vault(month: Locations) -> Iterator[Vault]:
    with scene.opened(month) as opened:
        yield opened


@pytest.fixture(scope="session")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return scene.new_desk(tmp_path_factory.mktemp("asker") / "desk")


def settle(vault: Vault, truth: dict[str, Any]) -> None:
    """Name home and work, and set the work week, as the truth has them."""
    for place in truth["places"]:
        if place["kind"] in {"home", "work"}:
            centre = Point(place["lat_deg"], place["lon_deg"])
            named = NamedPlace(place["name"], PlaceKind(place["kind"]), centre)
            settings.name_place(vault, named, now_us=scene.NOON_US)
    settings.set_work_week(vault, week_of(truth), now_us=scene.NOON_US)


def week_of(truth: dict[str, Any]) -> WorkWeek:
    week = truth["work_week"]
    leave = frozenset(dt.date.fromisoformat(day) for day in week["leave"])
    assert [tuple(spans) for spans in week["hours"]] == [("08:30-18:00",)] * 5 + [()] * 2
    return WorkWeek(scene.OFFICE_HOURS, truth["zone"], week["holidays"], leave)


def mileage_of(
    vault: Vault, asker: Desk, truth: dict[str, Any], *, step_m: int = 1_000
) -> Prepared:
    terms = work_hour_mileage(
        scene.particulars(asker, "mileage"), window=week_of(truth), step_m=step_m
    )
    return prepare(vault, terms, scene.MONTH)


def days_of(vault: Vault, asker: Desk) -> dict[str, int]:
    prepared = prepare(vault, scene.commute(asker), scene.MONTH)
    days = {group.key["mode"]: group.values["days"] for group in prepared.result.groups}
    return {mode: count for mode, count in days.items() if isinstance(count, int) and count}


class TestFigures:
    """Promise: totals equal the ground truth within 1 % and the day counts exactly."""

    def test_every_trip_of_the_truth_is_there_and_no_other(
        self, vault: Vault, truth: dict[str, Any]
    ) -> None:
        found = [(t.day, str(t.trip.main_leg.mode)) for t in trips.described_trips(vault)]
        assert found == [(t["day"], t["mode"]) for t in truth["trips"]]

    def test_metres_by_mode_are_within_one_percent(
        self, vault: Vault, truth: dict[str, Any]
    ) -> None:
        metres: Counter[str] = Counter()
        for trip in trips.described_trips(vault):
            for leg in trip.trip.legs:
                metres[leg.mode] += round(leg.distance_m)
        assert dict(metres) == pytest.approx(truth["totals"]["leg_m"], rel=0.01)

    def test_the_mileage_is_the_truth_rounded_to_its_step(
        self, vault: Vault, asker: Desk, truth: dict[str, Any]
    ) -> None:
        true_m = truth["expected"]["work_hour_mileage"]["distance_m"]
        result = mileage_of(vault, asker, truth).result
        assert result.totals == {"distance_m": round(true_m, -3)}
        assert [dict(group.key) for group in result.groups] == [{"month": "2026-05"}]

    def test_the_mileage_counts_the_trips_of_the_truth_only(
        self, vault: Vault, asker: Desk, truth: dict[str, Any]
    ) -> None:
        used = dict(mileage_of(vault, asker, truth).selected.used)
        by_day = Counter[str]()
        for trip in trips.described_trips(vault):
            by_day[trip.day] += used.get(trip.trip.id, 0)
        expected = truth["expected"]["work_hour_mileage"]
        assert len(used) == expected["trips"]
        assert {d: m for d, m in by_day.items() if m} == pytest.approx(
            expected["per_day_m"], rel=0.01
        )

    def test_forgetting_the_leave_counts_that_day(
        self, month: Locations, asker: Desk, truth: dict[str, Any], tmp_path: Path
    ) -> None:
        expected = truth["expected"]["work_hour_mileage_if_leave_is_not_declared"]
        with scene.opened(scene.copied(month, tmp_path)) as vault:
            careless = WorkWeek(scene.OFFICE_HOURS, truth["zone"], "FR")
            settings.set_work_week(vault, careless, now_us=scene.NOON_US)
            terms = work_hour_mileage(scene.particulars(asker, "mileage"), window=careless)
            prepared = prepare(vault, terms, scene.MONTH)
        assert len(prepared.selected.used) == expected["trips"]
        metres = prepared.result.totals["distance_m"]
        assert metres == pytest.approx(expected["distance_m"], rel=0.01)

    def test_commute_days_are_exact_by_mode(
        self, vault: Vault, asker: Desk, truth: dict[str, Any]
    ) -> None:
        assert days_of(vault, asker) == truth["expected"]["soft_mobility_commute"]["days"]

    def test_home_and_work_are_guessed_where_they_are(self, vault: Vault) -> None:
        guessed = {p.name: p.guess for p in trips.places(vault) if p.guess and p.name}
        assert guessed == {"home": PlaceKind.HOME, "office": PlaceKind.WORK}

    def test_what_is_proposed_as_a_client_is_one(self, vault: Vault, truth: dict[str, Any]) -> None:
        proposed = [p for p in trips.places(vault) if p.guess is PlaceKind.CLIENT]
        assert proposed
        for place in proposed:
            centre = place.centre
            nearest = min(
                truth["places"],
                key=lambda true: distance_m(
                    centre.lat_deg, centre.lon_deg, true["lat_deg"], true["lon_deg"]
                ),
            )
            assert nearest["kind"] == "client", nearest["name"]


class TestOrder:
    """Promise: importing its files in ten random orders gives byte-identical results."""

    @pytest.mark.parametrize("seed", range(ORDERS))
    def test_no_order_and_no_repetition_changes_a_byte(
        self,
        *,
        seed: int,
        month: Locations,
        files: list[Path],
        truth: dict[str, Any],
        asker: Desk,
        reader: Remembering,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(ingest, "read_files", reader)
        here = scene.new_wallet(tmp_path / "other")
        for run in runs_of(files, seed):
            scene.ingest_files(here, run)
        with scene.opened(month) as first, scene.opened(here) as other:
            assert scene.stored_pages(other) == scene.stored_pages(first)
            settle(other, truth)
            assert days_of(other, asker) == days_of(first, asker)
            one, two = (mileage_of(vault, asker, truth, step_m=1) for vault in (first, other))
            assert two.result == one.result
            assert two.selected.used == one.selected.used


def runs_of(files: Iterable[Path], seed: int) -> list[list[Path]]:
    """Shuffle ``files``, part them into one to three runs, repeat some or all of them."""
    chance = random.Random(seed)  # noqa: S311  the same orders every time
    order = list(files)
    chance.shuffle(order)
    parts = 1 + seed % 3
    cuts = sorted(chance.sample(range(1, len(order)), parts - 1))
    runs = [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]
    if seed % 2:
        runs[-1] = [*runs[-1], *chance.sample(order, len(order) // 2)]
    if seed == ORDERS - 1:
        runs.append(order)
    return runs
