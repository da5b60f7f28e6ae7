"""Promise: rules say what many trips are, and a word on one trip wins over them."""

from __future__ import annotations

import pytest

from geowallet.app.travel import corrections, errands, trip_rules, trips
from geowallet.app.travel.corrections import Correction
from geowallet.app.travel.trip_rules import TripRule
from geowallet.model.errors import NotFoundError
from geowallet.model.mobility import DescribedTrip, Mode, Purpose
from geowallet.model.provenance import StatementKind
from geowallet.vault.store import Vault
from tests.app import scene


def rule(
    *,
    between: tuple[str, ...] = (),
    weekdays: tuple[int, ...] = (),
    mode: Mode | None = None,
    period: str = "",
    to_mode: Mode | None = None,
    to_purpose: Purpose | None = None,
    tag: str = "",
    at_us: int = scene.NOON_US,
) -> TripRule:
    return TripRule(between, weekdays, mode, period, to_mode, to_purpose, tag, at_us)


TUESDAY_CARPOOL = rule(between=("home", "Office"), weekdays=(1,), tag="carpool")


def rides(vault: Vault) -> tuple[DescribedTrip, ...]:
    """A Monday and a Tuesday: home, office, client, office, home."""
    return trips.described_trips(vault)


class TestWhichTrips:
    def test_all_trips_between_home_and_work_on_tuesdays(self, vault: Vault) -> None:
        trip_rules.add_rule(vault, TUESDAY_CARPOOL)
        assert [t.tags for t in rides(vault)] == [
            (),
            (),
            (),
            (),
            ("carpool",),
            (),
            (),
            ("carpool",),
        ]

    @pytest.mark.parametrize(
        ("made", "count"),
        [
            (rule(tag="x"), 8),
            (rule(between=("work", "home"), tag="x"), 4),
            (rule(between=("office", "HOME"), tag="x"), 4),
            (rule(between=("home", "home"), tag="x"), 0),
            (rule(between=("home", "client"), tag="x"), 0),
            (rule(weekdays=(0, 1), tag="x"), 8),
            (rule(weekdays=(2,), tag="x"), 0),
            (rule(mode=Mode.AIRPLANE, tag="x"), 0),
            (rule(period="2026-05-05", tag="x"), 4),
            (rule(period="2026-04", tag="x"), 0),
        ],
    )
    def test_every_condition_must_hold(self, vault: Vault, made: TripRule, count: int) -> None:
        trip_rules.add_rule(vault, made)
        assert sum(t.tags == ("x",) for t in rides(vault)) == count

    def test_the_mode_is_the_one_that_was_guessed(self, vault: Vault) -> None:
        guesses = [t.trip.main_leg.mode for t in rides(vault)]
        trip_rules.add_rule(vault, rule(mode=guesses[0], tag="x"))
        assert [t.tags == ("x",) for t in rides(vault)] == [g is guesses[0] for g in guesses]


class TestWhatTheySay:
    def test_the_mode_is_told_with_its_rule_and_the_guess_is_kept(self, vault: Vault) -> None:
        guess = rides(vault)[0].trip.main_leg
        made = rule(weekdays=(0,), to_mode=Mode.BUS)
        trip_rules.add_rule(vault, made)
        leg = rides(vault)[0].trip.main_leg
        assert (leg.mode, leg.confidence) == (Mode.BUS, 1.0)
        assert leg.alternatives[0] == (guess.mode, guess.confidence)
        assert trip_rules.by_rule(leg.reasons) == made.id
        assert [str(reason) for reason in leg.reasons] == [f"your rule {made.id}"]
        assert leg.distance_m == guess.distance_m

    def test_the_purpose_is_told_with_its_rule(self, vault: Vault) -> None:
        made = rule(between=("home", "work"), to_purpose=Purpose.PRIVATE)
        trip_rules.add_rule(vault, made)
        found = rides(vault)[0]
        assert (found.purpose, found.purpose_confidence, found.by_owner) == (
            Purpose.PRIVATE,
            1.0,
            True,
        )
        assert trip_rules.by_rule(found.purpose_reasons) == made.id
        assert rides(vault)[1].by_owner is False

    def test_the_rule_added_last_wins(self, vault: Vault) -> None:
        trip_rules.add_rule(vault, rule(to_mode=Mode.BUS, at_us=2))
        trip_rules.add_rule(vault, rule(weekdays=(0,), to_mode=Mode.TRAM, at_us=1))
        assert {t.trip.main_leg.mode for t in rides(vault)} == {Mode.BUS}
        trip_rules.add_rule(vault, rule(weekdays=(0,), to_mode=Mode.TRAM, at_us=3))
        assert [t.trip.main_leg.mode for t in rides(vault)] == [Mode.TRAM] * 4 + [Mode.BUS] * 4
        assert len(trip_rules.trip_rules(vault)) == 2

    def test_a_rule_never_sees_what_another_made(self, vault: Vault) -> None:
        guessed = rides(vault)[0].trip.main_leg.mode
        trip_rules.add_rule(vault, rule(mode=guessed, to_mode=Mode.BUS, at_us=1))
        trip_rules.add_rule(vault, rule(mode=Mode.BUS, to_mode=Mode.TRAIN, at_us=2))
        assert {t.trip.main_leg.mode for t in rides(vault)} == {Mode.BUS}

    @pytest.mark.parametrize("said_us", [scene.NOON_US - 10, scene.NOON_US + 10])
    def test_a_word_on_one_trip_wins_whenever_it_was_said(self, vault: Vault, said_us: int) -> None:
        trip = rides(vault)[0].trip
        span = trip.main_leg.start_us, trip.main_leg.end_us
        words = [
            Correction(*span, Mode.TRAM, None, said_us),
            Correction(*span, None, Purpose.BUSINESS, said_us),
        ]
        corrections.correct(vault, words)
        trip_rules.add_rule(vault, rule(to_mode=Mode.BUS, to_purpose=Purpose.PRIVATE))
        first, second, *_ = rides(vault)
        assert (first.trip.main_leg.mode, first.purpose) == (Mode.TRAM, Purpose.BUSINESS)
        assert (second.trip.main_leg.mode, second.purpose) == (Mode.BUS, Purpose.PRIVATE)

    def test_what_a_mode_means_for_the_purpose_follows(self, vault: Vault) -> None:
        """A walk in work hours is a break, a drive is business."""
        client = rides(vault)[1]
        assert client.purpose is Purpose.BUSINESS
        trip_rules.add_rule(vault, rule(to_mode=Mode.WALK))
        assert rides(vault)[1].purpose is Purpose.PRIVATE


class TestKept:
    def test_adding_and_removing_are_in_the_log(self, vault: Vault) -> None:
        before = rides(vault)
        trip_rules.add_rule(vault, TUESDAY_CARPOOL)
        assert rides(vault) != before
        gone = trip_rules.remove_rule(vault, TUESDAY_CARPOOL.id[:3], now_us=scene.NOON_US)
        assert (gone, rides(vault)) == (TUESDAY_CARPOOL, before)
        added, removed = [s for _, s, _ in vault.log_entries()][-2:]
        assert added.kind is removed.kind is StatementKind.CORRECT
        assert added.subjects
        assert removed.predicate == {"rule": TUESDAY_CARPOOL.id, "withdrawn": 1}
        with pytest.raises(NotFoundError):
            trip_rules.remove_rule(vault, "r", now_us=scene.NOON_US)

    def test_the_same_rule_again_is_the_newest(self, vault: Vault) -> None:
        trip_rules.add_rule(vault, rule(tag="a", at_us=1))
        trip_rules.add_rule(vault, rule(tag="b", at_us=2))
        trip_rules.add_rule(vault, rule(tag="a", at_us=3))
        assert [r.set_tag for r in trip_rules.trip_rules(vault)] == ["b", "a"]

    def test_other_words_of_the_owner_are_no_corrections(self, vault: Vault) -> None:
        trip = rides(vault)[0]
        errands.say_for_trip(vault, trip, errands.Errand("audit"), now_us=scene.NOON_US)
        assert corrections.corrections(vault) == ()
        assert len(rides(vault)) == 8

    def test_words_on_single_trips_are_not_mistaken_for_rules(self, vault: Vault) -> None:
        trip_rules.add_rule(vault, TUESDAY_CARPOOL)
        assert corrections.corrections(vault) == ()


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        (["tue"], (1,)),
        (["mon-fri"], (0, 1, 2, 3, 4)),
        (["SAT-mon"], (0, 5, 6)),
        (["wed", "mon"], (0, 2)),
        ([], ()),
    ],
)
def test_weekdays_are_written_as_in_work_hours(texts: list[str], days: tuple[int, ...]) -> None:
    assert trip_rules.weekdays_of(texts) == days


@pytest.mark.parametrize("text", ["tuesday", "", "1"])
def test_other_words_are_no_weekday(text: str) -> None:
    with pytest.raises(ValueError, match="not in"):
        trip_rules.weekdays_of([text])
