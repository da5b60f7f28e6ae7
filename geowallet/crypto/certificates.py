"""X.509 chains that vouch for a recipient's key, checked offline against given roots.

No network: neither revocation lists nor OCSP are asked, so a certificate that was
revoked today still passes. That is said where the result is shown.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509 import verification
from cryptography.x509.oid import NameOID

from geowallet.crypto.encoding import unb64u
from geowallet.crypto.signing import public_jwk
from geowallet.model.words import N_

if TYPE_CHECKING:
    import datetime as dt

MOST_CERTIFICATES = 40
"""In one file; the bundle of a government's roots has about a dozen."""

DEEPEST = 4
"""Authorities between a recipient and a root."""


class ChainError(ValueError):
    """A chain that is refused; its text is a msgid that quotes nothing of the file."""


@dataclass(frozen=True, slots=True)
class Chain:
    """What a chain that holds says.

    Attributes:
        organisation: Organisation in the recipient's certificate, else its common name.
        root: The same of the root.
        expires: Day on which the first certificate of the chain ends.
    """

    organisation: str
    root: str
    expires: dt.date


def check_chain(
    chain_pem: bytes, roots_pem: bytes, signing_jwk: dict[str, Any], *, now: dt.datetime
) -> Chain:
    """Return what a chain says of the key in ``signing_jwk``.

    Args:
        chain_pem: The recipient's certificate, then the authorities between.
        roots_pem: What the owner trusts.
        signing_jwk: The recipient's public key.
        now: The moment of the check, with its zone.

    Raises:
        ChainError: Not certificates, of another key, of an authority, or no way to a root.

    Source:
        RFC 5280 section 6, as the library does it; a recipient's certificate must
        allow signatures (section 4.2.1.3) where it names a use at all.
    """
    leaf, *between = _certificates(chain_pem)
    if not _is_key(leaf, signing_jwk):
        raise ChainError(N_("it is for another key"))
    if not _may_sign(leaf):
        raise ChainError(N_("it is not made for signing"))
    policy = (
        verification.PolicyBuilder()
        .store(verification.Store(_certificates(roots_pem)))
        .time(now)
        .max_chain_depth(DEEPEST)
        .extension_policies(
            ca_policy=verification.ExtensionPolicy.webpki_defaults_ca(),
            ee_policy=verification.ExtensionPolicy.permit_all(),
        )
    )
    try:
        found = policy.build_client_verifier().verify(leaf, between).chain
    except verification.VerificationError:
        # Its message names what is in the file, so the cause is not chained.
        raise ChainError(N_("no way from it to a root that you gave holds today")) from None
    ends = min(one.not_valid_after_utc for one in found)
    return Chain(_organisation(leaf), _organisation(found[-1]), ends.date())


def certificate_request(organisation: str, signing_jwk: dict[str, Any]) -> bytes:
    """Return a request (PKCS #10, PEM) for a certificate on a private P-256 key.

    Raises:
        ValueError: The key is malformed.
    """
    public_jwk(signing_jwk)
    key = ec.derive_private_key(int.from_bytes(unb64u(signing_jwk["d"]), "big"), ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return request.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _certificates(pem: bytes) -> list[x509.Certificate]:
    try:
        # What the library only warns of is against RFC 5280, such as a negative number.
        with warnings.catch_warnings(action="error", category=CryptographyDeprecationWarning):
            found = x509.load_pem_x509_certificates(pem)
    except (ValueError, x509.InvalidVersion, CryptographyDeprecationWarning):
        raise ChainError(N_("the file holds no certificates (PEM)")) from None
    if len(found) > MOST_CERTIFICATES:
        raise ChainError(N_("the file holds too many certificates"))
    return found


def _is_key(certificate: x509.Certificate, jwk: dict[str, Any]) -> bool:
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return False
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        return False
    numbers = key.public_numbers()
    return (numbers.x, numbers.y) == tuple(
        int.from_bytes(unb64u(jwk[axis]), "big") for axis in ("x", "y")
    )


def _may_sign(certificate: x509.Certificate) -> bool:
    """Say whether this is no authority, and no use is named that leaves signing out."""
    try:
        stated = [extension.value for extension in certificate.extensions]
    except (ValueError, x509.DuplicateExtension):
        return False
    return all(
        not (isinstance(value, x509.BasicConstraints) and value.ca)
        and not (isinstance(value, x509.KeyUsage) and not value.digital_signature)
        for value in stated
    )


def _organisation(certificate: x509.Certificate) -> str:
    subject = certificate.subject
    for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        named = subject.get_attributes_for_oid(oid)
        if named and isinstance(named[0].value, str):
            return named[0].value
    return ""
