"""Who vouches for a recipient: an organisation's signed register, versioned and expiring.

A register that is older than the one last seen is refused (rollback), and so is one
that has expired (freeze): whoever keeps an owner on an old register could show them a
recipient that was struck off since.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.contracts.life.signed import read_signed, signed_bytes
from geowallet.contracts.terms.members import Members
from geowallet.contracts.terms.syntax import read_jwk
from geowallet.crypto.signing import public_jwk, thumbprint
from geowallet.model.errors import RegisterExpiredError, RegisterRolledBackError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from geowallet.contracts.terms.syntax import Recipient

REGISTER_SCHEMA = "geowallet.register/1"
REGISTER_TYP = "geowallet-register+jws"
"""Says in the signed header that a register was meant, and nothing else."""

MOST_LISTED = 400
"""Recipients of one register: it stays below the largest file that is read."""

HIGHEST_VERSION = 1_000_000

_CYRILLIC = (
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445",
    "abekmhopctyx",
)
_MORE_CYRILLIC = ("\u0456\u0458\u0455\u0501\u051b\u051d\u04bb\u04cf", "ijsdqwhl")
_GREEK = (
    "\u03b1\u03b2\u03b5\u03b6\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7",
    "abezhikmnoptyx",
)

_ALIKE = str.maketrans(
    dict(pair for rows in (_CYRILLIC, _MORE_CYRILLIC, _GREEK) for pair in zip(*rows, strict=True))
)
"""Small letters which, large or small, look like a Latin one, and that one."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a register: a name, and the thumbprint of the signing key."""

    name: str
    thumbprint: str


@dataclass(frozen=True, slots=True)
class Register:
    """An organisation's list of recipients.

    Attributes:
        organisation: Who vouches.
        version: Grows with every issue.
        issued: Day it was written.
        expires: Last day on which it says anything.
        recipients: Who is listed.
        signing_jwk: The organisation's public key.
    """

    organisation: str
    version: int
    issued: dt.date
    expires: dt.date
    recipients: tuple[Listed, ...]
    signing_jwk: dict[str, Any]

    @property
    def key(self) -> str:
        """Thumbprint of the organisation's key: what an owner pins."""
        return thumbprint(self.signing_jwk)

    def lists(self, recipient: Recipient) -> bool:
        """Say whether name and key of ``recipient`` stand in one line."""
        key = thumbprint(recipient.signing_jwk)
        return any(
            line.thumbprint == key and plain_name(line.name) == plain_name(recipient.name)
            for line in self.recipients
        )


def register_bytes(  # noqa: PLR0913  the parts of a register, each by name
    organisation: str,
    private_jwk: dict[str, Any],
    *,
    version: int,
    issued: dt.date,
    expires: dt.date,
    recipients: Sequence[Listed],
) -> bytes:
    """Return a register, signed by its organisation.

    Raises:
        BadContractError: Something that no reader would accept.
    """
    value = {
        "organisation": organisation,
        "version": version,
        "issued": str(issued),
        "expires": str(expires),
        "recipients": [{"name": one.name, "thumbprint": one.thumbprint} for one in recipients],
        "signing_jwk": public_jwk(private_jwk),
    }
    body = signed_bytes(REGISTER_SCHEMA, value, {"signature": (private_jwk, REGISTER_TYP)})
    read_register(body)
    return body


def read_register(data: bytes) -> Register:
    """Read what `register_bytes` wrote, and check its signature.

    Whether its key is the organisation's is for people to compare, once.

    Raises:
        BadContractError: Not such a file.
        ContractSignatureError: It was altered.
    """
    signed = read_signed(data, REGISTER_SCHEMA)
    members = signed.members
    items = members.each("recipients", lambda item: item, least=0, most=MOST_LISTED)
    found = Register(
        organisation=members.line("organisation", 100),
        version=members.integer("version", 1, HIGHEST_VERSION),
        issued=members.date("issued"),
        expires=members.date("expires"),
        recipients=tuple(
            _line(Members(item, f"recipients[{number}]")) for number, item in enumerate(items)
        ),
        signing_jwk=read_jwk(members, "signing_jwk", "sig"),
    )
    members.done()
    if found.expires < found.issued:
        raise members.refusal("before it was issued", "expires")
    signed.check(found.signing_jwk, REGISTER_TYP, name=found.organisation)
    return found


def check_register(new: Register, known: Register | None, *, today: dt.date) -> None:
    """Check that ``new`` may take the place of ``known``, the one last seen of its key.

    Raises:
        RegisterRolledBackError: It is older, or another of the same version.
        RegisterExpiredError: Its last day has passed.
    """
    if known is not None and (new.version < known.version or _differs(new, known)):
        raise RegisterRolledBackError(
            name=new.organisation, version=new.version, known=known.version
        )
    if new.expires < today:
        raise RegisterExpiredError(name=new.organisation, date=str(new.expires))


def plain_name(name: str) -> str:
    """Return a name such that spellings which people take for the same are the same.

    Case, blanks, accents' spelling and letters of other widths do not matter.
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def seeming_name(name: str) -> str:
    """Return a plain name in which Greek and Cyrillic letters are the Latin ones they look like.

    To refuse and to point out; it vouches for nobody, or a certificate on a name that
    looks like another's would speak for the other.
    """
    return plain_name(name).translate(_ALIKE)


def _differs(new: Register, known: Register) -> bool:
    return new.version == known.version and new != known


def _line(members: Members) -> Listed:
    found = Listed(members.line("name", 100), members.matching("thumbprint", r"[A-Za-z0-9_-]{43}"))
    members.done()
    return found
