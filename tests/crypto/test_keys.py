from __future__ import annotations

from dataclasses import replace
from typing import Any

import nacl.exceptions
import nacl.hash
import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.encoding import RawEncoder
from nacl.pwhash import argon2id

from geowallet.crypto import keys
from geowallet.crypto.canonical import canonical_bytes
from geowallet.crypto.keys import (
    KdfCost,
    Slot,
    check_slot,
    derive_key,
    make_slot,
    open_slot,
    subkey,
)

MASTER = bytes(range(32))
SALT = bytes(range(16))
NONCE = bytes(range(24))
SECRET = b"correct horse battery staple"
CHEAP = KdfCost.LEAST


def slot(**changes: Any) -> Slot:
    given_: dict[str, Any] = {"cost": CHEAP, "salt": SALT, "nonce": NONCE, "vault_id": "4f1c"}
    return make_slot("passphrase", SECRET, MASTER, **(given_ | changes))


SLOT = slot()


class TestKdfCost:
    """Promise: "ops 1 to 10, memory 8 MiB to 2 GiB"."""

    @pytest.mark.parametrize(
        ("ops", "memory_bytes"),
        [
            (0, 2**23),
            (11, 2**23),
            (-1, 2**23),
            (True, 2**23),
            ("3", 2**23),
            (3, 2**23 - 1),
            (3, 2**31 + 1),
            (3, 2**60),
            (3, 2.0**24),
            (3, None),
        ],
    )
    def test_refuses_what_is_outside(self, ops: Any, memory_bytes: Any) -> None:
        with pytest.raises(ValueError, match="out of range"):
            KdfCost(ops, memory_bytes)

    @pytest.mark.parametrize(("ops", "memory_bytes"), [(1, 2**23), (10, 2**31)])
    def test_the_limits_themselves_are_allowed(self, ops: int, memory_bytes: int) -> None:
        assert KdfCost(ops, memory_bytes).ops == ops

    def test_the_named_costs_are_libsodiums(self) -> None:
        moderate, interactive = KdfCost.MODERATE, KdfCost.INTERACTIVE
        assert (moderate.ops, moderate.memory_bytes) == (3, 268_435_456)
        assert (interactive.ops, interactive.memory_bytes) == (2, 67_108_864)


class TestDeriveKey:
    """Promise: "Argon2id, RFC 9106, one lane"."""

    @pytest.mark.parametrize("cost", [KdfCost(1, 2**23), KdfCost(3, 10 * 2**20)])
    def test_agrees_with_another_implementation(self, cost: KdfCost) -> None:
        other = Argon2id(
            salt=SALT,
            length=32,
            iterations=cost.ops,
            lanes=1,
            memory_cost=cost.memory_bytes // 1024,
        )
        assert derive_key(SECRET, SALT, cost) == other.derive(SECRET)

    @pytest.mark.parametrize("secret", [b"", bytes(1025)])
    def test_refuses_an_empty_or_endless_secret(self, secret: bytes) -> None:
        with pytest.raises(ValueError, match="secret"):
            derive_key(secret, SALT, CHEAP)

    @pytest.mark.parametrize("salt", [b"", bytes(15), bytes(17)])
    def test_refuses_a_salt_of_another_length(self, salt: bytes) -> None:
        with pytest.raises(ValueError, match="salt"):
            derive_key(SECRET, salt, CHEAP)

    def test_a_machine_without_that_memory_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def no_memory(*_: Any, **__: Any) -> bytes:
            raise nacl.exceptions.RuntimeError

        monkeypatch.setattr(argon2id, "kdf", no_memory)
        with pytest.raises(ValueError, match="memory"):
            derive_key(SECRET, SALT, CHEAP)


class TestSubkey:
    """Promise: "no two uses tell of each other"."""

    def test_agrees_with_another_implementation(self) -> None:
        other = nacl.hash.blake2b(
            b"", digest_size=32, key=MASTER, person=b"gw1-wrap", encoder=RawEncoder
        )
        assert subkey(MASTER, "wrap") == other

    def test_never_changes(self) -> None:
        assert subkey(MASTER, "index").hex() == (
            "ade6e53f9852bf796238bde8c4eb562b8a79d3f1e3eb42a70b950f575444a9a3"
        )

    def test_uses_and_masters_give_different_keys(self) -> None:
        uses = ("wrap", "log", "head", "null", "index", "wrapper")
        made = {subkey(master, use) for use in uses for master in (MASTER, bytes(32))}
        assert len(made) == 12

    @pytest.mark.parametrize("use", ["", "thirteen char", "é"])
    def test_refuses_a_use_that_does_not_fit(self, use: str) -> None:
        with pytest.raises(ValueError, match=r"use|ascii"):
            subkey(MASTER, use)

    def test_refuses_a_master_of_another_length(self) -> None:
        with pytest.raises(ValueError, match="master"):
            subkey(bytes(31), "wrap")


class TestSlot:
    """Promise: "opens with the secret, in this vault only"."""

    @pytest.mark.parametrize("kind", ["passphrase", "recovery"])
    def test_both_kinds_open_with_their_secret(self, kind: Any) -> None:
        made = make_slot(kind, SECRET, MASTER, cost=CHEAP, salt=SALT, nonce=NONCE, vault_id="4f1c")
        assert made.header["kind"] == kind
        assert open_slot(made, SECRET) == MASTER
        assert check_slot(made) == CHEAP

    def test_a_keyring_is_labelled_in_the_clear_and_bound_to_its_label(self) -> None:
        common: Any = {"cost": CHEAP, "salt": SALT, "nonce": NONCE, "vault_id": "4f1c"}
        made = make_slot("keyring", SECRET, MASTER, label="laptop", **common)
        assert made.header == SLOT.header | {"kind": "keyring", "label": "laptop"}
        assert open_slot(made, SECRET) == MASTER
        with pytest.raises(ValueError, match="does not open"):
            open_slot(replace(made, header=made.header | {"label": "desktop"}), SECRET)

    @pytest.mark.parametrize("label", [None, 7, "x" * 41, "a\nb", "\u202eb", "\x1b[2J"])
    def test_a_label_that_could_not_be_shown_is_refused(self, label: Any) -> None:
        header = SLOT.header | {"kind": "keyring", "label": label}
        with pytest.raises(ValueError, match="cannot be shown"):
            check_slot(replace(SLOT, header=header))

    def test_no_other_kind_has_a_label(self) -> None:
        with pytest.raises(ValueError, match="label"):
            check_slot(replace(SLOT, header=SLOT.header | {"label": "laptop"}))

    def test_the_header_says_what_opening_needs_and_no_more(self) -> None:
        assert canonical_bytes(SLOT.header) == (
            b'{"kdf":"argon2id","kind":"passphrase","memory_bytes":8388608,"ops":1,'
            b'"salt":"AAECAwQFBgcICQoLDA0ODw","vault":"4f1c"}'
        )

    def test_the_master_key_is_not_in_the_clear(self) -> None:
        assert len(SLOT.wrapped) == keys.WRAPPED_BYTES
        assert MASTER not in SLOT.wrapped

    @given(st.binary(min_size=1, max_size=40).filter(lambda secret: secret != SECRET))
    @settings(max_examples=20)
    def test_another_secret_is_refused(self, secret: bytes) -> None:
        with pytest.raises(ValueError, match="does not open"):
            open_slot(SLOT, secret)

    @pytest.mark.parametrize(
        "change",
        [
            {"kind": "recovery"},
            {"ops": 2},
            {"memory_bytes": 2**23 + 1024},
            {"memory_bytes": 2**23 + 1},  # the same pages of memory, another header
            {"salt": "AAECAwQFBgcICQoLDA0ODg"},
            {"vault": "4f1d"},
        ],
    )
    def test_a_changed_header_does_not_open(self, change: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match="does not open"):
            open_slot(replace(SLOT, header=SLOT.header | change), SECRET)

    @pytest.mark.parametrize("at", range(0, keys.WRAPPED_BYTES, 3))
    def test_a_flipped_bit_of_the_wrapped_key_does_not_open(self, at: int) -> None:
        forged = bytearray(SLOT.wrapped)
        forged[at] ^= 1 << at % 8
        with pytest.raises(ValueError, match=r"does not open|authenticate"):
            open_slot(replace(SLOT, wrapped=bytes(forged)), SECRET)

    def test_two_slots_of_one_master_do_not_mix(self) -> None:
        other = slot(salt=bytes(16))
        mixed = Slot(SLOT.header, SLOT.wrapped[:32] + other.wrapped[32:])
        with pytest.raises(ValueError, match="authenticate"):
            open_slot(mixed, SECRET)

    @pytest.mark.parametrize(
        "header",
        [
            {},
            [],
            None,
            SLOT.header | {"more": 1},
            {name: SLOT.header[name] for name in SLOT.header if name != "kdf"},
            SLOT.header | {"kdf": "scrypt"},
            SLOT.header | {"kind": "device"},
            SLOT.header | {"kind": ["passphrase"]},
            SLOT.header | {"ops": 10**9},
            SLOT.header | {"ops": True},
            SLOT.header | {"memory_bytes": 2**40},
            SLOT.header | {"memory_bytes": "8388608"},
            SLOT.header | {"salt": None},
            SLOT.header | {"salt": ""},
            SLOT.header | {"salt": "AAECAwQFBgcICQoLDA0ODx"},
            SLOT.header | {"salt": "A" * 10_000},
            SLOT.header | {"vault": 7},
        ],
    )
    def test_a_hostile_header_is_refused_before_memory_is_taken(
        self, header: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr(argon2id, "kdf")
        hostile = replace(SLOT, header=header)
        with pytest.raises(ValueError, match=r"\w"):
            check_slot(hostile)
        with pytest.raises(ValueError, match=r"\w"):
            open_slot(hostile, SECRET)

    @pytest.mark.parametrize("wrapped", [b"", SLOT.wrapped[:-1], SLOT.wrapped + b"\0"])
    def test_a_wrapped_key_of_another_length_is_refused_before_memory_is_taken(
        self, wrapped: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr(argon2id, "kdf")
        with pytest.raises(ValueError, match="length"):
            open_slot(replace(SLOT, wrapped=wrapped), SECRET)

    def test_refuses_to_wrap_what_is_no_master_key(self) -> None:
        with pytest.raises(ValueError, match="master"):
            make_slot("recovery", SECRET, b"", cost=CHEAP, salt=SALT, nonce=NONCE, vault_id="4f1c")

    @pytest.mark.parametrize("change", [{"salt": b""}, {"nonce": b""}])
    def test_refuses_random_bytes_of_another_length(self, change: dict[str, bytes]) -> None:
        with pytest.raises(ValueError, match=r"salt|nonce"):
            slot(**change)
