from __future__ import annotations

import gettext
import json

import pytest

from geowallet.cli.terminal import language
from tests.cli.conftest import Done, Terminal

DAY = "2026-05-05"


def erase(lived: Terminal, *words: str) -> Done:
    return lived("vault", "erase", *words)


class TestErase:
    """Promise: it shows what goes and what rests on it, and has it typed."""

    def test_a_dry_run_shows_and_writes_nothing(self, lived: Terminal) -> None:
        before = (lived.folder / "wallet.gwv").read_bytes()
        done = erase(lived, "--day", DAY, "--dry-run")
        assert done.status == 0
        assert "Nothing was erased." in done.out
        assert (lived.folder / "wallet.gwv").read_bytes() == before

    def test_nobody_to_type_it_erases_nothing(self, lived: Terminal) -> None:
        done = erase(lived, "--day", DAY, "--yes")
        assert (done.status, "[usage.needs_terminal]" in done.err) == (2, True)
        done = erase(lived, "--day", DAY, "--confirm", "2026-05-06")
        assert (done.status, "[usage.not_confirmed]" in done.err) == (2, True)

    def test_the_day_goes_and_a_receipt_says_what_was_confirmed(self, lived: Terminal) -> None:
        assert lived("vault", "backup", "stick").status == 0
        assert lived("vault", "copies", "--plain").out.rstrip().endswith("nothing that was erased")
        done = erase(lived, "--day", DAY, "--confirm", DAY, "--receipt", "receipt.json", "--json")
        (record,) = done.records
        receipt = json.loads((lived.folder / "receipt.json").read_text())
        assert record["receipt"] == receipt
        assert (receipt["confirmed"], receipt["keys_left_in_wallet"]) == (True, 0)
        assert receipt["positions"] == record["positions"] > 1_000
        assert [copy["standing"] for copy in receipt["copies"]] == ["clean"]
        assert DAY not in json.dumps(receipt)
        assert lived("vault", "check").status == 0
        assert "erased" in lived("evidence", "list").out
        listed = lived("trip", "list", "--month", "2026-05", "--json").records
        assert not [trip for trip in listed if trip["day"] == DAY]

    def test_screens_say_it_in_words(self, lived: Terminal) -> None:
        done = erase(lived, "--day", DAY, "--confirm", DAY)
        assert "positions are erased" in done.out
        assert "Confirmed: none of the" in done.out
        assert "Not confirmed, as nobody can" in done.out
        again = erase(lived, "--day", DAY, "--confirm", DAY)
        assert (again.status, "[erase.nothing]" in again.err) == (4, True)

    def test_a_receipt_never_takes_the_place_of_a_file(self, lived: Terminal) -> None:
        (lived.folder / "taken").write_text("mine")
        done = erase(lived, "--day", DAY, "--confirm", DAY, "--receipt", "taken")
        assert (done.status, "[usage.file_exists]" in done.err) == (8, True)
        assert (lived.folder / "taken").read_text() == "mine"
        assert erase(lived, "--day", DAY, "--dry-run").status == 0

    @pytest.mark.parametrize(
        ("words", "status", "code"),
        [
            ([], 2, "usage.option"),
            (["--day", DAY, "--everything"], 2, "usage.option"),
            (["--day", "2026-05"], 2, "usage.option"),
            (["--day", "yesterday"], 2, "usage.period"),
            (["--trip", "none"], 4, "wallet.not_found"),
            (["--place", "none"], 4, "wallet.not_found"),
            (["--source", "none"], 4, "wallet.no_source"),
            (["--period", "2019"], 4, "erase.nothing"),
        ],
    )
    def test_what_cannot_be_meant_is_refused(
        self, lived: Terminal, words: list[str], status: int, code: str
    ) -> None:
        done = erase(lived, *words, "--dry-run")
        assert (done.status, f"[{code}]" in done.err) == (status, True)

    def test_each_scope_finds_something(self, lived: Terminal) -> None:
        trip = lived("trip", "list", "--json").records[0]["trip"]
        name = lived("vault", "sources", "--json").records[0]["name"]
        for words in (
            ["--trip", trip],
            ["--place", "Home"],
            ["--period", "2026-05"],
            ["--source", name],
            ["--everything"],
        ):
            (record,) = erase(lived, *words, "--dry-run", "--json").records
            assert (record["erased"], record["positions"] > 0) == (False, True), words


class TestCopies:
    def test_none_is_known_at_first(self, lived: Terminal) -> None:
        assert "No folder" in lived("vault", "copies").out

    def test_one_that_came_back_is_renewed(self, lived: Terminal) -> None:
        lived("vault", "backup", "stick")
        (lived.folder / "stick").rename(lived.folder / "away")
        done = erase(lived, "--day", DAY, "--confirm", DAY)
        assert "not reachable, so not confirmed" in done.out
        (lived.folder / "away").rename(lived.folder / "stick")
        assert "--renew" in lived("vault", "copies").out
        assert "overwritten and removed" in lived("vault", "copies", "--renew").out

    def test_one_is_forgotten(self, lived: Terminal) -> None:
        lived("vault", "backup", "stick")
        assert lived("vault", "copies", "--forget", "stick").status == 0
        done = lived("vault", "copies", "--forget", "stick")
        assert (done.status, "[backup.none]" in done.err) == (4, True)


class TestSources:
    def test_what_was_erased_of_them_is_counted(self, lived: Terminal) -> None:
        erase(lived, "--day", DAY, "--confirm", DAY)
        records = lived("vault", "sources", "--json").records
        assert len([one for one in records if one["erased"]]) == 1
        assert "SHA-256" in lived("vault", "sources").out

    def test_an_empty_wallet_has_none(self, terminal: Terminal) -> None:
        assert terminal("init", "--recovery-file", "recovery").status == 0
        assert "No file" in terminal("vault", "sources").out


def test_it_speaks_french(lived: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    french = gettext.translation("geowallet", language._FOLDER, ["fr"])
    monkeypatch.setattr(language, "_catalogue", french)
    done = erase(lived, "--day", DAY, "--confirm", DAY)
    assert "positions sont effacées" in done.out
