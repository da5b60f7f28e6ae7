"""Devices that sign the files that they write."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.words import N_


class BadDeviceKeyError(GeowalletError):
    """A text that is not the public key of a device."""

    code = "device.key"
    exit_status = 3
    text = N_("not the public key of a device")
    hint = N_("it is one line: NAME+8 digits+letters, as 'evidence device init' printed it")


class DeviceNameError(GeowalletError):
    """A name under which a device cannot sign."""

    code = "device.name"
    exit_status = 2
    text = N_("not a name for a device")
    hint = N_("1 to 128 letters, digits and signs without blanks, accents and +")


class DeviceFileError(GeowalletError):
    """A file that is not the key of a device."""

    code = "device.key_file"
    exit_status = 3
    text = N_("not the key file of a device, or not as it was written")
    hint = N_("make another with 'geowallet evidence device init FILE NAME' and register its key")
