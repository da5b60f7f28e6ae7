"""Certificates that no authority ever made."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from geowallet.crypto.encoding import unb64u

NOW = dt.datetime(2026, 10, 1, 12, tzinfo=dt.UTC)
BEGINS, ENDS = NOW - dt.timedelta(days=9), NOW + dt.timedelta(days=90)

USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True)
class Party:
    """A name with a key and the certificate on it."""

    key: Any
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


def key_of(private_jwk: dict[str, Any]) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(unb64u(private_jwk["d"]), "big"), ec.SECP256R1())


def party(
    name: str,
    key: Any = None,
    *,
    by: Party | None = None,
    authority: bool = False,
    uses: tuple[str, ...] | None = None,
    ends: dt.datetime = ENDS,
    named: x509.ObjectIdentifier = NameOID.ORGANIZATION_NAME,
) -> Party:
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(named, name)] if name else [])
    issuer, issuer_key = (by.certificate.subject, by.key) if by else (subject, key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGINS)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    wanted = uses if uses is not None else ("key_cert_sign", "crl_sign") if authority else None
    if wanted is not None:
        usage = x509.KeyUsage(**{use: use in wanted for use in USES})
        builder = builder.add_extension(usage, critical=True)
    return Party(key, builder.sign(issuer_key, hashes.SHA256()))
