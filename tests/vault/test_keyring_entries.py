from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Any

import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import pytest
import secretstorage

from geowallet.crypto.encoding import b64u
from geowallet.model.errors import KeyringRefusedError, KeyringUnusableError, MissingExtraError
from geowallet.vault.keyring_entries import drop_entry, find_entry, keep_entry
from tests import rings

VAULT, NAME = "ab" * 16, "salt"
SECRET = bytes(range(32))
AT = ("geowallet key", f"{VAULT} {NAME}")


@pytest.fixture
def ring() -> Iterator[rings.Ring]:
    with rings.in_use(rings.Ring()) as own:
        yield own


class TestEntries:
    """Promise: "An entry holds 32 random bytes that open one slot"."""

    def test_what_is_kept_is_found_and_goes(self, ring: rings.Ring) -> None:
        keep_entry(VAULT, NAME, SECRET)
        assert ring.kept == {AT: b64u(SECRET)}
        assert find_entry(VAULT, NAME) == SECRET
        assert find_entry(VAULT, "other") is None
        assert find_entry("cd" * 16, NAME) is None
        assert drop_entry(VAULT, NAME)
        assert not drop_entry(VAULT, NAME)
        assert ring.kept == {}

    @pytest.mark.parametrize("text", ["", "not base64!", b64u(bytes(31)), b64u(bytes(33))])
    def test_what_somebody_else_put_there_is_no_secret(self, ring: rings.Ring, text: str) -> None:
        ring.kept[AT] = text
        assert find_entry(VAULT, NAME) is None

    def test_one_that_forgets_at_once_is_found_out(self, ring: rings.Ring) -> None:
        ring.forgets = True
        with pytest.raises(KeyringUnusableError, match="did not keep"):
            keep_entry(VAULT, NAME, SECRET)

    @pytest.mark.parametrize(
        "error", [rings.LOCKED, ConnectionRefusedError(), secretstorage.ItemNotFoundException()]
    )
    def test_one_that_refuses_is_said_without_its_words(
        self, ring: rings.Ring, error: Exception
    ) -> None:
        keep_entry(VAULT, NAME, SECRET)
        ring.refuses = error
        for act in (lambda: keep_entry(VAULT, NAME, SECRET), lambda: drop_entry(VAULT, NAME)):
            with pytest.raises(KeyringUnusableError) as caught:
                act()
            assert "keyrings" not in str(caught.value)


class TestHardened:
    """Promise: "Modules of keyrings that keep nothing, or keep it in a file of their own"."""

    @pytest.mark.parametrize(
        "module",
        [
            "keyring.backends.null",
            "keyrings.alt.file",
            "keyrings.alt.Google",
            "keyrings.cryptfile.cryptfile",
        ],
    )
    def test_one_that_protects_nothing_is_refused_by_name(self, module: str) -> None:
        with rings.in_use(rings.named(module)) as ring:
            with pytest.raises(KeyringRefusedError, match=module):
                keep_entry(VAULT, NAME, SECRET)
            assert ring.kept == {}

    def test_the_librarys_own_null_is_refused_and_its_fail_is_none(self) -> None:
        with (
            rings.in_use(keyring.backends.null.Keyring()),  # type: ignore[no-untyped-call]
            pytest.raises(KeyringRefusedError),
        ):
            find_entry(VAULT, NAME)
        with (
            rings.in_use(keyring.backends.fail.Keyring()),  # type: ignore[no-untyped-call]
            pytest.raises(KeyringUnusableError, match="there is none"),
        ):
            find_entry(VAULT, NAME)

    def test_of_a_chain_the_first_that_protects_is_taken(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        plain, good = rings.named("keyrings.alt.file"), rings.Ring()
        chain = keyring.backends.chainer.ChainerBackend
        with rings.in_use(chain()):  # type: ignore[no-untyped-call]
            monkeypatch.setattr(chain, "backends", [plain, good])
            keep_entry(VAULT, NAME, SECRET)
            assert (plain.kept, len(good.kept)) == ({}, 1)
            monkeypatch.setattr(chain, "backends", [plain])
            with pytest.raises(KeyringRefusedError, match="alt"):
                find_entry(VAULT, NAME)
            monkeypatch.setattr(chain, "backends", [])
            with pytest.raises(KeyringUnusableError, match="there is none"):
                find_entry(VAULT, NAME)


class TestWithoutTheLibraries:
    def test_a_missing_extra_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        _hide(monkeypatch, "keyring")
        with pytest.raises(MissingExtraError, match="keyring"):
            find_entry(VAULT, NAME)

    def test_other_systems_have_no_secret_service(
        self, ring: rings.Ring, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _hide(monkeypatch, "secretstorage")
        ring.refuses = rings.LOCKED
        with pytest.raises(KeyringUnusableError):
            find_entry(VAULT, NAME)


def _hide(monkeypatch: pytest.MonkeyPatch, hidden: str) -> None:
    real = builtins.__import__

    def imported(name: str, *rest: Any, **more: Any) -> Any:
        if name == hidden:
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", imported)
