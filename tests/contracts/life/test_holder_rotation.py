from __future__ import annotations

import json

import pytest

from geowallet.contracts.life.holder_rotation import holder_rotation_bytes, read_holder_rotation
from geowallet.contracts.life.rotation import read_rotation
from geowallet.crypto.signing import new_private_jwk, public_jwk
from geowallet.model.errors import BadContractError, ContractSignatureError
from tests.contracts.parties import HOLDER_SEALING, HOLDER_SIGNING

NEW_SIGNING = new_private_jwk("sig", b"n" * 32)
NEW_SEALING = public_jwk(new_private_jwk("enc", b"n" * 32))
OLD = (HOLDER_SIGNING, public_jwk(HOLDER_SEALING))
NEW = (NEW_SIGNING, NEW_SEALING)
BODY = holder_rotation_bytes(OLD, NEW, rotated_s=1_791_000_000)


def changed(**members: object) -> bytes:
    return json.dumps(json.loads(BODY) | members).encode()


class TestHolderRotation:
    """Promise: "said with the old key and with the new one"."""

    def test_both_keys_say_the_change(self) -> None:
        found = read_holder_rotation(BODY)
        assert found.old.signing_jwk == public_jwk(HOLDER_SIGNING)
        assert (found.new.signing_jwk, found.new.sealing_jwk) == (
            public_jwk(NEW_SIGNING),
            NEW_SEALING,
        )
        assert found.rotated_s == 1_791_000_000

    def test_the_same_key_is_no_change(self) -> None:
        with pytest.raises(BadContractError, match="the same key"):
            holder_rotation_bytes(OLD, OLD, rotated_s=0)

    @pytest.mark.parametrize("signature", ["old_signature", "new_signature"])
    def test_one_key_alone_is_not_enough(self, signature: str) -> None:
        value = json.loads(BODY)
        other = {"old_signature": "new_signature", "new_signature": "old_signature"}[signature]
        with pytest.raises(ContractSignatureError):
            read_holder_rotation(changed(**{signature: value[other]}))

    def test_turned_round_it_does_not_hold(self) -> None:
        value = json.loads(BODY)
        with pytest.raises(ContractSignatureError):
            read_holder_rotation(
                changed(
                    old=value["new"],
                    new=value["old"],
                    old_signature=value["new_signature"],
                    new_signature=value["old_signature"],
                )
            )

    def test_another_date_breaks_the_signatures(self) -> None:
        with pytest.raises(ContractSignatureError):
            read_holder_rotation(changed(rotated_s=1_791_000_001))

    @pytest.mark.parametrize(
        "members", [{"rotated_s": -1}, {"rotated_s": 2**50}, {"amount": 4}, {"new": []}]
    )
    def test_what_is_of_another_shape_is_refused(self, members: dict[str, object]) -> None:
        with pytest.raises(BadContractError):
            read_holder_rotation(changed(**members))

    def test_it_is_no_recipients_change(self) -> None:
        with pytest.raises(BadContractError, match="schema"):
            read_rotation(BODY)
