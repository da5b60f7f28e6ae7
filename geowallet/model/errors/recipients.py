"""Who asks, whether it is them, and how a contract ends."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.words import N_


class RecipientKeyChangedError(GeowalletError):
    """A known recipient's name under another key."""

    code = "contract.key_changed"
    exit_status = 23
    text = N_("{name} has signed with another key than before: {known} was known, {found} signs")
    hint = N_(
        "ask them by phone; take in their change of keys with 'geowallet contract recipient trust'"
    )


class UnknownOldKeyError(GeowalletError):
    """A change of keys by somebody whom the wallet does not know."""

    code = "contract.key_unknown"
    exit_status = 4
    text = N_("{name}: no contract of yours names the old key {found}")
    hint = N_("nothing to change; an offer of theirs shows its key by itself")


class RegisterRolledBackError(GeowalletError):
    """A register older than the one last seen."""

    code = "contract.register_old"
    exit_status = 8
    text = N_("the register of {name} has version {version}, and version {known} was seen before")
    hint = N_("get the newest one from the organisation itself")


class RegisterExpiredError(GeowalletError):
    """A register past its last day."""

    code = "contract.register_expired"
    exit_status = 22
    text = N_("the register of {name} ended on {date}")
    hint = N_("get the newest one from the organisation itself")


class RegisterUnknownError(GeowalletError):
    """A register whose key nobody compared yet."""

    code = "contract.register_unknown"
    exit_status = 23
    text = N_("the register of {name} is signed with the key {found}, which is not known here")
    hint = N_("compare it with the organisation, then name it: --key {found}")


class CertificateError(GeowalletError):
    """A chain of certificates that does not lead to a root that the owner gave."""

    code = "contract.certificate"
    exit_status = 21
    text = N_("the certificate is not accepted: {reason}")
    hint = N_("without it the key is as good as the way in which you compare it")


class ContractWithdrawnError(GeowalletError):
    """An export, or another yes, under a contract that its owner ended."""

    code = "contract.withdrawn"
    exit_status = 6
    text = N_("{name} was withdrawn on {date}")
    hint = N_("nothing leaves under it any more; ask for a new offer")


class ContractSupersededError(GeowalletError):
    """An older version of a contract than the one in force."""

    code = "contract.superseded"
    exit_status = 8
    text = N_("{name}: version {version} is not newer than version {known}, which you have")
    hint = N_("keep the newer one; ask the recipient which they mean")


class AlreadyAcceptedError(GeowalletError):
    """A no to what has a yes."""

    code = "contract.accepted"
    exit_status = 8
    text = N_("you have accepted {name}")
    hint = N_("end it with 'geowallet contract withdraw {name}'")


class ForeignAnswerError(GeowalletError):
    """An answer to an offer that this desk did not make."""

    code = "desk.foreign"
    exit_status = 23
    text = N_("{name}: this answers no offer of this desk")
    hint = N_("nothing was filed; it belongs to somebody else")


class NotReceivedError(GeowalletError):
    """A word on an export that never came."""

    code = "desk.not_received"
    exit_status = 4
    text = N_("no export with this receipt was received at this desk")
    hint = N_("list them with 'geowallet desk list'")


class OfferExistsError(GeowalletError):
    """A second offer under one name, that does not say it replaces the first."""

    code = "desk.offer_exists"
    exit_status = 8
    text = N_("there is already an offer named {name}")
    hint = N_("choose another name, or say that it replaces the old one: --supersede")


class ErasedCopyError(GeowalletError):
    """An export whose figures the owner erased from the wallet."""

    code = "wallet.copy_erased"
    exit_status = 4
    text = N_("the figures of export {name} were erased from this wallet")
    hint = N_("that it was made stays in 'geowallet contract history'")


class NoRotationError(GeowalletError):
    """A statement of a change of keys that never was."""

    code = "desk.no_rotation"
    exit_status = 4
    text = N_("the keys of this desk have never changed")
    hint = N_("'geowallet desk rotate' makes new ones")
