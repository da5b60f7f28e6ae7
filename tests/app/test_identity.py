from __future__ import annotations

import pytest

from geowallet.app.locations import Locations
from geowallet.app.sharing.identity import create_identity, nullifier, sealing_key, signing_key
from geowallet.crypto.signing import check_public_jwk, public_jwk
from geowallet.model.errors import VaultDamagedError
from geowallet.model.provenance import Statement, StatementKind
from geowallet.vault.store import Vault
from tests.app import scene


class TestKeys:
    def test_a_new_wallet_has_one_key_for_each_use(self, vault: Vault) -> None:
        signing, sealing = signing_key(vault), sealing_key(vault)
        assert check_public_jwk(public_jwk(signing))["use"] == "sig"
        assert check_public_jwk(public_jwk(sealing))["use"] == "enc"
        assert signing["d"] != sealing["d"]

    def test_keys_stay_the_same_when_the_wallet_is_opened_again(self, here: Locations) -> None:
        with scene.opened(here) as vault:
            before = signing_key(vault)
        with scene.opened(here) as vault:
            assert signing_key(vault) == before

    def test_two_wallets_share_no_key(self, empty: Locations, vault: Vault) -> None:
        with scene.opened(empty) as other:
            assert signing_key(other)["d"] != signing_key(vault)["d"]

    def test_a_missing_key_is_damage(self, vault: Vault) -> None:
        with vault.transaction(now_us=scene.NOON_US) as tx:
            tx.delete("identity", "sig")
            tx.log(Statement(StatementKind.SETTING, (), (), {}))
        with pytest.raises(VaultDamagedError):
            signing_key(vault)

    def test_new_keys_are_entered_in_the_log(self, vault: Vault) -> None:
        before = vault.mark().size
        create_identity(vault, now_us=scene.NOON_US)
        assert vault.mark().size == before + 1


class TestNullifier:
    """Promise: the same for every export of one contract and period, else different."""

    def test_the_same_contract_and_period_have_the_same_mark(self, vault: Vault) -> None:
        assert nullifier(vault, "ab" * 32, "2026-05") == nullifier(vault, "ab" * 32, "2026-05")

    @pytest.mark.parametrize(
        ("terms", "period"), [("cd" * 32, "2026-05"), ("ab" * 32, "2026-06"), ("ab" * 32, "2026")]
    )
    def test_another_contract_or_period_has_another(
        self, vault: Vault, terms: str, period: str
    ) -> None:
        assert nullifier(vault, terms, period) != nullifier(vault, "ab" * 32, "2026-05")

    def test_another_wallet_has_another(self, vault: Vault, empty: Locations) -> None:
        with scene.opened(empty) as other:
            assert nullifier(other, "ab" * 32, "2026") != nullifier(vault, "ab" * 32, "2026")
