"""Models of travel modes that cannot be used."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.words import N_


class BadModelError(GeowalletError):
    """Bytes that are no model, or one that this version cannot use."""

    code = "model.bad"
    exit_status = 3
    text = N_("this is no model of travel modes that can be used here")
    hint = N_("fit it again: a model holds for the version of geowallet that made it")
