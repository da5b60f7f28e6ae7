from __future__ import annotations

from pathlib import Path

import pytest

from geowallet.app import doctor
from geowallet.app.doctor import Finding, Health
from geowallet.app.locations import Locations
from geowallet.app.travel import waiting
from geowallet.model.errors import (
    GeowalletError,
    MissingExtraError,
    SandboxError,
    VaultLockedError,
)
from geowallet.vault import session
from tests.app import scene


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The attempts to escape have tests of their own."""
    monkeypatch.setattr(doctor, "escape_attempts", lambda: ())


def wallet_of(here: Locations) -> dict[str, Finding]:
    return {f.subject: f for f in doctor.examine(here, scene.ask)}


class TestWallet:
    def test_a_settled_wallet_is_well(self, here: Locations) -> None:
        found = wallet_of(here)
        assert found["wallet"].health is Health.OK
        assert not {"trips", "work", "places"} & set(found)

    def test_a_new_wallet_is_told_what_is_missing(self, empty: Locations) -> None:
        found = wallet_of(empty)
        assert {found[s].health for s in ("work", "places")} == {Health.WARNING}

    def test_without_a_wallet_it_goes_on(self, tmp_path: Path) -> None:
        found = wallet_of(scene.places_at(tmp_path))
        assert found["wallet"].health is Health.WARNING
        assert "machine" in found

    def test_a_locked_wallet_is_not_looked_into(self, here: Locations) -> None:
        def nobody() -> bytes:
            raise VaultLockedError

        (found,) = [f for f in doctor.examine(here, nobody) if f.subject == "wallet"]
        assert found.health is Health.WARNING

    def test_damage_is_a_problem(self, here: Locations) -> None:
        body = bytearray(here.wallet.read_bytes())
        body[len(body) // 2] ^= 1
        here.wallet.write_bytes(bytes(body))
        assert wallet_of(here)["wallet"].health is Health.PROBLEM

    def test_an_import_that_was_cut_short_is_seen(self, here: Locations) -> None:
        with scene.opened(here) as vault, vault.transaction(now_us=scene.NOON_US) as tx:
            waiting.add_pending(tx, [(0, 1)])
            tx.log(scene.statement())
        assert wallet_of(here)["trips"].health is Health.WARNING

    @pytest.mark.parametrize(("there", "health"), [(True, Health.OK), (False, Health.WARNING)])
    def test_the_keyring_is_looked_for(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool, health: Health
    ) -> None:
        monkeypatch.setattr(session, "available", lambda: there)
        assert wallet_of(scene.places_at(tmp_path))["session"].health is health


class TestModules:
    def test_a_module_is_run_where_they_can_run(self, here: Locations) -> None:
        found = wallet_of(here)["modules"]
        assert (found.health, str(found.note)) == (Health.OK, "scoring modules run, confined")

    @pytest.mark.parametrize(
        ("error", "health", "said"),
        [
            (MissingExtraError(extra="modules"), Health.OK, "not installed"),
            (SandboxError(reason="limits"), Health.PROBLEM, "cannot be confined here: limits"),
        ],
    )
    def test_where_they_cannot_it_says_why(
        self,
        here: Locations,
        monkeypatch: pytest.MonkeyPatch,
        error: GeowalletError,
        health: Health,
        said: str,
    ) -> None:
        def fail() -> None:
            raise error

        monkeypatch.setattr(doctor, "probe", fail)
        found = wallet_of(here)["modules"]
        assert found.health is health
        assert said in str(found.note)


def test_where_nothing_can_be_confined_it_says_so_and_tries_no_escape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr(doctor, "escape_attempts", None)
    found = wallet_of(scene.places_at(tmp_path))
    assert found["sandbox"].health is Health.PROBLEM
    assert "nothing exported" in str(found["sandbox"].note)
    assert str(found["sandbox/landlock"].note).startswith("not available")
