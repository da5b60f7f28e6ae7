"""Ways into the wallet that others hold, keys that were given up, and what keys signed."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.words import N_


class KeyringUnusableError(GeowalletError):
    """The keyring of the system is absent, locked, or fails."""

    code = "key.keyring"
    exit_status = 5
    text = N_("the keyring of this system cannot be used: {reason}")
    hint = N_("log in to your desktop and unlock it; the passphrase opens the wallet as before")


class KeyringRefusedError(GeowalletError):
    """A keyring that keeps secrets in the clear, in a file, or not at all."""

    code = "key.keyring_refused"
    exit_status = 5
    text = N_("no key is kept in {backend}: it does not protect it")
    hint = N_("use Secret Service, the macOS Keychain or the Windows Credential Manager")


class KeyringEntryError(GeowalletError):
    """No entry in the keyring that opens this wallet."""

    code = "key.keyring_entry"
    exit_status = 5
    text = N_("the keyring of this system holds no key that opens this wallet")
    hint = N_("use the passphrase; then 'geowallet key add --keyring' makes one here")


class KeyGivenUpError(GeowalletError):
    """An export by a key that its holder gave up, which they do not list as theirs."""

    code = "export.key_given_up"
    exit_status = 23
    text = N_("{name}: signed with a key given up on {date}, and not among the exports listed then")
    hint = N_("whoever has the old key can write such a file; ask the holder by phone")


class RotationForkedError(GeowalletError):
    """A second change of one key, to another key."""

    code = "desk.rotation_forked"
    exit_status = 23
    text = N_("{name}: this key was given up for the key {known} before, and now for {found}")
    hint = N_("one of both is not the holder's: compare words by phone; nothing was filed")


class NotRotatedError(GeowalletError):
    """A notice of a change of keys that never was."""

    code = "key.not_rotated"
    exit_status = 4
    text = N_("no contract of yours was signed with an earlier key")
    hint = N_("'geowallet key rotate-identity' makes a new one")


class ReceiptSignatureError(GeowalletError):
    """A receipt that was changed after it was signed."""

    code = "receipt.signature"
    exit_status = 21
    text = N_("the receipt was changed after it was signed, or its key did not sign it")
    hint = N_("ask for it again; the wallet that wrote it can write it anew")
