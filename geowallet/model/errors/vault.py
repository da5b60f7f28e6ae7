"""The wallet's file: absent, locked, busy, damaged."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.words import N_


class NoVaultError(GeowalletError):
    """No wallet where one is expected."""

    code = "vault.none"
    exit_status = 4
    text = N_("there is no wallet at {path}")
    hint = N_("create one with 'geowallet init', or look around with 'geowallet demo'")


class VaultExistsError(GeowalletError):
    """`init` on a place that is taken."""

    code = "vault.exists"
    exit_status = 8
    text = N_("there is already a wallet at {path}")
    hint = N_("it is never overwritten; name another place with --wallet")


class VaultLockedError(GeowalletError):
    """No session, and nobody to ask for the passphrase."""

    code = "vault.locked"
    exit_status = 5
    text = N_("the wallet is locked")
    hint = N_("geowallet unlock (stays open 15 minutes)")


class WrongPassphraseError(GeowalletError):
    """No slot opens with what was typed."""

    code = "vault.wrong_passphrase"
    exit_status = 5
    text = N_("the passphrase does not open this wallet")
    hint = N_("try again, or use the recovery key with 'geowallet unlock --recovery'")


class WrongRecoveryKeyError(GeowalletError):
    """A well-formed recovery key of another wallet."""

    code = "vault.wrong_recovery"
    exit_status = 5
    text = N_("this recovery key does not open this wallet")
    hint = N_("it is of another wallet, or a newer one took its place; look for the right sheet")


class WrongKeyFileError(GeowalletError):
    """A key file that opens no slot."""

    code = "vault.wrong_key_file"
    exit_status = 5
    text = N_("this key file does not open this wallet")
    hint = N_("look for the file that 'geowallet key add --file' wrote for it")


class LastSlotError(GeowalletError):
    """The last passphrase, or the recovery key, was to be removed."""

    code = "vault.last_slot"
    exit_status = 8
    text = N_("a wallet keeps at least one passphrase and its recovery key")
    hint = N_("add another first: 'geowallet key add', or 'geowallet key add --recovery'")


class FileTakenError(GeowalletError):
    """A new file on a place that is taken."""

    code = "usage.file_exists"
    exit_status = 8
    text = N_("there is already something at {path}")
    hint = N_("it is never overwritten; name another file")


class RecoveryUnconfirmedError(GeowalletError):
    """A new recovery key was shown and its groups were not typed back."""

    code = "vault.recovery_unconfirmed"
    exit_status = 2
    text = N_("the new recovery key was not confirmed")
    hint = N_("nothing was changed; the old one still opens the wallet")


class RecoveryTypoError(GeowalletError):
    """A recovery key whose check symbol is wrong."""

    code = "vault.recovery_typo"
    exit_status = 5
    text = N_("the recovery key has a typing error in group {group}")
    hint = N_("compare that group with your paper; 0 and O, 1 and I are the same")


class WeakPassphraseError(GeowalletError):
    """A new passphrase below the minimum."""

    code = "vault.weak_passphrase"
    exit_status = 2
    text = N_("the passphrase is too short")
    hint = N_("five words or more, at least {length} characters")


class PassphraseMismatchError(GeowalletError):
    """A new passphrase typed differently the second time."""

    code = "vault.passphrase_mismatch"
    exit_status = 2
    text = N_("the two passphrases differ")
    hint = N_("type the same twice")


class VaultBusyError(GeowalletError):
    """The write lock was not free in time."""

    code = "vault.busy"
    exit_status = 8
    text = N_("another geowallet is writing to this wallet")
    hint = N_("wait for it to end, then try again")


class VaultDamagedError(GeowalletError):
    """A record, key or head that does not authenticate."""

    code = "vault.damaged"
    exit_status = 26
    text = N_("{what} is not what was written")
    hint = N_("nothing was changed; restore a backup")


class VaultSchemaError(VaultDamagedError):
    """Tables, triggers or indexes that geowallet did not make."""

    code = "vault.schema"
    exit_status = 26
    text = N_("the tables of the wallet were changed by something else")
    hint = N_("nothing was changed; restore a backup")


class VaultFormatError(GeowalletError):
    """A format that this program does not know."""

    code = "vault.format"
    exit_status = 26
    text = N_("the wallet has format {found}, this program knows {known}")
    hint = N_("install the newest geowallet")


class VaultRolledBackError(VaultDamagedError):
    """An old copy of the file stands in its place."""

    code = "vault.rolled_back"
    exit_status = 26
    text = N_(
        "the wallet is older than when it was last used here ({found} entries, {remembered} "
        "remembered)"
    )
    hint = N_("if you restored a backup on purpose: geowallet vault check --accept-rollback")


class DiskFullError(GeowalletError):
    """The disk is full or refuses to write."""

    code = "vault.disk"
    exit_status = 8
    text = N_("could not write: {reason}")
    hint = N_("nothing was changed; free some space and try again")


class NoBackupError(GeowalletError):
    """No backup where one is expected."""

    code = "backup.none"
    exit_status = 4
    text = N_("there is no such backup in {path}")
    hint = N_("make one with 'geowallet vault backup FOLDER'")


class ForeignBackupError(GeowalletError):
    """A folder that another wallet backs up to."""

    code = "backup.foreign"
    exit_status = 8
    text = N_("this folder holds the backups of another wallet")
    hint = N_("name a folder of its own for each wallet")


class BackupDamagedError(GeowalletError):
    """An index or an object of a backup that is not what was written."""

    code = "backup.damaged"
    exit_status = 26
    text = N_("{what} is not what was written")
    hint = N_("nothing was written; see 'geowallet vault backup --check', or use another backup")
