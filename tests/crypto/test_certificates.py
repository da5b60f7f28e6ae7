from __future__ import annotations

import base64
import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from geowallet.crypto.certificates import (
    MOST_CERTIFICATES,
    Chain,
    ChainError,
    certificate_request,
    check_chain,
)
from geowallet.crypto.signing import new_private_jwk, public_jwk
from tests.crypto.certificates import ENDS, NOW, Party, key_of, party

DESK = new_private_jwk("sig", b"d" * 32)
ROOT = party("Racine d'essai", authority=True)
BETWEEN = party("Autorité d'essai", by=ROOT, authority=True)


def leaf(**other: object) -> Party:
    given: dict[str, object] = {"key": key_of(DESK), "by": BETWEEN} | other
    return party("Exemple SAS", **given)  # type: ignore[arg-type]  # by name


def check(chain: bytes, roots: bytes = ROOT.pem, *, now: dt.datetime = NOW) -> Chain:
    return check_chain(chain, roots, public_jwk(DESK), now=now)


class TestHolds:
    def test_a_chain_says_who_vouches_for_whom_until_when(self) -> None:
        ends = NOW + dt.timedelta(days=30)
        found = check(leaf(ends=ends).pem + BETWEEN.pem)
        assert found == Chain("Exemple SAS", "Racine d'essai", ends.date())

    def test_a_root_may_vouch_by_itself(self) -> None:
        assert check(leaf(by=ROOT).pem).root == "Racine d'essai"

    def test_other_roots_do_not_matter(self) -> None:
        other = party("Autre racine", authority=True)
        assert check(leaf(by=ROOT).pem, other.pem + ROOT.pem).root == "Racine d'essai"

    def test_a_stated_use_must_be_signing(self) -> None:
        assert check(leaf(by=ROOT, uses=("digital_signature",)).pem).expires == ENDS.date()
        with pytest.raises(ChainError, match="not made for signing"):
            check(leaf(by=ROOT, uses=("key_agreement",)).pem)

    def test_a_common_name_stands_in_for_an_organisation(self) -> None:
        named = party("desk", key_of(DESK), by=ROOT, named=NameOID.COMMON_NAME)
        assert check(named.pem).organisation == "desk"
        assert check(party("", key_of(DESK), by=ROOT).pem).organisation == ""


class TestRefused:
    """Promise: without an unbroken way to a root that the owner gave, nobody is vouched for."""

    def test_a_root_that_the_owner_did_not_give(self) -> None:
        other = party("Racine d'essai", authority=True)
        with pytest.raises(ChainError, match="no way"):
            check(leaf().pem + BETWEEN.pem, other.pem)

    def test_a_missing_link(self) -> None:
        with pytest.raises(ChainError, match="no way"):
            check(leaf().pem)

    @pytest.mark.parametrize("now", [NOW - dt.timedelta(days=10), NOW + dt.timedelta(days=91)])
    def test_before_and_after_its_time(self, now: dt.datetime) -> None:
        with pytest.raises(ChainError, match="no way"):
            check(leaf().pem + BETWEEN.pem, now=now)

    def test_an_employee_of_the_recipient_is_no_authority(self) -> None:
        clerk = party("Guichet", by=ROOT)
        with pytest.raises(ChainError, match="no way"):
            check(leaf(by=clerk).pem + clerk.pem)

    def test_an_authority_cannot_ask_by_itself(self) -> None:
        with pytest.raises(ChainError, match="not made for signing"):
            check(party("Exemple SAS", key_of(DESK), by=ROOT, authority=True).pem)

    @pytest.mark.parametrize(
        "key",
        [
            ec.generate_private_key(ec.SECP256R1()),
            ec.generate_private_key(ec.SECP384R1()),
            rsa.generate_private_key(65537, 2048),
        ],
    )
    def test_a_certificate_of_another_key(self, key: object) -> None:
        with pytest.raises(ChainError, match="another key"):
            check(party("Exemple SAS", key, by=ROOT).pem)

    @pytest.mark.parametrize("chain", [b"", b"no PEM", ROOT.pem[:200]])
    def test_what_is_no_certificate(self, chain: bytes) -> None:
        with pytest.raises(ChainError, match="no certificates"):
            check(chain)
        with pytest.raises(ChainError, match="no certificates"):
            check(leaf(by=ROOT).pem, chain)

    def test_a_bundle_without_end(self) -> None:
        with pytest.raises(ChainError, match="too many"):
            check(leaf(by=ROOT).pem, ROOT.pem * (MOST_CERTIFICATES + 1))

    def test_every_changed_byte(self) -> None:
        """It is refused, or says the same: a few bits of the signature's wrapping mean nothing."""
        given = leaf(by=ROOT, uses=("digital_signature",))
        whole = given.certificate.public_bytes(Encoding.DER)
        passed = 0
        for at, byte in enumerate(whole):
            for other in (byte ^ 1, 255 - byte):
                body = base64.encodebytes(whole[:at] + bytes([other]) + whole[at + 1 :])
                pem = b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n"
                try:
                    found = check(pem)
                except ChainError:
                    continue
                passed += 1
                assert found == check(given.pem)
        assert passed <= 2


def test_a_request_asks_for_a_certificate_on_this_key_in_this_name() -> None:
    request = x509.load_pem_x509_csr(certificate_request("Exemple SAS", DESK))
    assert request.is_signature_valid
    assert request.public_key() == key_of(DESK).public_key()
    assert request.subject.rfc4514_string() == "O=Exemple SAS"


def test_a_request_needs_a_whole_key() -> None:
    with pytest.raises(ValueError, match="together"):
        certificate_request("Exemple SAS", DESK | {"d": new_private_jwk("sig", b"e" * 32)["d"]})
