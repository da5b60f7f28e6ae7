from __future__ import annotations

import pytest

from geowallet.app import wallet
from geowallet.app.keeping.own_settings import RULES
from geowallet.app.locations import Locations
from tests.app import scene
from tests.cli.conftest import PASSPHRASE, Done, Terminal

DAY_US = 86_400_000_000


@pytest.fixture
def later(lived: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """The month lies two years back."""
    now_us = wallet.now_us()
    monkeypatch.setattr(wallet, "now_us", lambda: max(now_us, 1_843_000_000_000_000))
    return lived


def keep(lived: Terminal, *words: str) -> Done:
    return lived("vault", "keep", *words)


class TestKeep:
    """Promise: rules say what they would take, and run when the wallet opens next."""

    def test_nothing_is_said_at_first(self, lived: Terminal) -> None:
        records = keep(lived, "list", "--json").records
        assert [(one["matter"], one["keep"]) for one in records] == [
            ("fixes", "forever"),
            ("figures", "forever"),
        ]
        assert "Nothing is due." in keep(lived, "apply").out

    def test_a_rule_is_confirmed_where_something_goes(self, later: Terminal) -> None:
        done = keep(later, "fixes", "3-months")
        assert (done.status, "[usage.needs_terminal]" in done.err) == (2, True)
        assert keep(later, "list", "--json").records[0]["keep"] == "forever"

    def test_it_runs_when_the_wallet_opens_next_and_says_so(self, later: Terminal) -> None:
        trips = later("trip", "list", "--month", "2026-05").out
        assert keep(later, "fixes", "3-months", "--yes").status == 0
        done = later("trip", "list", "--month", "2026-05")
        assert "By your rules:" in done.err
        assert done.out == trips
        assert "By your rules:" not in later("trip", "list").err
        assert later("vault", "check").status == 0
        assert keep(later, "apply", "--json").records[0]["positions"] == 0

    def test_a_dry_run_changes_nothing(self, later: Terminal) -> None:
        keep(later, "fixes", "3-months", "--yes")
        before = (later.folder / "wallet.gwv").read_bytes()
        (record,) = keep(later, "apply", "--dry-run", "--json").records
        assert (record["positions"] > 1_000, record["erased"]) == (True, False)
        assert (later.folder / "wallet.gwv").read_bytes() == before
        assert "Erased" in keep(later, "apply").out

    def test_a_clock_that_leapt_is_told_and_nothing_goes(
        self, later: Terminal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        keep(later, "fixes", "900-days", "--yes")
        leapt_us = wallet.now_us() + 3_650 * DAY_US
        monkeypatch.setattr(wallet, "now_us", lambda: leapt_us)
        done = later("vault", "sources", "--json")
        assert "geowallet vault keep apply" in done.err
        assert all(one["fixes"] for one in done.records)

    def test_forever_ends_a_rule(self, lived: Terminal) -> None:
        keep(lived, "figures", "6-years")
        assert keep(lived, "list", "--json").records[1]["keep"] == "6-years"
        keep(lived, "figures", "forever")
        assert keep(lived, "list", "--json").records[1]["keep"] == "forever"

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            (["fixes", "soon"], "usage.duration"),
            (["figures", "0-days"], "usage.duration"),
        ],
    )
    def test_what_is_no_length_of_time_is_refused(
        self, lived: Terminal, words: list[str], code: str
    ) -> None:
        done = keep(lived, *words)
        assert (done.status, f"[{code}]" in done.err) == (2, True)

    def test_figures_do_not_go_before_positions(self, lived: Terminal) -> None:
        keep(lived, "fixes", "6-years")
        done = keep(lived, "figures", "3-years")
        assert (done.status, "[usage.kept_too_short]" in done.err) == (2, True)


@pytest.fixture
def spoilt(lived: Terminal) -> Terminal:
    """A wallet whose rules of retention cannot be read."""
    assert keep(lived, "fixes", "3-months", "--yes").status == 0
    here = Locations.of(wallet=lived.folder / "wallet.gwv")
    with wallet.opened(here, PASSPHRASE.encode) as vault:
        row = (vault.row_id(*RULES),)
        vault._db.execute("UPDATE record SET sealed = x'00' WHERE id = ?", row)
    return lived


class TestDamaged:
    """Promise: "Rules that cannot be read erase nothing, and stop nothing"."""

    @pytest.mark.parametrize(
        "words",
        [
            ["trip", "list", "--month", "2026-05"],
            ["ingest", "again.csv"],
            ["vault", "copies"],
            ["vault", "sources"],
            ["evidence", "authority", "list"],
            ["work", "show"],
        ],
    )
    def test_other_commands_go_on_and_say_so(self, spoilt: Terminal, words: list[str]) -> None:
        scene.write_days(spoilt.folder, scene.days_of_may(4))[0].rename(spoilt.folder / "again.csv")
        done = spoilt(*words)
        assert (done.status, "cannot be read, so nothing is erased" in done.err) == (0, True)

    def test_what_needs_them_has_a_code_of_its_own(self, spoilt: Terminal) -> None:
        for words in (["list"], ["apply"]):
            done = keep(spoilt, *words)
            assert (done.status, "[keep.damaged]" in done.err) == (26, True)

    def test_a_check_names_them_and_saying_them_again_mends_it(self, spoilt: Terminal) -> None:
        done = spoilt("vault", "check", "--repair", "--yes")
        assert (done.status, "the rules of retention" in done.out) == (26, True)
        assert "say them again" in done.out
        assert keep(spoilt, "fixes", "3-months", "--no-input").status == 2
        assert keep(spoilt, "fixes", "3-months", "--yes").status == 0
        assert spoilt("vault", "check").status == 0
        assert keep(spoilt, "list", "--json").records[0]["keep"] == "3-months"
