"""Promise: what its owner said teaches the model, in the wallet, and can be forgotten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from geowallet.app.locations import Locations
from geowallet.app.travel import corrections, engine, models, personal, recompute, trips
from geowallet.app.travel.corrections import Correction
from geowallet.app.travel.personal import Outcome
from geowallet.model.errors import TooFewCorrectionsError
from geowallet.model.mobility import Mode, Trip
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.models import always, torn_days


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GEOWALLET_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def here(here: Locations, tmp_path: Path) -> Locations:
    """Four days of four rides, found with a model that takes cars and buses for the same."""
    return torn_days(here, tmp_path / "more")


def say(vault: Vault, some: list[Trip], mode: Mode) -> None:
    legs = [trip.main_leg for trip in some]
    corrections.correct(
        vault, [Correction(leg.start_us, leg.end_us, mode, None, scene.NOON_US) for leg in legs]
    )


def learnt(vault: Vault) -> personal.Lesson:
    lesson = personal.learn(vault, now_us=scene.NOON_US)
    models.store_personal(vault, lesson.personal, lesson.words, now_us=scene.NOON_US)
    return lesson


def guessed(vault: Vault) -> set[Mode]:
    return {trip.main_leg.mode for trip in trips.stored_trips(vault)}


def test_nothing_is_learnt_from_a_few_words(vault: Vault) -> None:
    with pytest.raises(TooFewCorrectionsError) as none:
        personal.learn(vault, now_us=scene.NOON_US)
    assert none.value.details == {"found": 0, "least": personal.FEWEST_LEGS}
    say(vault, trips.stored_trips(vault)[:9], Mode.BUS)
    with pytest.raises(TooFewCorrectionsError) as few:
        personal.learn(vault, now_us=scene.NOON_US)
    assert few.value.details["found"] == 9


def test_words_of_one_kind_decide_where_the_model_was_torn(vault: Vault) -> None:
    found = trips.stored_trips(vault)
    say(vault, found[:12], Mode.BUS)
    lesson = learnt(vault)
    assert lesson.legs == 12
    assert lesson.helps
    assert lesson.after.probability > lesson.before.probability + 0.1
    assert engine.is_outdated(vault)
    recompute.carry_out(vault, recompute.plan(vault), now_us=scene.NOON_US)
    assert guessed(vault) == {Mode.BUS}
    say(vault, found[12:13], Mode.WALK)
    assert trips.find_trip(vault, found[12].id).trip.main_leg.mode is Mode.WALK


def test_the_model_by_itself_is_what_is_learnt_from(vault: Vault) -> None:
    say(vault, trips.stored_trips(vault)[:12], Mode.BUS)
    first = learnt(vault)
    again = personal.learn(vault, now_us=scene.NOON_US)
    assert (again.leaning, again.before) == (first.leaning, first.before)


def test_undo_gives_the_same_engine_and_the_same_trips(vault: Vault) -> None:
    pages, was = scene.stored_pages(vault), engine.present_engine(vault)
    say(vault, trips.stored_trips(vault)[:12], Mode.BUS)
    learnt(vault)
    assert engine.present_engine(vault) != was
    recompute.carry_out(vault, recompute.plan(vault), now_us=scene.NOON_US)
    assert scene.stored_pages(vault) != pages
    assert models.forget_personal(vault, now_us=scene.NOON_US)
    assert engine.present_engine(vault) == was
    recompute.carry_out(vault, recompute.plan(vault), now_us=scene.NOON_US)
    assert scene.stored_pages(vault) == pages
    assert not models.forget_personal(vault, now_us=scene.NOON_US)


@pytest.mark.parametrize(
    ("right", "loss", "helps"), [(6, 0.5, True), (7, 0.5, True), (5, 0.5, False), (7, 0.9, False)]
)
def test_it_helps_where_no_fewer_are_right_and_the_loss_is_less(
    vault: Vault, right: int, loss: float, *, helps: bool
) -> None:
    say(vault, trips.stored_trips(vault)[:12], Mode.BUS)
    lesson = personal.learn(vault, now_us=scene.NOON_US)
    before, after = Outcome(6, 0.5, 0.9), Outcome(right, 0.5, loss)
    assert replace(lesson, before=before, after=after).helps is helps


def test_the_log_knows_it_by_digests(vault: Vault) -> None:
    say(vault, trips.stored_trips(vault)[:12], Mode.BUS)
    lesson = learnt(vault)
    said = [s for _, s, _ in vault.log_entries() if s.predicate.get("what") == "model personalised"]
    assert [(s.subjects, s.inputs) for s in said] == [
        ((models.in_use(vault).forest.digest,), lesson.words)
    ]
    assert len(lesson.words) == 12
    assert said[0].predicate["model"] == always(Mode.CAR, Mode.BUS).digest


def test_another_model_is_not_moved_by_it(vault: Vault) -> None:
    say(vault, trips.stored_trips(vault)[:12], Mode.BUS)
    learnt(vault)
    models.use_model(vault, "torn", now_us=scene.NOON_US)
    assert models.in_use(vault).personal is not None
    models.use_model(vault, "shipped", now_us=scene.NOON_US)
    assert models.in_use(vault).personal is None
    assert models.personal_of(vault) is None


def test_a_later_version_of_the_model_is_not_moved_by_what_an_earlier_one_learnt(
    vault: Vault,
) -> None:
    say(vault, trips.stored_trips(vault)[:12], Mode.BUS)
    lesson = personal.learn(vault, now_us=scene.NOON_US)
    earlier = msgspec.structs.replace(lesson.personal, model="0" * 64)
    models.store_personal(vault, earlier, lesson.words, now_us=scene.NOON_US)
    found = models.in_use(vault)
    assert (found.personal, found.forest) == (None, found.base)
    assert models.forget_personal(vault, now_us=scene.NOON_US)


def test_a_mode_that_the_model_does_not_know_teaches_nothing(vault: Vault) -> None:
    say(vault, trips.stored_trips(vault)[:12], Mode.FERRY)
    with pytest.raises(TooFewCorrectionsError):
        personal.learn(vault, now_us=scene.NOON_US)


def test_an_e_bike_teaches_what_a_bike_would(vault: Vault) -> None:
    say(vault, trips.stored_trips(vault)[:12], Mode.E_BIKE)
    assert personal.learn(vault, now_us=scene.NOON_US).leaning.bias["bike"] > 0
