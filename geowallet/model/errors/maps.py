"""Maps that the owner gives: extracts that cannot be read, or are too large."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.words import N_


class MapUnreadableError(GeowalletError):
    """A file that is no OpenStreetMap extract, or a damaged one."""

    code = "map.unreadable"
    exit_status = 3
    text = N_("not a readable OpenStreetMap extract: {reason}")
    hint = N_("give a .osm.pbf, .osm, .osm.gz or .osm.bz2 of the region where the traces are")


class MapTooLargeError(GeowalletError):
    """An extract beyond the bounds."""

    code = "map.too_large"
    exit_status = 3
    text = N_("the map is larger than allowed: {limit}")
    hint = N_("take the extract of a smaller region, or cut it to where the traces are")


class MapUnconfinedError(GeowalletError):
    """No bounds, no run: this machine cannot hold the reader of maps apart."""

    code = "map.unconfined"
    exit_status = 6
    text = N_("the map cannot be read here, apart from everything else: {reason}")
    hint = N_("'geowallet doctor' says which layers hold")
