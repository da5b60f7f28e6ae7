from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from tests.cli.conftest import Terminal


class TestWallet:
    def test_init_writes_the_recovery_key_to_its_file_only(self, terminal: Terminal) -> None:
        done = terminal("init", "--recovery-file", "recovery")
        assert done.status == 0
        key = (terminal.folder / "recovery").read_text().strip()
        assert len(key.split()) == 8
        assert key not in done.out + done.err
        assert (terminal.folder / "recovery").stat().st_mode & 0o777 == 0o600
        assert (terminal.folder / "wallet.gwv").stat().st_mode & 0o777 == 0o600

    def test_init_never_overwrites(self, lived: Terminal) -> None:
        before = (lived.folder / "wallet.gwv").read_bytes()
        done = lived("init", "--recovery-file", "other")
        assert done.status == 8
        assert "[vault.exists]" in done.err
        assert (lived.folder / "wallet.gwv").read_bytes() == before

    def test_init_without_a_terminal_asks_for_a_recovery_file(self, terminal: Terminal) -> None:
        done = terminal("init")
        assert done.status == 2
        assert "--recovery-file" in done.err
        assert not (terminal.folder / "wallet.gwv").exists()

    def test_a_taken_recovery_file_is_noticed_before_the_wallet_is_made(
        self, terminal: Terminal
    ) -> None:
        (terminal.folder / "recovery").write_text("something else")
        done = terminal("init", "--recovery-file", "recovery")
        assert (done.status, "[usage.option]" in done.err) == (2, True)
        assert not (terminal.folder / "wallet.gwv").exists()
        assert (terminal.folder / "recovery").read_text() == "something else"

    def test_a_short_passphrase_is_refused(self, terminal: Terminal) -> None:
        (terminal.folder / "passphrase").write_text("short\n")
        done = terminal("init", "--recovery-file", "recovery")
        assert (done.status, "[vault.weak_passphrase]" in done.err) == (2, True)

    def test_a_wrong_passphrase_has_its_own_error(self, lived: Terminal) -> None:
        lived("lock")
        (lived.folder / "passphrase").write_text("not the passphrase at all\n")
        done = lived("trip", "list")
        assert (done.status, "[vault.wrong_passphrase]" in done.err) == (5, True)

    def test_a_recovery_key_opens_its_own_wallet_only(
        self, lived: Terminal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lived("lock")
        lived("init", "--wallet", "second.gwv", "--recovery-file", "second")
        monkeypatch.setenv("GEOWALLET_PASSPHRASE_FILE", str(lived.folder / "second"))
        done = lived("unlock", "--recovery")
        assert (done.status, "[vault.wrong_recovery]" in done.err) == (5, True)
        monkeypatch.setenv("GEOWALLET_PASSPHRASE_FILE", str(lived.folder / "recovery"))
        assert lived("unlock", "--recovery").status == 0

    def test_a_lost_passphrase_is_replaced_with_the_recovery_key(self, lived: Terminal) -> None:
        (lived.folder / "new").write_text("another long passphrase\n")
        words = ("key", "passphrase", "--recovery-file", "recovery", "--new-file", "new")
        assert lived(*words).status == 0
        lived("lock")
        done = lived("trip", "list")
        assert (done.status, "[vault.wrong_passphrase]" in done.err) == (5, True)
        (lived.folder / "passphrase").write_text("another long passphrase\n")
        assert lived("trip", "list").status == 0
        assert lived("vault", "check").status == 0

    def test_a_passphrase_is_the_same_however_accents_are_composed(self, lived: Terminal) -> None:
        (lived.folder / "new").write_text("une phrase cachée à côté\n")
        assert lived("key", "passphrase", "--new-file", "new").status == 0
        lived("lock")
        other = unicodedata.normalize("NFD", "une phrase cachée à côté\n")
        (lived.folder / "passphrase").write_text(other)
        assert lived("trip", "list").status == 0

    def test_a_weak_new_passphrase_changes_nothing(self, lived: Terminal) -> None:
        (lived.folder / "new").write_text("short\n")
        assert lived("key", "passphrase", "--new-file", "new").status == 2
        lived("lock")
        assert lived("trip", "list").status == 0

    def test_a_typing_error_in_the_recovery_key_names_its_group(
        self, lived: Terminal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        groups = (lived.folder / "recovery").read_text().split()
        groups[3] = ("X" if groups[3][0] != "X" else "Y") + groups[3][1:]
        (lived.folder / "typo").write_text(" ".join(groups))
        monkeypatch.setenv("GEOWALLET_PASSPHRASE_FILE", str(lived.folder / "typo"))
        done = lived("unlock", "--recovery")
        assert done.status == 5
        assert "group 4" in done.err

    def test_nothing_asks_without_a_terminal(
        self, lived: Terminal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lived("lock")
        monkeypatch.delenv("GEOWALLET_PASSPHRASE_FILE")
        done = lived("trip", "list")
        assert (done.status, "[vault.locked]" in done.err) == (5, True)

    def test_an_empty_wallet_has_no_trips_in_any_month(self, terminal: Terminal) -> None:
        assert terminal("init", "--recovery-file", "recovery").status == 0
        for words in ((), ("--month", "2026-05"), ("--mode", "bus", "--month", "2026")):
            done = terminal("trip", "list", *words)
            assert (done.status, "this wallet is empty" in done.out) == (0, True)

    def test_without_a_wallet_the_way_in_is_named(self, terminal: Terminal) -> None:
        done = terminal("trip", "list")
        assert (done.status, "geowallet init" in done.err) == (4, True)


class TestTrips:
    def test_the_month_is_listed_with_purposes(self, lived: Terminal) -> None:
        done = lived("trip", "list", "--month", "2026-05", "--json")
        assert done.status == 0
        assert len(done.records) == 75
        assert sum(r["purpose"] == "commute" for r in done.records) == 29
        assert {r["schema"] for r in done.records} == {1}
        assert all("lat" not in key for r in done.records for key in r)

    def test_a_filter_that_fits_nothing_is_no_error(self, lived: Terminal) -> None:
        done = lived("trip", "list", "--month", "2026-12")
        assert done.status == 0
        assert "No trips in December 2026" in done.out
        assert "1 May 2026" in done.out

    def test_rows_are_tab_separated_for_scripts(self, lived: Terminal) -> None:
        done = lived("trip", "list", "--plain", "--mode", "train")
        rows = [line.split("\t") for line in done.out.splitlines()]
        assert len(rows) == 6
        assert {row[6] for row in rows} == {"train"}

    def test_a_trip_is_shown_by_the_beginning_of_its_id(self, lived: Terminal) -> None:
        first = lived("trip", "list", "--mode", "train", "--json").records[0]["trip"]
        done = lived("trip", "show", first[:6])
        assert done.status == 0
        assert "Why train" in done.out
        assert "L0 declared" in done.out

    def test_fields_replace_tables_for_screen_readers(
        self, lived: Terminal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GEOWALLET_ACCESSIBLE", "1")
        done = lived("trip", "list", "--mode", "train")
        assert "1 of 6" in done.out
        assert "  MODE: train" in done.out

    @pytest.mark.parametrize(
        ("words", "status", "code"),
        [
            (["trip", "show", "tnone"], 4, "wallet.not_found"),
            (["trip", "show", "t"], 4, "wallet.ambiguous"),
            (["trip", "list", "--month", "May"], 2, "usage.period"),
            (["trip", "list", "--mode", "rocket"], 2, "usage.option"),
            (["place", "name", "pnone", "Home"], 4, "wallet.not_found"),
            (["vehicle", "add", "a/b"], 2, "usage.name"),
            (["vehicle", "add", "x", "--power", "1000"], 2, "usage.option"),
            (["work", "set", "--hours", "mon 18:00-08:00"], 2, "usage.work_week"),
            (["work", "set", "--hours", "someday 08:00-12:00"], 2, "usage.work_week"),
            (["work", "set", "--hours", "mon 08:00-12:00", "--zone", "x/y"], 2, "usage.zone"),
            (["ingest", "--zone", "Nulle/Part", "days.csv"], 2, "usage.zone"),
            (["work", "set", "--hours", "mon 08:00-12:00", "--holidays", "QQ"], 9, "rules.invalid"),
            (["trip", "list", "--lang", "xx"], 2, "usage.option"),
            (["trip", "lst"], 2, "usage"),
            (["unlock", "--minutes", "0"], 2, "usage.option"),
        ],
    )
    def test_each_mistake_has_its_code_and_status(
        self, lived: Terminal, words: list[str], status: int, code: str
    ) -> None:
        done = lived(*words, "--json")
        assert done.status == status
        assert f'"code": "{code}"' in done.err
        assert done.out == ""


class TestPlacesAndSettings:
    def test_places_are_listed_without_coordinates(self, lived: Terminal) -> None:
        records = lived("place", "list", "--json").records
        assert {r["name"] for r in records} >= {"Home", "Work"}
        assert not any("deg" in key for r in records for key in r)

    def test_a_place_can_be_named_as_a_client(self, lived: Terminal) -> None:
        place = next(r for r in lived("place", "list", "--json").records if not r["name"])
        done = lived("place", "name", place["place"], "Client Nord", "--kind", "client")
        assert done.status == 0
        named = lived("place", "list", "--json").records
        assert ("Client Nord", "client") in {(r["name"], r["kind"]) for r in named}

    def test_a_place_is_called_what_it_was_called_last(self, lived: Terminal) -> None:
        place = next(r["place"] for r in lived("place", "list", "--json").records if not r["name"])
        for name in ("Alpha", "Zulu"):
            lived("place", "name", place, name)
        named = {r["place"]: r["name"] for r in lived("place", "list", "--json").records}
        assert named[place] == "Zulu"
        assert {"Home", "Work"} <= set(named.values())

    def test_a_name_that_moves_to_another_place_is_told(self, lived: Terminal) -> None:
        first, second, *_ = [
            r["place"] for r in lived("place", "list", "--json").records if not r["name"]
        ]
        assert "had that name" not in lived("place", "name", first, "Alpha").err
        assert f"{first} had that name" in lived("place", "name", second, "Alpha").err

    def test_hours_are_shown_as_they_are_set(self, lived: Terminal) -> None:
        lived(
            "work", "set", "--hours", "mon-thu 08:00-12:00 13:30-17:00", "--hours", "fri 8:00-12:00"
        )
        (record,) = lived("work", "show", "--json").records
        assert record["hours"] == ["mon-thu 08:00-12:00 13:30-17:00", "fri 08:00-12:00"]
        assert record["holidays"] == "FR"

    def test_vehicles_are_listed(self, lived: Terminal) -> None:
        (record,) = lived("vehicle", "list", "--json").records
        assert (record["vehicle"], record["fiscal_power_cv"]) == ("clio", 5)


class TestReading:
    def test_the_same_files_again_change_nothing(self, lived: Terminal, samples: Path) -> None:
        done = lived("ingest", samples / "simulated-month" / "watch", "--json")
        assert {r["outcome"] for r in done.records} == {"known"}

    def test_one_bad_file_does_not_stop_the_others(self, lived: Terminal, samples: Path) -> None:
        (lived.folder / "bad.gpx").write_text("<html><body>log in</body></html>")
        good = samples / "simulated-month" / "watch"
        done = lived("ingest", "bad.gpx", good)
        assert done.status == 0
        assert "refused" in done.out
        assert lived("ingest", "bad.gpx", good, "--strict").status == 3

    def test_a_single_bad_file_is_an_error(self, lived: Terminal) -> None:
        (lived.folder / "bad.gpx").write_text("<html><body>log in</body></html>")
        done = lived("ingest", "bad.gpx")
        assert (done.status, "[source.not_a_trace]" in done.err) == (3, True)

    def test_inspect_needs_no_wallet(self, terminal: Terminal, samples: Path) -> None:
        done = terminal("inspect", "--json", samples / "real")
        assert done.status in {0, 3}
        kept = [r for r in done.records if r["error"] is None]
        assert all(r["fixes"] > 0 and r["first"].endswith("Z") for r in kept)
        keys = ["schema", "path", "format", "fixes", "first", "last", "length_m"]
        assert list(kept[0]) == [*keys, "problems", "note", "error"]

    def test_analyse_prints_the_documented_columns(self, terminal: Terminal, samples: Path) -> None:
        ride = next((samples / "simulated-month" / "watch").iterdir())
        done = terminal("analyse", "--format", "csv", ride)
        lines = done.out.splitlines()
        assert done.status == 0
        assert lines[0] == "user,start,end,mode,confidence,distance_m,distance_sd_m"
        assert any(",bike," in line for line in lines[1:])

    @pytest.mark.parametrize("rows", ["", "2026-05-04T06:02:10Z,48.1,2.1\n"])
    def test_analyse_of_what_shows_nothing_says_so(self, terminal: Terminal, rows: str) -> None:
        (terminal.folder / "one.csv").write_text(f"time,lat,lon\n{rows}")
        done = terminal("analyse", "one.csv")
        assert (done.status, "Neither a stop nor a trip" in done.err) == (0, True)

    def test_analyse_draws_legs_and_stops_as_geojson(
        self, terminal: Terminal, samples: Path
    ) -> None:
        ride = min((samples / "simulated-month" / "watch").iterdir())
        done = terminal("analyse", "--output", "geojson", ride)
        collection = json.loads(done.out)
        assert collection["type"] == "FeatureCollection"
        kinds = {feature["geometry"]["type"] for feature in collection["features"]}
        assert "LineString" in kinds

    def test_legs_written_as_gpx_are_read_back(self, terminal: Terminal, samples: Path) -> None:
        ride = min((samples / "simulated-month" / "watch").iterdir())
        done = terminal("analyse", "--output", "gpx", ride)
        (terminal.folder / "legs.gpx").write_text(done.out)
        (again,) = terminal("inspect", "--json", "legs.gpx").records
        (first,) = terminal("inspect", "--json", ride).records
        assert again["problems"] == 0
        assert 0.9 * first["fixes"] <= again["fixes"] <= first["fixes"]

    @pytest.mark.parametrize("verb", ["inspect", "analyse", "ingest"])
    def test_an_empty_folder_is_no_success(self, lived: Terminal, verb: str) -> None:
        (lived.folder / "empty").mkdir()
        done = lived(verb, "empty")
        assert (done.status, "[source.none]" in done.err) == (4, True)

    def test_a_missing_file_is_named(self, terminal: Terminal) -> None:
        done = terminal("inspect", "nowhere.gpx")
        assert (done.status, "nowhere.gpx" in done.err) == (3, True)

    def test_connectors_are_listed(self, terminal: Terminal) -> None:
        names = {r["connector"] for r in terminal("connector", "list", "--json").records}
        assert names >= {"gpx", "geojson", "plt", "csv"}
