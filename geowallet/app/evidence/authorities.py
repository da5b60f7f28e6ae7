"""Use cases: the time-stamping authorities that the owner chose."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import msgspec

from geowallet.app.evidence.sending import host_of
from geowallet.app.files import read_small
from geowallet.app.keeping.own_settings import settings_but_rules
from geowallet.app.settings import check_name, resolve
from geowallet.crypto.canonical import sha256_hex
from geowallet.crypto.timestamps import EXTRA, Authority
from geowallet.model.errors import BadCertificateError, MissingExtraError, NoAuthorityError
from geowallet.model.provenance import Statement, StatementKind

if TYPE_CHECKING:
    from pathlib import Path

    from geowallet.vault.store import Vault

MAX_PEM_BYTES = 64 << 10

_KIND = "setting"
_PREFIX = "authority/"


class ChosenAuthority(msgspec.Struct, frozen=True):
    """An authority by the owner's short name, its address, and what is pinned of it.

    Attributes:
        name: The owner's short name for it.
        url: Where requests go.
        certificates: PEM, see `Authority`.
        policy: Object identifier, or "" for any.
        added_us: When.
    """

    name: str
    url: str
    certificates: str
    policy: str
    added_us: int

    @property
    def pinned(self) -> Authority:
        """What its answers are judged by."""
        return Authority(self.certificates, self.policy)


def add_authority(vault: Vault, chosen: ChosenAuthority) -> None:
    """Keep an authority; one of the same name is replaced.

    Raises:
        MissingExtraError: The library for time stamps is not installed.
        BadNameError: The name cannot be shown safely.
        BadOptionError: The address is none.
    """
    check_installed()
    check_name(chosen.name)
    host_of(chosen.url)
    with vault.transaction(now_us=chosen.added_us) as tx:
        tx.put(_KIND, _PREFIX + chosen.name, msgspec.msgpack.encode(chosen))
        what = {"what": "authority added"}
        tx.log(Statement(StatementKind.SETTING, (chosen.pinned.fingerprint,), (), what))


def read_authority(certificates: Path, policy: str) -> Authority:
    """Return what a PEM file pins.

    Raises:
        BadCertificateError: It does not hold both certificates, or the policy
            is none.
    """
    data = read_small(certificates, MAX_PEM_BYTES)
    try:
        return Authority(data.decode("ascii"), policy)
    except ValueError as error:
        raise BadCertificateError from error


def authorities(vault: Vault) -> tuple[ChosenAuthority, ...]:
    """Return the owner's authorities, by name."""
    found = (
        msgspec.msgpack.decode(body, type=ChosenAuthority)
        for name, body in settings_but_rules(vault)
        if name.startswith(_PREFIX)
    )
    return tuple(sorted(found, key=lambda chosen: chosen.name))


def chosen_authorities(vault: Vault, shortened: str) -> tuple[ChosenAuthority, ...]:
    """Return the one whose name begins with ``shortened``; all of them for "".

    Raises:
        NoAuthorityError: There is none at all.
        NotFoundError: None has the name.
        AmbiguousNameError: Several do.
    """
    known = {chosen.name: chosen for chosen in authorities(vault)}
    if not known:
        raise NoAuthorityError
    return (
        (known[resolve("evidence authority", shortened, known)],)
        if shortened
        else tuple(known.values())
    )


def remove_authority(vault: Vault, shortened: str, *, now_us: int) -> ChosenAuthority:
    """Forget an authority and return it; the stamps that it gave stay.

    Raises:
        NoAuthorityError: There is none at all.
        NotFoundError: None has the name.
        AmbiguousNameError: Several do.
    """
    (gone,) = chosen_authorities(vault, shortened or " ")
    with vault.transaction(now_us=now_us) as tx:
        tx.delete(_KIND, _PREFIX + gone.name)
        what = {"what": "authority removed"}
        tx.log(Statement(StatementKind.SETTING, (), (sha256_hex(gone.url.encode()),), what))
    return gone


def check_installed() -> None:
    """Return if the library for time stamps is there.

    Raises:
        MissingExtraError: It is not.
    """
    if importlib.util.find_spec("rfc3161_client") is None:
        raise MissingExtraError(extra=EXTRA)
