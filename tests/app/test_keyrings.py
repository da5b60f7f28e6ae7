from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from geowallet.app import doctor, keyrings, keys, wallet
from geowallet.app.doctor import Health
from geowallet.app.locations import Locations
from geowallet.crypto.keys import KdfCost
from geowallet.model.errors import (
    BadNameError,
    DiskFullError,
    KeyringEntryError,
    KeyringRefusedError,
    KeyringUnusableError,
    LastSlotError,
    VaultLockedError,
)
from geowallet.vault import session
from tests import rings
from tests.app import scene


@pytest.fixture
def ring() -> Iterator[rings.Ring]:
    with rings.in_use(rings.Ring()) as own:
        yield own


@pytest.fixture
def master(empty: Locations, ring: rings.Ring) -> bytes:
    """The master key of a wallet that this system's keyring opens, too."""
    del ring
    found = wallet.master_of(empty, scene.PASSPHRASE)
    assert keys.add_keyring(empty, found, "laptop") == 3
    return found


def nobody() -> bytes:
    raise VaultLockedError


def opens_unasked(here: Locations, *, keyring: bool = True) -> None:
    with wallet.opened(here, nobody, keyring=keyring) as vault:
        assert vault.mark().size


class TestWayIn:
    """Promise: "a way into the wallet that the keyring of the operating system holds"."""

    def test_it_opens_and_shows_its_label(
        self, empty: Locations, master: bytes, ring: rings.Ring
    ) -> None:
        assert keyrings.master_by_keyring(empty) == master
        assert [(way.kind, way.label) for way in keys.ways_in(empty)][2] == ("keyring", "laptop")
        (kept,) = ring.kept.values()
        assert scene.PASSPHRASE.decode() not in kept
        assert len(kept) == 43  # 32 bytes in base64url
        opens_unasked(empty)

    def test_what_is_said_goes_before_it(self, empty: Locations, master: bytes) -> None:
        del master
        with pytest.raises(VaultLockedError):
            opens_unasked(empty, keyring=False)

    def test_where_sessions_are_kept_a_locked_wallet_stays_so(
        self, empty: Locations, master: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        del master
        monkeypatch.setattr(session, "available", lambda: True)
        with pytest.raises(VaultLockedError):
            opens_unasked(empty)

    def test_a_locked_or_empty_keyring_leaves_the_passphrase(
        self, empty: Locations, master: bytes, ring: rings.Ring
    ) -> None:
        for error in (None, rings.LOCKED):
            ring.kept, ring.refuses = {}, error
            with pytest.raises((KeyringEntryError, KeyringUnusableError)):
                keyrings.master_by_keyring(empty)
            with wallet.opened(empty, scene.ask, keyring=True) as vault:
                assert vault.mark().size
        assert wallet.master_of(empty, scene.PASSPHRASE) == master

    def test_another_secret_in_its_place_opens_nothing(
        self, empty: Locations, master: bytes, ring: rings.Ring
    ) -> None:
        del master
        ring.kept = dict.fromkeys(ring.kept, "A" * 43)
        with pytest.raises(KeyringEntryError):
            keyrings.master_by_keyring(empty)

    @pytest.mark.parametrize("label", ["", "x" * 41, "two\nlines", "\u202eesrever"])
    def test_a_label_that_could_not_be_shown_is_refused(
        self, empty: Locations, ring: rings.Ring, label: str
    ) -> None:
        with pytest.raises(BadNameError):
            keys.add_keyring(empty, bytes(32), label)
        assert ring.kept == {}

    def test_an_entry_whose_slot_could_not_be_written_goes_again(
        self, empty: Locations, master: bytes, ring: rings.Ring, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> int:
            raise DiskFullError(reason="")

        before = dict(ring.kept)
        monkeypatch.setattr(keys, "_add_slot", full)
        with pytest.raises(DiskFullError):
            keys.add_keyring(empty, master, "desktop")
        assert ring.kept == before

    def test_a_plain_file_is_no_keyring(self, empty: Locations) -> None:
        with (
            rings.in_use(rings.named("keyrings.alt.file")),
            pytest.raises(KeyringRefusedError, match=r"keyrings\.alt\.file"),
        ):
            keys.add_keyring(empty, wallet.master_of(empty, scene.PASSPHRASE), "laptop")
        assert not keyrings.has_keyring(empty)


class TestRemoved:
    def test_slot_and_entry_go_together(
        self, empty: Locations, master: bytes, ring: rings.Ring
    ) -> None:
        assert keys.remove(empty, master, 3).label == "laptop"
        assert (ring.kept, keyrings.has_keyring(empty)) == ({}, False)

    def test_a_locked_keyring_does_not_keep_the_slot(
        self, empty: Locations, master: bytes, ring: rings.Ring
    ) -> None:
        ring.refuses = rings.LOCKED
        keys.remove(empty, master, 3)
        assert not keyrings.has_keyring(empty)

    def test_the_keyring_is_never_all_that_is_left(self, empty: Locations, master: bytes) -> None:
        for number in (1, 2):
            with pytest.raises(LastSlotError):
                keys.remove(empty, master, number)


class TestRotated:
    @pytest.mark.parametrize("deep", [False, True])
    def test_a_rotation_renews_the_entry(
        self,
        empty: Locations,
        master: bytes,
        ring: rings.Ring,
        monkeypatch: pytest.MonkeyPatch,
        *,
        deep: bool,
    ) -> None:
        monkeypatch.setattr(KdfCost, "MODERATE", KdfCost.LEAST)
        before = set(ring.kept)
        keys.rotate_keys(
            empty,
            master,
            passphrases=[scene.PASSPHRASE],
            recovery=keys.new_recovery(empty),
            keyrings=["laptop"],
            deep=deep,
        )
        assert keyrings.master_by_keyring(empty) != master
        assert len(ring.kept) == 1
        assert before.isdisjoint(ring.kept)


class TestDoctor:
    """Promise: the doctor says whether the slot works."""

    def test_each_state_is_said(
        self, empty: Locations, master: bytes, ring: rings.Ring, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        del master
        monkeypatch.setattr(doctor, "escape_attempts", lambda: ())

        def said() -> tuple[Health, str]:
            (one,) = [f for f in doctor.examine(empty, nobody) if f.subject == "keyring"]
            return one.health, str(one.note)

        assert said() == (Health.OK, "way in 3 opens the wallet")
        ring.refuses = rings.LOCKED
        assert said()[0] is Health.WARNING
        ring.kept, ring.refuses = {}, None
        assert "(laptop) is not of this system" in said()[1]

    def test_no_wallet_has_none(self, tmp_path: Path) -> None:
        assert list(doctor._keyrings(scene.places_at(tmp_path))) == []
