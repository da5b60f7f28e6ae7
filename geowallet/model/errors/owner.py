"""What the owner typed, or has not said yet."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.words import N_


class BadPeriodError(GeowalletError):
    """A period that cannot be read."""

    code = "usage.period"
    exit_status = 2
    text = N_("{period}: not a period")
    hint = N_("write 2026, 2026-10, 2026-10-05, or two of them as 2026-01..2026-03")


class BadWorkWeekError(GeowalletError):
    """Work hours that make no sense."""

    code = "usage.work_week"
    exit_status = 2
    text = N_("work week: {reason}")
    hint = N_("for example: geowallet work set --hours 'mon-fri 08:30-18:00' --zone Europe/Paris")


class BadZoneError(GeowalletError):
    """A time zone that is not in the table of zones."""

    code = "usage.zone"
    exit_status = 2
    text = N_("not a time zone")
    hint = N_("write it as Europe/Paris, America/Montreal or UTC")


class BadNameError(GeowalletError):
    """A name that could not be shown or stored safely."""

    code = "usage.name"
    exit_status = 2
    text = N_("{name}: not a usable name")
    hint = N_("use 1 to 64 letters, digits, blanks, '-', '_' or '.'")


class NeedsTerminalError(GeowalletError):
    """A prompt is needed, but there is no terminal or --no-input was given."""

    code = "usage.needs_terminal"
    exit_status = 2
    text = N_("this asks a question, and there is nobody to answer")
    hint = N_("run it in a terminal, or give {option}")


class NotConfirmedError(GeowalletError):
    """The owner did not type the name."""

    code = "usage.not_confirmed"
    exit_status = 2
    text = N_("not confirmed: nothing was done")
    hint = N_("type the name exactly as shown, or give --confirm=NAME")


class BadOptionError(GeowalletError):
    """An option whose value makes no sense."""

    code = "usage.option"
    exit_status = 2
    text = N_("{option}: {reason}")
    hint = N_("see the command's --help")


class NotFoundError(GeowalletError):
    """A trip, place, vehicle or contract that is not there."""

    code = "wallet.not_found"
    exit_status = 4
    text = N_("no {what} named {name} in this wallet")
    hint = N_("see the names with 'geowallet {what} list'")


class AmbiguousNameError(GeowalletError):
    """A shortened id that fits several."""

    code = "wallet.ambiguous"
    exit_status = 4
    text = N_("{name} could be any of {candidates}")
    hint = N_("type more of it")


class WorkWeekMissingError(GeowalletError):
    """Purposes need work hours."""

    code = "wallet.no_work_week"
    exit_status = 4
    text = N_("the work hours are not set")
    hint = N_("geowallet work set --hours 'mon-fri 08:30-18:00' --zone Europe/Paris")


class PlacesMissingError(GeowalletError):
    """Commuting needs a home and a work place."""

    code = "wallet.no_home_or_work"
    exit_status = 4
    text = N_("home and work are not both named, so no trip can be a commute")
    hint = N_("see 'geowallet place list', then geowallet place name ID NAME --kind home")


class UnknownSourceError(NotFoundError):
    """A file that was never read into this wallet."""

    code = "wallet.no_source"
    exit_status = 4
    text = N_("no file in this wallet has the name or digest {name}")
    hint = N_("see them with 'geowallet vault sources'")


class NoReceiptError(NotFoundError):
    """An export that this wallet never made."""

    code = "wallet.no_receipt"
    exit_status = 4
    text = N_("no export with a receipt that begins with {name}")
    hint = N_("receipts stand in 'geowallet evidence list'")


class FolderExistsError(GeowalletError):
    """A new folder on a place that is taken."""

    code = "usage.folder_exists"
    exit_status = 8
    text = N_("there is already something at {path}")
    hint = N_("it is never overwritten; name another folder")


class DeclinedError(GeowalletError):
    """The owner answered no."""

    code = "usage.declined"
    exit_status = 2
    text = N_("nothing was done")
    hint = N_("answer y to go on, or give --yes")


class MissingExtraError(GeowalletError):
    """A part of geowallet that is installed only when asked for."""

    code = "usage.missing_extra"
    exit_status = 2
    text = N_("this needs the extra '{extra}', which is not installed")
    hint = N_("pip install 'geowallet[{extra}]'")


class CannotSplitError(GeowalletError):
    """An instant at which a trip cannot be cut in two."""

    code = "wallet.cannot_split"
    exit_status = 2
    text = N_("trip {trip} cannot be split there: each part must last a minute")
    hint = N_("without --at, --leg or --stop, 'geowallet trip split {trip}' lists where it can be")


class CannotMergeError(GeowalletError):
    """Trips that are no neighbours in time."""

    code = "wallet.cannot_merge"
    exit_status = 2
    text = N_("these trips cannot be one: another lies between, or more than {hours} hours do")
    hint = N_("name neighbours of 'geowallet trip list', one after the other")
