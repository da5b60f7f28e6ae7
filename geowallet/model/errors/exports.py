"""Exports, as a recipient sees them, and the recipient's desk."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.words import N_


class BadExportError(GeowalletError):
    """Bytes that are no export."""

    code = "verify.malformed"
    exit_status = 3
    text = N_("not an export: {reason}")
    hint = N_("an export ends in .jwe: ask for it again; 'geowallet desk open' takes contracts in")


class ExportSignatureError(GeowalletError):
    """Decryption or signature fails."""

    code = "verify.signature"
    exit_status = 21
    text = N_("the seal is broken: the file was changed or damaged after it was written")
    hint = N_("do not rely on this file; ask the sender for the original again")


class ExportExpiredError(GeowalletError):
    """An export past its end."""

    code = "verify.expired"
    exit_status = 22
    text = N_("the file was valid until {date}")
    hint = N_("ask the sender for a new export")


class WrongRecipientError(GeowalletError):
    """An export for somebody else."""

    code = "verify.wrong_recipient"
    exit_status = 23
    text = N_("the file is sealed for another key")
    hint = N_("ask the sender which key they used")


class UnknownHolderError(GeowalletError):
    """An export signed by a key that was not pinned."""

    code = "verify.unknown_holder"
    exit_status = 23
    text = N_("the file is signed by a key that is not the one in the contract")
    hint = N_("ask the sender; do not rely on this file")


class ContractMismatchError(GeowalletError):
    """An export that does not fit its contract."""

    code = "verify.contract_mismatch"
    exit_status = 25
    text = N_("{reason}")
    hint = N_("delete the file and tell the sender: you have received something else than agreed")


class ReplayError(GeowalletError):
    """The same export, filed twice."""

    code = "verify.replay"
    exit_status = 8
    text = N_("this export was already received on {date}")
    hint = N_("nothing was recorded a second time")


class NoDeskError(GeowalletError):
    """No recipient's keys where they are expected."""

    code = "desk.none"
    exit_status = 4
    text = N_("there is no desk at {path}")
    hint = N_("create one with 'geowallet desk init'")


class DeskExistsError(GeowalletError):
    """`desk init` on a place that is taken."""

    code = "desk.exists"
    exit_status = 8
    text = N_("there is already a desk at {path}")
    hint = N_("it is never overwritten; name another place with --desk")


class DeskPassphraseError(GeowalletError):
    """A wrong desk passphrase."""

    code = "desk.wrong_passphrase"
    exit_status = 5
    text = N_("the passphrase does not open this desk")
    hint = N_("try again")


class DeskDamagedError(GeowalletError):
    """The file with the recipient's keys is not what was written."""

    code = "desk.damaged"
    exit_status = 26
    text = N_("the keys of this desk are not what was written")
    hint = N_("nothing was changed; restore a backup")


class NoContractError(GeowalletError):
    """An export under a contract that is not filed at this desk."""

    code = "verify.no_contract"
    exit_status = 25
    text = N_("the contract of this export is not filed at this desk")
    hint = N_("open its contract first, or the change of keys: geowallet desk open FILE")
