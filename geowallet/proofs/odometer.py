"""What an outsider says of an odometer: a small SD-JWT that a workshop or a dongle signs.

    header.payload.signature~vehicle~km~

The day stands in the open; vehicle and kilometres behind salted hashes, so that an
export can show that somebody read the odometer without showing what it stood at.
The header holds the signer's public key: it says who signed, and nothing of whether
to believe them.

Source:
    RFC 9901 (SD-JWT), sections 4.2.1 and 4.2.4; RFC 7515, section 4.1.3 (``jwk``).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.crypto.canonical import canonical_bytes, strict_json
from geowallet.crypto.encoding import b64u, unb64u
from geowallet.crypto.signing import public_jwk, sign_es256, thumbprint, verify_es256
from geowallet.proofs.claim_values import exactly, members_of, number, text
from geowallet.proofs.sdjwt import HASH_NAME, SALT_BYTES, digest

if TYPE_CHECKING:
    from collections.abc import Callable

ODOMETER_VCT = "urn:geowallet:odometer:1"
ODOMETER_TYP = "geowallet-odometer+sd-jwt"

MOST_KM = 9_999_999
"""Seven digits: no odometer has more."""

TOLERANCE_PERCENT = 5
"""By so much what traces and odometer say may differ, beside whole kilometres.

Source:
    Tyres and their wear alone make an odometer err by as much: makers in the discussion of
    UN Regulation No. 39, GRSG, 127th session (2024), on document GRSG-127-12.
"""

MAX_STATEMENT_CHARS = 4_096

_REGISTRATION = r"[A-Z0-9]{2,16}"
_SALT = r"[A-Za-z0-9_-]{22,43}"
_MAX_PART_BYTES = 1_024


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody signed of an odometer.

    Attributes:
        text: The file: the signed part and the disclosures that are shown.
        signer: Thumbprint of the key that signed.
        day: Local day on which it stood so.
        vehicle: Its registration, capitals and digits alone; "" where it is not shown.
        km: Whole kilometres; None where they are not shown.
    """

    text: str
    signer: str
    day: dt.date
    vehicle: str
    km: int | None

    def closed(self) -> Statement:
        """Return the same statement without what may stay hidden."""
        return Statement(f"{self.text.partition('~')[0]}~", self.signer, self.day, "", None)


def registration_of(typed: str) -> str:
    """Return a registration as statements write it: capitals and digits alone, or "".

    ``ab-123-cd`` and ``AB 123 CD`` are the same; what has other letters is none.
    """
    bare = re.sub(r"[\s.·-]", "", typed).upper()
    return bare if re.fullmatch(_REGISTRATION, bare, flags=re.ASCII) else ""


def state_odometer(
    vehicle: str,
    km: int,
    day: dt.date,
    *,
    private_jwk: dict[str, Any],
    salts: Callable[[int], bytes],
) -> Statement:
    """Return what the holder of a key says of an odometer, all of it shown.

    Args:
        vehicle: As `registration_of` writes it.
        km: What the odometer shows.
        day: When.
        private_jwk: The signing key (P-256).
        salts: ``salts(n)`` gives ``n`` fresh random bytes.

    Raises:
        ValueError: No registration, or more kilometres than any car has.
    """
    facts: tuple[tuple[str, Any], ...] = (("vehicle", vehicle), ("km", km))
    disclosures = [
        b64u(canonical_bytes([b64u(salts(SALT_BYTES)), name, value])) for name, value in facts
    ]
    payload = {
        "vct": ODOMETER_VCT,
        "day": day.isoformat(),
        "_sd": sorted(digest(one) for one in disclosures),
        "_sd_alg": HASH_NAME,
    }
    key = public_jwk(private_jwk)
    jwk = {name: key[name] for name in ("crv", "kty", "x", "y")}
    header = {"alg": "ES256", "jwk": jwk, "typ": ODOMETER_TYP}
    signed = f"{b64u(canonical_bytes(header))}.{b64u(canonical_bytes(payload))}"
    token = f"{signed}.{b64u(sign_es256(signed.encode('ascii'), private_jwk))}"
    return read_statement("~".join([token, *disclosures, ""]))


def read_statement(value: Any) -> Statement:
    """Return what a statement says, after verifying it by the key that it names.

    Args:
        value: Any JSON value, or the text of a file without its line end.

    Raises:
        ValueError: It is of another shape, says anything else, or its signature does
            not fit.
    """
    whole = text(value, rf"[A-Za-z0-9_.~-]{{1,{MAX_STATEMENT_CHARS}}}")
    token, *disclosures, end = whole.split("~") if "~" in whole else (whole, "missing")
    header64, payload64, signature64 = exactly(token.split("."), 3)
    if end or len(disclosures) not in (0, 2):
        raise ValueError("not a statement with all or none of its values")
    header = members_of(_json(header64), {"alg", "jwk", "typ"})
    jwk = members_of(header["jwk"], {"crv", "kty", "x", "y"}) | {"use": "sig", "alg": "ES256"}
    if (header["alg"], header["typ"]) != ("ES256", ODOMETER_TYP):
        raise ValueError("signed by another method, or as something else")
    verify_es256(f"{header64}.{payload64}".encode("ascii"), unb64u(signature64), jwk)
    payload = members_of(_json(payload64), {"vct", "day", "_sd", "_sd_alg"})
    if (payload["vct"], payload["_sd_alg"]) != (ODOMETER_VCT, HASH_NAME):
        raise ValueError("a statement of another version")
    hashes = [text(one, r"[A-Za-z0-9_-]{43}") for one in exactly(payload["_sd"], 2)]
    shown = dict(_shown(one, hashes) for one in disclosures)
    if len(shown) != len(disclosures) or hashes[0] == hashes[1]:
        raise ValueError("a value is shown twice")
    day = dt.date.fromisoformat(text(payload["day"], r"\d{4}-\d{2}-\d{2}"))
    return Statement(whole, thumbprint(jwk), day, shown.get("vehicle", ""), shown.get("km"))


def _shown(disclosure: str, hashes: list[str]) -> tuple[str, Any]:
    if digest(disclosure) not in hashes:
        raise ValueError("a value that was not signed")
    salt, name, value = exactly(_json(disclosure), 3)
    text(salt, _SALT)
    if name == "vehicle":
        return name, text(value, _REGISTRATION)
    return text(name, "km"), number(value, MOST_KM)


def _json(part: str) -> Any:
    return strict_json(unb64u(part), max_bytes=_MAX_PART_BYTES, max_depth=3)
