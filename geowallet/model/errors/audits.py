"""Audits and spot checks: what a wallet does not answer, and what a desk does not believe."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.words import N_


class AuditNotAgreedError(GeowalletError):
    """A question of a kind that the contract does not grant."""

    code = "audit.not_agreed"
    exit_status = 6
    text = N_("{name} grants no such question")
    hint = N_("nothing was opened; what a contract does not name is not answered")


class AuditOverBudgetError(GeowalletError):
    """More questions than the contract grants in all."""

    code = "audit.over_budget"
    exit_status = 6
    text = N_("{name} grants {budget} in all: {used} are used, {asked} more are asked")
    hint = N_("ask for no more than are left; nothing was opened")


class AuditRepeatedError(GeowalletError):
    """An export that was audited before, with another seed."""

    code = "audit.repeated"
    exit_status = 6
    text = N_("export {receipt} was already audited by another draw")
    hint = N_("one export, one draw: nothing was opened")


class AuditHourAgainError(GeowalletError):
    """A sighting in a quarter hour that was asked about before."""

    code = "audit.hour_again"
    exit_status = 6
    text = N_("export {receipt} was already asked about one of these quarter hours")
    hint = N_("two places for one hour would be a search; nothing was opened")


class AuditNoExportError(GeowalletError):
    """A question about an export that never left."""

    code = "audit.no_export"
    exit_status = 4
    text = N_("no such export left this wallet")
    hint = N_("a question comes after the figure; ask for the export first")


class AuditOtherPeriodError(GeowalletError):
    """A question that names another period than its export, or another contract."""

    code = "audit.other_period"
    exit_status = 6
    text = N_("export {receipt} is of another contract or period than the question")
    hint = N_("ask the sender which export they mean; nothing was opened")


class AuditTooEarlyError(GeowalletError):
    """A question dated before its export: the holder could have known it."""

    code = "audit.too_early"
    exit_status = 6
    text = N_("the question is dated {date}, before export {receipt}")
    hint = N_("ask for one that was drawn after the export; nothing was opened")


class AuditNothingError(GeowalletError):
    """An audit of a total of zero."""

    code = "audit.nothing"
    exit_status = 6
    text = N_("export {receipt} has no metre to draw")
    hint = N_("a total of zero cannot be audited by metre")


class AuditRefusedError(GeowalletError):
    """An answer that does not follow from the export, or that does not answer the question."""

    code = "audit.refused"
    exit_status = 20
    text = N_("the answer does not follow from the export: {reason}")
    hint = N_("do not rely on this total; ask the holder, and keep the file")


class AuditUnaskedError(GeowalletError):
    """An answer to no question of this desk."""

    code = "audit.unasked"
    exit_status = 4
    text = N_("this desk asked no such question")
    hint = N_("an answer is checked at the desk that wrote the question")


class BadSightingsError(GeowalletError):
    """A table of sightings that cannot be read."""

    code = "audit.sightings"
    exit_status = 3
    text = N_("row {row} of the sightings: {reason}")
    hint = N_("a row has kept_as, start, end and place, or lat, lon and radius_m")


class DayTooLongError(GeowalletError):
    """A day that a range proof cannot show to be in range."""

    code = "audit.day_too_long"
    exit_status = 6
    text = N_("{name} asks for range proofs, and a day is longer than {most_km} km")
    hint = N_("nothing was written; ask for a contract without range proofs")
