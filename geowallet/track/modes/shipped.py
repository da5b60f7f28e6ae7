"""The forest that ships with the program."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from geowallet.track.modes.artefact import read_forest

if TYPE_CHECKING:
    from geowallet.track.modes.forest import Forest

NAME = "shipped.forest"


@cache
def shipped_forest() -> Forest | None:
    """Return the forest that lies beside this module, a part of the program as code is."""
    place = resources.files(__package__) / NAME
    return read_forest(place.read_bytes()) if place.is_file() else None
