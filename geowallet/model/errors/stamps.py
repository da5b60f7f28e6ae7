"""Time stamps and witnesses: what others say of the log, and when they cannot."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.words import N_


class NoAuthorityError(GeowalletError):
    """No time-stamping authority is set."""

    code = "stamp.no_authority"
    exit_status = 4
    text = N_("no time-stamping authority is set")
    hint = N_("geowallet evidence authority add NAME URL --certificate FILE")


class BadCertificateError(GeowalletError):
    """A file that does not hold what must be pinned of an authority."""

    code = "stamp.certificate"
    exit_status = 3
    text = N_("not the certificate of a time-stamping authority with its root")
    hint = N_("put both in one PEM file: the one that signs time stamps, and those above it")


class UnreachableError(GeowalletError):
    """An authority that does not answer, or not in time."""

    code = "stamp.unreachable"
    exit_status = 7
    text = N_("{name} does not answer: {reason}")
    hint = N_("it is noted as wanted; geowallet evidence stamp tries again")


class StampRefusedError(GeowalletError):
    """An answer that is no time stamp of what was asked, by whom it was asked."""

    code = "stamp.refused"
    exit_status = 21
    text = N_("the answer of {name} is not its time stamp of your log; nothing was kept")
    hint = N_("see that its certificate and policy are still those that you set")


class BadLogKeyError(GeowalletError):
    """A text that is not the key of a log or of a witness."""

    code = "witness.key"
    exit_status = 3
    text = N_("not the key of a log or of a witness")
    hint = N_("it is one line: NAME+8 digits+letters; ask for it again")


class BadRequestError(GeowalletError):
    """A file that asks no witness for anything."""

    code = "witness.request"
    exit_status = 3
    text = N_("not a request to a witness: {reason}")
    hint = N_("the owner writes one with 'geowallet evidence witness-request FILE'")


class UnknownLogError(GeowalletError):
    """A log whose key the witness was never told."""

    code = "witness.unknown_log"
    exit_status = 23
    text = N_("this witness does not know the log {origin}")
    hint = N_("compare the log's key with its owner, then give it with --key")


class LogSignatureError(GeowalletError):
    """A checkpoint that the known key did not sign."""

    code = "witness.signature"
    exit_status = 21
    text = N_("the request is not signed by the key that is known for this log")
    hint = N_("ask the owner; do not sign this")


class LogRolledBackError(GeowalletError):
    """A log that is shorter than it was."""

    code = "witness.rolled_back"
    exit_status = 20
    text = N_("the log has {found} entries, and had {known} when this witness signed last")
    hint = N_("ask the owner why; do not sign this")


class LogForkedError(GeowalletError):
    """A log that is not the continuation of what was seen."""

    code = "witness.forked"
    exit_status = 20
    text = N_("the log does not continue the {known} entries that this witness signed last")
    hint = N_("ask the owner why; do not sign this")


class OldSizeError(GeowalletError):
    """A request that begins where the witness did not end."""

    code = "witness.old_size"
    exit_status = 8
    text = N_("the request begins at {found} entries; this witness signed {known} last")
    hint = N_(
        "the owner writes another with 'geowallet evidence witness-request FILE --old {known}'"
    )


class CosignatureError(GeowalletError):
    """A file without the signature that it should carry."""

    code = "witness.cosignature"
    exit_status = 21
    text = N_("the file does not carry the signature of {name} on a state of this log")
    hint = N_("ask the witness for the file again")


class NoWitnessError(GeowalletError):
    """No witness's keys in the folder."""

    code = "witness.none"
    exit_status = 4
    text = N_("{path}: no witness")
    hint = N_("geowallet witness init NAME makes one")


class WitnessExistsError(GeowalletError):
    """Keys that would be overwritten."""

    code = "witness.exists"
    exit_status = 8
    text = N_("{path}: there is a witness already")
    hint = N_("choose another folder with --folder")


class WitnessPassphraseError(GeowalletError):
    """A passphrase that does not open the witness's key."""

    code = "witness.wrong_passphrase"
    exit_status = 5
    text = N_("wrong passphrase of the witness")
    hint = N_("try again")


class WitnessDamagedError(GeowalletError):
    """A witness's file that is not what was written."""

    code = "witness.damaged"
    exit_status = 26
    text = N_("the witness's file is not what was written")
    hint = N_("restore the folder from a backup: a witness that forgets what it saw is none")


class UnknownWitnessError(GeowalletError):
    """A witness whose key the wallet was never told, or several that were not told apart."""

    code = "witness.unknown"
    exit_status = 4
    text = N_("which witness? known: {candidates}")
    hint = N_("give its key with --key, or its name with --witness")


class UnknownSignerError(GeowalletError):
    """Devices or odometer readings by somebody whom the reader does not rely on."""

    code = "verify.unknown_signer"
    exit_status = 23
    text = N_(
        "too few metres count: this desk does not rely on the devices or readings behind them"
    )
    hint = N_(
        "get the key of the device or the workshop by another way, then: geowallet desk anchor add"
    )


class UnknownAnchorError(GeowalletError):
    """Time stamps by somebody whom the reader does not rely on."""

    code = "verify.unknown_anchor"
    exit_status = 23
    text = N_("its time stamps are by nobody that this desk relies on")
    hint = N_(
        "get the authority's certificate or the witness's key, then: geowallet desk anchor add"
    )
