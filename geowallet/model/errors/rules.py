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
