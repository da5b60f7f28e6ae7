from __future__ import annotations

import time

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from geowallet.crypto.timestamps import (
    MAX_TOKEN_BYTES,
    Authority,
    Stamped,
    ask_for_stamp,
    open_stamp,
)
from tests.authority import OTHER_POLICY, POLICY, LocalAuthority, certified, new_authority

MESSAGE = b"geowallet/4f1c\n42\n...\n"


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    return new_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def token(local: LocalAuthority) -> bytes:
    return local.answer(ask_for_stamp(MESSAGE).body)


@pytest.fixture(scope="module")
def pinned(local: LocalAuthority) -> Authority:
    return Authority(local.pem, POLICY)


class TestOpenStamp:
    """Promise: message, nonce, root, policy and certificate are those asked for."""

    def test_says_when_the_authority_saw_the_message(
        self, local: LocalAuthority, pinned: Authority
    ) -> None:
        asked = ask_for_stamp(MESSAGE)
        found = open_stamp(local.answer(asked.body), MESSAGE, pinned, nonce=asked.nonce)
        assert found.policy == POLICY
        assert abs(found.at_s - time.time()) < 60

    def test_any_policy_will_do_where_none_is_named(
        self, local: LocalAuthority, token: bytes
    ) -> None:
        assert open_stamp(token, MESSAGE, Authority(local.pem)).policy == POLICY

    def test_another_message_is_refused(self, token: bytes, pinned: Authority) -> None:
        with pytest.raises(ValueError, match="hold"):
            open_stamp(token, MESSAGE + b"x", pinned)

    def test_the_answer_to_another_request_is_refused(
        self, token: bytes, pinned: Authority
    ) -> None:
        with pytest.raises(ValueError, match="hold"):
            open_stamp(token, MESSAGE, pinned, nonce=ask_for_stamp(MESSAGE).nonce)

    def test_another_policy_is_refused(self, token: bytes, local: LocalAuthority) -> None:
        with pytest.raises(ValueError, match="hold"):
            open_stamp(token, MESSAGE, Authority(local.pem, OTHER_POLICY))

    def test_another_authority_of_the_same_root_is_refused(
        self, token: bytes, local: LocalAuthority
    ) -> None:
        other = certified("other", local.root, ExtendedKeyUsageOID.TIME_STAMPING)
        with pytest.raises(ValueError, match="hold"):
            open_stamp(token, MESSAGE, Authority(other.pem + local.root.pem))

    def test_another_root_of_the_same_name_is_refused(
        self, token: bytes, local: LocalAuthority
    ) -> None:
        root = certified("root of the tests", None)
        with pytest.raises(ValueError, match="hold"):
            open_stamp(token, MESSAGE, Authority(local.signer.pem + root.pem))

    def test_a_flipped_bit_is_refused_or_changes_nothing(
        self, token: bytes, pinned: Authority
    ) -> None:
        """A few bytes around the token are not signed: the time stays all the same."""
        true = open_stamp(token, MESSAGE, pinned)
        refused = 0
        for place in range(len(token)):
            forged = bytearray(token)
            forged[place] ^= 1
            try:
                found: Stamped | None = open_stamp(bytes(forged), MESSAGE, pinned)
            except ValueError:
                refused += 1
            else:
                assert found == true
        assert refused > 0.97 * len(token)

    @pytest.mark.parametrize("data", [b"", b"0", b"<html>", bytes(300)])
    def test_what_is_no_answer_is_refused(self, data: bytes, pinned: Authority) -> None:
        with pytest.raises(ValueError, match=r"\w"):
            open_stamp(data, MESSAGE, pinned)

    def test_an_endless_answer_is_not_looked_at(self, token: bytes, pinned: Authority) -> None:
        with pytest.raises(ValueError, match="longer"):
            open_stamp(token + bytes(MAX_TOKEN_BYTES), MESSAGE, pinned)

    def test_a_refusal_of_the_authority_is_no_stamp(
        self, local: LocalAuthority, pinned: Authority
    ) -> None:
        with pytest.raises(ValueError, match=r"\w"):
            open_stamp(local.answer(b"no request"), MESSAGE, pinned)

    def test_asks_for_no_certificates(self, local: LocalAuthority, token: bytes) -> None:
        """Trap: openssl writes a chain in an order that strict readers refuse."""
        assert len(token) < 1_200
        assert local.root.certificate.serial_number.to_bytes(20, "big")[-8:] not in token


class TestAuthority:
    def test_is_named_by_the_certificate_that_signs(self, local: LocalAuthority) -> None:
        turned = Authority(local.root.pem + local.signer.pem)
        assert turned.fingerprint == Authority(local.pem).fingerprint
        assert len(turned.fingerprint) == 64

    def test_needs_one_signing_certificate_with_its_root(self, local: LocalAuthority) -> None:
        server = certified("server", local.root, ExtendedKeyUsageOID.SERVER_AUTH)
        both = certified(
            "both", local.root, ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.SERVER_AUTH
        )
        lax = certified("lax", local.root, ExtendedKeyUsageOID.TIME_STAMPING, critical=False)
        for pem in (
            local.signer.pem,
            local.root.pem,
            local.pem + local.signer.pem,
            local.pem + local.root.pem * 8,
            *(one.pem + local.root.pem for one in (server, both, lax)),
            "",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        ):
            with pytest.raises(ValueError, match=r"\w"):
                Authority(pem)

    def test_a_policy_that_is_none_is_refused(self, local: LocalAuthority) -> None:
        with pytest.raises(ValueError, match=r"\w"):
            Authority(local.pem, "1.2.x")
