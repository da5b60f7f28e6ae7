"""Offers and contracts, and what they refuse."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.words import N_


class BadContractError(GeowalletError):
    """A contract or offer file that does not parse or asks for what does not exist."""

    code = "contract.malformed"
    exit_status = 3
    text = N_("not a contract that geowallet understands: {reason}")
    hint = N_("ask the sender for the file again")


class NotJsonError(BadContractError):
    """A file where a contract should be, and no JSON that reads in one way only."""

    code = "contract.not_json"
    text = N_("not a file of the kind that is asked for here: {reason}")
    hint = N_("offers end in .offer, contracts in .contract; exports (.jwe) are for 'verify'")


class TooDeepError(BadContractError):
    """JSON nested so deeply that no contract is meant."""

    code = "contract.too_deep"


class UnknownMemberError(BadContractError):
    """A member that no contract has: what is not understood is not signed."""

    code = "contract.unknown_member"
    hint = N_("do not accept it: it may ask for what this version cannot explain")


class OtherFileError(BadContractError):
    """A file of another kind, or of another version."""

    code = "contract.other_file"
    text = N_("not the file that is asked for here: {reason}")
    hint = N_("name the offer, the contract or the answer that the command asks for")


class ContractSignatureError(GeowalletError):
    """An offer or grant that was altered or signed by another key."""

    code = "contract.signature"
    exit_status = 21
    text = N_("{file}: the signature does not fit what is written")
    hint = N_("do not accept it; ask the sender for the original again")


class ContractExpiredError(GeowalletError):
    """A contract past its end."""

    code = "contract.expired"
    exit_status = 22
    text = N_("{name} ended on {date}")
    hint = N_("ask for a new offer")


class ContractNotYetError(GeowalletError):
    """A contract before its beginning."""

    code = "contract.not_yet"
    exit_status = 22
    text = N_("{name} begins on {date}")
    hint = N_("wait until then")


class ForeignContractError(GeowalletError):
    """A contract signed by another holder's key."""

    code = "contract.foreign"
    exit_status = 23
    text = N_("{name} was made for another wallet")
    hint = N_("accept the offer in this wallet first")


class NotAcceptedError(GeowalletError):
    """An export under an offer."""

    code = "contract.not_accepted"
    exit_status = 6
    text = N_("{name} is an offer that you have not accepted")
    hint = N_("read it with 'geowallet contract show', then 'geowallet contract accept'")


class PeriodRefusedError(GeowalletError):
    """A period that the contract does not name."""

    code = "contract.period"
    exit_status = 6
    text = N_("{name} does not cover {period}: it names {allowed}")
    hint = N_("choose a period inside the contract")


class PeriodCadenceError(GeowalletError):
    """A period that is not the one month or year of an export."""

    code = "contract.cadence"
    exit_status = 6
    text = N_("{name} lets figures out for whole periods such as {example}, not for {period}")
    hint = N_("choose that period; a part of it would say more than the contract allows")


class AssuranceTooLowError(GeowalletError):
    """Figures below the contracted assurance level."""

    code = "contract.assurance"
    exit_status = 6
    text = N_("{name} asks for {minimum}, and this period has only {found}")
    hint = N_("nothing was written")


class AmountRuleError(GeowalletError):
    """A rule that does not give the amount a contract asks for."""

    code = "contract.rule"
    exit_status = 6
    text = N_("the amount by {rule} cannot be computed: {reason}")
    hint = N_("ask for an offer that names this rule as this version has it")


class ResultRefusedError(GeowalletError):
    """A result outside its closed schema."""

    code = "contract.result"
    exit_status = 6
    text = N_("the evaluation gave something that the contract does not name: {reason}")
    hint = N_("nothing was written; report this")


class SecondOfferError(GeowalletError):
    """Another contract of that name."""

    code = "contract.conflict"
    exit_status = 8
    text = N_("there is already a contract named {name}")
    hint = N_("ask for an offer with another name")


class PeriodOpenError(GeowalletError):
    """A period that has not ended: two exports of it would tell single days apart."""

    code = "contract.period_open"
    exit_status = 6
    text = N_("{period} has not ended: {name} can be exported from {date}")
    hint = N_("a preview works at any time; nothing leaves by it")
