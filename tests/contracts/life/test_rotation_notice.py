from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from geowallet.contracts.life.grant import Contract, contract_bytes, read_contract, renewed
from geowallet.contracts.life.holder_rotation import holder_rotation_bytes
from geowallet.contracts.life.rotation_notice import (
    MOST_EXPORTS,
    MOST_ROTATIONS,
    NOTICE_SCHEMA,
    NOTICE_TYP,
    notice_bytes,
    read_notice,
)
from geowallet.contracts.life.signed import signed_bytes
from geowallet.crypto.signing import new_private_jwk, public_jwk, thumbprint
from geowallet.model.errors import BadContractError, ContractSignatureError
from tests.contracts.parties import HOLDER_SEALING, HOLDER_SIGNING, contract

FIRST = (HOLDER_SIGNING, public_jwk(HOLDER_SEALING))
SENT = "ab" * 32


def pair(number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    seed = bytes([number]) * 32
    return new_private_jwk("sig", seed), public_jwk(new_private_jwk("enc", seed))


def change(old: tuple[Any, Any], new: tuple[Any, Any], at_s: int = 1_791_000_000) -> bytes:
    return holder_rotation_bytes(old, new, rotated_s=at_s)


def by(keys: tuple[Any, Any]) -> Contract:
    return renewed(contract(), holder_private_jwk=keys[0], holder_sealing_public=keys[1])


SECOND, THIRD = pair(21), pair(22)
CHAIN = [change(FIRST, SECOND), change(SECOND, THIRD, 1_795_000_000)]
BODY = notice_bytes(CHAIN, by(THIRD), THIRD[0], exports=[SENT])


def forged(signer: Any = THIRD[0], **members: object) -> bytes:
    """A notice with other members, signed again by whoever has a key."""
    value = {k: v for k, v in json.loads(BODY).items() if k not in ("schema", "signature")}
    return signed_bytes(NOTICE_SCHEMA, value | members, {"signature": (signer, NOTICE_TYP)})


def as_json(*changes: bytes) -> list[Any]:
    return [json.loads(one) for one in changes]


class TestRenewed:
    """Promise: "the same yes, by a new key"."""

    def test_terms_digest_name_and_day_stay(self) -> None:
        old, new = contract(), read_contract(contract_bytes(by(SECOND)))
        assert (new.terms, new.sha256) == (old.terms, old.sha256)
        assert new.grant.holder.name == old.grant.holder.name
        assert new.grant.accepted == old.grant.accepted
        assert new.grant.holder.signing_jwk == public_jwk(SECOND[0])


class TestNotice:
    """Promise: "each change from a key that the recipient may know to the newest"."""

    def test_the_chain_is_followed_to_the_newest_key(self) -> None:
        found = read_notice(BODY)
        assert found.keys == tuple(thumbprint(one[0]) for one in (FIRST, SECOND, THIRD))
        assert (found.rotated_s, found.exports) == (1_795_000_000, (SENT,))
        assert found.contract == read_contract(contract_bytes(found.contract))

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ([CHAIN[1], CHAIN[0]], "does not begin where"),
            ([CHAIN[0], change(pair(30), THIRD)], "does not begin where"),
            ([CHAIN[0]], "newest key"),
            ([*CHAIN, change(THIRD, FIRST)], "comes back"),
            ([], "list of 1"),
            ([CHAIN[0]] * (MOST_ROTATIONS + 1), "list of 1"),
        ],
        ids=["turned round", "broken", "too short", "in a circle", "none", "endless"],
    )
    def test_a_chain_that_does_not_lead_there_is_refused(
        self, changes: list[bytes], why: str
    ) -> None:
        with pytest.raises(BadContractError, match=why):
            read_notice(forged(rotations=as_json(*changes)))

    def test_a_change_that_one_key_alone_signed_is_refused(self) -> None:
        thief = change(pair(30), THIRD)
        value = json.loads(thief) | {"old": json.loads(CHAIN[1])["old"]}
        with pytest.raises(ContractSignatureError):
            read_notice(forged(rotations=[json.loads(CHAIN[0]), value]))

    def test_a_contract_by_an_earlier_key_is_refused(self) -> None:
        value = json.loads(contract_bytes(by(SECOND)))
        with pytest.raises(BadContractError, match="newest key"):
            read_notice(forged(contract=value))

    def test_another_sealing_key_beside_the_same_signing_key_is_refused(self) -> None:
        value = json.loads(contract_bytes(by((THIRD[0], SECOND[1]))))
        with pytest.raises(BadContractError, match="newest key"):
            read_notice(forged(contract=value))

    @pytest.mark.parametrize("signer", [FIRST[0], SECOND[0]], ids=["first", "second"])
    def test_an_earlier_key_cannot_say_what_was_sent(self, signer: Any) -> None:
        with pytest.raises(ContractSignatureError):
            read_notice(forged(signer, exports=[SENT, "cd" * 32]))

    def test_an_entry_put_into_the_list_breaks_it(self) -> None:
        value = json.loads(BODY) | {"exports": [SENT, "cd" * 32]}
        with pytest.raises(ContractSignatureError):
            read_notice(json.dumps(value).encode())

    @pytest.mark.parametrize(
        "members",
        [
            {"exports": [SENT, SENT]},
            {"exports": ["AB" * 32]},
            {"exports": ["ab"]},
            {"exports": [7]},
            {"exports": [f"{n:064x}" for n in range(MOST_EXPORTS + 1)]},
            {"rotations": [None, None]},
            {"rotations": {}},
            {"contract": None},
            {"amount": 4},
        ],
    )
    def test_what_is_of_another_shape_is_refused(self, members: dict[str, object]) -> None:
        with pytest.raises(BadContractError):
            read_notice(forged(**members))

    def test_the_longest_that_is_written_can_be_read(self) -> None:
        keys = [FIRST, *(pair(60 + n) for n in range(MOST_ROTATIONS))]
        changes = [change(old, new) for old, new in pairwise(keys)]
        sent = [f"{n:064x}" for n in range(MOST_EXPORTS)]
        body = notice_bytes(changes, by(keys[-1]), keys[-1][0], exports=sent)
        assert len(read_notice(body).exports) == MOST_EXPORTS
        assert len(body) < 65_536
