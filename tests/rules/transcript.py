"""The tables once more, typed from the research notes and not from the rule files.

A typing slip in one of the two is a difference. Each line is written as the law's
pages print it: limits, then one formula a band.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

ENDLESS = 10**12
"""Metres, or CV: beyond any year and any engine."""

FRENCH = """
voiture 2019-2020 limits 5000 20000
1-3: 0.456 d | 0.273 d + 915 | 0.318 d
4-4: 0.523 d | 0.294 d + 1 147 | 0.352 d
5-5: 0.548 d | 0.308 d + 1 200 | 0.368 d
voiture 2021-2021 limits 5000 20000
1-3: 0.502 d | 0.300 d + 1 007 | 0.350 d
4-4: 0.575 d | 0.323 d + 1 262 | 0.387 d
5-5: 0.603 d | 0.339 d + 1 320 | 0.405 d
6-6: 0.631 d | 0.355 d + 1 382 | 0.425 d
7-: 0.661 d | 0.374 d + 1 435 | 0.446 d
voiture 2022-2025 limits 5000 20000
1-3: 0.529 d | 0.316 d + 1 065 | 0.370 d
4-4: 0.606 d | 0.340 d + 1 330 | 0.407 d
5-5: 0.636 d | 0.357 d + 1 395 | 0.427 d
6-6: 0.665 d | 0.374 d + 1 457 | 0.447 d
7-: 0.697 d | 0.394 d + 1 515 | 0.470 d
moto 2019-2020 limits 3000 6000
1-2: 0.341 d | 0.085 d + 768 | 0.213 d
3-5: 0.404 d | 0.071 d + 999 | 0.237 d
6-: 0.523 d | 0.068 d + 1 365 | 0.295 d
moto 2021-2021 limits 3000 6000
1-2: 0.375 d | 0.094 d + 845 | 0.234 d
3-5: 0.444 d | 0.078 d + 1 099 | 0.261 d
6-: 0.575 d | 0.075 d + 1 502 | 0.325 d
moto 2022-2025 limits 3000 6000
1-2: 0.395 d | 0.099 d + 891 | 0.248 d
3-5: 0.468 d | 0.082 d + 1 158 | 0.275 d
6-: 0.606 d | 0.079 d + 1 583 | 0.343 d
cyclomoteur 2019-2020 limits 3000 6000
all: 0.272 d | 0.064 d + 416 | 0.147 d
cyclomoteur 2022-2025 limits 3000 6000
all: 0.315 d | 0.079 d + 711 | 0.198 d
"""
"""Barème kilométrique, income years."""

MARGINAL = """
fr.fonction_publique.voiture 2022-2025 1-5: 0.32 to 2000, 0.40 to 10000, 0.23
fr.fonction_publique.voiture 2022-2025 6-7: 0.41 to 2000, 0.51 to 10000, 0.30
fr.fonction_publique.voiture 2022-2025 8-: 0.45 to 2000, 0.55 to 10000, 0.32
fr.fonction_publique.moto 2022-2025 all: 0.15
gb.amap.car 2025-2025 all: 0.45 to 10000, 0.25
gb.amap.motorcycle 2025-2025 all: 0.24
gb.amap.bicycle 2025-2025 all: 0.20
gb.amap.passenger 2025-2025 all: 0.05
us.irs.business 2025-2025 all: 0.70
us.irs.business 2026-2026 all: 0.725
us.irs.medical 2025-2025 all: 0.21
us.irs.medical 2026-2026 all: 0.205
us.irs.charity 2025-2025 all: 0.14
us.irs.charity 2026-2026 all: 0.14
de.dienstreise 2025-2026 all: 0.30
de.dienstreise.andere 2025-2026 all: 0.20
de.entfernungspauschale.pkw 2022-2025 all: 0.30 to 20, 0.38
de.entfernungspauschale.pkw 2026-2026 all: 0.38
de.entfernungspauschale.andere 2022-2025 all: 0.30 to 20, 0.38 most 4500
de.entfernungspauschale.andere 2026-2026 all: 0.38 most 4500
be.velo 2024-2024 all: 0.35 most 3500
be.velo 2025-2025 all: 0.36 most 3610
be.velo 2026-2026 all: 0.37 most 3700
be.velo.minimum 2025-2025 all: 0.29
nl.reiskosten 2022-2022 all: 0.19
nl.reiskosten 2023-2023 all: 0.21
nl.reiskosten 2024-2026 all: 0.23
ch.kilometerentschaedigung 2025-2025 all: 0.70
ch.kilometerentschaedigung 2026-2026 all: 0.75
ca.automobile.provinces 2024-2024 all: 0.70 to 5000, 0.64
ca.automobile.provinces 2025-2025 all: 0.72 to 5000, 0.66
ca.automobile.provinces 2026-2026 all: 0.73 to 5000, 0.67
ca.automobile.territories 2026-2026 all: 0.77 to 5000, 0.71
"""
"""Each band pays its own part; ``most`` is the cap of a year."""

DAYS = {
    2020: [(50, 100)],
    2021: [(100, 200)],
    2022: [(30, 100), (60, 200), (100, 300)],
    2023: [(30, 100), (60, 200), (100, 300)],
    2024: [(30, 100), (60, 200), (100, 300)],
    2025: [(30, 100), (60, 200), (100, 300)],
    2026: [(30, 100), (60, 200), (100, 300)],
}
"""Forfait mobilités durables, civil service: days and euros."""

MONEY = {
    "fr": "EUR",
    "gb": "GBP",
    "us": "USD",
    "de": "EUR",
    "be": "EUR",
    "nl": "EUR",
    "ch": "CHF",
    "ca": "CAD",
}
"""Country and currency; only the United Kingdom and the United States count miles."""

CEILINGS = [
    ("2020-05-11", 400, 400, 200),
    ("2021-01-01", 500, 500, 200),
    ("2021-08-25", 500, 600, 200),
    ("2022-01-01", 700, 800, 400),
    ("2025-01-01", 600, 900, 300),
]
"""Private sector: first day; alone, with a subscription, of which fuel."""


@dataclass(frozen=True)
class Row:
    """One class of one table, in whole metres and thousandths."""

    rule: str
    years: range
    powers: range
    limits: tuple[int, ...]
    rates: tuple[int, ...]
    constants: tuple[int, ...]
    most: int | None = None


def thousandths(text: str) -> int:
    """Return a decimal with three places as an integer."""
    return int(Decimal(text) * 1000)


def span(text: str) -> range:
    first, _, last = text.partition("-")
    return range(ENDLESS) if text == "all" else range(int(first), int(last or ENDLESS) + 1)


def french_rows() -> list[Row]:
    rows: list[Row] = []
    rule, years = "", range(1)
    limits: tuple[int, ...] = ()
    for line in FRENCH.strip().splitlines():
        if " limits " in line:
            name, period, _, *ends = line.split()
            rule, years = f"fr.bareme_kilometrique.{name}", span(period)
            limits = tuple(int(end) * 1000 for end in ends)
            continue
        power, _, formulas = line.partition(": ")
        parts = [re.fullmatch(r"(\S+) d(?: \+ (.+))?", f.strip()) for f in formulas.split("|")]
        rates = tuple(thousandths(part[1]) for part in parts if part)
        constants = tuple(int((part[2] or "0").replace(" ", "")) for part in parts if part)
        rows.append(Row(rule, years, span(power), (*limits, ENDLESS), rates, constants))
    return rows


def marginal_rows() -> list[Row]:
    rows = []
    for line in MARGINAL.strip().splitlines():
        head, _, bands = line.partition(": ")
        rule, period, power = head.split()
        bands, _, most = bands.partition(" most ")
        parts = [part.split(" to ") for part in bands.split(", ")]
        limits = tuple(int(part[1]) * 1000 for part in parts[:-1])
        rates = tuple(thousandths(part[0]) for part in parts)
        zeros = (0,) * len(rates)
        cap = int(most) if most else None
        rows.append(Row(rule, span(period), span(power), (*limits, ENDLESS), rates, zeros, cap))
    return rows


def cents_by_total(row: Row, metres: int, *, electric: bool) -> int:
    """Return the amount in cents by whole numbers alone: micro-euros, then half up."""
    at = next(n for n, limit in enumerate(row.limits) if metres <= limit)
    micro = metres * row.rates[at] + row.constants[at] * 10**6
    tenths = micro * 12 if electric else micro * 10
    return (tenths + 50_000) // 100_000


def cents_by_parts(row: Row, metres: int) -> int:
    """Return the amount in cents, counting each band by itself."""
    micro = 0
    for at, limit in enumerate(row.limits):
        below = row.limits[at - 1] if at else 0
        if metres > below:
            micro += (min(metres, limit) - below) * row.rates[at]
    if row.most is not None:
        micro = min(micro, row.most * 10**6)
    return (micro + 5_000) // 10_000
