"""What the owner says of trips, as typed: split, merge, rule, place, calendar, own, recompute."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.other_engine import install, slower
from tests.cli.conftest import Terminal
from tests.conftest import ROOT
from tests.connectors.test_calendars import event, ics

SAMPLE = ics(
    event("DTSTART:20260505T080000Z", "DURATION:PT2H", "SUMMARY:Client X"),
    event("DTSTART;VALUE=DATE:20260506", "SUMMARY:RTT", uid="2"),
)


def day(lived: Terminal, date: str = "2026-05-04") -> list[dict[str, object]]:
    return [r for r in lived("trip", "list", "--json").records if r["day"] == date]


def ids(lived: Terminal, date: str = "2026-05-04") -> list[str]:
    return [str(record["trip"]) for record in day(lived, date)]


class TestSplit:
    def test_at_a_local_time(self, lived: Terminal) -> None:
        (first, *_) = day(lived)
        done = lived("trip", "split", str(first["trip"]), "--at", "08:10")
        assert done.status == 0
        assert "08:02 to 08:10" in done.out
        parts = day(lived)[:2]
        assert [part["by_owner"] for part in parts] == [True, True]
        assert sum(int(str(p["distance_m"])) for p in parts) == pytest.approx(
            int(str(first["distance_m"])), abs=1
        )

    def test_a_whole_moment_and_a_clock_time_are_the_same(self, lived: Terminal) -> None:
        trip = ids(lived)[0]
        one = lived("trip", "split", trip, "--at", "2026-05-04T08:10", "--json").records
        lived("trip", "merge", *(str(r["trip"]) for r in one))
        assert lived("trip", "split", trip, "--at", "08:10:00", "--json").records == one

    def test_undo_and_merge_both_take_it_back(self, lived: Terminal) -> None:
        before = lived("trip", "list").out
        trip = ids(lived)[0]
        parts = lived("trip", "split", trip, "--at", "08:10", "--json").records
        assert lived("trip", "split", str(parts[1]["trip"]), "--undo").status == 0
        assert lived("trip", "list").out == before
        parts = lived("trip", "split", trip, "--at", "08:10", "--json").records
        assert lived("trip", "merge", *(str(p["trip"]) for p in parts)).status == 0
        assert lived("trip", "list").out == before

    def test_where_a_leg_or_a_stop_is(self, lived: Terminal) -> None:
        merged = lived("trip", "merge", *ids(lived)[:2], "--json").records[0]
        shown = lived("trip", "split", str(merged["trip"]))
        assert "you merged two trips here" in shown.out
        lived("trip", "split", str(merged["trip"]), "--stop", "1")
        assert len(day(lived)) == 3

    @pytest.mark.parametrize(
        "words",
        [
            ["--at", "25:00"],
            ["--at", "noon"],
            ["--leg", "1"],
            ["--leg", "9"],
            ["--stop", "99"],
            ["--at", "08:10", "--leg", "2"],
        ],
    )
    def test_what_makes_no_sense_is_refused(self, lived: Terminal, words: list[str]) -> None:
        done = lived("trip", "split", ids(lived)[0], *words)
        assert (done.status, "[usage.option]" in done.err) == (2, True)

    def test_a_trip_that_is_one_piece_asks_for_a_time(self, lived: Terminal) -> None:
        trip = ids(lived)[0]
        for option in ("--leg", "--stop"):
            done = lived("trip", "split", trip, option, "2")
            assert (done.status, "give a time with --at" in done.err) == (2, True)

    def test_a_time_outside_says_so(self, lived: Terminal) -> None:
        done = lived("trip", "split", ids(lived)[0], "--at", "12:00")
        assert (done.status, "[wallet.cannot_split]" in done.err) == (2, True)


class TestMerge:
    def test_neighbours_are_one_and_undone(self, lived: Terminal) -> None:
        before = lived("trip", "list").out
        one = lived("trip", "merge", *ids(lived)[:2], "--json").records
        assert len(one) == 1
        assert len(day(lived)) == 2
        assert lived("trip", "merge", "--undo", str(one[0]["trip"])).status == 0
        assert lived("trip", "list").out == before

    def test_what_is_no_neighbour_is_refused(self, lived: Terminal) -> None:
        every = ids(lived)
        done = lived("trip", "merge", every[0], every[2])
        assert (done.status, "[wallet.cannot_merge]" in done.err) == (2, True)
        done = lived("trip", "merge", every[0], every[0])
        assert (done.status, "[usage.option]" in done.err) == (2, True)


class TestRule:
    ADD = ("trip", "rule", "add", "--between", "home", "work", "--weekday", "tue")

    def test_the_change_is_shown_and_asked_for(self, lived: Terminal) -> None:
        done = lived(*self.ADD, "--set", "tag=carpool")
        assert (done.status, "--yes" in done.err) == (2, True)
        assert "would change" in done.out
        assert lived("trip", "rule", "list").out.startswith("No rules")

    def test_all_tuesdays_between_home_and_work_are_carpool(self, lived: Terminal) -> None:
        (added,) = lived(*self.ADD, "--set", "tag=carpool", "--yes", "--json").records
        tagged = lived("trip", "list", "--tag", "carpool", "--json").records
        assert len(tagged) == added["changes"] == 8
        assert {r["purpose"] for r in tagged} == {"commute"}
        assert all(r["by_owner"] and r["tags"] == ["carpool"] for r in tagged)

    def test_a_trip_tells_its_rule_and_a_word_of_its_own_wins(self, lived: Terminal) -> None:
        (rule,) = lived(*self.ADD, "--set", "mode=bus", "--yes", "--json").records
        trip = str(lived("trip", "list", "--mode", "bus", "--json").records[0]["trip"])
        shown = lived("trip", "show", trip).out
        assert "by your rule; guessed" in shown
        assert f"your rule {rule['rule']}" in shown
        lived("trip", "label", trip, "--mode", "tram")
        assert "by you; guessed" in lived("trip", "show", trip).out

    def test_one_that_changes_nothing_says_why(self, lived: Terminal) -> None:
        none_yet = lived("trip", "rule", "add", "--mode", "ferry", "--set", "tag=x", "--yes")
        assert "No trip fits yet" in none_yet.out
        lived(*self.ADD, "--set", "tag=carpool", "--yes")
        assert "8 trips fit and stay as they are" in lived(*self.ADD, "--set", "tag=carpool").out
        lived("place", "forget", "Work")
        assert "No place is work yet" in lived(*self.ADD, "--set", "tag=carpool").out

    def test_it_is_listed_and_forgotten(self, lived: Terminal) -> None:
        before = lived("trip", "list").out
        lived(*self.ADD, "--set", "purpose=private", "--set", "mode=car", "--yes")
        (listed,) = lived("trip", "rule", "list", "--json").records
        assert listed["set"] == {"mode": "car", "purpose": "private"}
        assert "between Home and Work, Tue: car, private" in lived("trip", "rule", "list").out
        assert lived("trip", "rule", "remove", str(listed["rule"])).status == 0
        assert lived("trip", "list").out == before

    @pytest.mark.parametrize(
        "words",
        [
            ["--set", "mode=rocket"],
            ["--set", "speed=9"],
            ["--set", "tag="],
            ["--set", "tag=x", "--weekday", "someday"],
            ["--set", "tag=x", "--between", "home", "nowhere"],
            ["--set", "tag=x", "--mode", "rocket"],
            ["--set", "tag=x", "--set", "tag=y"],
        ],
    )
    def test_what_makes_no_sense_is_refused(self, lived: Terminal, words: list[str]) -> None:
        done = lived("trip", "rule", "add", *words, "--yes")
        assert (done.status, "[usage.option]" in done.err) == (2, True)


class TestLabel:
    def test_a_tag_is_put_on_and_taken_off(self, lived: Terminal) -> None:
        trip = ids(lived)[0]
        assert lived("trip", "label", trip, "--tag", "carpool").status == 0
        assert "Tags: carpool" in lived("trip", "show", trip).out
        lived("trip", "label", trip, "--undo")
        assert "Tags" not in lived("trip", "show", trip).out

    def test_taking_back_goes_alone_and_says_where_nothing_was_said(self, lived: Terminal) -> None:
        trip = ids(lived)[0]
        assert lived("trip", "label", trip, "--undo", "--mode", "bus").status == 2
        assert "Nothing had been said" in lived("trip", "label", trip, "--undo").err
        lived("trip", "label", trip, "--mode", "bus")
        assert "Nothing" not in lived("trip", "label", trip, "--undo").err


class TestPlace:
    def test_proposals_have_reasons_and_do_not_count(self, lived: Terminal) -> None:
        lived("place", "forget", "Home")
        shown = lived("place", "list").out
        assert "nights are spent here" in shown
        assert "looks like client" in shown
        assert lived("trip", "list", "--purpose", "commute").out.startswith("No trips")

    def test_a_forgotten_place_can_be_named_again(self, lived: Terminal) -> None:
        before = lived("trip", "list").out
        home = next(r for r in lived("place", "list", "--json").records if r["name"] == "Home")
        assert (home["guess"], home["sureness"]) == ("home", "sure")
        lived("place", "forget", "Home")
        assert lived("trip", "list").out != before
        lived("place", "name", str(home["place"]), "Home")
        assert lived("trip", "list").out == before
        assert lived("place", "forget", "Nobody").status == 4


class TestCalendar:
    @pytest.fixture
    def file(self, lived: Terminal) -> Path:
        path = lived.folder / "office.ics"
        path.write_bytes(SAMPLE)
        return path

    def test_it_is_taken_in_listed_and_forgotten(self, lived: Terminal, file: Path) -> None:
        done = lived("work", "calendar", "add", file)
        assert "Calendar office: 1 entry, 1 day off." in done.out
        (listed,) = lived("work", "calendar", "list", "--json").records
        assert (listed["entries"], listed["days_off"]) == (1, ["2026-05-06"])
        assert "office" in lived("work", "calendar", "list").out
        assert lived("work", "calendar", "remove", "office").status == 0
        assert lived("work", "calendar", "list").out.startswith("No calendars")
        assert lived("work", "calendar", "remove", "office").status == 4

    def test_its_entry_is_the_reason_of_a_trip(self, lived: Terminal, file: Path) -> None:
        lived("work", "calendar", "add", file, "--keep-titles")
        trip = ids(lived, "2026-05-05")[1]
        assert "your calendar has 'Client X' at that time" in lived("trip", "show", trip).out

    def test_without_a_match_nothing_is_kept(self, lived: Terminal, file: Path) -> None:
        (added,) = lived(
            "work", "calendar", "add", file, "--match", "dentist", "--name", "d", "--json"
        ).records
        assert (added["entries"], added["words"]) == (0, ["dentist"])

    def test_clients_that_it_names_are_counted(self, lived: Terminal, file: Path) -> None:
        place = next(r for r in lived("place", "list", "--json").records if not r["name"])
        lived("place", "name", str(place["place"]), "Xavier Est", "--kind", "client")
        file.write_bytes(SAMPLE.replace(b"Client X", b"XAVIER, est"))
        assert "1 entry names a client" in lived("work", "calendar", "add", file).out

    def test_an_empty_word_would_pick_every_entry_and_is_refused(
        self, lived: Terminal, file: Path
    ) -> None:
        for option in ("--match", "--leave"):
            done = lived("work", "calendar", "add", file, option, " ")
            assert (done.status, "the empty word" in done.err) == (2, True)

    def test_what_is_no_calendar_is_told(self, lived: Terminal) -> None:
        (lived.folder / "x.ics").write_text("hello")
        done = lived("work", "calendar", "add", "x.ics")
        assert (done.status, "[source.calendar]" in done.err) == (3, True)


class TestOwn:
    def test_vehicles_are_said_and_shown(self, lived: Terminal) -> None:
        assert lived("trip", "own").out.startswith("You have not said")
        assert "e-bike, car" in lived("trip", "own", "car", "e_bike").out
        assert lived("trip", "own", "--json").records == [{"schema": 1, "owned": ["car", "e_bike"]}]
        assert "none" in lived("trip", "own", "none").out
        assert lived("trip", "own", "train").status == 2

    def test_trips_are_then_of_an_older_engine(self, lived: Terminal) -> None:
        assert "another engine" not in lived("trip", "list").err
        lived("trip", "own", "car")
        assert "another engine" in lived("trip", "list").err


class TestRecompute:
    @pytest.fixture
    def another(self, lived: Terminal, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
        return lambda: install(monkeypatch, slower)

    def test_nothing_to_do_is_said(self, lived: Terminal) -> None:
        assert "nothing would change" in lived("trip", "recompute").out

    def test_a_dry_run_changes_nothing(self, lived: Terminal, another: Callable[[], None]) -> None:
        before = lived("trip", "list").out
        another()
        done = lived("trip", "recompute", "--dry-run")
        assert done.status == 0
        assert "No sent export would say anything else." in done.out
        assert "Nothing was changed." in done.out
        assert lived("trip", "list").out == before

    def test_the_owner_is_asked_and_then_all_are_new(
        self, lived: Terminal, another: Callable[[], None]
    ) -> None:
        before = lived("trip", "list").out
        another()
        for words in (("list",), ("show", ids(lived)[0])):
            assert "another engine" in lived("trip", *words).err
        assert lived("trip", "recompute").status == 2
        assert lived("trip", "list").out == before
        (record,) = lived("trip", "recompute", "--yes", "--json").records
        assert record["trips"]["after"] < record["trips"]["before"]
        listed = lived("trip", "list")
        assert listed.out != before
        assert "another engine" not in listed.err
        assert "all trips computed again" in lived("evidence", "list", "--all").out

    def test_a_sent_export_that_would_differ_is_shown(
        self, lived: Terminal, another: Callable[[], None]
    ) -> None:
        lived("trip", "rule", "add", "--mode", "car", "--set", "mode=car", "--yes")
        (sent,) = lived("export", "km", "--period", "2026-05", "--confirm", "km", "--json").records
        another()
        done = lived("trip", "recompute", "--dry-run")
        assert "1 sent export would say something else" in done.out
        assert str(sent["receipt"]) in done.out


class TestFrench:
    """Promise: every screen speaks French too."""

    def fr(self, lived: Terminal, *words: str) -> str:
        command = [sys.executable, "-m", "geowallet", *words, "--lang", "fr"]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        return done.stdout.replace("\N{NO-BREAK SPACE}", " ")

    def test_what_was_said_and_why(self, lived: Terminal) -> None:
        (rule,) = lived(*TestRule.ADD, "--set", "mode=bus", "--yes", "--json").records
        listed = self.fr(lived, "trip", "rule", "list")
        assert "entre Home et Work, mar. : bus" in listed
        trip = str(lived("trip", "list", "--mode", "bus", "--json").records[0]["trip"])
        shown = self.fr(lived, "trip", "show", trip)
        assert f"votre règle {rule['rule']}" in shown
        assert "Pourquoi domicile-travail, sûr" in shown
        assert "mène de " in shown

    def test_splits_places_and_vehicles(self, lived: Terminal) -> None:
        parts = self.fr(lived, "trip", "split", ids(lived)[0], "--at", "08:10")
        assert "08:02 à 08:10, vélo" in parts
        assert "Propositions ; aucune ne compte" in self.fr(lived, "place", "list")
        assert "Vos véhicules : voiture" in self.fr(lived, "trip", "own", "car")
        changed = self.fr(lived, "trip", "recompute", "--dry-run")
        assert "Aucun export envoyé ne dirait autre chose." in changed
        assert "mai 2026" in changed
