"""Rule data."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.words import N_


class RuleDataError(GeowalletError):
    """Rule data that is incomplete or unknown."""

    code = "rules.invalid"
    exit_status = 9
    text = N_("{rule}: {reason}")
    hint = N_("install the newest geowallet")


class UnknownRuleError(GeowalletError):
    """A rule id that no file has."""

    code = "rules.unknown"
    exit_status = 9
    text = N_("no rule named {rule}")
    hint = N_("see the names with 'geowallet rule list'")


class UnknownYearError(GeowalletError):
    """A year of which a rule knows nothing: it is never guessed."""

    code = "rules.unknown_year"
    exit_status = 9
    text = N_("{rule}: no figures for {year}; known: {known}")
    hint = N_("a year that nobody has checked is not guessed; a newer geowallet may know it")


class UnknownPowerError(GeowalletError):
    """A fiscal power that a version's source did not show."""

    code = "rules.unknown_power"
    exit_status = 9
    text = N_("{rule}: no figures for {power} CV in {year}; known: {known}")
    hint = N_("'geowallet rule show {rule}' shows what is known")


class RuleChangedError(GeowalletError):
    """A year in which the law changed and two figures are possible."""

    code = "rules.changed"
    exit_status = 9
    text = N_("{rule}: the figure for {year} changed on {date}")
    hint = N_("'geowallet rule show {rule} --year {year}' shows both; compute each part by itself")
