"""What a recipient says that it will charge, so that an owner can compare offers alone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from geowallet.contracts.terms.members import Members

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_BANDS = 20
LARGEST_CENTS = 1_000_000_000
LARGEST_KM = 1_000_000
LARGEST_PERCENT = 1_000


@dataclass(frozen=True, slots=True)
class TariffBand:
    """A price for the kilometres up to ``up_to_km``, or without end where it is None."""

    up_to_km: int | None
    cents_per_100km: int


@dataclass(frozen=True, slots=True)
class Tariff:
    """What one export would be charged; it binds nobody but who wrote it.

    Attributes:
        currency: ISO 4217.
        base_cents: Whatever was driven.
        bands: Prices of the kilometres, in order; only the last has no end.
        night_percent: Added to the price of kilometres by night, 0 to 1,000.
    """

    currency: str
    base_cents: int
    bands: tuple[TariffBand, ...]
    night_percent: int


def read_tariff(outer: Members) -> Tariff | None:
    """Return the member ``tariff``, or None where it is null.

    Raises:
        BadContractError: Not such a tariff; it says which member.
    """
    value = outer.take("tariff")
    if value is None:
        return None
    members = Members(value, f"{outer.path}.tariff")
    tariff = Tariff(
        currency=members.matching("currency", r"[A-Z]{3}"),
        base_cents=members.integer("base_cents", 0, LARGEST_CENTS),
        bands=_bands(members),
        night_percent=members.integer("night_percent", 0, LARGEST_PERCENT),
    )
    members.done()
    return tariff


def tariff_as_json(tariff: Tariff | None) -> dict[str, Any] | None:
    """Return what `read_tariff` reads."""
    if tariff is None:
        return None
    return {
        "currency": tariff.currency,
        "base_cents": tariff.base_cents,
        "bands": [
            {"up_to_km": band.up_to_km, "cents_per_100km": band.cents_per_100km}
            for band in tariff.bands
        ],
        "night_percent": tariff.night_percent,
    }


def _bands(members: Members) -> tuple[TariffBand, ...]:
    values: Sequence[Any] = members.each("bands", lambda item: item, least=1, most=MOST_BANDS)
    bands = tuple(
        _band(Members(item, f"{members.path}.bands[{n}]")) for n, item in enumerate(values)
    )
    *inner, last = [band.up_to_km for band in bands]
    ends = [end for end in inner if end is not None]
    rising = all(left < right for left, right in pairwise(ends))
    if last is not None or len(ends) < len(inner) or not rising:
        raise members.refusal("not rising to one without end", "bands")
    return bands


def _band(members: Members) -> TariffBand:
    up_to_km = members.take("up_to_km")
    if up_to_km is not None and (type(up_to_km) is not int or not 0 < up_to_km <= LARGEST_KM):
        raise members.refusal(f"not a whole number from 1 to {LARGEST_KM}, or null", "up_to_km")
    band = TariffBand(up_to_km, members.integer("cents_per_100km", 0, LARGEST_CENTS))
    members.done()
    return band
