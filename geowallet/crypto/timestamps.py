"""Time stamps of an authority (RFC 3161): what is asked, and whether an answer holds.

The library is an extra: it is imported where it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import (
    Certificate,
    ExtendedKeyUsage,
    ExtensionNotFound,
    ObjectIdentifier,
    load_pem_x509_certificates,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

if TYPE_CHECKING:
    from collections.abc import Sequence

EXTRA = "time"
"""The extra that brings the library."""

MAX_TOKEN_BYTES = 16_384
"""An answer without certificates is about a kilobyte; with a long chain, ten."""

_MOST_CERTIFICATES = 8


@dataclass(frozen=True, slots=True)
class Authority:
    """A time-stamping authority as somebody relies on it.

    Attributes:
        certificates: PEM: the certificate that signs, and the chain above it to
            a root, in any order.
        policy: Object identifier under which it must stamp, or "" for any.

    Raises:
        ValueError: Not one signing certificate with its root.
    """

    certificates: str
    policy: str = ""

    def __post_init__(self) -> None:
        signer_and_roots(self.certificates)
        if self.policy:
            ObjectIdentifier(self.policy)

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the certificate that signs."""
        return signer_and_roots(self.certificates)[0].fingerprint(hashes.SHA256()).hex()


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and the number that its answer must repeat."""

    body: bytes
    nonce: int


@dataclass(frozen=True, slots=True)
class Stamped:
    """What a token says: when (UTC, seconds since the epoch), and under which policy."""

    at_s: int
    policy: str


def ask_for_stamp(message: bytes) -> Asked:
    """Return a request for the SHA-256 of ``message``, with a random nonce, no certificates.

    The certificates are pinned, and some authorities send them in an order that
    no strict reader takes.
    """
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder  # noqa: PLC0415  an extra

    builder = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256)
    request = builder.nonce(nonce=True).cert_request(cert_request=False).build()
    return Asked(request.as_bytes(), request.nonce or 0)


def open_stamp(
    token: bytes, message: bytes, authority: Authority, *, nonce: int | None = None
) -> Stamped:
    """Return what an authority's answer says of ``message``.

    Args:
        token: The answer, DER.
        message: What was stamped.
        authority: Whose answer it must be.
        nonce: That of the request, or None where the request is not at hand.

    Raises:
        ValueError: It stamps something else, is signed by another certificate
            or under another policy, answers another request, or is no answer.
    """
    from rfc3161_client import (  # noqa: PLC0415  an extra
        VerificationError,
        VerifierBuilder,
        decode_timestamp_response,
    )

    if len(token) > MAX_TOKEN_BYTES:
        raise ValueError("the answer is longer than any")
    signer, roots = signer_and_roots(authority.certificates)
    verifier = VerifierBuilder(
        policy_id=ObjectIdentifier(authority.policy) if authority.policy else None,
        tsa_certificate=signer,
        roots=roots,
        nonce=nonce,
    ).build()
    try:
        answer = decode_timestamp_response(token)
        verifier.verify_message(answer, message)
        stamped = answer.tst_info
        return Stamped(int(stamped.gen_time.timestamp()), stamped.policy.dotted_string)
    except (VerificationError, UnsupportedAlgorithm, OverflowError) as error:
        raise ValueError("the answer does not hold") from error


def signer_and_roots(pem: str) -> tuple[Certificate, list[Certificate]]:
    """Return the certificate that signs time stamps, and those above it.

    Raises:
        ValueError: There is not one signing certificate, or none above it, or
            too many.
    """
    found = load_pem_x509_certificates(pem.encode("ascii"))
    signers = [one for one in found if _signs_time(one)]
    others = [one for one in found if not _signs_time(one)]
    if len(signers) != 1 or not 0 < len(others) < _MOST_CERTIFICATES:
        raise ValueError("one certificate for time stamps and its root are needed")
    return signers[0], others


def _signs_time(certificate: Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(ExtendedKeyUsage)
    except ExtensionNotFound:
        return False
    return usage.critical and _only_time(list(usage.value))


def _only_time(uses: Sequence[ObjectIdentifier]) -> bool:
    # RFC 3161 section 2.3: critical, and for nothing else.
    return list(uses) == [ExtendedKeyUsageOID.TIME_STAMPING]
