"""What both copies wrote, as their owner can decide on it."""

from __future__ import annotations

from geowallet.app import settings
from geowallet.app.keeping import erasing, merge_plan, merging, scope
from geowallet.app.keeping.disputes import Dispute, dispute_of
from geowallet.app.travel import corrections
from geowallet.app.travel.trips import described_trips
from geowallet.model.calendar import Period
from geowallet.model.mobility import Mode, NamedPlace, PlaceKind
from tests.app import scene
from tests.app.keeping.test_merging import Two, both, say, two

__all__ = ["two"]


def disputes(two: Two) -> dict[str, Dispute]:
    with both(*two) as (vault, other):
        planned = merge_plan.plan(vault, other)
        found = [dispute_of(vault, word) for word in planned.disputed]
    return {str(one.what): one for one in found}


def test_each_says_what_it_is_and_what_either_copy_says(two: Two) -> None:
    one, other = two
    say(one, 0, Mode.BUS)
    for here, point in ((one, scene.CLIENT), (other, scene.OFFICE)):
        with scene.opened(here) as vault:
            place = NamedPlace("Dupont", PlaceKind.CLIENT, point)
            settings.name_place(vault, place, now_us=scene.NOON_US)
    with scene.opened(other) as vault:
        trip = described_trips(vault)[0].trip
        word = corrections.Correction(
            trip.start_us, trip.end_us - 60_000_000, Mode.TRAM, None, scene.NOON_US
        )
        corrections.correct(vault, [word])
        day = scope.of_period(vault, Period.parse("2026-05-05"))
        erasing.carry_out(vault, erasing.plan(vault, day), now_us=scene.NOON_US)
    found = disputes(two)
    assert set(found) == {
        "mode of travel",
        "place",
        "file of which 290 positions were erased there",
    }
    mode = found["mode of travel"]
    assert (mode.here, mode.there, mode.start_us) == ("bus", "tram", trip.start_us)
    assert (found["place"].name, found["place"].start_us) == ("Dupont", None)
    assert found["file of which 290 positions were erased there"].name == "2026-05-05.csv"


def test_a_place_that_each_calls_otherwise_is_for_the_owner_to_decide(two: Two) -> None:
    for here, name, kind in zip(two, ("Zoo", "Client"), PlaceKind, strict=False):
        with scene.opened(here) as vault:
            place = NamedPlace(name, kind, scene.CLIENT)
            settings.name_place(vault, place, now_us=scene.NOON_US)
    found = disputes(two)["place"]
    assert (found.here, found.there) == ("Zoo", "Client")
    with both(*two) as (vault, other):
        planned = merge_plan.plan(vault, other, prefer=merge_plan.Prefer.THEIRS)
        assert len(planned.disputed) == 1
        merging.merge(vault, other, planned, now_us=scene.NOON_US)
        assert {place.name for place in settings.named_places(vault)} == {
            "Home",
            "Office",
            "Client",
        }


def test_what_was_taken_back_on_one_side_and_changed_on_the_other(two: Two) -> None:
    one, other = two
    for here in two:
        with scene.opened(here) as vault:
            name = "Anna" if here is one else "Camille"
            settings.set_owner_name(vault, name, now_us=scene.NOON_US)
    with scene.opened(other) as vault:
        settings.forget_place(vault, "Home", now_us=scene.NOON_US)
    with scene.opened(one) as vault:
        place = NamedPlace("Home", PlaceKind.HOME, scene.CLIENT)
        settings.name_place(vault, place, now_us=scene.NOON_US)
    assert set(disputes(two)) == {"setting", "place"}
