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
def shipped_forest() -> Forest:
    """Return the forest that lies beside this module, a part of the program as code is."""
    return read_forest((resources.files(__package__) / NAME).read_bytes())
