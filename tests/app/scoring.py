"""An insurer's module and tariffs, put into the terms of the scene."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from geowallet.app.sharing.offering import with_module
from geowallet.contracts.terms.syntax import Terms
from geowallet.contracts.terms.tariff_terms import Tariff, TariffBand

GENTLE = (Path(__file__).parents[2] / "samples" / "module" / "gentle.wasm").read_bytes()
RANGES = ("score:0:100", "premium_cents:0:100000")

FLAT = Tariff("EUR", 1_000, (TariffBand(None, 1_000),), 50)
"""10.00 a month and 10.00 for 100 km; half as much again by night."""


def scored_by_gentle(terms: Terms, *, ranges: tuple[str, ...] = RANGES) -> Terms:
    return with_module(terms, GENTLE, ranges, fuel=1_000_000)


def charged(terms: Terms, tariff: Tariff | None = FLAT) -> Terms:
    return replace(terms, tariff=tariff)
