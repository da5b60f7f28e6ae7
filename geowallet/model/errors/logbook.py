"""What the owner says for a log book: odometer readings, reasons, vehicles."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.words import N_


class OdometerRunsBackError(GeowalletError):
    """A reading that is lower than an earlier one, or higher than a later one."""

    code = "vehicle.odometer"
    exit_status = 2
    text = N_("{vehicle}: the odometer would run backwards on {date}")
    hint = N_("'geowallet vehicle odometer {vehicle}' shows the readings; say the wrong day again")


class BadStatementError(GeowalletError):
    """A file that is no signed odometer reading, or does not show what it says."""

    code = "vehicle.statement"
    exit_status = 3
    text = N_("not a signed odometer reading, or changed since it was signed")
    hint = N_("ask for the file as 'geowallet desk odometer' writes it, with its values shown")


class BadStatementKeyError(GeowalletError):
    """A text that is not the name of a key which signs odometer readings."""

    code = "vehicle.statement_key"
    exit_status = 2
    text = N_("not the name of a key that signs odometer readings")
    hint = N_("43 letters, digits, - and _, as 'geowallet desk odometer' prints it")


class OtherVehicleError(GeowalletError):
    """A signed odometer reading of another vehicle."""

    code = "vehicle.other"
    exit_status = 3
    text = N_("the reading is of another registration than that of {vehicle}")
    hint = N_("note its registration with 'geowallet vehicle set {vehicle} --plate'")


class BadRegistrationError(GeowalletError):
    """A registration or a reading that no vehicle has."""

    code = "vehicle.registration"
    exit_status = 2
    text = N_("not a registration with its odometer")
    hint = N_("2 to 16 letters A to Z and digits, such as AB-123-CD, and up to seven digits of km")


class BadWordsError(GeowalletError):
    """A reason or a client that could not be printed on one line."""

    code = "usage.words"
    exit_status = 2
    text = N_("a reason or client that cannot be printed")
    hint = N_("use 1 to {limit} printable letters, without line breaks")


class NoVehicleError(GeowalletError):
    """A report about a vehicle, and none or several fit."""

    code = "vehicle.which"
    exit_status = 4
    text = N_("which vehicle? known: {known}")
    hint = N_("name one with --vehicle, or register it with 'geowallet vehicle add'")


class VehicleInExportError(GeowalletError):
    """A vehicle that cannot be forgotten: figures that were sent rest on it."""

    code = "vehicle.sent"
    exit_status = 4
    text = N_("{vehicle}: kilometres of it were sent, so it stays on record")
    hint = N_("if it is no longer yours: 'geowallet vehicle set {vehicle} --until DAY'")


class BadMappingError(GeowalletError):
    """A payroll mapping that cannot be used."""

    code = "payroll.mapping"
    exit_status = 2
    text = N_("the payroll mapping cannot be used: {reason}")
    hint = N_("see docs/how-to/claim-kilometres.md for its members")


class NoAmountError(GeowalletError):
    """An amount is asked for, and no scale gives one."""

    code = "vehicle.no_amount"
    exit_status = 4
    text = N_("no amount can be computed: {reason}")
    hint = N_("'geowallet report mileage' shows what is known; 'geowallet vehicle set' mends it")


class BadRuleForReportError(GeowalletError):
    """A rule of another shape than the report needs."""

    code = "rule.shape"
    exit_status = 2
    text = N_("{rule} has no steps by days")
    hint = N_("'geowallet rule list' shows the rules; fr.fmd.fonction_publique has steps")
